using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Site.Lists;

/// <summary>Which published articles are in which list, and which of a list's pages are to be made again.</summary>
/// <remarks>
/// Table <c>lists</c>, one partition <c>lists</c>, so that one batch moves an article through all its lists at once. Rows:
/// <c>item|{list}|{key}</c> an article in a list, newest first by its key (inverted date, then id);
/// <c>touch|{list}|{key}</c> an item that came, changed or went since the list's pages were last made;
/// <c>listing|{article id}</c> where an article is listed now, and what it left;
/// <c>segment|{list}|{month}|{last key}</c> see <see cref="ArchivePages"/>; <c>state|{list}</c> see <see cref="RefreshRequests"/>.
/// </remarks>
public sealed class ListStore(ITableStore tables, SiteSettings site)
{
    /// <summary>The table of all that concerns lists.</summary>
    internal const string Table = "lists";

    /// <summary>Its one partition.</summary>
    internal const string Partition = "lists";

    /// <summary>Puts the article into exactly these lists, touching all that it enters, stays in or leaves.</summary>
    /// <param name="listed">What the lists show of it.</param>
    /// <param name="lists">Where it belongs; none when it is not live.</param>
    /// <param name="again">Touch even where the listing says that this revision is placed already.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The lists whose pages may have to be made again.</returns>
    public async Task<IReadOnlyCollection<ListKey>> PlaceAsync(
        ListedArticle listed, IReadOnlyCollection<ListKey> lists, bool again, CancellationToken cancellation)
    {
        var listingRow = $"listing|{listed.Id}";
        while (true)
        {
            var row = await tables.GetAsync(Table, Partition, listingRow, cancellation);
            var before = row is null ? Listing.Nowhere : Listing.Read(row.Columns);
            var now = new Listing(listed.Revision, KeyOf(listed), lists.Select(list => list.Value).Order(StringComparer.Ordinal).ToList(), []);
            if (before.Revision > now.Revision || (before.IsSamePlaceAs(now) && !again) || (row is null && lists.Count == 0))
            {
                return before.Touched.Select(ListKey.Parse).ToList();
            }

            now = now with { Left = before.Lists.Where(list => before.Key != now.Key || !now.Lists.Contains(list)).ToList() };
            var operations = await MoveAsync(listed, before, now, cancellation);
            operations.Add(row is null
                ? new TableOperation.Insert(listingRow, now.Write())
                : new TableOperation.Replace(listingRow, now.Write(), row.ETag));
            if ((await tables.CommitAsync(Table, Partition, operations, cancellation)).Committed)
            {
                return now.Touched.Select(ListKey.Parse).ToList();
            }
        }
    }

    /// <summary>The first <paramref name="limit"/> items of a list from a key on, newest first.</summary>
    public async Task<IReadOnlyList<ListItem>> ItemsAsync(ListKey list, KeyRange range, int limit, CancellationToken cancellation)
    {
        var prefix = $"item|{list}|";
        var rows = await tables.QueryAsync(
            Table, Partition, new RowRange(prefix + range.From, prefix + (range.Before ?? "~~")), limit, cancellation);
        return rows.Select(row => ReadItem(row.Row[prefix.Length..], row.Columns)).ToList();
    }

    /// <summary>The touched items of a list.</summary>
    internal async Task<IReadOnlyList<Touch>> TouchesAsync(ListKey list, int limit, CancellationToken cancellation)
    {
        var prefix = $"touch|{list}|";
        var rows = await tables.QueryAsync(Table, Partition, RowRange.Prefix(prefix), limit, cancellation);
        return rows.Select(row => new Touch(row.Row[prefix.Length..], Month.Parse(row.Columns.Text("month")), row.Columns.TimeOrNull("committedAt"), row)).ToList();
    }

    /// <summary>Forgets touches whose pages are made, except those touched again since.</summary>
    internal async Task ForgetAsync(IReadOnlyList<Touch> touches, CancellationToken cancellation)
    {
        foreach (var some in touches.Chunk(100))
        {
            var deletions = some.Select(touch => new TableOperation.Delete(touch.Row.Row, touch.Row.ETag)).ToList<TableOperation>();
            while (deletions.Count > 0
                && await tables.CommitAsync(Table, Partition, deletions, cancellation) is { FailedOperation: { } touchedAgain })
            {
                deletions.RemoveAt(touchedAgain);
            }
        }
    }

    /// <summary>Where an article lies within each list.</summary>
    internal static string KeyOf(ListedArticle listed) => $"{RowKey.NewestFirst(listed.PublishedAt)}-{listed.Id}";

