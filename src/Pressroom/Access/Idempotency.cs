using System.Security.Cryptography;
using System.Text;
using Pressroom.Storage;

namespace Pressroom.Access;

/// <summary>Lets a caller repeat a POST whose answer was lost, by its <c>Idempotency-Key</c>
/// (draft-ietf-httpapi-idempotency-key-header): the same key and request get the same answer, for a day.</summary>
/// <remarks>Table <c>idempotency</c>: partition = token id, or one of sixteen for all people who signed in elsewhere; row = SHA-256 of the caller
/// and the key. The row is made before the work, with the seed
/// that the work takes its new ids from; so work that was cut short, done again, finds what it had made instead of making another.</remarks>
public sealed class Idempotency(ITableStore tables, TimeProvider time)
{
    private const string Table = "idempotency";
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <summary>Begins or repeats the work of a key.</summary>
    /// <param name="caller">Whose key it is: two callers' keys never meet.</param>
    /// <param name="key">The header's value.</param>
    /// <param name="request">What the key stands for: method, path and body.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task<IdempotentWork> BeginAsync(Caller caller, string key, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var partition = PartitionOf(caller.Id);
        var row = Hash(Encoding.UTF8.GetBytes($"{caller.Id}\n{key}"));
        var hash = Hash(request.Span);
        while (true)
        {
            var known = await tables.GetAsync(Table, partition, row, cancellation);
            if (known is not null && known.Columns.Time("begunAt") + KeptFor > time.GetUtcNow())
            {
                if (known.Columns.Text("request") != hash)
                {
                    return new IdempotentWork.OtherRequest();
                }

                return known.Columns.NumberOrNull("status") is { } status
                    ? new IdempotentWork.Done(new KeptAnswer(
                        (int)status, known.Columns.TextOrNull("body"), known.Columns.TextOrNull("location"), known.Columns.TextOrNull("etag")))
                    : new IdempotentWork.ToDo(new Ticket(partition, row, known.ETag, hash, known.Columns.Time("begunAt"), Guid.Parse(known.Columns.Text("seed"))));
            }

            var begun = new Ticket(partition, row, default, hash, time.GetUtcNow(), Guid.CreateVersion7(time.GetUtcNow()));
            TableOperation write = known is null
                ? new TableOperation.Insert(row, begun.Write(null))
                : new TableOperation.Replace(row, begun.Write(null), known.ETag);
            var result = await tables.CommitAsync(Table, partition, [write], cancellation);
            if (result.Committed)
            {
                return new IdempotentWork.ToDo(begun with { ETag = result.ETags[0]!.Value });
            }
        }
    }

    /// <summary>Keeps the answer for whoever asks again. Where two have done the same work at once, the first answer stays.</summary>
    public Task FinishAsync(Ticket ticket, KeptAnswer answer, CancellationToken cancellation) =>
        tables.CommitAsync(Table, ticket.Partition, [new TableOperation.Replace(ticket.Row, ticket.Write(answer), ticket.ETag)], cancellation);

    /// <summary>Forgets what is older than a day. A scan of all keys: those of revoked tokens are among them, and there are no more than of two days.</summary>
    public async Task ForgetOldAsync(CancellationToken cancellation)
    {
        await foreach (var old in tables.AllAsync(Table, cancellation).Where(row => row.Columns.Time("begunAt") + KeptFor < time.GetUtcNow()))
        {
            await tables.CommitAsync(Table, old.Partition, [new TableOperation.Delete(old.Row, old.ETag)], cancellation);
        }
    }

    private static string PartitionOf(string caller) =>
        caller.StartsWith(Caller.PersonPrefix, StringComparison.Ordinal) ? caller[..(Caller.PersonPrefix.Length + 1)] : caller;

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>What to do for a key.</summary>
public abstract record IdempotentWork
{
    /// <summary>Do the work, taking new ids from the ticket's seed; it may have been begun, or even done, before.</summary>
    public sealed record ToDo(Ticket Ticket) : IdempotentWork;

    /// <summary>It is done: give this answer.</summary>
    public sealed record Done(KeptAnswer Answer) : IdempotentWork;

    /// <summary>The key was used for another request.</summary>
    public sealed record OtherRequest : IdempotentWork;
}

/// <summary>Work under way for a key.</summary>
public sealed record Ticket(string Partition, string Row, ETag ETag, string Request, DateTimeOffset BegunAt, Guid Seed)
{
    internal Columns Write(KeptAnswer? answer) => new()
    {
        { "request", Request },
        { "begunAt", BegunAt },
        { "seed", Seed.ToString("N") },
        { "status", answer?.Status },
        { "body", answer?.Body },
        { "location", answer?.Location },
        { "etag", answer?.ETag },
    };
}

/// <summary>An answer as it was given. The body is at most 32,768 UTF-16 units.</summary>
public sealed record KeptAnswer(int Status, string? Body, string? Location, string? ETag);
