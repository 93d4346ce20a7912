using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Caching.Memory;
using Pressroom.Articles;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Issues;

/// <summary>The issues and their ledger.</summary>
/// <remarks>
/// Table <c>newsletters</c>. Partition <c>issues</c>: row <c>{inverted creation time}-{issue id}</c>, the list, newest first. Partition = issue
/// id: row <c>issue</c>; rows <c>batch-{lane:D2}-{n:D5}</c>, and with each <c>recipients-{lane:D2}-{n:D5}</c>, written by the same batch: the
/// recipients' ids, 16 bytes each, which never change; rows <c>lane-{lane:D2}</c>, when a lane has no more recipients.
/// Container <c>newsletters</c>: <c>{issue id}.json</c>, the mail as it was rendered once.
/// </remarks>
public sealed class NewsletterStore(ITableStore tables, IBlobStore blobs) : IDisposable
{
    internal const string Table = "newsletters";
    internal const string IssueRow = "issue";
    private const string IndexPartition = "issues";
    private const string BatchPrefix = "batch-";
    private const string RecipientsPrefix = "recipients-";
    private const string LanePrefix = "lane-";
    private const string Container = "newsletters";
    private const int BatchesAtOnce = 500;

    // Every batch of an issue reads the same mail.
    private readonly MemoryCache contents = new(new MemoryCacheOptions { SizeLimit = 16 * 1024 * 1024 });

    /// <summary>An issue; null where there is none.</summary>
    public async Task<StoredNewsletter?> FindAsync(NewsletterId id, CancellationToken cancellation) =>
        await tables.GetAsync(Table, id.Value, IssueRow, cancellation) is { } row ? new StoredNewsletter(ReadIssue(id, row.Columns), row.ETag) : null;

    /// <summary>The issues, newest first, after <paramref name="after"/> where given; and where to go on.</summary>
    public async Task<(IReadOnlyList<Newsletter> Items, string? Cursor)> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        var rows = await tables.QueryAsync(Table, IndexPartition, new RowRange(after is null ? "" : after + '\u0001', null), limit + 1, cancellation);
        var items = new List<Newsletter>();
        foreach (var row in rows.Take(limit))
        {
            if (await FindAsync(NewsletterId.Parse(row.Columns.Text("id")), cancellation) is { Newsletter: var issue })
            {
                items.Add(issue);
            }
        }

