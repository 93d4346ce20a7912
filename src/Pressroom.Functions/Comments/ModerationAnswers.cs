using System.Text.Json.Serialization;
using Pressroom.Comments;
using Pressroom.Comments.Spam;
using Pressroom.Functions.Description;

namespace Pressroom.Functions.Comments;

/// <summary>A comment as moderators see it, with its author's address.</summary>
internal sealed record ModeratedCommentAnswer(
    string Id,
    string ArticleId,
    string? ArticleUrl,
    [Field("How it stands.", Words = ["held", "approved", "rejected", "spam"])] string Status,
    string Name,
    [Field("The author’s address.")] string? Email,
    [Field("The text as it was written.")] string Body,
    [Field("The text as the page has it.")] string Html,
    string Language,
    [Field("The id of the comment that it answers.")] string? ParentId,
    DateTimeOffset CreatedAt,
    [Field("How much speaks for spam: from 2 on a person should look, from 5 on it is taken for spam.")] double Score,
    [Field("What the score is made of.")] IReadOnlyList<SpamFinding> Findings,
    [Field("What was decided and changed, and by whom.")] IReadOnlyList<CommentChangeAnswer> History) : IExample<ModeratedCommentAnswer>
{
    public static ModeratedCommentAnswer Example { get; } = new(
        Samples.CommentId,
        Samples.ArticleId,
        "https://news.example/2026/11/the-central-market-opens-again/",
        "held",
        "Salah",
        "salah@example.net",
        "We have waited for *this day* since spring.",
        "<p>We have waited for <em>this day</em> since spring.</p>",
        "en",
        null,
        Samples.Morning.AddHours(1),
        0.5,
        [new SpamFinding("token", 0.5, "The form had no token, as without script.")],
        [new CommentChangeAnswer(Samples.Morning.AddHours(2), "Night desk", "approved", "held", null)]);

    public static ModeratedCommentAnswer Of(ModeratedComment found)
    {
        var comment = found.Comment;
        return new ModeratedCommentAnswer(
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
            [.. comment.History.Select(change => new CommentChangeAnswer(change.At, change.By, change.From.Word(), change.To.Word(), change.TextBefore))]);
    }
}

/// <summary>A line of a comment's history.</summary>
internal sealed record CommentChangeAnswer(
    DateTimeOffset At,
    [Field("Who decided; absent where no person did.")] string? By,
    string From,
    string To,
    [Field("The former text, where it changed.")] string? BodyBefore);

internal sealed record ModeratedCommentListAnswer(IReadOnlyList<ModeratedCommentAnswer> Items, string? Cursor) : IExample<ModeratedCommentListAnswer>
{
    public static ModeratedCommentListAnswer Example { get; } = new([ModeratedCommentAnswer.Example], Samples.Cursor);
}

internal sealed record CommentOutcomeListAnswer(IReadOnlyList<CommentOutcomeAnswer> Items) : IExample<CommentOutcomeListAnswer>
{
    public static CommentOutcomeListAnswer Example { get; } = new([new CommentOutcomeAnswer(Samples.CommentId, "approved")]);
}

/// <summary>What became of one.</summary>
internal sealed record CommentOutcomeAnswer(
    string Id,
    [Field("Its status now, or that it is gone.", Words = ["held", "approved", "rejected", "spam", "deleted", "not-found"])] string Outcome);

internal sealed record CommentsClosedAnswer(string ArticleId, bool Closed) : IExample<CommentsClosedAnswer>
{
    public static CommentsClosedAnswer Example { get; } = new(Samples.ArticleId, true);
}

/// <summary>A ban: of words, or by what a comment had.</summary>
internal sealed record BanAnswer(
    string Id,
    [Field("By what of the comment.", Words = ["address", "prefix"])] string? By,
    [Field("The words that no comment may have.")] string? Words,
    [Field("The id of the comment.")] string? Comment,
    [Field("Who banned.")] string BannedBy,
    DateTimeOffset At,
    [Field("Until when; for good where it is not said.")] DateTimeOffset? Until) : IExample<BanAnswer>
{
    public static BanAnswer Example { get; } = new(Samples.BanId, "address", null, Samples.CommentId, "Night desk", Samples.Morning, Samples.Morning.AddYears(10));

    public static BanAnswer Of(CommentBan ban) => new(
        ban.Id,
        ban.Kind == BanKind.Words ? null : ban.Kind.ToString().ToLowerInvariant(),
        ban.Kind == BanKind.Words ? ban.Value : null,
        ban.Comment?.Value,
        ban.By,
        ban.At,
        ban.Until);
}

internal sealed record BanListAnswer(IReadOnlyList<BanAnswer> Items, string? Cursor) : IExample<BanListAnswer>
{
    public static BanListAnswer Example { get; } = new([BanAnswer.Example], Samples.Cursor);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModeratedCommentListAnswer))]
[JsonSerializable(typeof(CommentOutcomeListAnswer))]
[JsonSerializable(typeof(CommentsClosedAnswer))]
[JsonSerializable(typeof(BanListAnswer))]
internal sealed partial class ModerationJson : JsonSerializerContext
{
    static ModerationJson() => Default = new ModerationJson(new System.Text.Json.JsonSerializerOptions(s_defaultOptions)
    {
        // People read the comments in their own script.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
