using System.Globalization;

namespace Pressroom.Storage.Embedded;

/// <summary>Queues as rows of one SQLite table. A message is visible from its time on; receiving one gives it a later time and another receipt.</summary>
internal sealed class EmbeddedQueues(Writer writer, Readers readers, TimeProvider time) : IQueueStore
{
    public const string Schema = """
        create table if not exists messages (
            id integer primary key,
            queue text not null,
            visible_at integer not null, -- .NET ticks
            hidden text, -- why it is invisible, unless for a delay: 'held' or 'received'
            receipt integer not null, -- random, new each time that somebody else gets the right to the message
            dequeue_count integer not null,
            deaths integer not null default 0, -- how many processes died with it in hand
            sent_at integer not null, -- .NET ticks
            body text not null);
        create index if not exists messages_by_time on messages (queue, visible_at)
        """;

    private const int DeathsForgiven = 20;

    private readonly QueueBell bell = new(time);

    /// <summary>Gives back what a process held or had received when it died. That is no failure of the messages in its hand, unless it
    /// happens time and again: one of them may be what processes die of.</summary>
    public static void ReleaseAll(Database database, DateTimeOffset now) => database.Run(
        """
        update messages set
            visible_at = ?,
            dequeue_count = dequeue_count - (hidden = 'received' and deaths < ?),
            deaths = deaths + (hidden = 'received'),
            hidden = null
        where hidden is not null
        """,
        now.UtcTicks, DeathsForgiven);

    public Task SendAsync(string queue, string message, TimeSpan delay, CancellationToken cancellation) =>
        AddAsync(queue, message, delay, hidden: null, cancellation);

    public Task<Receipt> HoldAsync(string queue, string message, TimeSpan atMost, CancellationToken cancellation) =>
        AddAsync(queue, message, atMost, "held", cancellation);

    public async Task<bool> ReleaseAsync(Receipt receipt, TimeSpan delay, CancellationToken cancellation) =>
        await HideAsync(receipt, delay, isLent: false, cancellation) is not null;

    public Task<Receipt?> ExtendAsync(Receipt receipt, TimeSpan visibilityTimeout, CancellationToken cancellation) =>
        HideAsync(receipt, visibilityTimeout, isLent: visibilityTimeout > TimeSpan.Zero, cancellation);

    public async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int most, TimeSpan visibilityTimeout, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(queue);
        AzureLimits.CheckReceive(most);
        AzureLimits.CheckLease(visibilityTimeout);
        bell.Looking(queue);
        if (NextVisible(queue) is not { } next || next > time.GetUtcNow())
        {
            return [];
        }

        return await writer.CommitAsync(transaction => Receive(transaction.Database, queue, most, visibilityTimeout), cancellation);
    }

    public Task<bool> DeleteAsync(Receipt receipt, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(receipt.Queue);
        return writer.CommitAsync(
            transaction => Key.TryParse(receipt, out var key)
                && transaction.Database.Run("delete from messages where id = ? and queue = ? and receipt = ?", key.Id, receipt.Queue, key.Receipt) == 1,
            cancellation);
    }

    public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(queue);
        return bell.WaitAsync(queue, atMost, () => NextVisible(queue), cancellation);
    }

    public Task<QueueMeasure> MeasureAsync(string queue, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(queue);
        var now = time.GetUtcNow();
        return Task.FromResult(readers.Read(database =>
        {
            // The index alone answers both.
            using var measured = database.Query("select count(*), coalesce(min(visible_at), ?) from messages where queue = ?", now.UtcTicks, queue);
            measured.Read();
            var age = now.UtcTicks - measured.Number(1);
            return new QueueMeasure(measured.Number(0), TimeSpan.FromTicks(Math.Max(age, 0)));
        }));
    }

    private Task<Receipt> AddAsync(string queue, string message, TimeSpan delay, string? hidden, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(queue);
        AzureLimits.CheckMessage(message);
        AzureLimits.CheckDelay(delay);
        return writer.CommitAsync(
            transaction =>
            {
                var now = time.GetUtcNow();
                var receipt = NewReceipt();
                transaction.Database.Run(
                    "insert into messages (queue, visible_at, hidden, receipt, dequeue_count, sent_at, body) values (?, ?, ?, ?, 0, ?, ?)",
                    queue, (now + delay).UtcTicks, hidden, receipt, now.UtcTicks, message);
                transaction.AfterCommit(() => bell.Ring(queue, now + delay));
                return new Key(transaction.Database.LastId, receipt).For(queue);
            },
            cancellation);
    }

    private Task<Receipt?> HideAsync(Receipt receipt, TimeSpan delay, bool isLent, CancellationToken cancellation)
    {
        AzureLimits.CheckQueue(receipt.Queue);
        AzureLimits.CheckDelay(delay);
        return writer.CommitAsync(
            transaction =>
            {
                var visibleAt = time.GetUtcNow() + delay;
                var renewed = NewReceipt();
                if (!Key.TryParse(receipt, out var key)
                    || transaction.Database.Run(
                        "update messages set visible_at = ?, receipt = ?, hidden = case when ? then hidden end where id = ? and queue = ? and receipt = ?",
                        visibleAt.UtcTicks, renewed, isLent ? 1 : 0, key.Id, receipt.Queue, key.Receipt) == 0)
                {
                    return null;
                }

                transaction.AfterCommit(() => bell.Ring(receipt.Queue, visibleAt));
                return (key with { Receipt = renewed }).For(receipt.Queue);
            },
            cancellation);
    }

    private List<QueueMessage> Receive(Database database, string queue, int most, TimeSpan visibilityTimeout)
    {
        var now = time.GetUtcNow();
        var receipt = NewReceipt();
        var messages = new List<QueueMessage>();
        using var received = database.Query(
            """
            update messages set visible_at = ?, hidden = 'received', receipt = ?, dequeue_count = dequeue_count + 1
            where id in (select id from messages where queue = ? and visible_at <= ? order by visible_at, id limit ?)
            returning id, body, dequeue_count, sent_at
            """,
            (now + visibilityTimeout).UtcTicks, receipt, queue, now.UtcTicks, most);
        while (received.Read())
        {
            messages.Add(new QueueMessage(
                new Key(received.Number(0), receipt).For(queue),
                received.Text(1),
                (int)received.Number(2),
                new DateTimeOffset(received.Number(3), TimeSpan.Zero)));
        }

        return messages;
    }

    private DateTimeOffset? NextVisible(string queue) => readers.Read<DateTimeOffset?>(database =>
    {
        using var next = database.Query("select visible_at from messages where queue = ? order by visible_at limit 1", queue);
        return next.Read() ? new DateTimeOffset(next.Number(0), TimeSpan.Zero) : null;
    });

    private static long NewReceipt() => Random.Shared.NextInt64(long.MinValue, long.MaxValue);

    /// <summary>A receipt's two numbers.</summary>
    private readonly record struct Key(long Id, long Receipt)
    {
        public static bool TryParse(Receipt receipt, out Key key)
        {
            key = default;
            if (!long.TryParse(receipt.MessageId, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || !long.TryParse(receipt.PopReceipt, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            key = new Key(id, number);
            return true;
        }

        public Receipt For(string queue) =>
            new(queue, Id.ToString(CultureInfo.InvariantCulture), Receipt.ToString("x16", CultureInfo.InvariantCulture));
    }
}
