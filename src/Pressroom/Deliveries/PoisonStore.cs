using System.IO.Hashing;
using System.Text;
using Microsoft.Extensions.Logging;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Deliveries;

/// <summary>Messages that failed every time, kept until a person has them replayed or discards them.</summary>
/// <remarks>Table <c>poison</c>, partition <c>poison</c>, row = hash of queue and text: a message that comes to the poison queue twice, or
/// fails again after a replay, is one row.</remarks>
public sealed partial class PoisonStore(ITableStore tables, IQueueStore queues, TimeProvider time, ILogger<PoisonStore> logger)
{
    private const string Table = "poison";

    /// <summary>Keeps a message of the given queue.</summary>
    public Task KeepAsync(string queue, string text, CancellationToken cancellation) => Traces.ConsumeAsync(queue + "-poison", text, () => tables.CommitAsync(
        Table,
        Table,
        [new TableOperation.Upsert(IdOf(queue, text), new Columns { { "queue", queue }, { "text", text }, { "failedAt", time.GetUtcNow() } })],
        cancellation));

    /// <summary>Those after the id, by id.</summary>
    public async Task<IReadOnlyList<PoisonMessage>> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        var rows = await tables.QueryAsync(Table, Table, after is null ? RowRange.All : RowRange.All.After(after), limit, cancellation);
        return rows.Select(Read).ToList();
    }

    /// <summary>How many there are, counted up to <paramref name="most"/>.</summary>
    public async Task<int> CountAsync(int most, CancellationToken cancellation) => (await tables.QueryAsync(Table, Table, RowRange.All, most, cancellation)).Count;

    /// <summary>Sends the message to its queue again and forgets it; killed in between, it is in both.</summary>
    /// <returns>False where there is no such message.</returns>
    public async Task<bool> ReplayAsync(string id, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is not { } row)
        {
            return false;
        }

        var message = Read(row);
        await queues.SendAsync(message.Queue, message.Text, TimeSpan.Zero, cancellation);
        await tables.CommitAsync(Table, Table, [new TableOperation.Delete(id, row.ETag)], CancellationToken.None);
        return true;
    }

    /// <summary>Forgets the message for good: what it asked for is not done. One that a replay has just sent to its queue is tried there all the same.</summary>
    /// <returns>False where there is no such message.</returns>
    public async Task<bool> DiscardAsync(string id, CancellationToken cancellation)
    {
        // It may have come to the poison queue once more meanwhile.
        while (await FindAsync(id, cancellation) is { } row)
        {
            if ((await tables.CommitAsync(Table, Table, [new TableOperation.Delete(id, row.ETag)], cancellation)).Committed)
            {
                LogDiscarded(Read(row).Queue, id);
                return true;
            }
        }

        return false;
    }

    private async Task<TableRow?> FindAsync(string id, CancellationToken cancellation) =>
        id.Length == 32 && id.All(char.IsAsciiHexDigitLower) ? await tables.GetAsync(Table, Table, id, cancellation) : null;

    private static PoisonMessage Read(TableRow row) =>
        new(row.Row, row.Columns.Text("queue"), row.Columns.Text("text"), row.Columns.Time("failedAt"));

    // The same message of another trace is the same.
    private static string IdOf(string queue, string text) =>
        Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{queue}\n{TraceContext.RemoveFrom(text)}")));

    [LoggerMessage(LogLevel.Information, "Poison message {Id} of queue {Queue} was discarded.")]
    private partial void LogDiscarded(string queue, string id);
}

/// <summary>A message that failed every time. Its text holds ids, never an address.</summary>
public sealed record PoisonMessage(string Id, string Queue, string Text, DateTimeOffset FailedAt);
