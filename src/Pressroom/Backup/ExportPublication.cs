using Pressroom.Storage;

namespace Pressroom.Backup;

/// <summary>Writes the whole publication as one archive: articles with their revisions, authors, pictures, comments, subscribers with their
/// consent, newsletters and the ledger. It holds addresses, and no token.</summary>
/// <remarks>Rows come first and blobs after them, so that each revision that a row names is there, unless it was deleted since. What changes while it
/// is written may be in it or not; where an article is and its place in a list is not, the import finds it out.</remarks>
public sealed class ExportPublication(ITableStore tables, IBlobStore blobs, PublicationIdentity identity, SiteSettings site, TimeProvider time)
{
    /// <summary>Writes the archive.</summary>
    public async Task RunAsync(Stream output, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var archive = new ArchiveWriter(output, now);
        var manifest = new ArchiveManifest(Archive.Format, await identity.GetAsync(cancellation), site.BaseUrl.AbsoluteUri, now);
        await archive.BeginAsync(manifest, cancellation);
        foreach (var table in Publication.Tables)
        {
            await archive.WriteRowsAsync(table, tables.AllAsync(table, cancellation).Where(row => Publication.Carries(table, row)), cancellation);
        }

        foreach (var (container, prefix) in Publication.Blobs)
        {
            await foreach (var name in blobs.ListAsync(container, prefix, cancellation))
            {
                var path = new BlobPath(container, name);
                if (await blobs.ReadAsync(path, cancellation) is { } blob)
                {
                    await archive.WriteBlobAsync(path, blob.Content, cancellation);
                }
            }
        }

        await archive.EndAsync(cancellation);
    }
}
