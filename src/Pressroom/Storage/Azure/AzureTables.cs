using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Pressroom.Storage.Azure;

/// <summary>Tables of one account. Columns keep their names and types, so that Storage Explorer shows them.</summary>
internal sealed class AzureTables(TableServiceClient service) : ITableStore
{
    private const int LargestPage = 1000;

    public async Task<TableRow?> GetAsync(string table, string partition, string row, CancellationToken cancellation)
    {
        AzureLimits.CheckTable(table);
        AzureLimits.CheckKey(partition);
        AzureLimits.CheckKey(row);
        try
        {
            var found = await service.GetTableClient(table).GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellation);
            return found.HasValue ? RowOf(found.Value!) : null;
        }
        catch (RequestFailedException missing) when (IsTableMissing(missing))
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellation)
    {
        AzureLimits.CheckTable(table);
        AzureLimits.CheckKey(partition);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {range.From}");
        if (range.Before is { } before)
        {
            filter += TableClient.CreateQueryFilter($" and RowKey lt {before}");
        }

        return await QueryAsync(table, filter, limit, cancellation);
    }

    public async Task<IReadOnlyList<TableRow>> ScanAsync(string table, TablePlace? after, int limit, CancellationToken cancellation)
    {
        AzureLimits.CheckTable(table);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (after is not { } place)
        {
            return await QueryAsync(table, null, limit, cancellation);
        }

        // One filter with "or" would have the service read the whole table for each page.
        var partition = TableClient.CreateQueryFilter($"PartitionKey eq {place.Partition} and RowKey gt {place.Row}");
        var rows = await QueryAsync(table, partition, limit, cancellation);
        return rows.Count == limit
            ? rows
            : [.. rows, .. await QueryAsync(table, TableClient.CreateQueryFilter($"PartitionKey gt {place.Partition}"), limit - rows.Count, cancellation)];
    }

    private async Task<IReadOnlyList<TableRow>> QueryAsync(string table, string? filter, int limit, CancellationToken cancellation)
    {
        var rows = new List<TableRow>();
        try
        {
            var found = service.GetTableClient(table).QueryAsync<TableEntity>(filter, Math.Min(limit, LargestPage), cancellationToken: cancellation);
            await foreach (var entity in found)
            {
                rows.Add(RowOf(entity));
                if (rows.Count == limit)
                {
                    break;
                }
            }
        }
        catch (RequestFailedException missing) when (IsTableMissing(missing))
        {
            return [];
        }

        return rows;
    }

    public async Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation)
    {
        AzureLimits.CheckBatch(table, partition, operations);
        var client = service.GetTableClient(table);
        try
        {
            return await TryCommitAsync(client, partition, operations, cancellation);
        }
        catch (RequestFailedException missing) when (IsTableMissing(missing))
        {
            await client.CreateIfNotExistsAsync(cancellation);
            return await TryCommitAsync(client, partition, operations, cancellation);
        }
    }

    private static async Task<BatchResult> TryCommitAsync(
        TableClient client, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation)
    {
        var resending = Resending.Watch();
        BatchResult? refused;
        try
        {
            return operations.Count == 1
                ? await DoAsync(client, partition, operations[0], cancellation) is { } answer
                    ? new BatchResult([VersionOf(operations[0], answer)], null)
                    : new BatchResult([], 0)
                : await DoAllAsync(client, partition, operations, cancellation);
        }
        catch (TableTransactionFailedException failure) when (IsCondition(failure) && failure.FailedTransactionActionIndex is { } index)
        {
            refused = new BatchResult([], index);
        }
        catch (RequestFailedException failure) when (IsCondition(failure) && operations.Count == 1)
        {
            refused = new BatchResult([], 0);
        }

        return resending.Happened && await WhatIsDoneAsync(client, partition, operations, cancellation) is { } done ? done : refused;
    }

    /// <summary>One operation; null when there was nothing to delete, which the SDK does not call an error.</summary>
    private static async Task<Response?> DoAsync(TableClient client, string partition, TableOperation operation, CancellationToken cancellation) => operation switch
    {
        TableOperation.Insert insert => await client.AddEntityAsync(EntityOf(partition, insert.Row, insert.Columns), cancellation),
        TableOperation.Upsert upsert => await client.UpsertEntityAsync(EntityOf(partition, upsert.Row, upsert.Columns), TableUpdateMode.Replace, cancellation),
        TableOperation.Replace replace => await client.UpdateEntityAsync(
            EntityOf(partition, replace.Row, replace.Columns), new global::Azure.ETag(replace.ETag.Value), TableUpdateMode.Replace, cancellation),
        TableOperation.Delete delete => await client.DeleteEntityAsync(partition, delete.Row, new global::Azure.ETag(delete.ETag.Value), cancellation)
            is { Status: < 300 } answer ? answer : null,
        _ => throw new ArgumentException($"There is no table operation {operation.GetType().Name}."),
    };

    private static async Task<BatchResult> DoAllAsync(
        TableClient client, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation)
    {
        var answers = await client.SubmitTransactionAsync(operations.Select(o => ActionOf(partition, o)), cancellation);
        return new BatchResult([.. operations.Zip(answers.Value, VersionOf)], null);
    }

    private static TableTransactionAction ActionOf(string partition, TableOperation operation) => operation switch
    {
        TableOperation.Insert insert => new(TableTransactionActionType.Add, EntityOf(partition, insert.Row, insert.Columns)),
        TableOperation.Upsert upsert => new(TableTransactionActionType.UpsertReplace, EntityOf(partition, upsert.Row, upsert.Columns)),
        TableOperation.Replace replace => new(
            TableTransactionActionType.UpdateReplace, EntityOf(partition, replace.Row, replace.Columns), new global::Azure.ETag(replace.ETag.Value)),
        TableOperation.Delete delete => new(
            TableTransactionActionType.Delete, new TableEntity(partition, delete.Row), new global::Azure.ETag(delete.ETag.Value)),
        _ => throw new ArgumentException($"There is no table operation {operation.GetType().Name}."),
    };

    /// <summary>Whether the rows are as the operations leave them, so that it was these that made them so.</summary>
    private static async Task<BatchResult?> WhatIsDoneAsync(
        TableClient client, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation)
    {
        var versions = new List<ETag?>();
        foreach (var operation in operations)
        {
            var found = await client.GetEntityIfExistsAsync<TableEntity>(partition, operation.Row, cancellationToken: cancellation);
            var columns = operation switch
            {
                TableOperation.Insert insert => insert.Columns,
                TableOperation.Upsert upsert => upsert.Columns,
                TableOperation.Replace replace => replace.Columns,
                _ => null,
            };
            if (found.HasValue ? columns is null || !IsSame(RowOf(found.Value!).Columns, columns) : columns is not null)
            {
                return null;
            }

            versions.Add(found.HasValue ? RowOf(found.Value!).ETag : null);
        }

        return new BatchResult(versions, null);
    }

    private static TableEntity EntityOf(string partition, string row, Columns columns)
    {
        var entity = new TableEntity(partition, row);
        foreach (var (name, value) in columns)
        {
            entity.Add(name, value);
        }

        return entity;
    }

    private static TableRow RowOf(TableEntity entity)
    {
        var columns = new Columns();
        foreach (var (name, value) in entity)
        {
            if (name is not ("odata.etag" or "PartitionKey" or "RowKey" or "Timestamp"))
            {
                columns.Add(name, value);
            }
        }

        return new TableRow(entity.PartitionKey, entity.RowKey, new ETag(entity.ETag.ToString()), columns);
    }

    private static ETag? VersionOf(TableOperation operation, Response answer) =>
        operation is TableOperation.Delete ? null : new ETag(answer.Headers.ETag.ToString()!);

    private static bool IsTableMissing(RequestFailedException failure) => failure.ErrorCode == TableErrorCode.TableNotFound;

    private static bool IsCondition(RequestFailedException failure) =>
        failure.Status == 412 || failure.ErrorCode == TableErrorCode.EntityAlreadyExists
        || (failure.Status == 404 && !IsTableMissing(failure));

    private static bool IsSame(Columns one, Columns other) =>
        one.Count == other.Count
        && one.All(c => other.TryGet(c.Key, out var value) && (c.Value is byte[] bytes ? value is byte[] others && bytes.SequenceEqual(others) : c.Value.Equals(value)));
}
