using System.Collections.Concurrent;

namespace Pressroom.Storage.Embedded;

/// <summary>Connections to read with. A read sees all that was committed when it began, and waits for no writer.</summary>
internal sealed class Readers(string file) : IDisposable
{
    private const int CacheKilobytes = 1024;

    private readonly ConcurrentBag<Database> idle = [];
    private volatile bool disposed;

    /// <summary>Reads on the caller's thread.</summary>
    public T Read<T>(Func<Database, T> read)
    {
        ObjectDisposedException.ThrowIf(disposed, typeof(EmbeddedStorage));
        if (!idle.TryTake(out var database))
        {
            database = Database.Open(file, CacheKilobytes);
        }

        try
        {
            return read(database);
        }
        finally
        {
            Return(database);
        }
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryTake(out var database))
        {
            database.Dispose();
        }
    }

    private void Return(Database database)
    {
        // There are never more than threads that read at the same moment; beyond that many it is not worth keeping them.
        if (idle.Count >= Environment.ProcessorCount * 2)
        {
            database.Dispose();
            return;
        }

        idle.Add(database);
        if (disposed)
        {
            Dispose();
        }
    }
}
