using System.Runtime.CompilerServices;

namespace Pressroom.Storage.Embedded;

/// <summary>Blobs as plain files: <c>$web</c> is the folder <c>site</c>, any other container a folder of its own name. Files that
/// somebody else puts there are blobs too, with a content type by their extension.</summary>
/// <remarks>
/// <para>A write is a row with its headers, the redo of its bytes, and then a rename. The row is committed first, so between the
/// commit and the rename a reader can find the new headers beside the old file. It notices, because the ETag holds a hash of both, and
/// reads again between two groups of the writer, when nothing moves. Behind the hash the ETag has a part that no two writes share, so
/// that a blob written back to what it was before is still another version.</para>
/// <para>A file cannot have the name of a folder: writing <c>a/b</c> where there is a blob <c>a</c>, or the reverse, is an <see cref="IOException"/>.</para>
/// </remarks>
public sealed class EmbeddedBlobs : IBlobStore, INotifyBlobChanges
{
    /// <summary>Larger blobs are flushed by whoever writes them, rather than go through the database's log.</summary>
    internal const int LargestInRedo = 1024 * 1024;

    private readonly BlobFiles files;
    private readonly BlobRedo redo;
    private readonly Writer writer;
    private readonly Readers readers;
    private readonly TimeProvider time;
    private readonly UncommittedBlobs uncommitted = new();

    internal EmbeddedBlobs(BlobFiles files, BlobRedo redo, Writer writer, Readers readers, TimeProvider time) =>
        (this.files, this.redo, this.writer, this.readers, this.time) = (files, redo, writer, readers, time);

    /// <summary>A blob was written or deleted. Raised on the writer's thread, once readers see it and before its task completes, so a
    /// handler must be quick.</summary>
    public event Action<BlobPath>? Changed;

    /// <summary>The folder is locked for one process. What somebody puts into it by hand is not told of.</summary>
    public bool IsAlone => true;

    /// <summary>The path of the blob's file, or null where there is none.</summary>
    public string? FileOf(BlobPath path)
    {
        AzureLimits.CheckBlob(path);
        var file = files.PathOf(path);
        return File.Exists(file) ? file : null;
    }

    /// <inheritdoc/>
    public Task<Blob?> ReadAsync(BlobPath path, CancellationToken cancellation)
    {
        AzureLimits.CheckBlob(path);
        cancellation.ThrowIfCancellationRequested();
        var headers = readers.Read(database => BlobHeaders.Find(database, path));
        if (files.Read(path) is not { } file)
        {
            return headers is null ? Task.FromResult<Blob?>(null) : ReadAtRestAsync(path, cancellation);
        }

        var blob = Combine(path, headers, file);
        return headers is not null && blob.ETag == headers.ETag ? Task.FromResult<Blob?>(blob) : ReadAtRestAsync(path, cancellation);
    }

    /// <inheritdoc/>
    public async Task<BlobProperties?> FindAsync(BlobPath path, CancellationToken cancellation)
    {
        AzureLimits.CheckBlob(path);
        cancellation.ThrowIfCancellationRequested();
        var headers = readers.Read(database => BlobHeaders.Find(database, path));
        var file = files.Stat(path);
        if (headers is null && file is null)
        {
            return null;
        }

        if (headers is not null && file == (headers.Length, headers.Modified.UtcTicks))
        {
            return new BlobProperties(headers.ETag, headers.ContentType, headers.CacheControl, headers.Metadata, headers.Modified);
        }

        return await ReadAtRestAsync(path, cancellation) is { } blob
            ? new BlobProperties(blob.ETag, blob.Content.ContentType, blob.Content.CacheControl, blob.Content.Metadata, blob.ModifiedAt)
            : null;
    }

