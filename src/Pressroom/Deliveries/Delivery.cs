using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Deliveries;

/// <summary>What became of telling one channel of one article: a line of the ledger.</summary>
public sealed record Delivery
{
    /// <summary>The article.</summary>
    public required ArticleId ArticleId { get; init; }

    /// <summary>The channel's name; it is the delivery's id within the article.</summary>
    public required string Channel { get; init; }

    /// <summary>The network.</summary>
    public required string Kind { get; init; }

    /// <summary>Where the delivery stands, as far as anybody can know.</summary>
    public required DeliveryState State { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>The article's revision that the post, or the change to be made, is of; 0 where it was not kept.</summary>
    public int Revision { get; init; }

    /// <summary>The text as composed, for editors.</summary>
    public required string Text { get; init; }

    /// <summary>What the channel sends, frozen when the delivery was queued.</summary>
    public required string Payload { get; init; }

    /// <summary>What the channel's last step left.</summary>
    public string? Progress { get; init; }

    /// <summary>The network's id of the post.</summary>
    public string? RemoteId { get; init; }

    /// <summary>Where the post can be seen.</summary>
    public string? RemoteUrl { get; init; }

    /// <summary>Why it failed, waits or is unknown; or what a sent post lacks.</summary>
    public string? Reason { get; init; }

    /// <summary>When the delivery was made.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When the last try began.</summary>
    public DateTimeOffset? LastTriedAt { get; init; }

    /// <summary>Which host process makes the last try.</summary>
    public string? ClaimedBy { get; init; }

    /// <summary>When anything of this last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What of the article is still to be carried over to the sent post.</summary>
    public PendingChange Change { get; init; }

    /// <summary>The edited post's payload.</summary>
    public string? ChangedPayload { get; init; }

    /// <summary>How often the change was tried.</summary>
    public int ChangeAttempts { get; init; }

    /// <summary>Whether nothing will happen any more unless a person asks for it.</summary>
    public bool IsSettled => State is DeliveryState.Sent or DeliveryState.Failed or DeliveryState.Unknown;
}

/// <summary>A delivery's states.</summary>
public enum DeliveryState
{
    /// <summary>Waits for its turn; it surely is not out.</summary>
    Queued,

    /// <summary>Is being sent; or was, when its process died.</summary>
    Sending,

    /// <summary>Is out.</summary>
    Sent,

    /// <summary>Surely is not out, and will not be tried again by itself.</summary>
    Failed,

    /// <summary>May be out. Where the network can be asked, it is; nothing sends it again but a person.</summary>
    Unknown,
}

/// <summary>A change of the article that its post does not show yet.</summary>
public enum PendingChange
{
    /// <summary>None.</summary>
    None,

    /// <summary>The post is to be edited.</summary>
    Edit,

    /// <summary>The post is to be deleted.</summary>
    Delete,
}

/// <summary>A delivery and the version of its row.</summary>
public sealed record StoredDelivery(Delivery Delivery, ETag ETag);
