using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Storage;

namespace Pressroom.Backup;

/// <summary>A backup's form: a gzipped tar (POSIX pax) that any machine can unpack and read.</summary>
/// <remarks>First <c>manifest.json</c>; then <c>rows/{table}/{n}.jsonl</c>, a line <c>["partition","row",{columns}]</c> for each row; then
/// <c>blobs/{container}/{name}</c>, a blob each with its headers as pax attributes; last <c>end.json</c>, without which the archive is cut.</remarks>
internal static class Archive
{
    public const string ManifestName = "manifest.json";
    public const string EndName = "end.json";
    public const string RowsFolder = "rows/";
    public const string BlobsFolder = "blobs/";
    public const string TypeAttribute = "PRESSROOM.type";
    public const string CacheAttribute = "PRESSROOM.cache";
    public const string MetadataAttribute = "PRESSROOM.metadata";

    /// <summary>The form's version. A reader refuses any other.</summary>
    public const int Format = 1;

    /// <summary>The most bytes of a blob; a picture has some 20 MB.</summary>
    public const int MostBlobBytes = 256 * 1024 * 1024;

    /// <summary>The most bytes of any other entry; a row is at most 1 MiB, and longer as JSON.</summary>
    public const int MostRowsBytes = 16 * 1024 * 1024;

    /// <summary>The most bytes of an entry's headers, its attributes included.</summary>
    public const int MostHeaderBytes = 64 * 1024;
}

/// <summary>Writes an archive.</summary>
internal sealed class ArchiveWriter : IAsyncDisposable
{
    private const int RowsOfAnEntry = 500;
    private const int BytesOfAnEntry = 512 * 1024;

    private readonly GZipStream gzip;
    private readonly TarWriter tar;
    private readonly DateTimeOffset madeAt;
    private long rows;
    private long blobs;

    public ArchiveWriter(Stream output, DateTimeOffset madeAt)
    {
        gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true);
        this.madeAt = madeAt;
    }

    public Task BeginAsync(ArchiveManifest manifest, CancellationToken cancellation) =>
        WriteAsync(Archive.ManifestName, JsonSerializer.SerializeToUtf8Bytes(manifest, ArchiveJson.Default.ArchiveManifest), null, cancellation);

    /// <summary>Writes rows of a table, some hundred to an entry.</summary>
    public async Task WriteRowsAsync(string table, IAsyncEnumerable<TableRow> all, CancellationToken cancellation)
    {
        using var lines = new MemoryStream();
        var (number, count) = (0, 0);
        await foreach (var row in all.WithCancellation(cancellation))
        {
            WriteLine(lines, row);
            count++;
            if (count == RowsOfAnEntry || lines.Length >= BytesOfAnEntry)
            {
                await FlushAsync();
            }
        }

        if (count > 0)
        {
            await FlushAsync();
        }

        async Task FlushAsync()
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Archive.RowsFolder}{table}/{number++:D6}.jsonl");
            await WriteAsync(name, lines.GetBuffer().AsMemory(0, (int)lines.Length), null, cancellation);
            lines.SetLength(0);
            rows += count;
            count = 0;
        }
    }

    public Task WriteBlobAsync(BlobPath path, BlobContent content, CancellationToken cancellation)
    {
        var attributes = new Dictionary<string, string> { [Archive.TypeAttribute] = content.ContentType };
        if (content.CacheControl is { } cacheControl)
        {
            attributes[Archive.CacheAttribute] = cacheControl;
        }

        if (content.Metadata.Count > 0)
        {
            attributes[Archive.MetadataAttribute] = JsonSerializer.Serialize(content.Metadata, ArchiveJson.Default.IReadOnlyDictionaryStringString);
        }

        blobs++;
        return WriteAsync($"{Archive.BlobsFolder}{path.Container}/{path.Name}", content.Bytes, attributes, cancellation);
    }

    /// <summary>Says that this is all.</summary>
    public Task EndAsync(CancellationToken cancellation) =>
        WriteAsync(Archive.EndName, JsonSerializer.SerializeToUtf8Bytes(new ArchiveEnd(rows, blobs), ArchiveJson.Default.ArchiveEnd), null, cancellation);

    public async ValueTask DisposeAsync()
    {
        await tar.DisposeAsync();
        await gzip.DisposeAsync();
    }

    private static void WriteLine(MemoryStream lines, TableRow row)
    {
        using (var json = new Utf8JsonWriter(lines))
        {
            json.WriteStartArray();
            json.WriteStringValue(row.Partition);
            json.WriteStringValue(row.Row);
            json.WriteRawValue(ColumnsJson.Write(row.Columns).Span, skipInputValidation: true);
            json.WriteEndArray();
        }

        lines.WriteByte((byte)'\n');
    }

    private async Task WriteAsync(string name, ReadOnlyMemory<byte> bytes, Dictionary<string, string>? attributes, CancellationToken cancellation)
    {
        var entry = attributes is null ? new PaxTarEntry(TarEntryType.RegularFile, name) : new PaxTarEntry(TarEntryType.RegularFile, name, attributes);
        entry.ModificationTime = madeAt;
        await using var stream = BinaryData.FromBytes(bytes).ToStream();
        entry.DataStream = stream;
        await tar.WriteEntryAsync(entry, cancellation);
    }
}

