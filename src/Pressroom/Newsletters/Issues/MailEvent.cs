namespace Pressroom.Newsletters.Issues;

/// <summary>What became of a mail, as the provider has it.</summary>
public enum MailEventKind
{
    /// <summary>The provider has taken it up.</summary>
    Processed,

    /// <summary>The recipient's server has taken it over.</summary>
    Delivered,

    /// <summary>The recipient's server wants it later.</summary>
    Deferred,

    /// <summary>The provider has not sent it, and says why.</summary>
    Dropped,

    /// <summary>The address takes no mail.</summary>
    Bounced,

    /// <summary>The mail was turned away; the address may be good.</summary>
    Blocked,

    /// <summary>It was opened, by the reader or by a machine.</summary>
    Opened,

    /// <summary>A link was followed.</summary>
    Clicked,

    /// <summary>The reader called it spam.</summary>
    Complained,

    /// <summary>The reader unsubscribed at the provider.</summary>
    Unsubscribed,
}

/// <summary>An event of a mail.</summary>
/// <param name="Id">The event's own id: the same when the event comes again.</param>
/// <param name="Kind">What happened.</param>
/// <param name="At">When it happened.</param>
/// <param name="BatchId">The batch that it was sent with; null when the mail is not from here.</param>
/// <param name="RecipientId">The recipient's opaque id; null when the mail is not from here.</param>
/// <param name="MessageId">What the call that sent it was answered.</param>
/// <param name="Reason">Why, in the words of the recipient's server or of the provider. It is not kept.</param>
/// <param name="Classification">The provider's class of a bounce.</param>
/// <param name="IsMachine">Whether a program opened it.</param>
/// <param name="Suppresses">Whether the address is to get no further mail.</param>
public sealed record MailEvent(
    string Id, MailEventKind Kind, DateTimeOffset At, string? BatchId, string? RecipientId, string? MessageId, string? Reason, string? Classification,
    bool IsMachine, bool Suppresses);
