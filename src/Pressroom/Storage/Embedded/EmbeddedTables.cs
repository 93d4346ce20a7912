using System.Globalization;

namespace Pressroom.Storage.Embedded;

/// <summary>Tables as rows of one SQLite table. Keys sort by their UTF-8 bytes, which is ordinal order but for characters beyond U+FFFF.</summary>
internal sealed class EmbeddedTables(Writer writer, Readers readers) : ITableStore
{
    // Not "without rowid": rows are large, and in a tree of their own they would make its inner pages large as well.
    public const string Schema = """
        create table if not exists rows (
            "table" text not null collate nocase,
            partition text not null,
            row text not null,
            version integer not null, -- random, new with every write
            columns text not null, -- a JSON object
            unique ("table", partition, row))
        """;

    public Task<TableRow?> GetAsync(string table, string partition, string row, CancellationToken cancellation)
    {
        AzureLimits.CheckTable(table);
        AzureLimits.CheckKey(partition);
        AzureLimits.CheckKey(row);
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(database =>
        {
            using var found = database.Query("select version, columns from rows where \"table\" = ? and partition = ? and row = ?", table, partition, row);
            return found.Read() ? new TableRow(partition, row, ETagOf(found.Number(0)), ColumnsJson.Read(found.Bytes(1))) : null;
        }));
    }

    public Task<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellation)
    {
        AzureLimits.CheckTable(table);
        AzureLimits.CheckKey(partition);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read<IReadOnlyList<TableRow>>(database =>
        {
            var rows = new List<TableRow>();
            using var found = range.Before is { } before
                ? database.Query(
                    "select row, version, columns from rows where \"table\" = ? and partition = ? and row >= ? and row < ? order by row limit ?",
                    table, partition, range.From, before, limit)
                : database.Query(
                    "select row, version, columns from rows where \"table\" = ? and partition = ? and row >= ? order by row limit ?",
                    table, partition, range.From, limit);
            while (found.Read())
            {
                rows.Add(new TableRow(partition, found.Text(0), ETagOf(found.Number(1)), ColumnsJson.Read(found.Bytes(2))));
            }

            return rows;
        }));
    }

    public Task<IReadOnlyList<TableRow>> ScanAsync(string table, TablePlace? after, int limit, CancellationToken cancellation)
    {
        AzureLimits.CheckTable(table);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read<IReadOnlyList<TableRow>>(database =>
        {
            var rows = new List<TableRow>();
            using var found = after is { } place
                ? database.Query(
                    "select partition, row, version, columns from rows where \"table\" = ? and (partition, row) > (?, ?) order by partition, row limit ?",
                    table, place.Partition, place.Row, limit)
                : database.Query("select partition, row, version, columns from rows where \"table\" = ? order by partition, row limit ?", table, limit);
            while (found.Read())
            {
                rows.Add(new TableRow(found.Text(0), found.Text(1), ETagOf(found.Number(2)), ColumnsJson.Read(found.Bytes(3))));
            }

            return rows;
        }));
    }

    public Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation)
    {
        AzureLimits.CheckBatch(table, partition, operations);
        var changes = operations.Select(Change.Of).ToList();
        return writer.CommitAsync(transaction => Commit(transaction.Database, table, partition, changes), cancellation);
    }

    private static BatchResult Commit(Database database, string table, string partition, List<Change> changes)
    {
        // The first checks as it writes. The others are checked before that.
        var failed = changes.FindIndex(1, change => !change.WouldHold(database, table, partition));
        if (failed > 0)
        {
            failed = changes[0].WouldHold(database, table, partition) ? failed : 0;
        }
        else
        {
            failed = changes.FindIndex(change => !change.TryMake(database, table, partition));
            if (failed > 0)
            {
                throw new InvalidOperationException("A batch was checked and failed all the same.");
            }
        }

        return failed < 0
            ? new BatchResult(changes.ConvertAll(change => change.NewETag), null)
            : new BatchResult([], failed);
    }

    private static ETag ETagOf(long version) => new(version.ToString("x16", CultureInfo.InvariantCulture));

    private sealed record Change(TableOperation Operation, ReadOnlyMemory<byte> Columns, long NewVersion)
    {
        public ETag? NewETag => Operation is TableOperation.Delete ? null : ETagOf(NewVersion);

        private long? Expected => Operation switch
        {
            TableOperation.Replace replace => VersionOf(replace.ETag),
            TableOperation.Delete delete => VersionOf(delete.ETag),
            _ => null,
        };

        public static Change Of(TableOperation operation) => new(
            operation,
            operation switch
            {
                TableOperation.Insert insert => ColumnsJson.Write(insert.Columns),
                TableOperation.Upsert upsert => ColumnsJson.Write(upsert.Columns),
                TableOperation.Replace replace => ColumnsJson.Write(replace.Columns),
                _ => default,
            },
            Random.Shared.NextInt64(long.MinValue, long.MaxValue));

        public bool WouldHold(Database database, string table, string partition)
        {
            if (Operation is TableOperation.Upsert)
            {
                return true;
            }

            using var found = database.Query("select version from rows where \"table\" = ? and partition = ? and row = ?", table, partition, Operation.Row);
            var exists = found.Read();
            return Operation is TableOperation.Insert ? !exists : exists && found.Number(0) == Expected;
        }

        public bool TryMake(Database database, string table, string partition) => Operation switch
        {
            TableOperation.Insert => database.Run(
                "insert into rows (\"table\", partition, row, version, columns) values (?, ?, ?, ?, ?) on conflict do nothing",
                table, partition, Operation.Row, NewVersion, Columns) == 1,
            TableOperation.Upsert => database.Run(
                """
                insert into rows ("table", partition, row, version, columns) values (?, ?, ?, ?, ?)
                on conflict do update set version = excluded.version, columns = excluded.columns
                """,
                table, partition, Operation.Row, NewVersion, Columns) == 1,
            TableOperation.Replace when Expected is { } expected => database.Run(
                "update rows set version = ?, columns = ? where \"table\" = ? and partition = ? and row = ? and version = ?",
                NewVersion, Columns, table, partition, Operation.Row, expected) == 1,
            TableOperation.Delete when Expected is { } expected => database.Run(
                "delete from rows where \"table\" = ? and partition = ? and row = ? and version = ?",
                table, partition, Operation.Row, expected) == 1,
            _ => false,
        };

        private static long? VersionOf(ETag etag) =>
            long.TryParse(etag.Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
