using Pressroom.Functions.Description;

namespace Pressroom.Functions.Access;

internal sealed record TokenFields(
    [Field("Who or what holds it; histories name it.", Most = 100)] string Name,
    [Field("What it allows.", Most = 3, Words = ["editor", "moderator", "admin"])] IReadOnlyList<string> Roles) : IExample<TokenFields>
{
    public static TokenFields Example { get; } = new("Night desk", ["editor"]);
}
