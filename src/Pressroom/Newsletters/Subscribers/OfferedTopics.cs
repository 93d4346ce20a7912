using Pressroom.Articles;
using Pressroom.Site.Lists;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>The languages and sections that a subscriber can choose from: those that have articles.</summary>
public sealed class OfferedTopics(ITableStore tables, SiteSettings site)
{
    private const int Most = 40;

    /// <summary>The site's language and all others with articles; the sections by name.</summary>
    public async Task<(IReadOnlyList<Language> Languages, IReadOnlyList<OfferedSection> Sections)> ListAsync(CancellationToken cancellation)
    {
        var languages = (await FirstItemsAsync(ListKind.Language, cancellation))
            .Select(found => Language.TryParse(found.Name, out var language) ? language : site.Language)
            .Prepend(site.Language).Distinct().ToList();
        var sections = (await FirstItemsAsync(ListKind.Section, cancellation))
            .Select(found => new OfferedSection(found.Name, found.Item.Columns.TextOrNull("section") ?? found.Name))
            .OrderBy(section => section.Name, StringComparer.InvariantCultureIgnoreCase).ToList();
        return (languages, sections);
    }

    // Leaps from the first item of one list to that of the next: one query for each list, whatever their length.
    private async Task<List<(string Name, TableRow Item)>> FirstItemsAsync(ListKind kind, CancellationToken cancellation)
    {
        var prefix = $"item|{kind.ToString().ToLowerInvariant()}:";
        var range = RowRange.Prefix(prefix);
        var found = new List<(string, TableRow)>();
        while (found.Count < Most && await tables.QueryAsync(ListStore.Table, ListStore.Partition, range, 1, cancellation) is [var item])
        {
            var name = item.Row[prefix.Length..item.Row.LastIndexOf('|')];
            found.Add((name, item));
            range = range with { From = $"{prefix}{name}|~" };
        }

        return found;
    }
}

/// <summary>A section by its slug, and as it is written.</summary>
public sealed record OfferedSection(string Slug, string Name);
