using System.Text.Json.Serialization;
using Pressroom.Comments;
using Pressroom.Comments.Spam;

namespace Pressroom.Functions.Comments;

/// <summary>A comment as moderators see it, with its author's address.</summary>
internal sealed record ModeratedAnswer(
    string Id, string ArticleId, string? ArticleUrl, string Status, string Name, string? Email, string Body, string Html, string Language, string? ParentId,
    DateTimeOffset CreatedAt, double Score, IReadOnlyList<SpamFinding> Findings, IReadOnlyList<ChangeAnswer> History)
{
    public static ModeratedAnswer Of(ModeratedComment found)
    {
        var comment = found.Comment;
        return new ModeratedAnswer(
            comment.Id.Value,
            comment.Article.Value,
            found.ArticleUrl,
            comment.Status.Word(),
            comment.Name,
            found.Author?.Address.Value,
            comment.Text,
            comment.Html,
            comment.Language.Tag,
            comment.ParentId?.Value,
            comment.CreatedAt,
            comment.Score.Points,
            comment.Score.Findings,
            [.. comment.History.Select(change => new ChangeAnswer(change.At, change.By, change.From.Word(), change.To.Word(), change.TextBefore))]);
    }
}

/// <summary>A line of a comment's history; <paramref name="By"/> is absent where no person decided, <paramref name="BodyBefore"/> where the text stayed.</summary>
internal sealed record ChangeAnswer(DateTimeOffset At, string? By, string From, string To, string? BodyBefore);

internal sealed record ModeratedListAnswer(IReadOnlyList<ModeratedAnswer> Items, string? Cursor);

internal sealed record BulkAnswer(IReadOnlyList<BulkOutcomeAnswer> Items);

/// <summary>What became of one: its status now, <c>deleted</c> or <c>not-found</c>.</summary>
internal sealed record BulkOutcomeAnswer(string Id, string Outcome);

internal sealed record ClosedAnswer(string ArticleId, bool Closed);

/// <summary>A ban. <paramref name="By"/> is <c>address</c> or <c>prefix</c>, and then <paramref name="Words"/> is absent.</summary>
internal sealed record BanAnswer(string Id, string? By, string? Words, string? Comment, string BannedBy, DateTimeOffset At, DateTimeOffset? Until)
{
    public static BanAnswer Of(CommentBan ban) => new(
        ban.Id,
        ban.Kind == BanKind.Words ? null : ban.Kind.ToString().ToLowerInvariant(),
        ban.Kind == BanKind.Words ? ban.Value : null,
        ban.Comment?.Value,
        ban.By,
        ban.At,
        ban.Until);
}

internal sealed record BanListAnswer(IReadOnlyList<BanAnswer> Items, string? Cursor);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModeratedListAnswer))]
[JsonSerializable(typeof(BulkAnswer))]
[JsonSerializable(typeof(ClosedAnswer))]
[JsonSerializable(typeof(BanListAnswer))]
internal sealed partial class ModerationJson : JsonSerializerContext
{
    static ModerationJson() => Default = new ModerationJson(new System.Text.Json.JsonSerializerOptions(s_defaultOptions)
    {
        // People read the comments in their own script.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
