using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Pressroom.Storage.Embedded;

/// <summary>How often and after how much the background does its part; tests make it small.</summary>
internal sealed record UpkeepPace
{
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Pages of 4 KiB that are written after which it does not wait for the next time.</summary>
    public int AfterPages { get; init; } = 4 * 1024;

    /// <summary>Pages in the log after which it is copied and begun anew. Many of them are written over before that, so copying them
    /// more often would write more; and a log over its own blocks is cheaper to flush than a growing file.</summary>
    public int RestartAfterPages { get; init; } = 16 * 1024;

    /// <summary>Pages in the log after which the writer does this itself and lets all writes wait, because the background is too slow.</summary>
    public int MostPages { get; init; } = 64 * 1024;

    /// <summary>A log file of more bytes than this is cut to nothing when there is a quiet moment.</summary>
    public long LargestLogAtRest { get; init; } = 128 * 1024 * 1024;
}

/// <summary>What must be done now and then, off the writer's back: make the blobs' files durable, forget their redo, and copy the
/// write-ahead log into the database file.</summary>
internal sealed partial class Upkeep : IDisposable
{
    private readonly DataFolder folder;
    private readonly BlobFiles files;
    private readonly BlobRedo redo;
    private readonly Writer writer;
    private readonly Readers readers;
    private readonly UpkeepPace pace;
    private readonly ILogger logger;
    private readonly Database database;
    private readonly AutoResetEvent wake = new(initialState: false);
    private readonly ITimer timer;
    private readonly Thread thread;
    private volatile bool stopping;
    private long flushed;
    private long copied;
    private long seenPages;

    public Upkeep(DataFolder folder, BlobFiles files, BlobRedo redo, Writer writer, Readers readers, UpkeepPace pace, TimeProvider time, ILogger logger)
    {
        (this.folder, this.files, this.redo, this.writer, this.readers, this.pace, this.logger) = (folder, files, redo, writer, readers, pace, logger);
        database = Database.Open(folder.Database, cacheKilobytes: 256);
        timer = time.CreateTimer(_ => wake.Set(), null, pace.Every, pace.Every);
        thread = new Thread(Run) { IsBackground = true, Name = "Pressroom storage upkeep" };
        thread.Start();
        writer.Committed += Committed;
    }

    /// <summary>Ends the thread. What it did not get to is in the database, for <see cref="Finish"/> or the next start.</summary>
    public void Stop()
    {
        stopping = true;
        wake.Set();
        thread.Join();
        timer.Dispose();
    }

    /// <summary>Brings everything to rest, once nobody writes any more.</summary>
    public void Finish()
    {
        FlushFiles(redo.Done);
        while (redo.Forget(database, redo.Done))
        {
        }

        database.Checkpoint(CheckpointMode.Truncate);
    }

    public void Dispose()
    {
        database.Dispose();
        wake.Dispose();
    }

    private void Committed()
    {
        if (writer.Pages - Volatile.Read(ref seenPages) >= pace.AfterPages)
        {
            wake.Set();
        }

        if (writer.LogPages < pace.MostPages)
        {
            return;
        }

        try
        {
            writer.RestartLog(CheckpointMode.Restart);
        }
        catch (SqliteException outage)
        {
            LogOutage(outage);
        }
    }

    private void Run()
    {
        while (true)
        {
            wake.WaitOne();
            if (stopping)
            {
                return;
            }

            try
            {
                Pass();
            }
            catch (Exception outage)
            {
                // Nothing is lost by it: redo and log are still there, and the next pass begins with them.
                LogOutage(outage);
            }
        }
    }

    private void Pass()
    {
        if (redo.AnyStuck)
        {
            Await(writer.BetweenGroupsAsync(db => { redo.Retry(db); return true; }, CancellationToken.None));
        }

        var made = redo.Done;
        if (made > flushed)
        {
            FlushFiles(made);
            while (!stopping && Await(writer.CommitAsync(transaction => redo.Forget(transaction.Database, made), CancellationToken.None)))
            {
            }

            flushed = made;
        }

        var pages = writer.Pages;
        if (writer.LogPages > pace.RestartAfterPages)
        {
            // Most of it while the writer goes on, so that it need not wait for more than the rest.
            database.Checkpoint(CheckpointMode.Passive);
            Await(writer.RestartLogAsync(CheckpointMode.Restart));
        }
        else if (pages == seenPages)
        {
            Rest(pages);
        }

        Volatile.Write(ref seenPages, pages);
    }

    /// <summary>Nothing was written since the last pass.</summary>
    private void Rest(long pages)
    {
        if (copied < pages && database.Checkpoint(CheckpointMode.Passive))
        {
            copied = pages;
        }

        if (new FileInfo(folder.DatabaseLog) is { Exists: true } log && log.Length > pace.LargestLogAtRest)
        {
            Await(writer.RestartLogAsync(CheckpointMode.Truncate));
        }
    }

    private void FlushFiles(long upTo)
    {
        if (folder.TryFlush())
        {
            return;
        }

        foreach (var blob in readers.Read(reading => BlobRedo.Written(reading, upTo)))
        {
            files.Flush(blob);
        }
    }

    private static T Await<T>(Task<T> work) => work.GetAwaiter().GetResult();

    [LoggerMessage(LogLevel.Error, "The storage's upkeep failed; trying again.")]
    private partial void LogOutage(Exception outage);
}
