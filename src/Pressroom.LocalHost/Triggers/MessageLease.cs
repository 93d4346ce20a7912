using Pressroom.Storage;

namespace Pressroom.LocalHost.Triggers;

/// <summary>Keeps a received message hidden from others while it is worked on.</summary>
internal sealed class MessageLease(IQueueStore queues, TimeProvider time)
{
    /// <summary>How long a message is hidden at a time. A host that dies keeps it hidden for up to this.</summary>
    public static readonly TimeSpan HiddenFor = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMinutes(1);

    /// <summary>Renews until the work has ended, in whatever way.</summary>
    /// <returns>The receipt that is valid then.</returns>
    public async Task<Receipt> RenewWhileAsync(Task work, Receipt receipt)
    {
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(receipt, done.Token);
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await done.CancelAsync();
        return await renewing;
    }

    // At half time; where storage does not answer, sooner and sooner, but not more than once a minute.
    private async Task<Receipt> RenewAsync(Receipt receipt, CancellationToken done)
    {
        var wait = HiddenFor / 2;
        while (true)
        {
            await Task.Delay(wait, time, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested)
            {
                return receipt;
            }

            try
            {
                // Never cancelled: storage may have renewed already, and the old receipt would be worth nothing.
                if (await queues.ExtendAsync(receipt, HiddenFor, CancellationToken.None) is not { } renewed)
                {
                    return receipt; // Somebody else has it by now: it is theirs to finish.
                }

                receipt = renewed;
                wait = HiddenFor / 2;
            }
            catch (Exception)
            {
                wait = wait / 2 < ShortestRetry ? ShortestRetry : wait / 2;
            }
        }
    }
}
