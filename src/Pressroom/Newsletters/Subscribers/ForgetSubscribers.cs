namespace Pressroom.Newsletters.Subscribers;

/// <summary>Forgets who asked to subscribe, or was entered by somebody else, and never confirmed it.</summary>
/// <remarks>Of an address that bounced there remains what <see cref="SubscriberStore"/> keeps: its keyed hash, suppressed. An import's bounces keep
/// their address: an export must be able to take them along.</remarks>
public sealed class ForgetSubscribers(SubscriberStore subscribers, Subscribe signups, TimeProvider time)
{
    private const int PageSize = 500;
    private static readonly TimeSpan WaitedFor = TimeSpan.FromDays(30);

    /// <summary>Forgets those who have not confirmed within thirty days, and whose address bounced so long ago. A scan of all subscribers, once a night.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var before = time.GetUtcNow() - WaitedFor;
        await signups.ForgetOldAsync(before, cancellation);
        await foreach (var page in subscribers.PagesAsync(ShardRange.All, null, PageSize, cancellation))
        {
            foreach (var subscriber in page.Select(stored => stored.Subscriber).Where(subscriber => IsStale(subscriber, before)))
            {
                await subscribers.EraseAsync(subscriber.Id, stale => IsStale(stale, before), cancellation);
            }
        }
    }

    private static bool IsStale(Subscriber subscriber, DateTimeOffset before) => subscriber switch
    {
        { State: SubscriberState.Pending } => subscriber.PendingSince < before,
        { State: SubscriberState.Suppressed, Suppression: Suppression.Bounce, ConfirmedAt: null, ConsentSource: not "import" } => subscriber.LeftAt < before,
        _ => false,
    };
}
