using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Backup;

/// <summary>How far an import has come.</summary>
/// <param name="Id">Which import; it begins with the time at which it came.</param>
/// <param name="Stage">What is being done.</param>
/// <param name="Bytes">How large the archive is.</param>
/// <param name="BytesRead">How much of it this stage has read.</param>
/// <param name="Rows">How many rows were there for the first time.</param>
/// <param name="Blobs">How many blobs were.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="UpdatedAt">When anything of this last changed.</param>
/// <param name="Reason">Why it failed.</param>
public sealed record BackupImport(
    string Id, ImportStage Stage, long Bytes, long BytesRead, long Rows, long Blobs, DateTimeOffset ReceivedAt, DateTimeOffset UpdatedAt, string? Reason)
{
    /// <summary>Whether nothing more will happen.</summary>
    public bool IsOver => Stage is ImportStage.Done or ImportStage.Failed;
}

/// <summary>The stages of an import, in their order.</summary>
public enum ImportStage
{
    /// <summary>It is all there.</summary>
    Received,

    /// <summary>Every entry is read before anything is done.</summary>
    Checking,

    /// <summary>Articles' texts, pictures and mails are written.</summary>
    Blobs,

    /// <summary>Rows are written.</summary>
    Rows,

    /// <summary>All is there; the pages are made as fast as they can be.</summary>
    Done,

    /// <summary>Nothing will come of it.</summary>
    Failed,
}

/// <summary>The message that an archive is to be imported.</summary>
public sealed record ImportMessage(string Id) : TracedMessage
{
    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ImportJson.Default.ImportMessage);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ImportMessage))]
internal sealed partial class ImportJson : JsonSerializerContext;

/// <summary>The imports, and the archives that came for them.</summary>
/// <remarks>Table <c>backups</c>, partition <c>imports</c>, row = import id. Container <c>backups</c>: <c>{import id}/{n:D6}</c>, the archive in parts of
/// 4 MiB, until the import is over.</remarks>
public sealed class ImportStore(ITableStore tables, IBlobStore blobs)
{
    private const string Table = "backups";
    private const string Partition = "imports";
    private const string Container = "backups";
    private const int PartBytes = 4 * 1024 * 1024;

    /// <summary>An import; null where there is none.</summary>
    public async Task<BackupImport?> FindAsync(string id, CancellationToken cancellation) =>
        IsId(id) && await tables.GetAsync(Table, Partition, id, cancellation) is { } row ? Read(row) : null;

    /// <summary>Whether any import is not over, and has got on since a time.</summary>
    internal async Task<bool> IsUnderWayAsync(DateTimeOffset since, CancellationToken cancellation) =>
        await tables.AllAsync(Table, Partition, RowRange.All, cancellation).Select(Read).AnyAsync(import => !import.IsOver && import.UpdatedAt >= since, cancellation);

    /// <summary>Writes an import's row.</summary>
    internal Task WriteAsync(BackupImport import, CancellationToken cancellation) =>
        tables.CommitAsync(Table, Partition, [new TableOperation.Upsert(import.Id, Write(import))], cancellation);

    /// <summary>Keeps an archive.</summary>
    /// <returns>How many bytes it has.</returns>
    internal async Task<long> KeepAsync(string id, Stream archive, CancellationToken cancellation)
    {
        var bytes = 0L;
        for (var number = 0; ; number++)
        {
            var part = new byte[PartBytes];
            var length = await archive.ReadAtLeastAsync(part, PartBytes, throwOnEndOfStream: false, cancellation);
            if (length > 0)
            {
                await blobs.WriteAsync(PartOf(id, number), new BlobContent(part.AsMemory(0, length), "application/octet-stream"), BlobCondition.None, cancellation);
                bytes += length;
            }

            if (length < PartBytes)
            {
                return bytes;
            }
        }
    }

    /// <summary>The archive of an import, from its beginning.</summary>
    internal PartsStream Open(string id) => new(async (number, cancellation) => (await blobs.ReadAsync(PartOf(id, number), cancellation))?.Content.Bytes);

    /// <summary>Deletes an archive.</summary>
    internal async Task DropAsync(string id, CancellationToken cancellation)
    {
        await foreach (var name in blobs.ListAsync(Container, id + "/", cancellation))
        {
            await blobs.DeleteAsync(new BlobPath(Container, name), cancellation);
        }
    }

    /// <summary>Deletes archives that came before a time and are of no import, or of one that is over.</summary>
    internal async Task ForgetAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var name in blobs.ListAsync(Container, "", cancellation))
        {
            ids.Add(name.Split('/')[0]);
        }

        foreach (var id in ids.Where(id => string.CompareOrdinal(id, NewId(before)) < 0))
        {
            if (await FindAsync(id, cancellation) is null or { IsOver: true })
            {
                await DropAsync(id, cancellation);
            }
        }
    }

    internal static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");

    private static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    private static BlobPath PartOf(string id, int number) => new(Container, string.Create(CultureInfo.InvariantCulture, $"{id}/{number:D6}"));

    private static Columns Write(BackupImport import) => new()
    {
        { "stage", import.Stage.ToString() },
        { "bytes", import.Bytes },
        { "bytesRead", import.BytesRead },
        { "rows", import.Rows },
        { "blobs", import.Blobs },
        { "receivedAt", import.ReceivedAt },
        { "updatedAt", import.UpdatedAt },
        { "reason", import.Reason },
    };

    private static BackupImport Read(TableRow row) => new(
        row.Row,
        Enum.Parse<ImportStage>(row.Columns.Text("stage")),
        row.Columns.Number("bytes"),
        row.Columns.Number("bytesRead"),
        row.Columns.Number("rows"),
        row.Columns.Number("blobs"),
        row.Columns.Time("receivedAt"),
        row.Columns.Time("updatedAt"),
        row.Columns.TextOrNull("reason"));
}

/// <summary>Parts of a file, read one after the other.</summary>
internal sealed class PartsStream(Func<int, CancellationToken, Task<ReadOnlyMemory<byte>?>> read) : ForwardStream
{
    private ReadOnlyMemory<byte> part;
    private int number;

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadNextAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (part.IsEmpty)
        {
            if (await read(number, cancellation) is not { } next)
            {
                return 0;
            }

            (part, number) = (next, number + 1);
        }

        var length = Math.Min(buffer.Length, part.Length);
        part[..length].CopyTo(buffer);
        part = part[length..];
        return length;
    }
}
