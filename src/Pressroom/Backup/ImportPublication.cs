using System.Text.Json;
using Pressroom.Site;
using Pressroom.Site.Lists;
using Pressroom.Storage;

namespace Pressroom.Backup;

/// <summary>Makes an empty storage the publication of an archive, or adds to the same publication what it lacks.</summary>
/// <remarks>
/// The archive is kept before anything is done, and read to its end before anything is written. What is there stays as it is, so an import
/// may be repeated, and one that was cut short goes on when its message comes again. Blobs are written before the rows that name them, pages are
/// made when all rows are there, and nothing is announced or mailed on account of an import.
/// </remarks>
public sealed class ImportPublication(
    ImportStore imports, PublicationIdentity identity, IEnumerable<IArrival> arrivals, SettleArrivals settling, RebuildSite rebuild, ITableStore tables,
    IBlobStore blobs, IQueueStore queues, TimeProvider time)
{
    /// <summary>The queue of archives to be imported.</summary>
    public const string Queue = "backup-import";

    private const int RowsAtOnce = 50;
    private const int KeptDays = 1;

    // An archive is read in pieces of this size or larger between two notes of how far it is.
    private const long NotedEvery = 1024 * 1024;

    private readonly Dictionary<string, IArrival> arrivalOf = arrivals.ToDictionary(arrival => arrival.Table);

    /// <summary>Keeps an archive and has it imported: durable when the task completes.</summary>
    public async Task<BackupImport> ReceiveAsync(Stream archive, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var id = ImportStore.NewId(now);
        var message = new ImportMessage(id).ToJson();
        try
        {
            var bytes = await imports.KeepAsync(id, archive, cancellation);
            var import = new BackupImport(id, ImportStage.Received, bytes, 0, 0, 0, now, now, null);
            var intent = await Intent.HoldAsync(queues, Queue, message, cancellation);
            await imports.WriteAsync(import, cancellation);
            await intent.ReleaseAsync();
            return import;
        }
        catch
        {
            await imports.DropAsync(id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Imports an archive. May run twice, and beside itself.</summary>
    public async Task RunAsync(ImportMessage message, CancellationToken cancellation)
    {
        if (await imports.FindAsync(message.Id, cancellation) is not { IsOver: false } import)
        {
            await imports.DropAsync(message.Id, cancellation); // a run that was cut at its end has left it
            return;
        }

        try
        {
            import = await CheckAsync(import, cancellation);
            import = await WriteBlobsAsync(import, cancellation);
            import = await WriteRowsAsync(import, cancellation);
        }
        catch (InvalidDataException wrong)
        {
            await EndAsync(import with { Stage = ImportStage.Failed, Reason = wrong.Message }, cancellation);
            return;
        }

        await rebuild.AskForHeadsAsync(cancellation);
        await rebuild.AskAsync(ListKey.All, cancellation);
        await EndAsync(import with { Stage = ImportStage.Done, BytesRead = import.Bytes }, cancellation);
    }

    /// <summary>Each night: archives that are of no use any more.</summary>
    public Task ForgetAsync(CancellationToken cancellation) => imports.ForgetAsync(time.GetUtcNow().AddDays(-KeptDays), cancellation);

    private async Task<BackupImport> CheckAsync(BackupImport import, CancellationToken cancellation)
    {
        string? publication = null;
        var progress = new Progress(imports, import with { Stage = ImportStage.Checking }, time);
        await progress.NoteAsync(0, cancellation);
        await using var archive = imports.Open(import.Id);
        await foreach (var entry in ArchiveReader.ReadAsync(archive, cancellation))
        {
            publication ??= (entry as ArchiveEntry.Manifest)?.Of.Publication;
            if (entry is ArchiveEntry.Rows { Table: var table, Items: var rows })
            {
                CheckRows(table, rows);
            }

            await progress.NoteAsync(archive.Position, cancellation);
        }

        return await identity.ClaimAsync(publication!, cancellation)
            ? progress.Import
            : throw new InvalidDataException(
                "This is another publication. An archive is imported into an empty one (set Pressroom__Welcome to false before its first start) or into its own.");
    }

    // What could not be written later is found out before anything is.
    private void CheckRows(string table, IReadOnlyList<TableRow> rows)
    {
        try
        {
            SettleArrivals.Check(table, rows);
            foreach (var row in rows)
            {
                Arrived(table, row);
            }
        }
        catch (Exception unfit) when (unfit is InvalidCastException or FormatException or ArgumentException or JsonException)
        {
            throw new InvalidDataException($"It has a row that does not belong into the table {table}.", unfit);
        }
    }

    private Columns Arrived(string table, TableRow row) => arrivalOf.GetValueOrDefault(table)?.Arrive(row.Row, row.Columns, time.GetUtcNow()) ?? row.Columns;

    private async Task<BackupImport> WriteBlobsAsync(BackupImport import, CancellationToken cancellation)
    {
        var progress = new Progress(imports, import with { Stage = ImportStage.Blobs }, time);
        await using var archive = imports.Open(import.Id);
        await foreach (var entry in ArchiveReader.ReadAsync(archive, cancellation))
        {
            if (entry is ArchiveEntry.File { Path: var path, Content: var content }
                && await blobs.WriteAsync(path, content, BlobCondition.IfAbsent, cancellation) is not null)
            {
                progress.Import = progress.Import with { Blobs = progress.Import.Blobs + 1 };
            }

            await progress.NoteAsync(archive.Position, cancellation);
        }

        return progress.Import;
    }

    private async Task<BackupImport> WriteRowsAsync(BackupImport import, CancellationToken cancellation)
    {
        var progress = new Progress(imports, import with { Stage = ImportStage.Rows }, time);
        Arrivals? arriving = null;
        await using var archive = imports.Open(import.Id);
        await foreach (var entry in ArchiveReader.ReadAsync(archive, cancellation))
        {
            arriving ??= new Arrivals(((ArchiveEntry.Manifest)entry).Of.MadeAt);
            if (entry is ArchiveEntry.Rows { Table: var table, Items: var rows })
            {
                foreach (var some in Batches(await settling.NoteAsync(arriving, table, rows, cancellation)))
                {
                    var added = await AddAsync(table, some, cancellation);
                    progress.Import = progress.Import with { Rows = progress.Import.Rows + added };
                }
            }

            await progress.NoteAsync(archive.Position, cancellation);
        }

        await settling.RunAsync(arriving!, cancellation);
        return progress.Import;
    }

    // Rows of one partition that follow one another, so many that a batch takes them.
    private static IEnumerable<List<TableRow>> Batches(IReadOnlyList<TableRow> rows)
    {
        var batch = new List<TableRow>();
        var size = 0L;
        foreach (var row in rows)
        {
            var bytes = AzureLimits.RowSize(row.Partition, row.Row, row.Columns);
            if (batch.Count > 0 && (batch[0].Partition != row.Partition || batch.Count == RowsAtOnce || size + bytes > AzureLimits.BatchBytes / 8))
            {
                yield return batch;
                (batch, size) = ([], 0);
            }

            batch.Add(row);
            size += bytes;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private async Task<int> AddAsync(string table, List<TableRow> rows, CancellationToken cancellation)
    {
        var partition = rows[0].Partition;
        var missing = rows.ConvertAll(row => (TableOperation)new TableOperation.Insert(row.Row, Arrived(table, row)));
        while (missing.Count > 0 && !(await tables.CommitAsync(table, partition, missing, cancellation)).Committed)
        {
            var absent = new List<TableOperation>();
            foreach (var insert in missing)
            {
                if (await tables.GetAsync(table, partition, insert.Row, cancellation) is null)
                {
                    absent.Add(insert);
                }
            }

            missing = absent;
        }

        return missing.Count;
    }

    private async Task EndAsync(BackupImport import, CancellationToken cancellation)
    {
        await imports.WriteAsync(import with { UpdatedAt = time.GetUtcNow() }, cancellation);
        await imports.DropAsync(import.Id, cancellation);
    }

    private sealed class Progress(ImportStore imports, BackupImport import, TimeProvider time)
    {
        private long noted = long.MinValue / 2;

        public BackupImport Import { get; set; } = import;

        public async Task NoteAsync(long bytesRead, CancellationToken cancellation)
        {
            if (bytesRead - noted < NotedEvery)
            {
                return;
            }

            noted = bytesRead;
            Import = Import with { BytesRead = bytesRead, UpdatedAt = time.GetUtcNow() };
            await imports.WriteAsync(Import, cancellation);
        }
    }
}