/// <summary>Reads an archive, entry by entry.</summary>
internal static class ArchiveReader
{
    private const string Damaged = "It is damaged, or no backup.";

    /// <summary>All entries in their order; the last is the end.</summary>
    /// <exception cref="InvalidDataException">It is no archive of ours, or it is cut or damaged.</exception>
    public static async IAsyncEnumerable<ArchiveEntry> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var gzip = new GZipStream(input, CompressionMode.Decompress, leaveOpen: true);
        await using var bounded = new BoundedStream(gzip, input);
        await using var tar = new TarReader(bounded, leaveOpen: true);
        var (rows, blobs, isFirst) = (0L, 0L, true);
        while (await NextAsync(tar, bounded, cancellation) is { } entry)
        {
            if (isFirst != entry is ArchiveEntry.Manifest)
            {
                throw new InvalidDataException("It does not begin with its manifest.");
            }

            isFirst = false;
            if (entry is ArchiveEntry.End { Counts: var counts })
            {
                yield return counts == new ArchiveEnd(rows, blobs) ? entry : throw new InvalidDataException("Some of it is missing.");
                yield break;
            }

            rows += entry is ArchiveEntry.Rows some ? some.Items.Count : 0;
            blobs += entry is ArchiveEntry.File ? 1 : 0;
            yield return entry;
        }

