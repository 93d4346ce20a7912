using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Site.Lists;

/// <summary>Asks for a list's pages to be made again, once for many changes.</summary>
/// <remarks>
/// Row <c>state|{list}</c>: whether a refresh is pending. Whoever changes a list touches its items first and asks afterwards; the
/// refresh clears the mark first and reads the touches afterwards. So a change that finds the mark set is seen by the refresh that
/// is still to come, and need not send another message. The message is held until the mark is set, so that a crash in between
/// leaves a needless message, never a mark without one. A mark that is still set after <see cref="LongestPending"/> has lost its
/// message, to the poison queue or an operator, and counts as cleared: no list stands still for good.
/// </remarks>
public sealed class RefreshRequests(ITableStore tables, IQueueStore queues, TimeProvider time)
{
    // A list that changes all the time is made again this often, well within the second that readers are promised. Sitemaps are long
    // and read by machines.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan SitemapPause = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan LongestPending = TimeSpan.FromMinutes(2);

    /// <summary>Asks for a refresh, unless one is pending.</summary>
    public async Task AskAsync(ListKey list, CancellationToken cancellation)
    {
        var row = await FindAsync(list, cancellation);
        if (IsPending(row))
        {
            return;
        }

        var intent = await Intent.HoldAsync(queues, RefreshList.QueueOf(list), new RefreshListMessage(list.Value).ToJson(), cancellation);
        var refreshedAt = row?.Columns.TimeOrNull("refreshedAt");
        while (!await WriteAsync(list, row, pending: true, refreshedAt, cancellation))
        {
            row = await FindAsync(list, cancellation);
            if (IsPending(row))
            {
                await intent.WithdrawAsync();
                return;
            }

            refreshedAt = row?.Columns.TimeOrNull("refreshedAt");
        }

        var delay = refreshedAt + (list.Kind == ListKind.All ? SitemapPause : Pause) - time.GetUtcNow();
        await intent.ReleaseAsync(delay ?? TimeSpan.Zero);
    }

    /// <summary>Clears the mark; what is touched from here on asks for another refresh.</summary>
    public async Task BeginAsync(ListKey list, CancellationToken cancellation)
    {
        TableRow? row;
        do
        {
            row = await FindAsync(list, cancellation);
        }
        while (!await WriteAsync(list, row, pending: false, time.GetUtcNow(), cancellation));
    }

    private bool IsPending(TableRow? row) =>
        row?.Columns.Flag("pending") == true && row.Columns.TimeOrNull("askedAt") + LongestPending > time.GetUtcNow();

    private Task<TableRow?> FindAsync(ListKey list, CancellationToken cancellation) =>
        tables.GetAsync(ListStore.Table, ListStore.Partition, $"state|{list}", cancellation);

    private async Task<bool> WriteAsync(ListKey list, TableRow? row, bool pending, DateTimeOffset? refreshedAt, CancellationToken cancellation)
    {
        var columns = new Columns { { "pending", pending }, { "askedAt", pending ? time.GetUtcNow() : null }, { "refreshedAt", refreshedAt } };
        TableOperation operation = row is null
            ? new TableOperation.Insert($"state|{list}", columns)
            : new TableOperation.Replace(row.Row, columns, row.ETag);
        return (await tables.CommitAsync(ListStore.Table, ListStore.Partition, [operation], cancellation)).Committed;
    }
}

/// <summary>The message that a list's pages are to be made again; with <paramref name="Whole"/> its head even where nothing is touched.</summary>
public sealed record RefreshListMessage(string List, bool Whole = false) : TracedMessage
{
    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ListMessageJson.Default.RefreshListMessage);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RefreshListMessage))]
internal sealed partial class ListMessageJson : JsonSerializerContext;
