using Pressroom.Storage;

namespace Pressroom.Articles;

/// <summary>The authors' records.</summary>
/// <remarks>Table <c>authors</c>: partition <c>authors</c>, row = the author's key.</remarks>
public sealed class AuthorStore(ITableStore tables)
{
    private const string Table = "authors";
    private const string Partition = "authors";

    /// <summary>The record, or null where that author has none: a byline needs no record.</summary>
    public async Task<StoredAuthor?> FindAsync(string key, CancellationToken cancellation) =>
        await tables.GetAsync(Table, Partition, key, cancellation) is { } row ? Read(row) : null;

    /// <summary>The records by key, after <paramref name="after"/> where given.</summary>
    public async Task<IReadOnlyList<StoredAuthor>> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        var range = after is null ? RowRange.All : new RowRange(after + '\u0001', null);
        return (await tables.QueryAsync(Table, Partition, range, limit, cancellation)).Select(Read).ToList();
    }

    /// <summary>Writes the record over the given version; over nothing when that is null.</summary>
    /// <returns>The new version; null when the record has changed since.</returns>
    public async Task<ETag?> WriteAsync(Author author, ETag? previous, CancellationToken cancellation)
    {
        var columns = new Columns
        {
            { "name", author.Name },
            { "bio", author.Bio },
            { "url", author.Url },
            { "imageUrl", author.Image?.Url },
            { "imageAlt", author.Image?.Alt },
        };
        TableOperation write = previous is { } etag
            ? new TableOperation.Replace(author.Key, columns, etag)
            : new TableOperation.Insert(author.Key, columns);
        var result = await tables.CommitAsync(Table, Partition, [write], cancellation);
        return result.Committed ? result.ETags[0] : null;
    }

    private static StoredAuthor Read(TableRow row) => new(
        new Author(
            row.Row,
            row.Columns.Text("name"),
            row.Columns.TextOrNull("bio"),
            row.Columns.TextOrNull("url"),
            row.Columns.TextOrNull("imageUrl") is { } image ? new ArticleImage(image, row.Columns.TextOrNull("imageAlt")) : null),
        row.ETag);
}

/// <summary>An author's record and the version of its row.</summary>
public sealed record StoredAuthor(Author Author, ETag ETag);
