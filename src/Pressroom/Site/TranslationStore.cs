using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Site;

/// <summary>Which published articles are translations of each other.</summary>
/// <remarks>Table <c>translations</c>: partition = the group's first article, row = article id; each article keeps its own row. An
/// article that is or was in another's group also has partition <c>of-{article id}</c>, row <c>group</c>: the group its row is in.</remarks>
public sealed class TranslationStore(ITableStore tables)
{
    private const string Table = "translations";
    private const int MostInGroup = 200;

    /// <summary>The published articles of a group, oldest first.</summary>
    public async Task<IReadOnlyList<Translation>> ListAsync(ArticleId group, CancellationToken cancellation) =>
        (await tables.QueryAsync(Table, group.Value, RowRange.All, MostInGroup, cancellation)).Select(row => new Translation(
            ArticleId.Parse(row.Row),
            Language.Parse(row.Columns.Text("language")),
            row.Columns.Text("title"),
            row.Columns.Text("path"))).ToList();

    /// <summary>Makes the article's row what the article is now: there when it is live, gone when it is not, and only in its own group.</summary>
    /// <returns>The group that the article has left, if it has; told until <see cref="SettleAsync"/> is called.</returns>
    public async Task<ArticleId?> PlaceAsync(Article article, CancellationToken cancellation)
    {
        var left = await FindLeftGroupAsync(article, cancellation);
        if (left is { } former)
        {
            await RemoveAsync(former, article.Id, cancellation);
        }

        if (article.IsLive)
        {
            var columns = new Columns { { "language", article.Language.Tag }, { "title", article.Title }, { "path", article.Path } };
            await tables.CommitAsync(Table, article.TranslationGroup.Value, [new TableOperation.Upsert(article.Id.Value, columns)], cancellation);
        }
        else
        {
            await RemoveAsync(article.TranslationGroup, article.Id, cancellation);
        }

        return left;
    }

    /// <summary>Notes the article's group, once those it has left know.</summary>
    public async Task SettleAsync(Article article, ArticleId? left, CancellationToken cancellation)
    {
        if (left is not null || article.TranslationGroup != article.Id)
        {
            var columns = new Columns { { "group", article.TranslationGroup.Value } };
            await tables.CommitAsync(Table, $"of-{article.Id}", [new TableOperation.Upsert("group", columns)], cancellation);
        }
    }

    private async Task<ArticleId?> FindLeftGroupAsync(Article article, CancellationToken cancellation)
    {
        var row = await tables.GetAsync(Table, $"of-{article.Id}", "group", cancellation);
        var noted = row is null ? article.Id : ArticleId.Parse(row.Columns.Text("group"));
        return noted != article.TranslationGroup ? noted : null;
    }

    private async Task RemoveAsync(ArticleId group, ArticleId id, CancellationToken cancellation)
    {
        if (await tables.GetAsync(Table, group.Value, id.Value, cancellation) is { } row)
        {
            await tables.CommitAsync(Table, group.Value, [new TableOperation.Delete(row.Row, row.ETag)], cancellation);
        }
    }
}
