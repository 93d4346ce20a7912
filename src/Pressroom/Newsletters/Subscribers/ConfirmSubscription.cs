using Pressroom.Articles;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>Confirms a subscription by the link that was mailed.</summary>
public sealed class ConfirmSubscription(SubscriberStore subscribers, SubscriberLinks links, TimeProvider time)
{
    /// <summary>What the link is about, without changing anything; null where it does not count (any more).</summary>
    public async Task<PendingConfirmation?> LookAsync(string? token, CancellationToken cancellation) =>
        links.ReadConfirm(token) is var (id, since) && await subscribers.FindAsync(id, cancellation) is { Subscriber: var subscriber }
            ? View(subscriber, since)
            : null;

    /// <summary>Confirms; once more is no harm. Null where the link does not count (any more).</summary>
    public async Task<PendingConfirmation?> RunAsync(string? token, CancellationToken cancellation)
    {
        if (links.ReadConfirm(token) is not var (id, since))
        {
            return null;
        }

        var confirmed = await subscribers.ChangeAsync(
            id,
            subscriber => View(subscriber, since) is { IsConfirmed: false }
                ? subscriber with
                {
                    State = SubscriberState.Confirmed,
                    Suppression = null,
                    ConfirmedAt = time.GetUtcNow(),
                    LeftAt = null,
                }
                : subscriber,
            cancellation);
        return confirmed is null ? null : View(confirmed, since);
    }

    // The moment is kept in the row to the millisecond of the link, and stays after the confirmation, so that a second click finds it done.
    private static PendingConfirmation? View(Subscriber subscriber, DateTimeOffset since) =>
        subscriber.PendingSince?.ToUnixTimeMilliseconds() == since.ToUnixTimeMilliseconds()
        && subscriber.State is SubscriberState.Pending or SubscriberState.Confirmed
            ? new PendingConfirmation(subscriber.Language, subscriber.State == SubscriberState.Confirmed)
            : null;
}

/// <summary>What a link to confirm is about.</summary>
public sealed record PendingConfirmation(Language Language, bool IsConfirmed);
