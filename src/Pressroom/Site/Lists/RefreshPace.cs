using System.Diagnostics;

namespace Pressroom.Site.Lists;

/// <summary>Lets one refresh run at a time in this process, and keeps as much time free after it as it took.</summary>
/// <remarks>However many lists are dirty, making them again takes at most half of one core from editors and readers; a list that
/// waits for its turn gathers further changes into the same refresh. Under load a refresh takes longer, and so does the rest.</remarks>
public sealed class RefreshPace : IDisposable
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim turn = new(1);
    private long notBefore;

    /// <summary>Runs the refresh when its turn has come.</summary>
    public async Task RunAsync(Func<Task> refreshAsync, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var rest = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), notBefore);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, cancellation);
            }

            var began = Stopwatch.GetTimestamp();
            await refreshAsync();
            var took = Stopwatch.GetElapsedTime(began);
            notBefore = Stopwatch.GetTimestamp() + (long)((took < LongestRest ? took : LongestRest).TotalSeconds * Stopwatch.Frequency);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();
}
