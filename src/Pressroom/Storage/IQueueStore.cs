namespace Pressroom.Storage;

/// <summary>Queues that deliver each message at least once, in no promised order, and keep it until it is deleted.</summary>
/// <remarks>A message is at most 48 KiB of UTF-8 (Azure: 64 KiB after base64). Queue names have 3 to 63 lower-case letters,
/// digits and single dashes. Delays go up to 7 days. Engines throw <see cref="ArgumentException"/> beyond these.</remarks>
public interface IQueueStore
{
    /// <summary>Sends a message that becomes visible after <paramref name="delay"/>.</summary>
    Task SendAsync(string queue, string message, TimeSpan delay, CancellationToken cancellation);

    /// <summary>Sends a message that stays invisible until it is released, but no longer than <paramref name="atMost"/>: the
    /// intent of a change that is about to be committed. The embedded engine also releases what a dead process left held.</summary>
    Task<Receipt> HoldAsync(string queue, string message, TimeSpan atMost, CancellationToken cancellation);

    /// <summary>Lets a held message out: visible after <paramref name="delay"/>, now if that is zero.</summary>
    /// <returns>False when it is no longer held: its time was up, so a consumer may have seen it before the commit.</returns>
    Task<bool> ReleaseAsync(Receipt receipt, TimeSpan delay, CancellationToken cancellation);

    /// <summary>Takes up to <paramref name="most"/> (1 to 32) visible messages and hides them for <paramref name="visibilityTimeout"/>.</summary>
    Task<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int most, TimeSpan visibilityTimeout, CancellationToken cancellation);

    /// <summary>Hides a received message for another <paramref name="visibilityTimeout"/> from now (zero: visible now).</summary>
    /// <returns>The receipt that replaces the old one, or null when somebody else has received the message since.</returns>
    Task<Receipt?> ExtendAsync(Receipt receipt, TimeSpan visibilityTimeout, CancellationToken cancellation);

    /// <summary>Deletes a received or held message.</summary>
    /// <returns>False when somebody else has received it since, or it is gone.</returns>
    Task<bool> DeleteAsync(Receipt receipt, CancellationToken cancellation);

    /// <summary>Returns when a message may be waiting, at the latest after <paramref name="atMost"/>. Messages that this process sends
    /// or releases end the wait at once; it may also end for nothing.</summary>
    Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation);

    /// <summary>Counts a queue's messages and says for how long the oldest visible one has waited.</summary>
    Task<QueueMeasure> MeasureAsync(string queue, CancellationToken cancellation);
}

/// <summary>The right to release, extend or delete a message, until somebody else receives it.</summary>
public sealed record Receipt(string Queue, string MessageId, string PopReceipt);

/// <summary>A received message. <paramref name="DequeueCount"/> is 1 at the first delivery.</summary>
public sealed record QueueMessage(Receipt Receipt, string Text, int DequeueCount, DateTimeOffset SentAt);

/// <summary>How full a queue is.</summary>
/// <param name="Depth">Its messages, hidden, held and delayed ones too; Azure's own count, which is approximate.</param>
/// <param name="OldestAge">For how long the oldest visible message has waited; zero where none is visible. Azure tells only when it was
/// sent, so that a delayed message is as old as its delay at the moment when it becomes visible.</param>
public sealed record QueueMeasure(long Depth, TimeSpan OldestAge);
