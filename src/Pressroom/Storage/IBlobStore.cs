namespace Pressroom.Storage;

/// <summary>Whole blobs, written and read in one piece, with a condition on every write.</summary>
/// <remarks>Both engines promise: a write is durable when the task completes, readers see the old blob or the new one and
/// never a mixture, and a blob whose write was cut short is as it was before.</remarks>
public interface IBlobStore
{
    /// <summary>The blob, or null where there is none.</summary>
    Task<Blob?> ReadAsync(BlobPath path, CancellationToken cancellation);

    /// <summary>What is known of the blob without its bytes, or null where there is none.</summary>
    Task<BlobProperties?> FindAsync(BlobPath path, CancellationToken cancellation);

    /// <summary>Writes the blob under a condition.</summary>
    /// <returns>The new version, or null when the condition was not met: the blob exists, is gone, or is of another version.</returns>
    Task<ETag?> WriteAsync(BlobPath path, BlobContent content, BlobCondition condition, CancellationToken cancellation);

    /// <summary>Deletes the blob, whatever its version. Deleting what is not there succeeds.</summary>
    Task DeleteAsync(BlobPath path, CancellationToken cancellation);

    /// <summary>Deletes this version of the blob.</summary>
    /// <returns>False when the blob is of another version, or gone.</returns>
    Task<bool> DeleteAsync(BlobPath path, ETag version, CancellationToken cancellation);

    /// <summary>The names that begin with <paramref name="prefix"/>, in ordinal order.</summary>
    IAsyncEnumerable<string> ListAsync(string container, string prefix, CancellationToken cancellation);
}

/// <summary>Where a blob lies: <paramref name="Container"/> and a name of segments parted by "/".</summary>
/// <remarks>A name has 1 to 1,024 characters; a segment has 1 to 255 UTF-8 bytes, is not "." or "..", and holds no control
/// character or backslash. Engines throw <see cref="ArgumentException"/> for any other: <see cref="Validate"/>.</remarks>
public readonly record struct BlobPath(string Container, string Name)
{
    /// <summary>Throws <see cref="ArgumentException"/> unless the name keeps the rules above.</summary>
    public void Validate()
    {
        if (Name is not { Length: > 0 and <= 1024 })
        {
            throw new ArgumentException($"A blob name has 1 to 1,024 characters, not {Name?.Length ?? 0}.");
        }

        foreach (var segment in Name.Split('/'))
        {
            if (segment is "" or "." or ".." || System.Text.Encoding.UTF8.GetByteCount(segment) > 255
                || segment.Any(c => char.IsControl(c) || c == '\\'))
            {
                throw new ArgumentException($"The blob name '{Name}' has a segment that cannot be stored.");
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Container}/{Name}";
}

/// <summary>What is written: the bytes and the headers that go with them.</summary>
public sealed record BlobContent(ReadOnlyMemory<byte> Bytes, string ContentType)
{
    /// <summary>The Cache-Control header that the blob is served with.</summary>
    public string? CacheControl { get; init; }

    /// <summary>Names of ASCII letters, digits and underscores; values of printable ASCII (Azure sends both as headers).</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata;

    private static readonly IReadOnlyDictionary<string, string> EmptyMetadata = new Dictionary<string, string>();
}

/// <summary>A blob as read.</summary>
public sealed record Blob(BlobContent Content, ETag ETag, DateTimeOffset ModifiedAt);

/// <summary>A blob's version and headers.</summary>
public sealed record BlobProperties(ETag ETag, string ContentType, string? CacheControl, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset ModifiedAt);

/// <summary>What must hold for a write to happen.</summary>
public readonly record struct BlobCondition
{
    private BlobCondition(bool mustBeAbsent, ETag? match) => (MustBeAbsent, Match) = (mustBeAbsent, match);

    /// <summary>The blob must not exist yet.</summary>
    public bool MustBeAbsent { get; }

    /// <summary>The version the blob must have.</summary>
    public ETag? Match { get; }

    /// <summary>Write whatever is there.</summary>
    public static BlobCondition None => default;

    /// <summary>Write only where nothing is.</summary>
    public static BlobCondition IfAbsent => new(true, null);

    /// <summary>Write only over this version; over nothing when <paramref name="etag"/> is null.</summary>
    public static BlobCondition IfMatch(ETag? etag) => new(etag is null, etag);
}

/// <summary>A version of a blob or row, compared for equality and nothing else.</summary>
public readonly record struct ETag(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
