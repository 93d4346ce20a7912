using Pressroom.Storage;

namespace Pressroom.Telemetry;

/// <summary>Queues whose messages carry the trace of whoever sends them.</summary>
internal sealed class TracedQueues(IQueueStore queues) : IQueueStore
{
    public Task SendAsync(string queue, string message, TimeSpan delay, CancellationToken cancellation) =>
        queues.SendAsync(queue, TraceContext.AddTo(message), delay, cancellation);

    public Task<Receipt> HoldAsync(string queue, string message, TimeSpan atMost, CancellationToken cancellation) =>
        queues.HoldAsync(queue, TraceContext.AddTo(message), atMost, cancellation);

    public Task<bool> ReleaseAsync(Receipt receipt, TimeSpan delay, CancellationToken cancellation) => queues.ReleaseAsync(receipt, delay, cancellation);

    public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int most, TimeSpan visibilityTimeout, CancellationToken cancellation) =>
        queues.ReceiveAsync(queue, most, visibilityTimeout, cancellation);

    public Task<Receipt?> ExtendAsync(Receipt receipt, TimeSpan visibilityTimeout, CancellationToken cancellation) =>
        queues.ExtendAsync(receipt, visibilityTimeout, cancellation);

    public Task<bool> DeleteAsync(Receipt receipt, CancellationToken cancellation) => queues.DeleteAsync(receipt, cancellation);

    public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => queues.WaitAsync(queue, atMost, cancellation);

    public Task<QueueMeasure> MeasureAsync(string queue, CancellationToken cancellation) => queues.MeasureAsync(queue, cancellation);
}
