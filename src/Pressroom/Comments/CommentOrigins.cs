using Pressroom.Access;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>Where comments came from, for thirty days.</summary>
/// <remarks>Table <c>commentorigins</c>: partition = the UTC day as <c>yyyyMMdd</c>, row = comment id.</remarks>
public sealed class CommentOrigins(ITableStore tables, TimeProvider time)
{
    private const string Table = "commentorigins";
    private const int KeptDays = 30;

    // So far back is looked that a host that stood still for two months forgets all the same.
    private const int LookedBackDays = 100;

    /// <summary>Keeps where a comment came from.</summary>
    internal Task KeepAsync(CommentId id, CommentOrigin origin, CancellationToken cancellation) => tables.CommitAsync(
        Table,
        DayOf(id.CreatedAt),
        [new TableOperation.Upsert(id.Value, new Columns { { "network", origin.Network.Text }, { "userAgent", origin.UserAgent } })],
        cancellation);

    /// <summary>Where a comment came from; null where that is not known any more.</summary>
    public async Task<CommentOrigin?> FindAsync(CommentId id, CancellationToken cancellation) =>
        await tables.GetAsync(Table, DayOf(id.CreatedAt), id.Value, cancellation) is { Columns: var columns }
            ? new CommentOrigin(NetworkPrefix.Stored(columns.Text("network")), columns.TextOrNull("userAgent"))
            : null;

    /// <summary>Forgets where a comment came from.</summary>
    internal async Task RemoveAsync(CommentId id, CancellationToken cancellation)
    {
        if (await tables.GetAsync(Table, DayOf(id.CreatedAt), id.Value, cancellation) is { } row)
        {
            await tables.CommitAsync(Table, row.Partition, [new TableOperation.Delete(row.Row, row.ETag)], cancellation);
        }
    }

    /// <summary>Forgets what is older than thirty days.</summary>
    public Task ForgetOldAsync(CancellationToken cancellation) =>
        DayPartitions.ForgetAsync(tables, Table, time.GetUtcNow(), KeptDays, LookedBackDays, cancellation);

    private static string DayOf(DateTimeOffset time) => DayPartitions.NameOf(time);
}

/// <summary>Where a comment came from.</summary>
/// <param name="Network">The client's network.</param>
/// <param name="UserAgent">The client's name for itself, cut where it is long.</param>
public sealed record CommentOrigin(NetworkPrefix Network, string? UserAgent);
