using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Pressroom.Storage.Embedded;

/// <summary>The storage of a single machine, in one folder: SQLite for tables and queues, plain files for blobs.</summary>
/// <remarks>
/// <para>The folder holds <c>pressroom.db</c>, a folder for each container (<c>site</c> for <c>$web</c>), <c>tmp</c> and <c>lock</c>.
/// Copy it for a backup while nothing has it open.</para>
/// <para>A write whose task has completed is durable: it survives a kill of the process and a loss of power. Writers that come at
/// the same time share one flush of the disk.</para>
/// </remarks>
public sealed class EmbeddedStorage : IAsyncDisposable
{
    private const int SchemaVersion = 1;
    private const int WriterCacheKilobytes = 16 * 1024;

    private readonly DataFolder folder;
    private readonly Database database;
    private readonly Writer writer;
    private readonly Readers readers;
    private readonly Upkeep upkeep;
    private bool disposed;

    private EmbeddedStorage(DataFolder folder, Database database, TimeProvider time, UpkeepPace pace, ILogger logger)
    {
        (this.folder, this.database) = (folder, database);
        var files = new BlobFiles(folder);
        var redo = new BlobRedo(files, logger);
        Prepare(database);
        files.DropStrayTemporaries(except: redo.Replay(database));
        EmbeddedQueues.ReleaseAll(database, time.GetUtcNow());

        readers = new Readers(folder.Database);
        writer = new Writer(database);
        upkeep = new Upkeep(folder, files, redo, writer, readers, pace, time, logger);
        Blobs = new EmbeddedBlobs(files, redo, writer, readers, time);
        Tables = new EmbeddedTables(writer, readers);
        Queues = new EmbeddedQueues(writer, readers, time);
    }

    /// <summary>The blobs.</summary>
    public EmbeddedBlobs Blobs { get; }

    /// <summary>The tables.</summary>
    public ITableStore Tables { get; }

    /// <summary>The queues. Opening releases what a process held or had received when it ended.</summary>
    public IQueueStore Queues { get; }

    /// <summary>Opens the folder, or makes it, and brings it to where the last process that had it left off.</summary>
    /// <exception cref="DataFolderInUseException">Somebody else has it open.</exception>
    /// <exception cref="InvalidDataException">A newer version of Pressroom wrote it.</exception>
    public static EmbeddedStorage Open(string folder, TimeProvider time, ILogger? logger = null) => Open(folder, time, logger, new UpkeepPace());

    internal static EmbeddedStorage Open(string path, TimeProvider time, ILogger? logger, UpkeepPace pace)
    {
        var folder = DataFolder.Open(path);
        Database? database = null;
        try
        {
            database = Database.Open(folder.Database, WriterCacheKilobytes);
            return new EmbeddedStorage(folder, database, time, pace, logger ?? NullLogger.Instance);
        }
        catch
        {
            database?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Finishes all that was accepted, brings the files to rest and gives the folder free.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        await Task.Run(() =>
        {
            upkeep.Stop();
            writer.Stop();
            try
            {
                upkeep.Finish();
            }
            finally
            {
                upkeep.Dispose();
                readers.Dispose();
                database.Dispose();
                folder.Dispose();
            }
        });
    }

    private static void Prepare(Database database)
    {
        using (var version = database.Query("pragma user_version"))
        {
            version.Read();
            if (version.Number(0) > SchemaVersion)
            {
                throw new InvalidDataException($"The data folder was written by a newer version of Pressroom (its layout is {version.Number(0)}, not {SchemaVersion}).");
            }
        }

        foreach (var schema in (string[])[BlobHeaders.Schema, BlobRedo.Schema, EmbeddedTables.Schema, EmbeddedQueues.Schema])
        {
            foreach (var statement in schema.Split(";\n"))
            {
                database.Run(statement);
            }
        }

        database.Run($"pragma user_version = {SchemaVersion}");
    }
}
