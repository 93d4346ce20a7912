namespace Pressroom.Storage;

/// <summary>A message that says what follows from a change, sent before the change is committed and held back until it is.</summary>
/// <remarks>Killed before the commit, the message goes out in time and finds nothing to do. Killed after it, the message goes out in
/// time and what follows is done. Either way the sender need not be there.</remarks>
public sealed class Intent
{
    private static readonly TimeSpan HeldFor = TimeSpan.FromMinutes(2);

    private readonly IQueueStore queues;
    private readonly string message;
    private readonly Receipt receipt;

    private Intent(IQueueStore queues, string message, Receipt receipt) => (this.queues, this.message, this.receipt) = (queues, message, receipt);

    /// <summary>Sends the message, held.</summary>
    public static async Task<Intent> HoldAsync(IQueueStore queues, string queue, string message, CancellationToken cancellation) =>
        new(queues, message, await queues.HoldAsync(queue, message, HeldFor, cancellation));

    /// <summary>The change is committed: let the message out, now or after a while. Not to be cancelled, since the change cannot be taken
    /// back.</summary>
    public async Task ReleaseAsync(TimeSpan delay = default)
    {
        var wait = delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
        if (!await queues.ReleaseAsync(receipt, wait, CancellationToken.None))
        {
            // The commit took so long that the message went out before it, and was dropped: say it again.
            await queues.SendAsync(receipt.Queue, message, wait, CancellationToken.None);
        }
    }

    /// <summary>The same for a change that nobody waits for to be followed up: returns at once. Where letting out fails, the message goes out by
    /// itself in time.</summary>
    public void ReleaseSoon() => _ = ReleaseAsync().ContinueWith(
        released => _ = released.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>The change did not come about.</summary>
    public Task WithdrawAsync() => queues.DeleteAsync(receipt, CancellationToken.None);
}
