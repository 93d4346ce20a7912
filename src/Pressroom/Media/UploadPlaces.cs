namespace Pressroom.Media;

/// <summary>Bounds what uploads take of the machine: how many files are in memory at once, and how many are decoded.</summary>
public sealed class UploadPlaces : IDisposable
{
    /// <summary>How many uploads are in hand at most; who comes then has to come again.</summary>
    public const int Most = 8;

    // A picture of fifty million pixels may take half a gigabyte while it is decoded.
    private readonly SemaphoreSlim workbench = new(1);
    private int taken;

    /// <summary>A place, to be given back; null where all are taken.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref taken) <= Most)
        {
            return new Place(() => Interlocked.Decrement(ref taken));
        }

        Interlocked.Decrement(ref taken);
        return null;
    }

    /// <summary>Waits for the one place where pictures are converted.</summary>
    public async Task<IDisposable> TakeWorkbenchAsync(CancellationToken cancellation)
    {
        await workbench.WaitAsync(cancellation);
        return new Place(() => workbench.Release());
    }

    /// <inheritdoc/>
    public void Dispose() => workbench.Dispose();

    private sealed class Place(Action giveBack) : IDisposable
    {
        public void Dispose() => giveBack();
    }
}
