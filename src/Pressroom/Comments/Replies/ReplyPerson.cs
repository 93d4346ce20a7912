using Pressroom.Articles;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Comments.Replies;

/// <summary>Somebody who asked to be told of replies.</summary>
public sealed record ReplyPerson
{
    /// <summary>Who.</summary>
    public required SubscriberId Id { get; init; }

    /// <summary>Where mail goes.</summary>
    public required EmailAddress Address { get; init; }

    /// <summary>The language of our mails.</summary>
    public required Language Language { get; init; }

    /// <summary>When notices were first asked for.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Since when a confirmation is awaited, or was: links of an earlier wait no longer count.</summary>
    public DateTimeOffset? PendingSince { get; init; }

    /// <summary>Since when notices may be sent; null while they may not.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>When the person last stopped all of them.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>The last mails that asked to confirm.</summary>
    public MailPace Pace { get; init; } = MailPace.None;

    /// <summary>The person after stopping all notices: to get any again, they are asked again.</summary>
    public ReplyPerson Stopped(DateTimeOffset now) => this with { ConfirmedAt = null, PendingSince = null, StoppedAt = now };
}

/// <summary>A person and the version of the row.</summary>
public sealed record StoredReplyPerson(ReplyPerson Person, ETag ETag);
