using System.Diagnostics;

namespace Pressroom.Site.Lists;

/// <summary>Lets few refreshes run at a time in this process, and while many wait, keeps as much time free after each as it took.</summary>
/// <remarks>The queue alone would start two dozen, and however many lists are dirty, making them again must not take the cores from
/// editors and readers. A list that waits for its turn gathers further changes into the same refresh: under load there are fewer
/// refreshes for each change, and what they cost stays within bounds.</remarks>
public sealed class RefreshPace : IDisposable
{
    private const int AtOnce = 2;
    private const int Many = 16;

    private readonly SemaphoreSlim turns = new(AtOnce);
    private int waiting;

    /// <summary>Runs the refresh when its turn has come.</summary>
    public async Task RunAsync(Func<Task> refreshAsync, CancellationToken cancellation)
    {
        Interlocked.Increment(ref waiting);
        try
        {
            await turns.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }

        try
        {
            var began = Stopwatch.GetTimestamp();
            await refreshAsync();
            if (Volatile.Read(ref waiting) >= Many)
            {
                await Task.Delay(3 * Stopwatch.GetElapsedTime(began), cancellation);
            }
        }
        finally
        {
            turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turns.Dispose();
}
