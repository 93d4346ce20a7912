using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Pressroom.Storage.Embedded;

/// <summary>The changes of blob files that are committed, kept until the files themselves are durable. After a crash they are
/// made again, so a file need not be flushed one by one before its write may be called done.</summary>
/// <remarks>Used on the writer's thread, and before it starts.</remarks>
internal sealed partial class BlobRedo(BlobFiles files, ILogger logger)
{
    public const string Schema = """
        create table if not exists blob_redo (
            id integer primary key,
            container text not null,
            name text not null,
            modified integer not null,
            temporary text, -- the durable file of a large blob; a deletion has neither this nor bytes
            bytes blob)
        """;

    /// <summary>How many are forgotten at once: what the writer may be held up for.</summary>
    private const int ForgottenAtOnce = 128;

    private readonly Dictionary<BlobPath, long> stuck = [];
    private long last;
    private long done;

    /// <summary>All changes up to this one are made, or known to be <see cref="AnyStuck"/>.</summary>
    public long Done => Volatile.Read(ref done);

    /// <summary>Whether a change was committed, but its file could not be put in place: the disk was full, or a folder was there.</summary>
    public bool AnyStuck { get; private set; }

    public long AddWrite(Database database, BlobPath blob, DateTimeOffset modified, ReadOnlyMemory<byte> bytes) =>
        Add(database, blob, modified, temporary: null, bytes);

    public long AddLargeWrite(Database database, BlobPath blob, DateTimeOffset modified, string temporary) =>
        Add(database, blob, modified, temporary, default(Value));

    public long AddDeletion(Database database, BlobPath blob, DateTimeOffset modified) =>
        Add(database, blob, modified, temporary: null, default(Value));

    /// <summary>Makes a committed change. One that fails is tried again later, so that files and database come together again.</summary>
    public void Make(long id, BlobPath blob, Action change)
    {
        try
        {
            change();
            if (stuck.Remove(blob))
            {
                AnyStuck = stuck.Count > 0;
            }
        }
        catch (Exception failure)
        {
            LogStuck(blob, failure);
            stuck[blob] = id;
            AnyStuck = true;
            throw;
        }
        finally
        {
            Volatile.Write(ref done, Math.Max(done, id));
        }
    }

    /// <summary>Makes the changes that a dead process may not have made, or not durably.</summary>
    /// <returns>The temporary files that are still needed.</returns>
    public IReadOnlySet<string> Replay(Database database)
    {
        // Only the last change of each blob: an earlier one must not replace a large file that is in place and has no copy.
        Remake(database, "select id, container, name, modified, temporary, bytes from blob_redo where id in (select max(id) from blob_redo group by container, name) order by id");
        using var newest = database.Query("select coalesce(max(id), 0) from blob_redo");
        newest.Read();
        last = done = newest.Number(0);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        using var temporaries = database.Query("select temporary from blob_redo where temporary is not null");
        while (temporaries.Read())
        {
            needed.Add(temporaries.Text(0));
        }

        return needed;
    }

    /// <summary>Tries again what was stuck.</summary>
    public void Retry(Database database) => Remake(
        database,
        "select id, container, name, modified, temporary, bytes from blob_redo where id in (select value from json_each(?)) order by id",
        StuckIds());

    /// <summary>Forgets some of the changes up to <paramref name="durable"/>.</summary>
    /// <returns>False when none were left.</returns>
    public bool Forget(Database database, long durable) => database.Run(
        "delete from blob_redo where id in (select id from blob_redo where id <= ? and id not in (select value from json_each(?)) order by id limit ?)",
        durable,
        StuckIds(),
        ForgottenAtOnce) > 0;

    /// <summary>The blobs that were written up to the given change.</summary>
    public static IReadOnlyList<BlobPath> Written(Database database, long upTo)
    {
        var blobs = new List<BlobPath>();
        using var rows = database.Query("select distinct container, name from blob_redo where id <= ?", upTo);
        while (rows.Read())
        {
            blobs.Add(new BlobPath(rows.Text(0), rows.Text(1)));
        }

        return blobs;
    }

    private long Add(Database database, BlobPath blob, DateTimeOffset modified, string? temporary, Value bytes)
    {
        var id = ++last;
        database.Run(
            "insert into blob_redo (id, container, name, modified, temporary, bytes) values (?, ?, ?, ?, ?, ?)",
            id, blob.Container, blob.Name, modified.UtcTicks, temporary, bytes);
        return id;
    }

    private void Remake(Database database, string query, params ReadOnlySpan<Value> values)
    {
        using var rows = database.Query(query, values);
        while (rows.Read())
        {
            var (id, blob) = (rows.Number(0), new BlobPath(rows.Text(1), rows.Text(2)));
            try
            {
                Make(id, blob, () => Remake(rows, blob));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // It is logged and stays stuck; the others need not wait for it.
            }
        }
    }

    private void Remake(Statement row, BlobPath blob)
    {
        var modified = new DateTimeOffset(row.Number(3), TimeSpan.Zero);
        if (!row.IsNull(5))
        {
            files.Place(files.WriteTemporary(row.Bytes(5), modified, durable: false), blob);
        }
        else if (row.TextOrNull(4) is not { } temporary)
        {
            files.Delete(blob);
        }
        else if (files.HasTemporary(temporary))
        {
            files.Place(temporary, blob);
        }
    }

    private string StuckIds() => stuck.Count == 0 ? "[]" : JsonSerializer.Serialize(stuck.Values);

    [LoggerMessage(LogLevel.Error, "The file of blob {Blob} could not be changed; trying again.")]
    private partial void LogStuck(BlobPath blob, Exception failure);
}