        throw new InvalidDataException("It is cut: its end is missing.");
    }

    private static async Task<ArchiveEntry?> NextAsync(TarReader tar, BoundedStream bounded, CancellationToken cancellation)
    {
        try
        {
            bounded.Allow(Archive.MostHeaderBytes);
            return await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry ? await ReadAsync(entry, bounded, cancellation) : null;
        }
        catch (Exception damaged) when (damaged is JsonException or FormatException or InvalidOperationException or EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException(Damaged, damaged);
        }
    }

    private static async Task<ArchiveEntry> ReadAsync(TarEntry entry, BoundedStream bounded, CancellationToken cancellation)
    {
        var most = entry.Name.StartsWith(Archive.BlobsFolder, StringComparison.Ordinal) ? Archive.MostBlobBytes : Archive.MostRowsBytes;
        if (entry.EntryType is not TarEntryType.RegularFile || entry.Length > most)
        {
            throw new InvalidDataException("It has an entry that no backup has.");
        }

        bounded.Allow(entry.Length);
        var bytes = new byte[entry.Length];
        if (entry.DataStream is { } data)
        {
            await data.ReadExactlyAsync(bytes, cancellation);
        }

        return entry.Name switch
        {
            Archive.ManifestName => new ArchiveEntry.Manifest(Checked(JsonSerializer.Deserialize(bytes, ArchiveJson.Default.ArchiveManifest))),
            Archive.EndName => new ArchiveEntry.End(JsonSerializer.Deserialize(bytes, ArchiveJson.Default.ArchiveEnd) ?? throw new InvalidDataException(Damaged)),
            _ when entry.Name.StartsWith(Archive.RowsFolder, StringComparison.Ordinal) => RowsOf(entry.Name[Archive.RowsFolder.Length..].Split('/')[0], bytes),
            _ when entry.Name.StartsWith(Archive.BlobsFolder, StringComparison.Ordinal) => FileOf(entry, bytes),
            _ => throw new InvalidDataException("It has an entry that no backup has."),
        };
    }

    private static ArchiveManifest Checked(ArchiveManifest? manifest) =>
        manifest?.Format == Archive.Format && !string.IsNullOrEmpty(manifest.Publication)
            ? manifest
            : throw new InvalidDataException("It was made by another version of Pressroom, in a form that this one does not know.");

    private static ArchiveEntry.Rows RowsOf(string table, byte[] bytes)
    {
        if (!Publication.Tables.Contains(table))
        {
            throw new InvalidDataException("It has rows of a table that no backup carries.");
        }

        var rows = new List<TableRow>();
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            var row = RowOf(json.RootElement);
            AzureLimits.CheckBatch(table, row.Partition, [new TableOperation.Insert(row.Row, row.Columns)]);
            rows.Add(row);
        }

        return rows.DistinctBy(row => (row.Partition, row.Row)).Count() == rows.Count
            ? new ArchiveEntry.Rows(table, rows)
            : throw new InvalidDataException("It has a row twice.");
    }

    private static TableRow RowOf(JsonElement line) =>
        line.ValueKind == JsonValueKind.Array && line.GetArrayLength() == 3 && line[0].GetString() is { } partition && line[1].GetString() is { } row
            && line[2].ValueKind == JsonValueKind.Object
            ? new TableRow(partition, row, default, ColumnsJson.Read(Encoding.UTF8.GetBytes(line[2].GetRawText())))
            : throw new InvalidDataException(Damaged);

    private static ArchiveEntry.File FileOf(TarEntry entry, byte[] bytes)
    {
        var attributes = (entry as PaxTarEntry)?.ExtendedAttributes
            ?? throw new InvalidDataException("It was packed anew in a form that has no attributes; a backup is a pax archive.");
        var place = entry.Name[Archive.BlobsFolder.Length..];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var path = slash < 0 ? throw new InvalidDataException("It has a blob without a container.") : new BlobPath(place[..slash], place[(slash + 1)..]);
        path.Validate();
        if (!Publication.Carries(path) || !attributes.TryGetValue(Archive.TypeAttribute, out var type))
        {
            throw new InvalidDataException("It has a blob that no backup carries.");
        }

        var content = new BlobContent(bytes, type)
        {
            CacheControl = attributes.GetValueOrDefault(Archive.CacheAttribute),
            Metadata = attributes.TryGetValue(Archive.MetadataAttribute, out var metadata)
                ? MetadataOf(metadata)
                : new Dictionary<string, string>(),
        };
        AzureLimits.CheckContent(content);
        return new ArchiveEntry.File(path, content);
    }

    private static IReadOnlyDictionary<string, string> MetadataOf(string json) =>
        JsonSerializer.Deserialize(json, ArchiveJson.Default.IReadOnlyDictionaryStringString) is { } metadata && !metadata.Values.Contains(null)
            ? metadata
            : throw new InvalidDataException(Damaged);
}

/// <summary>What an archive unpacks to, bounded: an attribute's declared length is read before anybody can judge it, and a few bytes can unpack to
/// a thousand times as many.</summary>
internal sealed class BoundedStream(Stream unpacked, Stream packed) : ForwardStream
{
    // Rows shrink to a tenth, pictures hardly.
    private const int MostTimes = 100;
    private const long AlwaysFit = 64 * 1024 * 1024;

    private long left;

    /// <summary>Lets so many bytes more be read, and no others.</summary>
    public void Allow(long bytes) => left = bytes;

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadNextAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (left == 0)
        {
            throw new InvalidDataException("It has an entry that no backup has.");
        }

        var length = await unpacked.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellation);
        left -= length;
        var total = Position + length;
        return total > AlwaysFit && total / MostTimes > packed.Position
            ? throw new InvalidDataException("It unpacks to more than a hundred times its size.")
            : length;
    }
}

/// <summary>A part of an archive.</summary>
internal abstract record ArchiveEntry
{
    /// <summary>What it is a backup of.</summary>
    public sealed record Manifest(ArchiveManifest Of) : ArchiveEntry;

    /// <summary>Rows of a table, without versions.</summary>
    public sealed record Rows(string Table, IReadOnlyList<TableRow> Items) : ArchiveEntry;

    /// <summary>A blob.</summary>
    public sealed record File(BlobPath Path, BlobContent Content) : ArchiveEntry;

    /// <summary>That was all.</summary>
    public sealed record End(ArchiveEnd Counts) : ArchiveEntry;
}

internal sealed record ArchiveManifest(int Format, string Publication, string Site, DateTimeOffset MadeAt);

internal sealed record ArchiveEnd(long Rows, long Blobs);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ArchiveManifest))]
[JsonSerializable(typeof(ArchiveEnd))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class ArchiveJson : JsonSerializerContext;
