using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Pressroom.Storage;

namespace Pressroom.Tests.LocalHost;

/// <summary>Queues as far as the pump's tests need them, on the test's clock. <see cref="Failing"/> makes storage not answer.</summary>
internal sealed class MemoryQueues(TimeProvider time) : IQueueStore
{
    private readonly Lock gate = new();
    private readonly List<Stored> messages = [];
    private TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long pops;

    public Func<string, Exception?> Failing { get; set; } = _ => null;

    public ConcurrentQueue<string> Calls { get; } = new();

    public IReadOnlyList<string> TextsIn(string queue)
    {
        lock (gate)
        {
            return [.. messages.Where(message => message.Queue == queue).Select(message => message.Text)];
        }
    }

    public IReadOnlyList<string> VisibleIn(string queue)
    {
        lock (gate)
        {
            return [.. messages.Where(message => message.Queue == queue && message.VisibleAt <= time.GetUtcNow()).Select(message => message.Text)];
        }
    }

    /// <summary>For how long the queue's next message is still hidden; zero where one is visible, or none is there.</summary>
    public TimeSpan HiddenFor(string queue)
    {
        lock (gate)
        {
            var first = messages.Where(message => message.Queue == queue).Select(message => message.VisibleAt).DefaultIfEmpty().Min();
            return first > time.GetUtcNow() ? first - time.GetUtcNow() : TimeSpan.Zero;
        }
    }

    public Task SendAsync(string queue, string message, TimeSpan delay, CancellationToken cancellation)
    {
        Called("send", queue);
        lock (gate)
        {
            messages.Add(new Stored(queue, Guid.NewGuid().ToString("N"), message, time.GetUtcNow()) { VisibleAt = time.GetUtcNow() + delay });
            Ring();
        }

        return Task.CompletedTask;
    }

    public Task<Receipt> HoldAsync(string queue, string message, TimeSpan atMost, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> ReleaseAsync(Receipt receipt, TimeSpan delay, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int most, TimeSpan visibilityTimeout, CancellationToken cancellation)
    {
        Called("receive", queue);
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<QueueMessage>>([.. messages.Where(message => message.Queue == queue && message.VisibleAt <= time.GetUtcNow()).Take(most).Select(Take)]);
        }

        QueueMessage Take(Stored message)
        {
            message.DequeueCount++;
            Hide(message, visibilityTimeout);
            return new QueueMessage(message.Receipt, message.Text, message.DequeueCount, message.SentAt);
        }
    }

    public Task<Receipt?> ExtendAsync(Receipt receipt, TimeSpan visibilityTimeout, CancellationToken cancellation)
    {
        Called("extend", receipt.Queue);
        lock (gate)
        {
            if (Find(receipt) is not { } message)
            {
                return Task.FromResult<Receipt?>(null);
            }

            Hide(message, visibilityTimeout);
            Ring();
            return Task.FromResult<Receipt?>(message.Receipt);
        }
    }

    public Task<bool> DeleteAsync(Receipt receipt, CancellationToken cancellation)
    {
        Called("delete", receipt.Queue);
        lock (gate)
        {
            return Task.FromResult(Find(receipt) is { } message && messages.Remove(message));
        }
    }

    public Task<QueueMeasure> MeasureAsync(string queue, CancellationToken cancellation) => throw new NotSupportedException();

    public async Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation)
    {
        Task ring;
        lock (gate)
        {
            if (messages.Any(message => message.Queue == queue && message.VisibleAt <= time.GetUtcNow()))
            {
                return;
            }

            ring = sent.Task;
        }

        await Task.WhenAny(ring, Task.Delay(atMost, time, cancellation));
        cancellation.ThrowIfCancellationRequested();
    }

    private void Called(string call, string queue)
    {
        Calls.Enqueue($"{call} {queue}");
        if (Failing(call) is { } failure)
        {
            throw failure;
        }
    }

    private void Ring()
    {
        sent.TrySetResult();
        sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private Stored? Find(Receipt receipt) => messages.Find(message => message.Receipt == receipt);

    private void Hide(Stored message, TimeSpan visibilityTimeout)
    {
        message.PopReceipt = (++pops).ToString(CultureInfo.InvariantCulture);
        message.VisibleAt = time.GetUtcNow() + visibilityTimeout;
    }

    private sealed class Stored(string queue, string id, string text, DateTimeOffset sentAt)
    {
        public string Queue => queue;

        public string Text => text;

        public DateTimeOffset SentAt => sentAt;

        public DateTimeOffset VisibleAt { get; set; }

        public int DequeueCount { get; set; }

        public string PopReceipt { get; set; } = "0";

        public Receipt Receipt => new(queue, id, PopReceipt);
    }
}

