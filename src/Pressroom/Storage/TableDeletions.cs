namespace Pressroom.Storage;

/// <summary>Deletions of more rows than one batch holds.</summary>
internal static class TableDeletions
{
    /// <summary>Deletes the rows of the range. Killed in between, a repetition finds what is left.</summary>
    public static async Task DeleteAllAsync(this ITableStore tables, string table, string partition, RowRange range, CancellationToken cancellation)
    {
        while (await tables.QueryAsync(table, partition, range, AzureLimits.OperationsOfABatch, cancellation) is { Count: > 0 } rows)
        {
            await tables.CommitAsync(table, partition, [.. rows.Select(row => new TableOperation.Delete(row.Row, row.ETag))], cancellation);
        }
    }
}
