using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>Somebody who gets, or got, newsletters.</summary>
public sealed record Subscriber
{
    /// <summary>Who.</summary>
    public required SubscriberId Id { get; init; }

    /// <summary>Where mail goes; null once it was erased and only the wish to be left alone remains.</summary>
    public EmailAddress? Address { get; init; }

    /// <summary>Whether mail may be sent.</summary>
    public required SubscriberState State { get; init; }

    /// <summary>Why no mail may be sent to a suppressed address.</summary>
    public Suppression? Suppression { get; init; }

    /// <summary>The language of the newsletters that are wanted, and of our mails.</summary>
    public required Language Language { get; init; }

    /// <summary>The slugs of the sections that are wanted; empty for all.</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    /// <summary>When the person asked for it.</summary>
    public DateTimeOffset? ConsentAt { get; init; }

    /// <summary>How the person asked: <c>form</c>, <c>api</c> or <c>import</c>.</summary>
    public string? ConsentSource { get; init; }

    /// <summary>Since when newsletters are sent.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>Since when a confirmation is awaited: links of an earlier wait no longer count.</summary>
    public DateTimeOffset? PendingSince { get; init; }

    /// <summary>When the person last left, or the address was suppressed.</summary>
    public DateTimeOffset? LeftAt { get; init; }

    /// <summary>The last mails about the subscription itself.</summary>
    public MailPace Pace { get; init; } = MailPace.None;

    /// <summary>Whether newsletters may be sent.</summary>
    public bool IsActive => State == SubscriberState.Confirmed && Address is not null;

    /// <summary>The subscriber after leaving.</summary>
    public Subscriber Unsubscribed(DateTimeOffset now) => State is SubscriberState.Suppressed
        ? this
        : this with { State = SubscriberState.Unsubscribed, LeftAt = now, PendingSince = null };

    /// <summary>The subscriber after a bounce or complaint. A complaint weighs more.</summary>
    public Subscriber Suppressed(Suppression why, DateTimeOffset now) => State == SubscriberState.Suppressed && (Suppression == why || why == Subscribers.Suppression.Bounce)
        ? this
        : this with { State = SubscriberState.Suppressed, Suppression = why, LeftAt = now, PendingSince = null };
}

/// <summary>Where a subscriber stands.</summary>
public enum SubscriberState
{
    /// <summary>Has asked, and not confirmed it yet.</summary>
    Pending,

    /// <summary>Gets newsletters.</summary>
    Confirmed,

    /// <summary>Has left.</summary>
    Unsubscribed,

    /// <summary>Gets nothing, whoever asks for it.</summary>
    Suppressed,
}

/// <summary>Why an address is suppressed.</summary>
public enum Suppression
{
    /// <summary>Mail to it comes back.</summary>
    Bounce,

    /// <summary>Its owner called our mail spam.</summary>
    Complaint,
}

/// <summary>How often an address was lately mailed about its subscription.</summary>
/// <param name="LastAt">When last.</param>
/// <param name="LastFor">The request that the last mail answered: repeating that one is no further mail.</param>
/// <param name="HourBegan">When the hour began that is counted.</param>
/// <param name="InHour">How many mails there were in it.</param>
public sealed record MailPace(DateTimeOffset? LastAt, string? LastFor, DateTimeOffset? HourBegan, int InHour)
{
    private const int MostInAnHour = 3;
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Never.</summary>
    public static MailPace None { get; } = new(null, null, null, 0);

    /// <summary>The pace with one more mail; null where that would be too many: one in ten minutes, three in an hour.</summary>
    public MailPace? With(string request, DateTimeOffset now)
    {
        if (LastFor == request)
        {
            return this;
        }

        if (LastAt + Apart > now)
        {
            return null;
        }

        var isNewHour = HourBegan is null || HourBegan + Hour <= now;
        return isNewHour ? new MailPace(now, request, now, 1)
            : InHour < MostInAnHour ? new MailPace(now, request, HourBegan, InHour + 1)
            : null;
    }

    /// <summary>The pace that a row holds.</summary>
    internal static MailPace Of(Columns columns) => columns.TimeOrNull("mailedAt") is { } mailedAt
        ? new MailPace(mailedAt, columns.TextOrNull("mailedFor"), columns.TimeOrNull("mailHour"), (int)(columns.NumberOrNull("mailsInHour") ?? 0))
        : None;

    /// <summary>Adds the pace to a row's columns.</summary>
    internal void AddTo(Columns columns)
    {
        columns.Add("mailedAt", LastAt);
        columns.Add("mailedFor", LastFor);
        columns.Add("mailHour", HourBegan);
        columns.Add("mailsInHour", InHour == 0 ? null : InHour);
    }
}

/// <summary>A subscriber and the version of the row.</summary>
public sealed record StoredSubscriber(Subscriber Subscriber, ETag ETag);
