namespace Pressroom.Storage;

/// <summary>Rows of named columns, found by partition and row key.</summary>
/// <remarks>The promises are those of Azure Table Storage: a batch is all or nothing within one partition, a row is at most
/// 1 MiB with at most 252 columns, a text column at most 32,768 UTF-16 units, a key at most 1,024 characters without
/// <c>/ \ # ?</c> and control characters. Both engines throw <see cref="ArgumentException"/> beyond them.</remarks>
public interface ITableStore
{
    /// <summary>The row, or null where there is none.</summary>
    Task<TableRow?> GetAsync(string table, string partition, string row, CancellationToken cancellation);

    /// <summary>The first <paramref name="limit"/> rows of the range, in ordinal order of their keys.</summary>
    Task<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellation);

    /// <summary>The first <paramref name="limit"/> rows of the whole table, in ordinal order of partition and row, after the place
    /// <paramref name="after"/>. It reads across partitions, so it is for going through all there is and for nothing else.</summary>
    Task<IReadOnlyList<TableRow>> ScanAsync(string table, TablePlace? after, int limit, CancellationToken cancellation);

    /// <summary>Does all the operations, or none of them.</summary>
    /// <param name="table">3 to 63 letters and digits, beginning with a letter.</param>
    /// <param name="partition">The partition that all the rows are in.</param>
    /// <param name="operations">1 to 100, each row at most once.</param>
    /// <param name="cancellation">Cancelling does not undo a batch that has begun.</param>
    Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation);
}

/// <summary>Where a row is in its table.</summary>
public readonly record struct TablePlace(string Partition, string Row);

/// <summary>Row keys from <paramref name="From"/> (included) to <paramref name="Before"/> (excluded, null: to the end).</summary>
public readonly record struct RowRange(string From, string? Before)
{
    /// <summary>All rows of the partition.</summary>
    public static RowRange All => new("", null);

    /// <summary>The rows of this range that come after a row. Our keys have no character below "!".</summary>
    public RowRange After(string row) => this with { From = row + "!" };

    /// <summary>The rows whose key begins with <paramref name="prefix"/>, which is ASCII and not empty.</summary>
    public static RowRange Prefix(string prefix) => new(prefix, prefix[..^1] + (char)(prefix[^1] + 1));
}

/// <summary>One row as read.</summary>
public sealed record TableRow(string Partition, string Row, ETag ETag, Columns Columns);

/// <summary>One operation of a batch, named after what Azure Table Storage calls it.</summary>
public abstract record TableOperation(string Row)
{
    /// <summary>Adds a row; fails where it exists.</summary>
    public sealed record Insert(string Row, Columns Columns) : TableOperation(Row);

    /// <summary>Writes a row whole, whether it exists or not.</summary>
    public sealed record Upsert(string Row, Columns Columns) : TableOperation(Row);

    /// <summary>Writes a row whole over the given version; fails on another version and where there is none.</summary>
    public sealed record Replace(string Row, Columns Columns, ETag ETag) : TableOperation(Row);

    /// <summary>Deletes the given version of a row; fails on another version and where there is none.</summary>
    public sealed record Delete(string Row, ETag ETag) : TableOperation(Row);
}

/// <summary>How a batch ended: committed with the new versions (null for a deletion), or stopped by one operation's condition.</summary>
public sealed record BatchResult(IReadOnlyList<ETag?> ETags, int? FailedOperation)
{
    /// <summary>Whether all of it was done; otherwise nothing was.</summary>
    public bool Committed => FailedOperation is null;
}
