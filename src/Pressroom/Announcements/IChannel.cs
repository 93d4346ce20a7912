using Pressroom.Articles;

namespace Pressroom.Announcements;

/// <summary>One configured account of one network: it composes a post about an article, and sends it.</summary>
/// <remarks>A channel keeps no state: the ledger hands it what it needs, and keeps what it answers before the next call.</remarks>
public interface IChannel
{
    /// <summary>The name that settings give it, unique among the channels.</summary>
    string Name { get; }

    /// <summary>The network: <c>mastodon</c>, <c>bluesky</c>, …</summary>
    string Kind { get; }

    /// <summary>A file that has to lie at the site's root, to prove to the network that the site is its publisher's own.</summary>
    ProofFile? Proof => null;

    /// <summary>Composes the post, all of it: what is sent later, however often, is exactly this.</summary>
    ComposedPost Compose(Announcement announcement);

    /// <summary>Sends the post, or does the next step towards it. Called when no earlier attempt can have succeeded.</summary>
    Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation);

    /// <summary>Whether <see cref="ResumeAsync"/> can settle what became of an attempt, so that it is worth asking again.</summary>
    bool CanSettle => false;

    /// <summary>Called when an earlier attempt may have succeeded: it timed out, or its process died. Repeats it where the network lets
    /// nobody see that, or finds out what became of it; otherwise the outcome stays <see cref="SendOutcome.Unknown"/>.</summary>
    Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation);

    /// <summary>Whether it posts nothing, but tells machines that a page is new, changed or gone: then it is told of every change of the
    /// article, even where what it would send is the same.</summary>
    bool TellsOfEveryChange => false;

    /// <summary>Makes a sent post say what the article says now.</summary>
    Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation) => Task.FromResult<ChangeOutcome>(new ChangeOutcome.NotSupported());

    /// <summary>Takes a sent post back. Repeating it is harmless.</summary>
    Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation) => Task.FromResult<ChangeOutcome>(new ChangeOutcome.NotSupported());
}

/// <summary>A small text file at the site's root.</summary>
public sealed record ProofFile(string Name, string Text);

/// <summary>What is to be told: plain text in the article's language, and absolute addresses.</summary>
/// <param name="ArticleId">The article.</param>
/// <param name="Title">The headline.</param>
/// <param name="Summary">The standfirst, or the beginning of the text.</param>
/// <param name="Url">The page, percent-encoded.</param>
/// <param name="Language">The article's language.</param>
/// <param name="Tags">The tags as written.</param>
/// <param name="Image">The leading picture, with an absolute address.</param>
/// <param name="OwnText">The editor's own text for this channel; it takes the place of what would be composed.</param>
/// <param name="PublishedAt">The article's date.</param>
/// <param name="SiteTitle">The publication's name.</param>
/// <param name="FeedUrl">The home feed (Atom), whose subscribers WebSub tells.</param>
public sealed record Announcement(
    ArticleId ArticleId, string Title, string? Summary, string Url, Language Language, IReadOnlyList<string> Tags, ArticleImage? Image,
    string? OwnText, DateTimeOffset PublishedAt, string SiteTitle, string FeedUrl);

/// <summary>A post, frozen.</summary>
/// <param name="Text">What readers will read, link included where the network wants it in the text; for the editor's preview.</param>
/// <param name="Length">How long the network counts that to be.</param>
/// <param name="Limit">The most it may be; null where the network has no limit.</param>
/// <param name="Unit">What is counted: <c>characters</c>, <c>graphemes</c>, <c>weighted characters</c>, <c>bytes</c>.</param>
/// <param name="Payload">All that the channel needs to send it, in a form of its own, at most 30,000 characters.</param>
public sealed record ComposedPost(string Text, int Length, int? Limit, string Unit, string Payload);

/// <summary>One try to send a post.</summary>
/// <param name="ArticleId">The article.</param>
/// <param name="Payload">The composed payload, unchanged since it was composed.</param>
/// <param name="Progress">What the last step left (a container's id, an uploaded picture, the final record); null before the first.</param>
/// <param name="Number">1 at the first try.</param>
/// <param name="QueuedAt">When the post was composed: the same at every try.</param>
/// <param name="LastTriedAt">When the last try was begun; null at the first.</param>
public sealed record Attempt(ArticleId ArticleId, string Payload, string? Progress, int Number, DateTimeOffset QueuedAt, DateTimeOffset? LastTriedAt);

/// <summary>A post that is out there.</summary>
public sealed record SentPost(ArticleId ArticleId, string? RemoteId, string? RemoteUrl, string Payload, DateTimeOffset SentAt);

/// <summary>How a try ended. Reasons are sentences for editors, without addresses or secrets.</summary>
public abstract record SendOutcome
{
    /// <summary>It is out. <paramref name="Note"/> says what is missing: "without its picture: …".</summary>
    public sealed record Sent(string? RemoteId, string? RemoteUrl, string? Note = null) : SendOutcome;

    /// <summary>A step is done, and the next is to be done after <paramref name="After"/> with this progress kept: the ledger writes
    /// it down before it calls again. At most 30,000 characters.</summary>
    public sealed record Progressed(string Progress, TimeSpan After) : SendOutcome;

    /// <summary>It is not out, and trying again is no use.</summary>
    public sealed record Refused(string Reason) : SendOutcome;

    /// <summary>It is not out; to be tried again, not before <paramref name="After"/> where the network named a time.</summary>
    public sealed record TryLater(TimeSpan? After, string Reason) : SendOutcome;

    /// <summary>It may be out.</summary>
    public sealed record Unknown(string Reason) : SendOutcome;
}

/// <summary>How changing or deleting a sent post ended.</summary>
public abstract record ChangeOutcome
{
    /// <summary>Done. An edit that made a new post names it.</summary>
    public sealed record Done(string? RemoteId = null, string? RemoteUrl = null) : ChangeOutcome;

    /// <summary>The network has no such thing, or no longer.</summary>
    public sealed record NotSupported : ChangeOutcome;

    /// <summary>Refused for good.</summary>
    public sealed record Refused(string Reason) : ChangeOutcome;

    /// <summary>To be tried again.</summary>
    public sealed record TryLater(TimeSpan? After, string Reason) : ChangeOutcome;
}
