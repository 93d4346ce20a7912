using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Pressroom.Storage.Azure;

/// <summary>Queues of one account. Azure counts delays in whole seconds, so they are rounded up.</summary>
internal sealed class AzureQueues(QueueServiceClient service, TimeProvider time) : IQueueStore
{
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    private readonly QueueBell bell = new(time);

    public Task SendAsync(string queue, string message, TimeSpan delay, CancellationToken cancellation) =>
        AddAsync(queue, message, delay, cancellation);

    public Task<Receipt> HoldAsync(string queue, string message, TimeSpan atMost, CancellationToken cancellation) =>
        AddAsync(queue, message, atMost, cancellation);

    public async Task<bool> ReleaseAsync(Receipt receipt, TimeSpan delay, CancellationToken cancellation) =>
        await ExtendAsync(receipt, delay, cancellation) is not null;

    public async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int most, TimeSpan visibilityTimeout, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(queue);
        AzureLimits.CheckReceive(most);
        AzureLimits.CheckLease(visibilityTimeout);
        bell.Looking(queue);
        try
        {
            var received = await service.GetQueueClient(queue).ReceiveMessagesAsync(most, WholeSeconds(visibilityTimeout), cancellation);
            return [.. received.Value.Select(m => new QueueMessage(
                new Receipt(queue, m.MessageId, m.PopReceipt), Decode(m.MessageText), (int)m.DequeueCount, m.InsertedOn ?? default))];
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return [];
        }
    }

    public async Task<Receipt?> ExtendAsync(Receipt receipt, TimeSpan visibilityTimeout, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(receipt.Queue);
        AzureLimits.CheckDelay(visibilityTimeout);
        try
        {
            var updated = await service.GetQueueClient(receipt.Queue).UpdateMessageAsync(
                receipt.MessageId, receipt.PopReceipt, messageText: null, WholeSeconds(visibilityTimeout), cancellation);
            bell.Ring(receipt.Queue, time.GetUtcNow() + visibilityTimeout);
            return receipt with { PopReceipt = updated.Value.PopReceipt };
        }
        catch (RequestFailedException lost) when (IsLost(lost))
        {
            return null;
        }
    }

    public async Task<bool> DeleteAsync(Receipt receipt, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(receipt.Queue);
        try
        {
            await service.GetQueueClient(receipt.Queue).DeleteMessageAsync(receipt.MessageId, receipt.PopReceipt, cancellation);
            return true;
        }
        catch (RequestFailedException lost) when (IsLost(lost))
        {
            return false;
        }
    }

    public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(queue);
        return bell.WaitAsync(queue, atMost, () => null, cancellation);
    }

    public async Task<QueueMeasure> MeasureAsync(string queue, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(queue);
        var client = service.GetQueueClient(queue);
        try
        {
            var properties = await client.GetPropertiesAsync(cancellation);
            var oldest = await client.PeekMessageAsync(cancellation);
            var age = time.GetUtcNow() - oldest.Value?.InsertedOn ?? TimeSpan.Zero;
            return new QueueMeasure(properties.Value.ApproximateMessagesCountLong, age > TimeSpan.Zero ? age : TimeSpan.Zero);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return new QueueMeasure(0, TimeSpan.Zero);
        }
    }

    private async Task<Receipt> AddAsync(string queue, string message, TimeSpan delay, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(queue);
        AzureLimits.CheckMessage(message);
        AzureLimits.CheckDelay(delay);
        var client = service.GetQueueClient(queue);
        SendReceipt sent;
        try
        {
            sent = await client.SendMessageAsync(Encode(message), WholeSeconds(delay), Forever, cancellation);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await client.CreateIfNotExistsAsync(cancellationToken: cancellation);
            sent = await client.SendMessageAsync(Encode(message), WholeSeconds(delay), Forever, cancellation);
        }

        bell.Ring(queue, time.GetUtcNow() + delay);
        return new Receipt(queue, sent.MessageId, sent.PopReceipt);
    }

    /// <summary>Somebody else has received the message since, or it is gone.</summary>
    private static bool IsLost(RequestFailedException failure) =>
        failure.ErrorCode == QueueErrorCode.MessageNotFound || failure.ErrorCode == QueueErrorCode.PopReceiptMismatch
        || failure.ErrorCode == QueueErrorCode.QueueNotFound;

    private static TimeSpan WholeSeconds(TimeSpan time) => TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds));

    // Text that XML cannot carry must pass, and host.json says base64.
    private static string Encode(string message) => Convert.ToBase64String(Encoding.UTF8.GetBytes(message));

    /// <summary>A message that somebody typed in by hand is taken as it is: whoever handles it will say that it makes no sense.</summary>
    private static string Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : text;
    }
}
