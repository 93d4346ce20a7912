namespace Pressroom.LocalHost.Triggers;

/// <summary>Lets people's calls go before queues' messages: while many calls are in hand, one message is worked on at a time, and the
/// others wait for their turn.</summary>
/// <remarks>No message waits for longer than <see cref="LongestWait"/>, so that a flood of calls slows down what follows from them, and
/// never stops it; nor does one that waits for a slow network hold up the others.</remarks>
internal sealed class CallsFirst : IDisposable
{
    private const int Many = 4;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim turn = new(1);
    private int calls;

    /// <summary>Does a call's work.</summary>
    public async Task CallAsync(Func<Task> work)
    {
        Interlocked.Increment(ref calls);
        try
        {
            await work();
        }
        finally
        {
            Interlocked.Decrement(ref calls);
        }
    }

    /// <summary>Does a message's work, when its turn has come.</summary>
    public async Task WorkAsync(Func<Task> work)
    {
        var isItsTurn = Volatile.Read(ref calls) >= Many && await turn.WaitAsync(LongestWait);
        try
        {
            await work();
        }
        finally
        {
            if (isItsTurn)
            {
                turn.Release();
            }
        }
    }

    public void Dispose() => turn.Dispose();
}
