using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Access;

/// <summary>The administrator's calls for tokens.</summary>
public sealed class TokenFunctions(Gate gate, Tokens tokens)
{
    /// <summary>POST /tokens <c>{name, roles}</c>: 201 with the token, which is shown this once.</summary>
    [Function("MakeToken")]
    public Task<IResult> Make([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "tokens")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitWithBodyAsync(
            request,
            Role.Admin,
            4096,
            async (_, fields) =>
            {
                var name = fields.RequiredLine("name", 100);
                var words = fields.Lines("roles", 3, 20);
                var roles = words.Select(word => Enum.TryParse<Role>(word, ignoreCase: true, out var role) && word == Word(role) ? role : (Role?)null).ToList();
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
    public Task<IResult> Revoke([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "tokens/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Admin,
            async _ => await tokens.RevokeAsync(id, cancellation) ? new Answer(StatusCodes.Status204NoContent) : Problems.NotFound("token"),
            cancellation);

    private static TokenAnswer Show(TokenInfo info, string? token) =>
        new(info.Id, info.Name, info.Roles.Select(Word).ToList(), info.CreatedAt, token);

    private static string Word(Role role) => role.ToString().ToLowerInvariant();
}

internal sealed record TokenAnswer(string Id, string Name, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt, string? Token);

internal sealed record TokenListAnswer(IReadOnlyList<TokenAnswer> Items, string? Cursor);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenListAnswer))]
internal sealed partial class TokenJson : JsonSerializerContext;