    /// <inheritdoc/>
    public async Task<ETag?> WriteAsync(BlobPath path, BlobContent content, BlobCondition condition, CancellationToken cancellation)
    {
        AzureLimits.CheckBlob(path);
        AzureLimits.CheckContent(content);
        cancellation.ThrowIfCancellationRequested();
        var modified = time.GetUtcNow();
        var etag = BlobHeaders.NewVersion(BlobHeaders.HashOf(content), modified);
        var isLarge = content.Bytes.Length > LargestInRedo;
        var temporary = files.WriteTemporary(content.Bytes.Span, modified, durable: isLarge);
        var keep = false;
        try
        {
            var written = await writer.CommitAsync<ETag?>(
                transaction => Write(transaction, path, content, condition, etag, modified, temporary, isLarge) ? etag : null,
                cancellation);
            keep = written is not null;
            return written;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The commit may yet turn out to be in the log, and then the file is the only copy of what it promises.
            keep = isLarge;
            throw;
        }
        finally
        {
            if (!keep)
            {
                files.DropTemporary(temporary);
            }
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(BlobPath path, CancellationToken cancellation)
    {
        AzureLimits.CheckBlob(path);
        return writer.CommitAsync(transaction => Delete(transaction, path), cancellation);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(BlobPath path, ETag version, CancellationToken cancellation)
    {
        AzureLimits.CheckBlob(path);
        return writer.CommitAsync(transaction => CurrentETag(transaction, path) == version && Delete(transaction, path), cancellation);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        AzureLimits.CheckContainer(container);
        await Task.CompletedTask;
        foreach (var name in files.List(container, prefix))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return name;
        }
    }

    private bool Write(
        Transaction transaction, BlobPath path, BlobContent content, BlobCondition condition, ETag etag, DateTimeOffset modified, string temporary, bool isLarge)
    {
        var database = transaction.Database;
        if (!Holds(transaction, path, condition))
        {
            return false;
        }

        CheckName(transaction, path);
        BlobHeaders.Write(database, path, content, etag, modified);
        var id = isLarge
            ? redo.AddLargeWrite(database, path, modified, temporary)
            : redo.AddWrite(database, path, modified, content.Bytes);
        uncommitted.Add(transaction, path);
        transaction.AfterCommit(() =>
        {
            redo.Make(id, path, () => files.Place(temporary, path));
            Changed?.Invoke(path);
        });
        return true;
    }

    private bool Delete(Transaction transaction, BlobPath path)
    {
        var database = transaction.Database;
        var isThere = uncommitted.Contains(transaction, path) || files.Stat(path) is not null;
        if (!BlobHeaders.Delete(database, path) && !isThere)
        {
            return false;
        }

        var id = redo.AddDeletion(database, path, time.GetUtcNow());
        uncommitted.Add(transaction, path);
        transaction.AfterCommit(() =>
        {
            redo.Make(id, path, () => files.Delete(path));
            Changed?.Invoke(path);
        });
        return true;
    }

    private bool Holds(Transaction transaction, BlobPath path, BlobCondition condition) =>
        condition == BlobCondition.None
        || (condition.MustBeAbsent ? CurrentETag(transaction, path) is null : CurrentETag(transaction, path) == condition.Match);

    /// <summary>What a reader would get if all of the transaction were done already.</summary>
    private ETag? CurrentETag(Transaction transaction, BlobPath path)
    {
        var headers = BlobHeaders.Find(transaction.Database, path);
        if (uncommitted.Contains(transaction, path))
        {
            return headers?.ETag;
        }

        if (files.Stat(path) is not { } file)
        {
            return null;
        }

        return headers is not null && file == (headers.Length, headers.Modified.UtcTicks)
            ? headers.ETag
            : files.Read(path) is { } changedByHand ? Combine(path, headers, changedByHand).ETag : null;
    }

    private void CheckName(Transaction transaction, BlobPath path)
    {
        if (files.IsFolder(path))
        {
            throw new IOException($"'{path}' cannot be a blob, because it is a folder.");
        }

        if (files.HasFolder(path))
        {
            return;
        }

        // A file in the way is met by making the folder, but those of this transaction are not in place yet.
        if (uncommitted.Above(transaction, path) is { } above)
        {
            throw new IOException($"'{path}' cannot be a blob, because '{above}' is one.");
        }

        files.MakeFolder(path);
    }

    private Task<Blob?> ReadAtRestAsync(BlobPath path, CancellationToken cancellation) => writer.BetweenGroupsAsync(
        database => files.Read(path) is { } file ? Combine(path, BlobHeaders.Find(database, path), file) : null,
        cancellation);

    private static Blob Combine(BlobPath path, BlobHeaders? headers, (byte[] Bytes, DateTimeOffset Modified) file)
    {
        var content = headers is null
            ? new BlobContent(file.Bytes, ContentTypes.Of(path.Name))
            : new BlobContent(file.Bytes, headers.ContentType) { CacheControl = headers.CacheControl, Metadata = headers.Metadata };
        var hash = BlobHeaders.HashOf(content);
        return headers is not null && headers.IsOf(hash)
            ? new Blob(content, headers.ETag, headers.Modified)
            : new Blob(content, BlobHeaders.OfHash(hash), file.Modified);
    }
}

/// <summary>The blobs whose rows the present transaction has changed, but whose files still wait for its commit.</summary>
internal sealed class UncommittedBlobs
{
    private readonly HashSet<BlobPath> blobs = [];
    private Transaction? current;

    public void Add(Transaction transaction, BlobPath blob) => Of(transaction).Add(blob);

    public bool Contains(Transaction transaction, BlobPath blob) => Of(transaction).Contains(blob);

    /// <summary>The one whose name is a folder of this blob's.</summary>
    public BlobPath? Above(Transaction transaction, BlobPath blob)
    {
        for (var slash = blob.Name.LastIndexOf('/'); slash > 0; slash = blob.Name.LastIndexOf('/', slash - 1))
        {
            var above = blob with { Name = blob.Name[..slash] };
            if (Contains(transaction, above))
            {
                return above;
            }
        }

        return null;
    }

    private HashSet<BlobPath> Of(Transaction transaction)
    {
        if (current != transaction)
        {
            current = transaction;
            blobs.Clear();
        }

        return blobs;
    }
}
