namespace Pressroom.Site.Lists;

/// <summary>One list of the site: what belongs to it, where its pages lie, and the key that it is stored under.</summary>
public sealed record ListKey(ListKind Kind, string Name)
{
    /// <summary>The home page's list.</summary>
    public static ListKey Home { get; } = new(ListKind.Home, "");

    /// <summary>Every published article: the sitemaps' list, which has no page.</summary>
    public static ListKey All { get; } = new(ListKind.All, "");

    /// <summary>The partition key: <c>home</c>, <c>section:politics</c>.</summary>
    public string Value => Name.Length == 0 ? KindName : $"{KindName}:{Name}";

    /// <summary>Where its pages lie, with a slash at the end: <c>section/politics/</c>; empty for home.</summary>
    public string Folder => Kind == ListKind.Home ? "" : $"{KindName}/{Name}/";

    /// <summary>Reads a partition key.</summary>
    /// <exception cref="FormatException">The text is no list's key.</exception>
    public static ListKey Parse(string value)
    {
        var parts = value.Split(':', 2);
        return Enum.TryParse<ListKind>(parts[0], ignoreCase: true, out var kind)
            ? new ListKey(kind, parts.ElementAtOrDefault(1) ?? "")
            : throw new FormatException($"'{value}' is no list.");
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private string KindName => Kind.ToString().ToLowerInvariant();
}

/// <summary>What the articles of a list have in common.</summary>
public enum ListKind
{
    /// <summary>All of them, each group of translations once.</summary>
    Home,

    /// <summary>All of them, every translation.</summary>
    All,

    /// <summary>A section.</summary>
    Section,

    /// <summary>A tag.</summary>
    Tag,

    /// <summary>An author.</summary>
    Author,

    /// <summary>A language.</summary>
    Language,
}
