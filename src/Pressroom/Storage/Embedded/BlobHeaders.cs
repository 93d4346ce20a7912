using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace Pressroom.Storage.Embedded;

/// <summary>A blob's row: all but its bytes.</summary>
internal sealed record BlobHeaders(
    ETag ETag, string ContentType, string? CacheControl, IReadOnlyDictionary<string, string> Metadata, long Length, DateTimeOffset Modified)
{
    public const string Schema = """
        create table if not exists blobs (
            container text not null,
            name text not null,
            etag text not null,
            content_type text not null,
            cache_control text,
            metadata text, -- a JSON object
            length integer not null,
            modified integer not null, -- .NET ticks, also the time of the file
            primary key (container, name)) without rowid
        """;

    private static long versions;

    private static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();

    public static BlobHeaders? Find(Database database, BlobPath blob)
    {
        using var row = database.Query(
            "select etag, content_type, cache_control, metadata, length, modified from blobs where container = ? and name = ?", blob.Container, blob.Name);
        return row.Read()
            ? new BlobHeaders(
                new ETag(row.Text(0)),
                row.Text(1),
                row.TextOrNull(2),
                row.IsNull(3) ? NoMetadata : JsonSerializer.Deserialize<Dictionary<string, string>>(row.Bytes(3))!,
                row.Number(4),
                new DateTimeOffset(row.Number(5), TimeSpan.Zero))
            : null;
    }

    public static void Write(Database database, BlobPath blob, BlobContent content, ETag etag, DateTimeOffset modified) => database.Run(
        """
        insert into blobs (container, name, etag, content_type, cache_control, metadata, length, modified) values (?, ?, ?, ?, ?, ?, ?, ?)
        on conflict do update set etag = excluded.etag, content_type = excluded.content_type, cache_control = excluded.cache_control,
            metadata = excluded.metadata, length = excluded.length, modified = excluded.modified
        """,
        blob.Container,
        blob.Name,
        etag.Value,
        content.ContentType,
        content.CacheControl,
        content.Metadata.Count == 0 ? null : JsonSerializer.Serialize(content.Metadata),
        content.Bytes.Length,
        modified.UtcTicks);

    public static bool Delete(Database database, BlobPath blob) =>
        database.Run("delete from blobs where container = ? and name = ?", blob.Container, blob.Name) > 0;

    /// <summary>The version that a write makes: it tells what was written, and that no other write made it.</summary>
    public static ETag NewVersion(string hash, DateTimeOffset modified) => new(string.Create(
        CultureInfo.InvariantCulture, $"\"{hash}-{modified.UtcTicks:x}-{Interlocked.Increment(ref versions):x}\""));

    /// <summary>The version of a file that somebody else put there.</summary>
    public static ETag OfHash(string hash) => new($"\"{hash}\"");

    /// <summary>Whether this row was written with what has that hash.</summary>
    public bool IsOf(string hash) => ETag.Value.AsSpan(1).StartsWith(hash, StringComparison.Ordinal);

    /// <summary>A hash of all that a reader gets, so that it tells what was really read.</summary>
    public static string HashOf(BlobContent content)
    {
        var headers = new ArrayBufferWriter<byte>();
        Add(headers, content.ContentType);
        Add(headers, content.CacheControl ?? "");
        if (content.Metadata.Count > 0)
        {
            foreach (var (name, value) in content.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
            {
                Add(headers, name);
                Add(headers, value);
            }
        }

        headers.Write([(byte)0]);
        var hash = new XxHash128();
        hash.Append(headers.WrittenSpan);
        hash.Append(content.Bytes.Span);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static void Add(ArrayBufferWriter<byte> headers, string text)
    {
        Encoding.UTF8.GetBytes(text, headers);
        headers.Write([(byte)0]);
    }
}
