using Pressroom.Storage;

namespace Pressroom.Articles;

/// <summary>Who holds which slug, so that no two articles ever share an address.</summary>
/// <remarks>Table <c>slugs</c>: partition = slug, row <c>slug</c>. A slug is reserved before its article is committed, so a crash in
/// between leaves one that nobody holds; after <see cref="Grace"/> the next who wants it takes it over.</remarks>
public sealed class SlugStore(ITableStore tables, ArticleStore articles, TimeProvider time)
{
    private const string Table = "slugs";
    private const string Row = "slug";
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>Reserves the slug for the article.</summary>
    /// <returns>False when another article holds it.</returns>
    public async Task<bool> ReserveAsync(Slug slug, ArticleId id, CancellationToken cancellation)
    {
        var columns = new Columns { { "articleId", id.Value }, { "reservedAt", time.GetUtcNow() } };
        var inserted = await tables.CommitAsync(Table, slug.Value, [new TableOperation.Insert(Row, columns)], cancellation);
        if (inserted.Committed)
        {
            return true;
        }

        var row = await tables.GetAsync(Table, slug.Value, Row, cancellation);
        if (row is null)
        {
            return await ReserveAsync(slug, id, cancellation);
        }

        if (row.Columns.Text("articleId") == id.Value)
        {
            return true;
        }

        if (row.Columns.Time("reservedAt") + Grace > time.GetUtcNow()
            || await IsHeldAsync(slug, ArticleId.Parse(row.Columns.Text("articleId")), cancellation))
        {
            return false;
        }

        var taken = await tables.CommitAsync(Table, slug.Value, [new TableOperation.Replace(Row, columns, row.ETag)], cancellation);
        return taken.Committed;
    }

    /// <summary>Frees the slug if the article holds it.</summary>
    public async Task FreeAsync(Slug slug, ArticleId id, CancellationToken cancellation)
    {
        var row = await tables.GetAsync(Table, slug.Value, Row, cancellation);
        if (row?.Columns.Text("articleId") == id.Value)
        {
            await tables.CommitAsync(Table, slug.Value, [new TableOperation.Delete(Row, row.ETag)], cancellation);
        }
    }

    private async Task<bool> IsHeldAsync(Slug slug, ArticleId id, CancellationToken cancellation) =>
        await articles.FindLivingAsync(id, cancellation) is { Article: var article }
        && (article.Slug == slug || article.FormerPaths.Any(path => path.EndsWith("/" + slug.Value, StringComparison.Ordinal)));
}
