using System.Runtime.CompilerServices;

namespace Pressroom.Storage;

/// <summary>Reads of more rows than one answer holds.</summary>
internal static class TableReads
{
    private const int PageSize = 1_000;

    /// <summary>All rows of a table, in ordinal order of partition and row. It is not a snapshot: each page is as of when it is read.</summary>
    public static async IAsyncEnumerable<TableRow> AllAsync(this ITableStore tables, string table, [EnumeratorCancellation] CancellationToken cancellation)
    {
        TablePlace? after = null;
        while (true)
        {
            var rows = await tables.ScanAsync(table, after, PageSize, cancellation);
            foreach (var row in rows)
            {
                yield return row;
            }

            if (rows.Count < PageSize)
            {
                yield break;
            }

            after = new TablePlace(rows[^1].Partition, rows[^1].Row);
        }
    }

    /// <summary>All rows of the range, in ordinal order of their keys. It is not a snapshot: each page is as of when it is read.</summary>
    public static async IAsyncEnumerable<TableRow> AllAsync(
        this ITableStore tables, string table, string partition, RowRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var rows = await tables.QueryAsync(table, partition, range, PageSize, cancellation);
            foreach (var row in rows)
            {
                yield return row;
            }

            if (rows.Count < PageSize)
            {
                yield break;
            }

            range = range.After(rows[^1].Row);
        }
    }
}
