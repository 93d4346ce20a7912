using Microsoft.Data.Sqlite;

namespace Pressroom.Storage.Embedded;

/// <summary>The one thread that writes. It takes all the work that waits, does it in one transaction and commits once, so that
/// all of it shares one fsync.</summary>
internal sealed class Writer
{
    /// <summary>Bounds how long the first of a crowd waits for the last.</summary>
    private const int LargestGroup = 256;

    private readonly Database database;
    private readonly object gate = new();
    private readonly Thread thread;
    private List<IWork> waiting = [];
    private bool stopped;
    private int logPages;
    private long pages;

    public Writer(Database database)
    {
        this.database = database;
        thread = new Thread(Run) { IsBackground = true, Name = "Pressroom storage writer" };
        thread.Start();
    }

    /// <summary>Raised on the writer's thread after each group.</summary>
    public event Action? Committed;

    /// <summary>How many pages were written to the write-ahead log since it last began anew.</summary>
    public int LogPages => Volatile.Read(ref logPages);

    /// <summary>How many pages were ever written to it.</summary>
    public long Pages => Volatile.Read(ref pages);

    /// <summary>Does the work inside a transaction. The task completes when the transaction is durable and all that the work left
    /// with <see cref="Transaction.AfterCommit"/> is done.</summary>
    /// <param name="work">Runs on the writer's thread, and a second time when other work of its group failed.</param>
    /// <param name="cancellation">Has no effect once the work has begun.</param>
    public Task<T> CommitAsync<T>(Func<Transaction, T> work, CancellationToken cancellation) =>
        Accept(new Write<T>(work, cancellation), cancellation);

    /// <summary>Does the work outside any transaction, at a moment when database and files agree.</summary>
    public Task<T> BetweenGroupsAsync<T>(Func<Database, T> work, CancellationToken cancellation) =>
        Accept(new Pause<T>(work, database, cancellation), cancellation);

    /// <summary>Copies the whole log into the database file and begins it anew.</summary>
    public Task<bool> RestartLogAsync(CheckpointMode mode) => BetweenGroupsAsync(_ => RestartLog(mode), CancellationToken.None);

    /// <summary>Copies the whole log into the database file and begins it anew; only for the writer's thread.</summary>
    public bool RestartLog(CheckpointMode mode)
    {
        var done = database.Checkpoint(mode);
        if (done)
        {
            Volatile.Write(ref logPages, 0);
        }

        return done;
    }

    /// <summary>Takes no more work, finishes what it has and ends the thread.</summary>
    public void Stop()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.Pulse(gate);
        }

        thread.Join();
    }

    private Task<T> Accept<T>(Work<T> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopped, typeof(EmbeddedStorage));
            waiting.Add(work);
            Monitor.Pulse(gate);
        }

        return work.Task;
    }

    private void Run()
    {
        var taken = new List<IWork>();
        while (Take(ref taken))
        {
            var begin = 0;
            while (begin < taken.Count)
            {
                if (!taken[begin].IsInTransaction)
                {
                    taken[begin++].Complete();
                    continue;
                }

                var end = taken.FindIndex(begin, work => !work.IsInTransaction);
                var group = taken.GetRange(begin, Math.Min(LargestGroup, (end < 0 ? taken.Count : end) - begin));
                Commit(group);
                Committed?.Invoke();
                begin += group.Count;
            }

            taken.Clear();
        }
    }

    /// <summary>Waits for work and takes all there is; false once there will be no more.</summary>
    private bool Take(ref List<IWork> taken)
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !stopped)
            {
                Monitor.Wait(gate);
            }

            (taken, waiting) = (waiting, taken);
            return taken.Count > 0;
        }
    }

    private void Commit(IReadOnlyList<IWork> group)
    {
        try
        {
            database.Run("begin immediate");
        }
        catch (SqliteException outage)
        {
            FailAll(group, outage);
            return;
        }

        var transaction = new Transaction(database);
        foreach (var work in group)
        {
            try
            {
                work.Do(transaction);
            }
            catch (Exception failure)
            {
                // Nobody knows what is left of the transaction, so each begins again alone, and one failure stays one.
                RollBack();
                if (group.Count == 1)
                {
                    work.Fail(failure);
                    return;
                }

                foreach (var one in group)
                {
                    Commit([one]);
                }

                return;
            }
        }

        try
        {
            database.Run("commit");
        }
        catch (SqliteException outage)
        {
            RollBack();
            FailAll(group, outage);
            return;
        }

        var written = database.TakePagesWritten();
        Volatile.Write(ref logPages, logPages + written);
        Volatile.Write(ref pages, pages + written);
        foreach (var work in group)
        {
            work.Complete();
        }
    }

    private void RollBack()
    {
        try
        {
            if (database.InTransaction)
            {
                database.Run("rollback");
            }
        }
        catch (SqliteException)
        {
            // The next transaction cannot begin then, and says so to those who wait for it.
        }
    }

    private static void FailAll(IReadOnlyList<IWork> group, Exception outage)
    {
        foreach (var work in group)
        {
            work.Fail(outage);
        }
    }

    private interface IWork
    {
        bool IsInTransaction { get; }

        void Do(Transaction transaction);

        void Complete();

        void Fail(Exception failure);
    }

    private abstract class Work<T>() : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IWork
    {
        public abstract bool IsInTransaction { get; }

        public abstract void Do(Transaction transaction);

        public abstract void Complete();

        public void Fail(Exception failure) => TrySetException(failure);
    }

    private sealed class Write<T>(Func<Transaction, T> work, CancellationToken cancellation) : Work<T>
    {
        private T result = default!;
        private Action? afterCommit;

        public override bool IsInTransaction => true;

        public override void Do(Transaction transaction)
        {
            afterCommit = null;
            if (cancellation.IsCancellationRequested)
            {
                TrySetCanceled(cancellation);
                return;
            }

            result = work(transaction);
            afterCommit = transaction.TakeAfterCommit();
        }

        public override void Complete()
        {
            try
            {
                afterCommit?.Invoke();
                TrySetResult(result);
            }
            catch (Exception failure)
            {
                Fail(failure);
            }
        }
    }

    private sealed class Pause<T>(Func<Database, T> work, Database database, CancellationToken cancellation) : Work<T>
    {
        public override bool IsInTransaction => false;

        public override void Do(Transaction transaction) => throw new InvalidOperationException("This work runs between transactions.");

        public override void Complete()
        {
            if (cancellation.IsCancellationRequested)
            {
                TrySetCanceled(cancellation);
                return;
            }

            try
            {
                TrySetResult(work(database));
            }
            catch (Exception failure)
            {
                Fail(failure);
            }
        }
    }
}

/// <summary>One group's transaction, as a piece of work sees it.</summary>
internal sealed class Transaction(Database database)
{
    private Action? afterCommit;

    public Database Database => database;

    /// <summary>Leaves something to do once the transaction is durable, before the work's task completes. What is left is done in
    /// the order of the work.</summary>
    public void AfterCommit(Action action) => afterCommit += action;

    public Action? TakeAfterCommit()
    {
        var taken = afterCommit;
        afterCommit = null;
        return taken;
    }
}
