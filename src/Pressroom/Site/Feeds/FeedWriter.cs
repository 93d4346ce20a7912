namespace Pressroom.Site.Feeds;

/// <summary>Writes a list's feeds: full content, all addresses absolute, the same bytes for the same model.</summary>
public sealed class FeedWriter(SiteSettings site)
{
    /// <summary>The RSS feed's file in the list's folder.</summary>
    public const string RssName = "feed.xml";

    /// <summary>The Atom feed's file in the list's folder.</summary>
    public const string AtomName = "atom.xml";

    /// <summary>The JSON Feed's file in the list's folder.</summary>
    public const string JsonName = "feed.json";

    /// <summary>RSS's content type.</summary>
    public const string RssType = "application/rss+xml; charset=utf-8";

    /// <summary>Atom's content type (RFC 4287).</summary>
    public const string AtomType = "application/atom+xml; charset=utf-8";

    /// <summary>JSON Feed's content type.</summary>
    public const string JsonType = "application/feed+json; charset=utf-8";

    /// <summary>RSS 2.0, by the profile of the RSS Advisory Board.</summary>
    public byte[] Rss(FeedModel feed) => RssFeed.Write(feed, site);

    /// <summary>Atom 1.0 (RFC 4287).</summary>
    public byte[] Atom(FeedModel feed) => AtomFeed.Write(feed, site);

    /// <summary>JSON Feed 1.1 (jsonfeed.org).</summary>
    public byte[] Json(FeedModel feed) => JsonFeed.Write(feed, site);
}

/// <summary>What the three formats have in common.</summary>
internal static class FeedParts
{
    /// <summary>An item's identity, which no edit changes.</summary>
    public static string IdOf(ListedArticle article) => "urn:uuid:" + Guid.ParseExact(article.Id.Value, "N");

    /// <summary>The item's HTML, which says its language and direction itself: a feed has no place for the direction.</summary>
    public static string HtmlOf(FeedItem item)
    {
        var article = item.Article;
        var picture = article.Image is { } image
            ? $"<p><img src=\"{Attribute(image.Url)}\" alt=\"{Attribute(image.Alt ?? "")}\"></p>\n"
            : "";
        return $"<div lang=\"{article.Language}\" dir=\"{article.Language.Direction}\">{picture}{item.Html}</div>";
    }

    private static string Attribute(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal);
}
