using Pressroom.Storage;

namespace Pressroom.Articles;

/// <summary>The editors' lists: all articles, and those of a status, tag, section, author or language, newest first.</summary>
/// <remarks>
/// Table <c>articleindex</c>, one partition <c>articles</c>, so that one batch moves an article through all its lists at once. Rows
/// <c>{list}|{inverted creation time}-{id}</c> with the article's columns; list <c>all</c> has every article and tells, by its
/// revision, how far the index has come.
/// </remarks>
public sealed class ArticleIndex(ITableStore tables)
{
    private const string Table = "articleindex";
    private const string Partition = "articles";
    private const int ScannedAtMost = 2_000;

    /// <summary>Brings the index to the article's revision; does nothing where it is there already, or beyond.</summary>
    public async Task PutAsync(Article article, CancellationToken cancellation)
    {
        var key = Key(article);
        while (true)
        {
            var row = await tables.GetAsync(Table, Partition, "all|" + key, cancellation);
            var indexed = row is null ? null : ArticleColumns.Read(article.Id, row.Columns);
            if (indexed?.Revision >= article.Revision)
            {
                return;
            }

            if (await MoveAsync(row, indexed, article, key, cancellation))
            {
                return;
            }
        }
    }

    /// <summary>The articles of the narrowest list asked for that pass the other filters too.</summary>
    /// <returns>Up to <paramref name="limit"/> articles, and where to go on; a page may be short before the end of a long list.</returns>
    public async Task<ArticlePageOfIndex> ListAsync(ArticleFilter filter, string? cursor, int limit, CancellationToken cancellation)
    {
        var list = filter.NarrowestList;
        var range = RowRange.Prefix(list + "|");
        if (cursor is not null)
        {
            range = range with { From = $"{list}|{cursor}\u0001" };
        }

        var found = new List<Article>();
        string? last = null;
        for (var scanned = 0; scanned < ScannedAtMost;)
        {
            var rows = await tables.QueryAsync(Table, Partition, range, Math.Max(limit, 100), cancellation);
            foreach (var row in rows)
            {
                scanned++;
                last = row.Row[(list.Length + 1)..];
                var article = ArticleColumns.Read(ArticleId.Parse(last[(last.LastIndexOf('-') + 1)..]), row.Columns);
                if (filter.Accepts(article))
                {
                    found.Add(article);
                    if (found.Count == limit)
                    {
                        return new ArticlePageOfIndex(found, last);
                    }
                }
            }

            if (rows.Count < Math.Max(limit, 100))
            {
                return new ArticlePageOfIndex(found, null);
            }

            range = range with { From = rows[^1].Row + '\u0001' };
        }

        return new ArticlePageOfIndex(found, last);
    }

    private async Task<bool> MoveAsync(TableRow? row, Article? indexed, Article article, string key, CancellationToken cancellation)
    {
        var columns = ArticleColumns.Write(article);
        var lists = article.Status == ArticleStatus.Deleted ? [] : ListsOf(article);
        var operations = lists.Select(list => new TableOperation.Upsert($"{list}|{key}", columns)).ToList<TableOperation>();
        foreach (var list in indexed is null ? [] : ListsOf(indexed).Except(lists))
        {
            if (await tables.GetAsync(Table, Partition, $"{list}|{key}", cancellation) is { } stale)
            {
                operations.Add(new TableOperation.Delete(stale.Row, stale.ETag));
            }
        }

        if (row is null)
        {
            if (article.Status != ArticleStatus.Deleted)
            {
                operations.Add(new TableOperation.Insert("all|" + key, columns));
            }
        }
        else
        {
            operations.Add(article.Status == ArticleStatus.Deleted
                ? new TableOperation.Delete(row.Row, row.ETag)
                : new TableOperation.Replace(row.Row, columns, row.ETag));
        }

        return operations.Count == 0 || (await tables.CommitAsync(Table, Partition, operations, cancellation)).Committed;
    }

    private static List<string> ListsOf(Article article)
    {
        var lists = article.Tags.Select(tag => ArticleFilter.TagList(tag)).ToHashSet(StringComparer.Ordinal);
        lists.Add(ArticleFilter.StatusList(article.Status));
        lists.Add(ArticleFilter.LanguageList(article.Language));
        if (article.Section is { } section)
        {
            lists.Add(ArticleFilter.SectionList(section));
        }

        if (article.AuthorKey is { } author)
        {
            lists.Add(ArticleFilter.AuthorList(author));
        }

        return [.. lists];
    }

    private static string Key(Article article) => $"{RowKey.NewestFirst(article.CreatedAt)}-{article.Id}";
}

/// <summary>Which articles to list; a null asks for any.</summary>
public sealed record ArticleFilter(ArticleStatus? Status, string? Tag, string? Section, string? Author, Language? Language)
{
    internal string NarrowestList =>
        Tag is not null ? TagList(Tag)
        : Author is not null ? AuthorList(Slug.From(Author)?.Value ?? "")
        : Section is not null ? SectionList(Section)
        : Status is { } status ? StatusList(status)
        : Language is { } language ? LanguageList(language)
        : "all";

    internal bool Accepts(Article article) =>
        (Status is null || article.Status == Status)
        && (Tag is null || article.Tags.Any(tag => TagList(tag) == TagList(Tag)))
        && (Section is null || (article.Section is { } section && SectionList(section) == SectionList(Section)))
        && (Author is null || article.AuthorKey == Slug.From(Author)?.Value)
        && (Language is null || article.Language == Language);

    internal static string TagList(string tag) => "tag:" + Slug.From(tag);

    internal static string SectionList(string section) => "section:" + Slug.From(section);

    internal static string AuthorList(string authorKey) => "author:" + authorKey;

    internal static string StatusList(ArticleStatus status) => "status:" + status.ToString().ToLowerInvariant();

    internal static string LanguageList(Language language) => "language:" + language.Tag;
}

/// <summary>A page of the index, and the cursor of the next one; null at the end.</summary>
public sealed record ArticlePageOfIndex(IReadOnlyList<Article> Articles, string? Cursor);