    /// <summary>The keys of a month, by the newsroom's clock.</summary>
    internal KeyRange KeysOf(Month month) => new(
        RowKey.NewestFirst(month.Next.Start(site.TimeZone).AddMilliseconds(-1)),
        RowKey.NewestFirst(month.Start(site.TimeZone).AddMilliseconds(-1)));

    /// <summary>The month that an article is archived in.</summary>
    internal Month MonthOf(DateTimeOffset publishedAt) => Month.Of(publishedAt, site.TimeZone);

    private async Task<List<TableOperation>> MoveAsync(ListedArticle listed, Listing before, Listing now, CancellationToken cancellation)
    {
        var operations = new List<TableOperation>();
        var month = MonthOf(listed.PublishedAt);
        var item = WriteItem(listed, month);
        DateTimeOffset? committedAt = before.Revision < now.Revision ? listed.UpdatedAt : null;
        foreach (var list in now.Lists)
        {
            operations.Add(new TableOperation.Upsert($"item|{list}|{now.Key}", item));
            operations.Add(new TableOperation.Upsert($"touch|{list}|{now.Key}", new Columns { { "month", month.ToString() }, { "committedAt", committedAt } }));
        }

        foreach (var list in now.Left)
        {
            if (await tables.GetAsync(Table, Partition, $"item|{list}|{before.Key}", cancellation) is { } old)
            {
                operations.Add(new TableOperation.Delete(old.Row, old.ETag));
                operations.Add(new TableOperation.Upsert($"touch|{list}|{before.Key}", new Columns { { "month", old.Columns.Text("month") } }));
            }
        }

        return operations;
    }

    private static Columns WriteItem(ListedArticle listed, Month month) => new()
    {
        { "revision", listed.Revision },
        { "path", listed.Path },
        { "title", listed.Title },
        { "summary", listed.Summary },
        { "language", listed.Language.Tag },
        { "section", listed.Section },
        { "tags", ArticleColumns.WriteList(listed.Tags) },
        { "authorName", listed.AuthorName },
        { "imageUrl", listed.Image?.Url },
        { "imageAlt", listed.Image?.Alt },
        { "publishedAt", listed.PublishedAt },
        { "updatedAt", listed.UpdatedAt },
        { "month", month.ToString() },
    };

    private static ListItem ReadItem(string key, Columns columns) => new(
        key,
        Month.Parse(columns.Text("month")),
        new ListedArticle(
            ArticleId.Parse(key[(key.LastIndexOf('-') + 1)..]),
            (int)columns.Number("revision"),
            columns.Text("path"),
            columns.Text("title"),
            columns.TextOrNull("summary"),
            Language.Parse(columns.Text("language")),
            columns.TextOrNull("section"),
            ArticleColumns.ReadList(columns.TextOrNull("tags")),
            columns.TextOrNull("authorName"),
            columns.TextOrNull("imageUrl") is { } image ? new ArticleImage(image, columns.TextOrNull("imageAlt")) : null,
            columns.Time("publishedAt"),
            columns.Time("updatedAt")));

    private sealed record Listing(int Revision, string Key, IReadOnlyList<string> Lists, IReadOnlyList<string> Left)
    {
        public static Listing Nowhere { get; } = new(0, "", [], []);

        public IEnumerable<string> Touched => Lists.Union(Left, StringComparer.Ordinal);

        public bool IsSamePlaceAs(Listing other) =>
            Revision == other.Revision && Key == other.Key && Lists.SequenceEqual(other.Lists, StringComparer.Ordinal);

        public static Listing Read(Columns columns) => new(
            (int)columns.Number("revision"),
            columns.Text("key"),
            ArticleColumns.ReadList(columns.TextOrNull("lists")),
            ArticleColumns.ReadList(columns.TextOrNull("left")));

        public Columns Write() => new()
        {
            { "revision", Revision },
            { "key", Key },
            { "lists", ArticleColumns.WriteList(Lists) },
            { "left", ArticleColumns.WriteList(Left) },
        };
    }
}

/// <summary>An article in a list.</summary>
public sealed record ListItem(string Key, Month Month, ListedArticle Article);

/// <summary>Keys from <paramref name="From"/> (included) to <paramref name="Before"/> (excluded; null: to the list's end).</summary>
public readonly record struct KeyRange(string From, string? Before)
{
    /// <summary>The whole list.</summary>
    public static KeyRange All => new("", null);

    /// <summary>What is older than the key.</summary>
    public static KeyRange OlderThan(string key) => new(key + "!", null);
}

/// <summary>An item to be looked at by the next refresh; with <paramref name="CommittedAt"/> where that is because of a new revision.</summary>
internal sealed record Touch(string Key, Month Month, DateTimeOffset? CommittedAt, TableRow Row);
