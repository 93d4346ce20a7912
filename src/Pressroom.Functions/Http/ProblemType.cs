using System.Collections.Frozen;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Pressroom.Functions.Http;

/// <summary>A kind of refusal: the last part of its <c>type</c>, its status, and what it means.</summary>
internal sealed record ProblemType(string Name, int Status, string Meaning)
{
    private const string Prefix = "urn:pressroom:problem:";

    /// <summary>All of them. The names never change.</summary>
    public static readonly IReadOnlyList<ProblemType> All =
    [
        new("invalid-request", StatusCodes.Status400BadRequest, "Fields or parameters are wrong; `errors` names each with what is wrong."),
        new("invalid-json", StatusCodes.Status400BadRequest, "The body is no JSON of the kind that the call reads."),
        new("unauthorized", StatusCodes.Status401Unauthorized, "There is no token, or one that nobody holds."),
        new("forbidden", StatusCodes.Status403Forbidden, "The token has not the role that the call needs."),
        new("comments-closed", StatusCodes.Status403Forbidden, "The article takes no comments any more."),
        new("not-found", StatusCodes.Status404NotFound, "There is no such thing."),
        new("conflict", StatusCodes.Status409Conflict, "It is being changed by others; try again."),
        new("slug-taken", StatusCodes.Status409Conflict, "Another article has that slug."),
        new("not-settled", StatusCodes.Status409Conflict, "The delivery or batch is out, or still being tried."),
        new("not-under-way", StatusCodes.Status409Conflict, "The issue is over, paused or not begun, and the call needs it otherwise."),
        new("nothing-to-send", StatusCodes.Status409Conflict, "The article is not live, or its channel is no longer in the settings."),
        new("too-many-edits", StatusCodes.Status409Conflict, "The comment was edited so often that no more texts can be kept."),
        new("precondition-failed", StatusCodes.Status412PreconditionFailed, "It is not, or no longer, as the call supposes: read it again."),
        new("too-large", StatusCodes.Status413PayloadTooLarge, "The request is larger than the call takes."),
        new("unsupported-media-type", StatusCodes.Status415UnsupportedMediaType, "The body is not of a kind that the call reads."),
        new("no-picture", StatusCodes.Status415UnsupportedMediaType, "The file is no picture of a kind that is taken, or not of the kind that it is said to be."),
        new("picture-too-large", StatusCodes.Status422UnprocessableEntity, "The picture has more pixels than are taken."),
        new("picture-damaged", StatusCodes.Status422UnprocessableEntity, "The picture is damaged or cut short."),
        new("idempotency-key-reused", StatusCodes.Status422UnprocessableEntity, "The key was used for another request."),
        new("precondition-required", StatusCodes.Status428PreconditionRequired, "A replacement must say what it replaces, by `If-Match`."),
        new("too-many-requests", StatusCodes.Status429TooManyRequests, "Too many came at once; `Retry-After` says how long to wait."),
        new("unavailable", StatusCodes.Status503ServiceUnavailable, "Something that the answer depends on is out of order."),
    ];

    private static readonly FrozenDictionary<string, ProblemType> ByName = All.ToFrozenDictionary(type => type.Name);

    /// <summary>The type as answers give it.</summary>
    public string Urn => Prefix + Name;

    /// <summary>Its schema's name: <c>NotFoundProblem</c>.</summary>
    public string SchemaName => string.Concat(Name.Split('-').Select(CultureInfo.InvariantCulture.TextInfo.ToTitleCase)) + "Problem";

    /// <summary>The one of that name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static ProblemType Of(string name) => ByName.GetValueOrDefault(name) ?? throw new InvalidOperationException($"The problem type '{name}' is not in the list.");
}
