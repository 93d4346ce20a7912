using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Deliveries;

/// <summary>The ledger of announcements.</summary>
/// <remarks>Table <c>deliveries</c>: partition = article id; row <c>channel-{name}</c> a delivery; row <c>started</c>, written last, when
/// the article's deliveries are all queued: after it no edit, and no channel added later, announces the article again.</remarks>
public sealed class DeliveryStore(ITableStore tables)
{
    internal const string Table = "deliveries";
    private const string Prefix = "channel-";
    private const string StartedRow = "started";

    /// <summary>Whether the article's deliveries have been queued.</summary>
    public async Task<bool> IsStartedAsync(ArticleId article, CancellationToken cancellation) =>
        await tables.GetAsync(Table, article.Value, StartedRow, cancellation) is not null;

    /// <summary>Notes that they have.</summary>
    public Task MarkStartedAsync(ArticleId article, DateTimeOffset now, CancellationToken cancellation) =>
        tables.CommitAsync(Table, article.Value, [new TableOperation.Upsert(StartedRow, new Columns { { "startedAt", now } })], cancellation);

    /// <summary>One delivery.</summary>
    public async Task<StoredDelivery?> FindAsync(ArticleId article, string channel, CancellationToken cancellation) =>
        await tables.GetAsync(Table, article.Value, Prefix + channel, cancellation) is { } row ? Read(article, row) : null;

    /// <summary>All deliveries of an article, by channel.</summary>
    public async Task<IReadOnlyList<StoredDelivery>> ListAsync(ArticleId article, CancellationToken cancellation) =>
        (await tables.QueryAsync(Table, article.Value, RowRange.Prefix(Prefix), 1_000, cancellation)).Select(row => Read(article, row)).ToList();

    /// <summary>Writes a delivery over the given version; over nothing when that is null.</summary>
    /// <returns>The new version; null when the delivery has changed since.</returns>
    public async Task<ETag?> WriteAsync(Delivery delivery, ETag? previous, CancellationToken cancellation)
    {
        var row = Prefix + delivery.Channel;
        TableOperation write = previous is { } etag
            ? new TableOperation.Replace(row, Write(delivery), etag)
            : new TableOperation.Insert(row, Write(delivery));
        var result = await tables.CommitAsync(Table, delivery.ArticleId.Value, [write], cancellation);
        return result.Committed ? result.ETags[0] : null;
    }

    private static StoredDelivery Read(ArticleId article, TableRow row) => new(
        new Delivery
        {
            ArticleId = article,
            Channel = row.Row[Prefix.Length..],
            Kind = row.Columns.Text("kind"),
            State = Enum.Parse<DeliveryState>(row.Columns.Text("state")),
            Attempts = (int)row.Columns.Number("attempts"),
            Revision = (int)(row.Columns.NumberOrNull("revision") ?? 0),
            Text = row.Columns.Text("text"),
            Payload = row.Columns.Text("payload"),
            Progress = row.Columns.TextOrNull("progress"),
            RemoteId = row.Columns.TextOrNull("remoteId"),
            RemoteUrl = row.Columns.TextOrNull("remoteUrl"),
            Reason = row.Columns.TextOrNull("reason"),
            QueuedAt = row.Columns.Time("queuedAt"),
            LastTriedAt = row.Columns.TimeOrNull("lastTriedAt"),
            ClaimedBy = row.Columns.TextOrNull("claimedBy"),
            UpdatedAt = row.Columns.Time("updatedAt"),
            Change = row.Columns.TextOrNull("change") is { } change ? Enum.Parse<PendingChange>(change) : PendingChange.None,
            ChangedPayload = row.Columns.TextOrNull("changedPayload"),
            ChangeAttempts = (int)(row.Columns.NumberOrNull("changeAttempts") ?? 0),
        },
        row.ETag);

    private static Columns Write(Delivery delivery) => new()
    {
        { "kind", delivery.Kind },
        { "state", delivery.State.ToString() },
        { "attempts", delivery.Attempts },
        { "revision", delivery.Revision },
        { "text", delivery.Text },
        { "payload", delivery.Payload },
        { "progress", delivery.Progress },
        { "remoteId", delivery.RemoteId },
        { "remoteUrl", delivery.RemoteUrl },
        { "reason", delivery.Reason },
        { "queuedAt", delivery.QueuedAt },
        { "lastTriedAt", delivery.LastTriedAt },
        { "claimedBy", delivery.ClaimedBy },
        { "updatedAt", delivery.UpdatedAt },
        { "change", delivery.Change == PendingChange.None ? null : delivery.Change.ToString() },
        { "changedPayload", delivery.ChangedPayload },
        { "changeAttempts", delivery.ChangeAttempts == 0 ? null : delivery.ChangeAttempts },
    };
}