/// <summary>Blobs that tell of their changes as the embedded engine does, and can hold up a reader.</summary>
internal class MemoryBlobs : IBlobStore
{
    private readonly ConcurrentDictionary<BlobPath, Blob> blobs = new();
    private int version;
    private int reads;

    public int Reads => reads;

    /// <summary>Is awaited between a read and its answer.</summary>
    public Func<BlobPath, Task> BeforeAnswer { get; set; } = _ => Task.CompletedTask;

    public async Task<Blob?> ReadAsync(BlobPath path, CancellationToken cancellation)
    {
        path.Validate();
        Interlocked.Increment(ref reads);
        var blob = blobs.GetValueOrDefault(path);
        await BeforeAnswer(path);
        return blob;
    }

    public Task<BlobProperties?> FindAsync(BlobPath path, CancellationToken cancellation) => Task.FromResult(blobs.GetValueOrDefault(path) is { } blob
        ? new BlobProperties(blob.ETag, blob.Content.ContentType, blob.Content.CacheControl, blob.Content.Metadata, blob.ModifiedAt)
        : null);

    public Task<ETag?> WriteAsync(BlobPath path, BlobContent content, BlobCondition condition, CancellationToken cancellation)
    {
        var etag = new ETag(Interlocked.Increment(ref version).ToString(CultureInfo.InvariantCulture));
        blobs[path] = new Blob(content, etag, ModifiedAt);
        Tell(path);
        return Task.FromResult<ETag?>(etag);
    }

    public Task DeleteAsync(BlobPath path, CancellationToken cancellation)
    {
        blobs.TryRemove(path, out _);
        Tell(path);
        return Task.CompletedTask;
    }

    public Task<bool> DeleteAsync(BlobPath path, ETag version, CancellationToken cancellation)
    {
        var isDeleted = blobs.GetValueOrDefault(path) is { } blob && blob.ETag == version && blobs.TryRemove(KeyValuePair.Create(path, blob));
        Tell(path);
        return Task.FromResult(isDeleted);
    }

    public async IAsyncEnumerable<string> ListAsync(string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var path in blobs.Keys.Where(path => path.Container == container && path.Name.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(path => path.Name, StringComparer.Ordinal))
        {
            yield return path.Name;
        }
    }

    public DateTimeOffset ModifiedAt { get; set; } = new(2026, 11, 24, 10, 30, 0, 700, TimeSpan.Zero);

    protected virtual void Tell(BlobPath path)
    {
    }
}

internal sealed class TellingMemoryBlobs : MemoryBlobs, INotifyBlobChanges
{
    public event Action<BlobPath>? Changed;

    public bool IsAlone { get; init; } = true;

    /// <summary>As when another host writes.</summary>
    public bool TellsNobody { get; set; }

    protected override void Tell(BlobPath path)
    {
        if (!TellsNobody)
        {
            Changed?.Invoke(path);
        }
    }
}

/// <summary>Rows as far as the timers' tests need them.</summary>
internal sealed class MemoryTables : ITableStore
{
    private readonly ConcurrentDictionary<(string Table, string Partition, string Row), TableRow> rows = new();
    private int version;
    private int reads;

    public Func<Exception?> Failing { get; set; } = () => null;

    /// <summary>How often a row was asked for.</summary>
    public int Reads => reads;

    public TableRow? Find(string table, string partition, string row) => rows.GetValueOrDefault((table, partition, row));

    public Task<TableRow?> GetAsync(string table, string partition, string row, CancellationToken cancellation)
    {
        Interlocked.Increment(ref reads);
        return Failing() is { } failure ? throw failure : Task.FromResult(Find(table, partition, row));
    }

    public Task<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<TableRow>> ScanAsync(string table, TablePlace? after, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation)
    {
        if (Failing() is { } failure)
        {
            throw failure;
        }

        var upsert = (TableOperation.Upsert)Assert.Single(operations);
        var etag = new ETag(Interlocked.Increment(ref version).ToString(CultureInfo.InvariantCulture));
        rows[(table, partition, upsert.Row)] = new TableRow(partition, upsert.Row, etag, upsert.Columns);
        return Task.FromResult(new BatchResult([etag], null));
    }
}
