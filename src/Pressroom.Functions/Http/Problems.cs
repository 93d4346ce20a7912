using System.Text.Json.Serialization;
using Pressroom.Functions.Description;

namespace Pressroom.Functions.Http;

/// <summary>All the errors that the API answers with (RFC 9457), in one place. The types never change.</summary>
public static class Problems
{
    /// <summary>The content type of a problem.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>Fields are wrong; each is named with what is wrong.</summary>
    public static Answer Invalid(FieldErrors errors) =>
        Make("invalid-request", "The request is not valid.", null, errors);

    /// <summary>One field is wrong.</summary>
    public static Answer Invalid(string field, string complaint) => Invalid(One(field, complaint));

    /// <summary>The body is no JSON.</summary>
    public static Answer InvalidJson(string complaint) =>
        Make("invalid-json", "The body is not valid JSON.", complaint, One("$", complaint));

    /// <summary>The body is not of a kind that the call reads.</summary>
    public static Answer UnsupportedMediaType(string wanted) =>
        Make("unsupported-media-type", $"The body must be {wanted}.");

    /// <summary>The file is no picture of a kind that is taken.</summary>
    public static Answer NoPicture(string complaint) => Make("no-picture", "The file is no picture that can be taken.", null, One("file", complaint));

    /// <summary>The file is a picture, and yet it cannot be taken.</summary>
    public static Answer UnfitPicture(string type, string title, string complaint) =>
        Make(type, title, null, One("file", complaint));

    /// <summary>The request is larger than the call takes.</summary>
    public static Answer TooLarge(string field, string complaint) =>
        Make("too-large", "The request is too large.", null, One(field, complaint));

    /// <summary>No token, or one that nobody holds.</summary>
    public static Answer Unauthorized(bool withToken) =>
        Make("unauthorized", withToken ? "The token is not valid." : "A bearer token is needed.") with
        {
            Authenticate = withToken ? "Bearer realm=\"Pressroom\", error=\"invalid_token\"" : "Bearer realm=\"Pressroom\"",
        };

    /// <summary>The token has not the role.</summary>
    public static Answer Forbidden(string role) =>
        Make("forbidden", $"This call needs the role \"{role}\".");

    /// <summary>The article takes no comments any more.</summary>
    public static Answer CommentsClosed() => Make("comments-closed", "The article takes no comments any more.");

    /// <summary>Too many came from there; the limit lasts for the given time.</summary>
    public static Answer TooMany(TimeSpan wait) =>
        Make("too-many-requests", "Too many came at once; try again later.") with { RetryAfter = wait };

    /// <summary>There is no such thing.</summary>
    public static Answer NotFound(string what) => Make("not-found", $"There is no such {what}.");

    /// <summary>Another article holds the slug.</summary>
    public static Answer SlugTaken() => Make(
        "slug-taken", "Another article has that slug.", null, One("slug", "Another article has that slug."));

    /// <summary>It was changed since the caller read it.</summary>
    public static Answer PreconditionFailed() =>
        Make("precondition-failed", "It has changed since you read it.", null, One("If-Match", "This is not the current version."));

    /// <summary>A replacement must say what it replaces.</summary>
    public static Answer PreconditionRequired() => Make(
        "precondition-required", "Say what you replace.", null, One("If-Match", "Send the ETag that you read, or \"*\"."));

    /// <summary>The key stands for another request.</summary>
    public static Answer KeyReused() => Make(
        "idempotency-key-reused", "That key was used for another request.", null, One("Idempotency-Key", "Use a new key for a new request."));

    /// <summary>Many callers change the same thing; this one lost each time.</summary>
    public static Answer Busy() => Make("conflict", "It is being changed by others; try again.");

    /// <summary>Only what has ended badly, or nobody knows how, can be sent again.</summary>
    public static Answer NotSettled(string what) =>
        Conflict("not-settled", $"It is out, or still being tried: only a failed or unknown {what} can be sent again.");

    /// <summary>What is asked for does not fit how things stand.</summary>
    public static Answer Conflict(string type, string title) => Make(type, title);

    /// <summary>Something that the answer depends on is out of order.</summary>
    public static Answer Unavailable(string what) => Make("unavailable", $"The {what} cannot be reached.");

    private static FieldErrors One(string field, string complaint)
    {
        var errors = new FieldErrors();
        errors.Add(field, complaint);
        return errors;
    }

    private static Answer Make(string name, string title, string? detail = null, FieldErrors? errors = null)
    {
        var type = ProblemType.Of(name);
        var problem = new Problem(type.Urn, title, type.Status, detail, errors?.ByField);
        return new Answer(type.Status, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Default.Problem), ContentType);
    }
}

/// <summary>A refusal (RFC 9457).</summary>
internal sealed record Problem(
    [Field("Its kind; never changes.", Format = "uri")] string Type,
    [Field("What is wrong, for a person.")] string Title,
    [Field("The status of the answer.")] int Status,
    [Field("What is wrong with this request.")] string? Detail,
    [Field("What is wrong, by field, parameter or header.")] IReadOnlyDictionary<string, string[]>? Errors);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
