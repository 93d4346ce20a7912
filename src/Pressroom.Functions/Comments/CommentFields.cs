using Pressroom.Comments;
using Pressroom.Functions.Description;

namespace Pressroom.Functions.Comments;

/// <summary>What <see cref="CommentRequest"/> reads, of JSON and of forms.</summary>
internal sealed record CommentFields(
    [Field("The name to show.", Most = Submission.MostName)] string Name,
    [Field("The address; never shown.", Format = "email", Most = 300)] string Email,
    [Field("The text, in a little Markdown.", Most = Submission.MostText)] string Body,
    [Field("The id of the comment that it answers.", Most = 100)] string? ParentId = null,
    [Field("Whether to mail the author about answers, once they have confirmed. In a form a box: `on`.")] bool? Notify = null,
    [Field("A trap: whoever fills it in is no person.")] string? Website = null,
    [Field("Any text of the sender’s own; sent again with it, the comment is one.", Most = 100)] string? SubmissionId = null,
    [Field("The form’s token, of `GET …/comments/form`.", Most = 2_000)] string? Token = null,
    [Field("The language of the page that the form was on.", Most = 35)] string? Language = null) : IExample<CommentFields>
{
    public static CommentFields Example { get; } = new("Salah", "salah@example.net", "We have waited for *this day* since spring.", SubmissionId: "8d1f6b0a");
}

internal sealed record CommentEditFields([Field("The text, in a little Markdown.", Most = Submission.MostText)] string Body) : IExample<CommentEditFields>
{
    public static CommentEditFields Example { get; } = new("We have waited for this day since spring.");
}

internal sealed record CommentIdsFields(
    [Field("The comments’ ids.", Most = ModerationFunctions.MostAtOnce)] IReadOnlyList<string> Ids) : IExample<CommentIdsFields>
{
    public static CommentIdsFields Example { get; } = new([Samples.CommentId]);
}

/// <summary>Either <c>words</c>, or <c>comment</c> and <c>by</c>.</summary>
internal sealed record BanFields(
    [Field("Words that no comment may have.", Most = CommentBans.MostWords)] string? Words = null,
    [Field("The id of a comment of whoever is banned.", Most = 100)] string? Comment = null,
    [Field("By what of that comment: its author’s address, or the network that it came from.", Words = ["address", "prefix"])] string? By = null,
    [Field("Until when; for good where it is not said.")] DateTimeOffset? Until = null) : IExample<BanFields>
{
    public static BanFields Example { get; } = new(Comment: Samples.CommentId, By: "address", Until: Samples.Morning.AddYears(10));
}

internal sealed record ModerateForm(
    [Field("What to do.", Words = ["approve", "reject", "spam", "undo"])] string Action) : IExample<ModerateForm>
{
    public static ModerateForm Example { get; } = new("approve");
}
