using Pressroom.Storage;

namespace Pressroom.Tests.LocalHost;

/// <summary>Tables that tell of each write before it is made, so that a test can end the process there.</summary>
internal sealed class WatchedTables(ITableStore tables, Action onWrite) : ITableStore
{
    public Task<TableRow?> GetAsync(string table, string partition, string row, CancellationToken cancellation) => tables.GetAsync(table, partition, row, cancellation);

    public Task<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellation) =>
        tables.QueryAsync(table, partition, range, limit, cancellation);

    public Task<IReadOnlyList<TableRow>> ScanAsync(string table, TablePlace? after, int limit, CancellationToken cancellation) => tables.ScanAsync(table, after, limit, cancellation);

    public Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation)
    {
        onWrite();
        return tables.CommitAsync(table, partition, operations, cancellation);
    }
}

/// <summary>Queues that tell of each write before it is made.</summary>
internal sealed class WatchedQueues(IQueueStore queues, Action onWrite) : IQueueStore
{
    public Task SendAsync(string queue, string message, TimeSpan delay, CancellationToken cancellation)
    {
        onWrite();
        return queues.SendAsync(queue, message, delay, cancellation);
    }

    public Task<Receipt> HoldAsync(string queue, string message, TimeSpan atMost, CancellationToken cancellation)
    {
        onWrite();
        return queues.HoldAsync(queue, message, atMost, cancellation);
    }

    public Task<bool> ReleaseAsync(Receipt receipt, TimeSpan delay, CancellationToken cancellation)
    {
        onWrite();
        return queues.ReleaseAsync(receipt, delay, cancellation);
    }

    public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int most, TimeSpan visibilityTimeout, CancellationToken cancellation) =>
        queues.ReceiveAsync(queue, most, visibilityTimeout, cancellation);

    public Task<Receipt?> ExtendAsync(Receipt receipt, TimeSpan visibilityTimeout, CancellationToken cancellation) =>
        queues.ExtendAsync(receipt, visibilityTimeout, cancellation);

    public Task<bool> DeleteAsync(Receipt receipt, CancellationToken cancellation) => queues.DeleteAsync(receipt, cancellation);

    public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => queues.WaitAsync(queue, atMost, cancellation);

    public Task<QueueMeasure> MeasureAsync(string queue, CancellationToken cancellation) => queues.MeasureAsync(queue, cancellation);
}
