using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Articles;
using Pressroom.Comments.Spam;
using Pressroom.Comments.Thread;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Comments;

/// <summary>A comment as moderators see it. It has no address and no network: who wrote it is a <see cref="Commenter"/>.</summary>
public sealed record Comment
{
    /// <summary>Which comment this is; it tells when it was sent.</summary>
    public required CommentId Id { get; init; }

    /// <summary>The article that it is about.</summary>
    public required ArticleId Article { get; init; }

    /// <summary>The comment that it answers.</summary>
    public CommentId? ParentId { get; init; }

    /// <summary>The name its author gave, one line of plain text; empty where the author was erased.</summary>
    public required string Name { get; init; }

    /// <summary>The text as typed.</summary>
    public required string Text { get; init; }

    /// <summary>The text as safe HTML.</summary>
    public required string Html { get; init; }

    /// <summary>The language that it is probably written in.</summary>
    public required Language Language { get; init; }

    /// <summary>Where it stands.</summary>
    public required CommentStatus Status { get; init; }

    /// <summary>Who wrote it; null where the author was erased.</summary>
    public SubscriberId? Person { get; init; }

    /// <summary>Whether its author asked to be told of replies.</summary>
    public bool Notify { get; init; }

    /// <summary>What the form's timed token said.</summary>
    public FormToken Form { get; init; }

    /// <summary>What all signals said of it.</summary>
    public SpamScore Score { get; init; } = new([]);

    /// <summary>What was decided on it and changed in it, the oldest first; at most <see cref="MostHistory"/> lines.</summary>
    public IReadOnlyList<CommentChange> History { get; init; } = [];

    /// <summary>The hash that a second sending of the same submission has as well.</summary>
    internal string? Submission { get; init; }

    /// <summary>Whether the remote signals have been asked.</summary>
    internal bool IsReviewed { get; init; }

    /// <summary>How many of the moderators were mailed it.</summary>
    internal int Mailed { get; init; }

    /// <summary>The last line of the history that <see cref="ICommentDecided"/> was told of.</summary>
    internal int Told { get; init; }

    /// <summary>Whether the article's page is to be made again for it.</summary>
    internal bool IsPageDue { get; init; }

    /// <summary>The most lines of a history: the oldest give way, and with them nobody can be told of them any more.</summary>
    public const int MostHistory = 100;

    /// <summary>The most edits of a text: each keeps what was there before.</summary>
    public const int MostEdits = 20;

    /// <summary>Higher after every decision and edit; 0 before the first.</summary>
    public int Version => History.Count == 0 ? 0 : History[^1].Number;

    /// <summary>When it was sent.</summary>
    public DateTimeOffset CreatedAt => Id.CreatedAt;

    /// <summary>What everybody may see of it; null where that is nothing.</summary>
    internal PublishedComment? Published =>
        Status == CommentStatus.Approved ? new PublishedComment(Id, ParentId, Name, Html, Language, CreatedAt) : null;

    /// <summary>The comment in another status, with a line of history; itself where it has that status.</summary>
    internal Comment Decided(CommentStatus to, string? by, DateTimeOffset at) =>
        to == Status ? this : With(new CommentChange(Version + 1, at, by, Status, to, null)) with { Status = to };

    /// <summary>The comment with another text, and a line of history that keeps the former one.</summary>
    internal Comment Edited(string text, RenderedComment rendered, string by, DateTimeOffset at) =>
        text == Text ? this : With(new CommentChange(Version + 1, at, by, Status, Status, Text)) with { Text = text, Html = rendered.Html, Language = rendered.Language };

    /// <summary>The comment without its author: the text stays, so that the thread can be read.</summary>
    internal Comment Anonymous() => this with { Name = "", Person = null, Notify = false, Submission = null };

    private Comment With(CommentChange change) => this with { History = [.. History.TakeLast(MostHistory - 1), change] };
}

/// <summary>A comment and the version of its row.</summary>
public sealed record StoredComment(Comment Comment, ETag ETag);

/// <summary>A line of a comment's history.</summary>
/// <param name="Number">Which line it is, from 1.</param>
/// <param name="At">When.</param>
/// <param name="By">Who decided: the name of a token, or "a moderation link". Null where no person did, but the score and the newsroom's policy.</param>
/// <param name="From">The status before.</param>
/// <param name="To">The status after; the same for an edit.</param>
/// <param name="TextBefore">What the text was before an edit; null for a decision.</param>
public sealed record CommentChange(
    int Number, DateTimeOffset At, string? By, CommentStatus From, CommentStatus To, [property: JsonIgnore] string? TextBefore = null)
{
    /// <summary>Whether the status changed, not the text.</summary>
    [JsonIgnore]
    public bool IsDecision => From != To;
}

/// <summary>How findings and history are packed into columns.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(IReadOnlyList<SpamFinding>))]
[JsonSerializable(typeof(IReadOnlyList<CommentChange>))]
[JsonSerializable(typeof(CommentMessage))]
internal sealed partial class StoredCommentJson : JsonSerializerContext
{
    static StoredCommentJson() => Default = new StoredCommentJson(new JsonSerializerOptions(s_defaultOptions)
    {
        // Stored text stays readable: it is never put into HTML without being escaped there.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>The message that a comment was submitted, or that it changed. It holds ids alone.</summary>
public sealed record CommentMessage(string ArticleId, string CommentId, int Attempt = 0) : TracedMessage
{
    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StoredCommentJson.Default.CommentMessage);

    internal static CommentMessage Of(Comment comment) => new(comment.Article.Value, comment.Id.Value);
}