        return (items, rows.Count > limit ? rows[limit - 1].Row : null);
    }

    /// <summary>Keeps the mail, unless it is kept already: then that one stays.</summary>
    public Task FreezeAsync(NewsletterId id, MailContent content, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(content, MailJson.Default.MailContent);
        return blobs.WriteAsync(ContentPath(id), new BlobContent(json, "application/json"), BlobCondition.IfAbsent, cancellation);
    }

    /// <summary>The mail as it was kept.</summary>
    public async Task<MailContent> ReadContentAsync(NewsletterId id, CancellationToken cancellation)
    {
        if (contents.TryGetValue(id, out MailContent? cached))
        {
            return cached!;
        }

        var blob = await blobs.ReadAsync(ContentPath(id), cancellation) ?? throw new InvalidDataException($"Newsletter {id} has no mail.");
        var content = JsonSerializer.Deserialize(blob.Content.Bytes.Span, MailJson.Default.MailContent)!;
        return contents.Set(id, content, new MemoryCacheEntryOptions { Size = 2L * (content.Html.Length + content.Text.Length) });
    }

    /// <summary>Writes an issue over the given version; over nothing when that is null.</summary>
    /// <returns>The new version; null when it has changed since.</returns>
    public async Task<ETag?> WriteAsync(Newsletter issue, ETag? previous, CancellationToken cancellation)
    {
        TableOperation write = previous is { } etag
            ? new TableOperation.Replace(IssueRow, Write(issue), etag)
            : new TableOperation.Insert(IssueRow, Write(issue));
        var result = await tables.CommitAsync(Table, issue.Id.Value, [write], cancellation);
        return result.Committed ? result.ETags[0] : null;
    }

    /// <summary>Puts an issue into the list.</summary>
    public Task IndexAsync(Newsletter issue, CancellationToken cancellation)
    {
        var row = $"{RowKey.NewestFirst(issue.CreatedAt)}-{issue.Id}";
        return tables.CommitAsync(Table, IndexPartition, [new TableOperation.Upsert(row, new Columns { { "id", issue.Id.Value } })], cancellation);
    }

    /// <summary>The issues that were made in a span of time, the newest first.</summary>
    internal async IAsyncEnumerable<Newsletter> MadeBetweenAsync(DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var range = new RowRange(RowKey.NewestFirst(until), RowKey.NewestFirst(from));
        await foreach (var row in tables.AllAsync(Table, IndexPartition, range, cancellation))
        {
            if (await FindAsync(NewsletterId.Parse(row.Columns.Text("id")), cancellation) is { Newsletter: var issue })
            {
                yield return issue;
            }
        }
    }

    /// <summary>A batch; null where there is none.</summary>
    public async Task<StoredBatch?> FindBatchAsync(NewsletterId id, BatchName name, CancellationToken cancellation) =>
        await tables.GetAsync(Table, id.Value, BatchPrefix + name, cancellation) is { } row ? ReadBatch(row) : null;

    /// <summary>The recipients of a batch, in the order of its marks.</summary>
    public async Task<IReadOnlyList<SubscriberId>> RecipientsAsync(NewsletterId id, BatchName name, CancellationToken cancellation)
    {
        var row = await tables.GetAsync(Table, id.Value, RecipientsPrefix + name, cancellation);
        var bytes = row?.Columns.BytesOrNull("ids") ?? throw new InvalidDataException($"Batch {name} of newsletter {id} has no recipients.");
        return bytes.Chunk(16).Select(sixteen => SubscriberId.Of(sixteen)).ToList();
    }

    /// <summary>Forgets the recipients of the batches that are sent. Of the others they stay, for whoever sends them again.</summary>
    internal async Task ForgetRecipientsAsync(NewsletterId id, CancellationToken cancellation)
    {
        await foreach (var row in tables.AllAsync(Table, id.Value, RowRange.Prefix(RecipientsPrefix), cancellation))
        {
            if (BatchName.TryParse(row.Row[RecipientsPrefix.Length..], out var name)
                && await FindBatchAsync(id, name, cancellation) is { Batch.State: BatchState.Sent })
            {
                await tables.CommitAsync(Table, id.Value, [new TableOperation.Delete(row.Row, row.ETag)], cancellation);
            }
        }
    }

    /// <summary>Makes a batch and its recipients.</summary>
    /// <returns>Its version; null when it is there already.</returns>
    public async Task<ETag?> AddBatchAsync(NewsletterId id, NewsletterBatch batch, IReadOnlyList<SubscriberId> recipients, CancellationToken cancellation)
    {
        var bytes = new byte[recipients.Count * 16];
        for (var i = 0; i < recipients.Count; i++)
        {
            Convert.FromHexString(recipients[i].Value, bytes.AsSpan(i * 16, 16), out _, out _);
        }

        var result = await tables.CommitAsync(
            Table,
            id.Value,
            [
                new TableOperation.Insert(BatchPrefix + batch.Name, Write(batch)),
                new TableOperation.Insert(RecipientsPrefix + batch.Name, new Columns { { "ids", bytes } }),
            ],
            cancellation);
        return result.Committed ? result.ETags[0] : null;
    }

    /// <summary>Writes a batch over the given version.</summary>
    /// <returns>The new version; null when it has changed since.</returns>
    public async Task<ETag?> WriteBatchAsync(NewsletterId id, NewsletterBatch batch, ETag previous, CancellationToken cancellation)
    {
        var result = await tables.CommitAsync(Table, id.Value, [new TableOperation.Replace(BatchPrefix + batch.Name, Write(batch), previous)], cancellation);
        return result.Committed ? result.ETags[0] : null;
    }

    /// <summary>Some batches by name, after <paramref name="after"/> where given.</summary>
    public async Task<IReadOnlyList<StoredBatch>> BatchesAsync(NewsletterId id, string? after, int limit, CancellationToken cancellation)
    {
        var range = RowRange.Prefix(BatchPrefix);
        range = after is null ? range : range with { From = $"{BatchPrefix}{after}\u0001" };
        return (await tables.QueryAsync(Table, id.Value, range, limit, cancellation)).Select(ReadBatch).ToList();
    }

    /// <summary>All batches by name. A scan of one issue: a row for each call to the provider.</summary>
    public async IAsyncEnumerable<StoredBatch> AllBatchesAsync(NewsletterId id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? after = null;
        while (await BatchesAsync(id, after, BatchesAtOnce, cancellation) is { Count: > 0 } some)
        {
            foreach (var stored in some)
            {
                yield return stored;
            }

            after = some.Count == BatchesAtOnce ? some[^1].Batch.Name.ToString() : "99-99999";
        }
    }

    /// <summary>What became of an issue's recipients, by its batches.</summary>
    public async Task<BatchTally> TallyAsync(NewsletterId id, CancellationToken cancellation)
    {
        var tally = BatchTally.None;
        await foreach (var stored in AllBatchesAsync(id, cancellation))
        {
            tally += stored.Batch.Marks.Tally();
        }

        return tally;
    }

    /// <summary>Notes that a lane has no more recipients.</summary>
    public Task EndLaneAsync(NewsletterId id, int lane, DateTimeOffset now, CancellationToken cancellation) =>
        tables.CommitAsync(Table, id.Value, [new TableOperation.Upsert(LaneRow(lane), new Columns { { "endedAt", now } })], cancellation);

    /// <summary>The lanes that have no more recipients.</summary>
    public async Task<IReadOnlySet<int>> EndedLanesAsync(NewsletterId id, CancellationToken cancellation) =>
        (await tables.QueryAsync(Table, id.Value, RowRange.Prefix(LanePrefix), 100, cancellation))
            .Select(row => int.Parse(row.Row.AsSpan(LanePrefix.Length), CultureInfo.InvariantCulture)).ToHashSet();

    /// <summary>Whether a lane has no more recipients.</summary>
    public async Task<bool> IsLaneEndedAsync(NewsletterId id, int lane, CancellationToken cancellation) =>
        await tables.GetAsync(Table, id.Value, LaneRow(lane), cancellation) is not null;

    /// <inheritdoc/>
    public void Dispose() => contents.Dispose();

    private static string LaneRow(int lane) => LanePrefix + lane.ToString("D2", CultureInfo.InvariantCulture);

    private static BlobPath ContentPath(NewsletterId id) => new(Container, id + ".json");

    private static Newsletter ReadIssue(NewsletterId id, Columns columns) => new()
    {
        Id = id,
        Kind = Enum.Parse<NewsletterKind>(columns.Text("kind")),
        Subject = columns.Text("subject"),
        Audience = new Audience(
            columns.TextOrNull("language") is { } language ? Language.Parse(language) : null,
            columns.TextOrNull("sections")?.Split(' ') ?? []),
        State = Enum.Parse<NewsletterState>(columns.Text("state")),
        CreatedAt = columns.Time("createdAt"),
        Total = (int?)columns.NumberOrNull("total"),
        Lanes = (int)(columns.NumberOrNull("lanes") ?? 0),
        FinishedAt = columns.TimeOrNull("finishedAt"),
        Reason = columns.TextOrNull("reason"),
        Tally = new BatchTally(
            (int)columns.Number("sent"), (int)columns.Number("failed"), (int)columns.Number("unknown"), (int)columns.Number("left")),
    };

    private static Columns Write(Newsletter issue) => new()
    {
        { "kind", issue.Kind.ToString() },
        { "subject", issue.Subject },
        { "language", issue.Audience.Language?.Tag },
        { "sections", issue.Audience.Sections.Count == 0 ? null : string.Join(' ', issue.Audience.Sections) },
        { "state", issue.State.ToString() },
        { "createdAt", issue.CreatedAt },
        { "total", issue.Total },
        { "lanes", issue.Lanes },
        { "finishedAt", issue.FinishedAt },
        { "reason", issue.Reason },
        { "sent", issue.Tally.Sent },
        { "failed", issue.Tally.Failed },
        { "unknown", issue.Tally.Unknown },
        { "left", issue.Tally.Left },
    };

    private static StoredBatch ReadBatch(TableRow row)
    {
        var columns = row.Columns;
        return new StoredBatch(
            new NewsletterBatch
            {
                Name = BatchName.TryParse(row.Row[BatchPrefix.Length..], out var name) ? name : throw new InvalidDataException($"'{row.Row}' is no batch."),
                State = Enum.Parse<BatchState>(columns.Text("state")),
                Marks = new RecipientMarks(columns.Text("marks")),
                Last = SubscriberId.Parse(columns.Text("last")),
                Attempts = (int)columns.Number("attempts"),
                ClaimedBy = columns.TextOrNull("claimedBy"),
                LastTriedAt = columns.TimeOrNull("lastTriedAt"),
                RetryAt = columns.TimeOrNull("retryAt"),
                Reports = columns.Flag("reports"),
                IsProven = columns.Flag("proven"),
                ProviderMessageId = columns.TextOrNull("providerMessageId"),
                Reason = columns.TextOrNull("reason"),
                UpdatedAt = columns.Time("updatedAt"),
            },
            row.ETag);
    }

    private static Columns Write(NewsletterBatch batch) => new()
    {
        { "state", batch.State.ToString() },
        { "marks", batch.Marks.Text },
        { "last", batch.Last.Value },
        { "attempts", batch.Attempts },
        { "claimedBy", batch.ClaimedBy },
        { "lastTriedAt", batch.LastTriedAt },
        { "retryAt", batch.RetryAt },
        { "reports", batch.Reports ? true : null },
        { "proven", batch.IsProven ? true : null },
        { "providerMessageId", batch.ProviderMessageId },
        { "reason", batch.Reason },
        { "updatedAt", batch.UpdatedAt },
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MailContent))]
internal sealed partial class MailJson : JsonSerializerContext;
