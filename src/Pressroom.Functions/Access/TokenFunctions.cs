using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Access;

/// <summary>The administrator's calls for tokens.</summary>
[Topic(Topic.Tokens)]
public sealed class TokenFunctions(Gate gate, Tokens tokens)
{
    private const int MostBytes = 4096;

    /// <summary>POST /tokens <c>{name, roles}</c>: 201 with the token, which is shown this once.</summary>
    [Function("MakeToken")]
    [Describes(
        Role.Admin,
        "Make a token",
        Notes = "It takes no `Idempotency-Key`: a repeat would have to show the token again, and nobody keeps it. Where the answer was lost, revoke what was made and make another.")]
    [Takes<TokenFields>(MostBytes)]
    [Answers<TokenAnswer>(201, "The token, which is shown this once.")]
    public Task<IResult> Make([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "tokens")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitWithBodyAsync(
            request,
            Role.Admin,
            MostBytes,
            async (_, fields) =>
            {
                var name = fields.RequiredLine("name", 100);
                var words = fields.Lines("roles", 3, 20);
                var roles = words.Select(word => Enum.TryParse<Role>(word, ignoreCase: true, out var role) && word == role.Word() ? role : (Role?)null).ToList();
                if (roles.Count == 0 || roles.Contains(null))
                {
                    fields.Reject("roles", "It must be a list of one or more of: editor, moderator, admin.");
                }

                fields.RejectUnknown();
                if (fields.Errors.Any)
                {
                    return Problems.Invalid(fields.Errors);
                }

                var (info, token) = await tokens.MakeAsync(name, roles.OfType<Role>().ToList(), cancellation);
                return Answer.Of(StatusCodes.Status201Created, Show(info, token), TokenJson.Default.TokenAnswer);
            },
            cancellation);

    /// <summary>GET /tokens.</summary>
    [Function("ListTokens")]
    [Describes(Role.Admin, "List tokens")]
    [Paged]
    [Answers<TokenListAnswer>(200, "A page of them, without what only their holders know.")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "tokens")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitToPageAsync(
            request,
            Role.Admin,
            async paging =>
            {
                var found = await tokens.ListAsync(paging.After, paging.Limit + 1, cancellation);
                var (items, cursor) = paging.Cut(found.Select(info => Show(info, null)).ToList(), token => token.Id);
                return Answer.Of(200, new TokenListAnswer(items, cursor), TokenJson.Default.TokenListAnswer);
            },
            cancellation);

    /// <summary>DELETE /tokens/{id}: revoked from now on.</summary>
    [Function("RevokeToken")]
    [Describes(Role.Admin, "Revoke a token from now on")]
    [Answers(204, "It is revoked.")]
    [Refuses("not-found")]
    public Task<IResult> Revoke([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "tokens/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Admin,
            async _ => await tokens.RevokeAsync(id, cancellation) ? new Answer(StatusCodes.Status204NoContent) : Problems.NotFound("token"),
            cancellation);

    private static TokenAnswer Show(TokenInfo info, string? token) =>
        new(info.Id, info.Name, info.Roles.Select(role => role.Word()).ToList(), info.CreatedAt, token);
}

internal sealed record TokenAnswer(
    string Id,
    string Name,
    [Field("What it allows.", Words = ["editor", "moderator", "admin"])] IReadOnlyList<string> Roles,
    DateTimeOffset CreatedAt,
    [Field("The token itself, when it is made.")] string? Token) : IExample<TokenAnswer>
{
    public static TokenAnswer Example { get; } = new(Samples.TokenId, "Night desk", ["editor"], Samples.Morning, "a-token-of-forty-three-characters-or-so");
}

internal sealed record TokenListAnswer(IReadOnlyList<TokenAnswer> Items, string? Cursor) : IExample<TokenListAnswer>
{
    public static TokenListAnswer Example { get; } = new([TokenAnswer.Example with { Token = null }], Samples.Cursor);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenListAnswer))]
internal sealed partial class TokenJson : JsonSerializerContext;
