using System.Text;
using Pressroom.Articles;
using Pressroom.Site.Feeds;

namespace Pressroom.Site.Sitemaps;

/// <summary>A page, or a sitemap of an index: its path (<c>2026/11/slug/</c>), and when it was last changed in truth.</summary>
public sealed record SitemapEntry(string Path, DateTimeOffset? ModifiedAt);

/// <summary>A sitemap (sitemaps.org 0.9). Translations are linked in the pages themselves, not here.</summary>
public static class Sitemap
{
    /// <summary>The most pages of one sitemap, and the most sitemaps of an index.</summary>
    public const int MostEntries = 50_000;

    /// <summary>The media type to serve sitemaps with.</summary>
    public const string ContentType = "application/xml; charset=utf-8";

    internal const string Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";

    /// <summary>Writes a sitemap.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="MostEntries"/>.</exception>
    public static byte[] Write(SiteSettings site, IReadOnlyList<SitemapEntry> pages) => Write(site, pages, "urlset", "url");

    internal static byte[] Write(SiteSettings site, IReadOnlyList<SitemapEntry> entries, string list, string item)
    {
        if (entries.Count > MostEntries)
        {
            throw new ArgumentException($"A sitemap has at most {MostEntries} entries, not {entries.Count}.", nameof(entries));
        }

        return XmlFeed.Write(xml =>
        {
            xml.WriteStartElement(list, Namespace);
            foreach (var entry in entries)
            {
                xml.WriteStartElement(item);
                xml.Element("loc", site.Absolute(entry.Path));
                xml.Element("lastmod", entry.ModifiedAt is { } modified ? XmlFeed.Rfc3339(modified) : null);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        });
    }
}

/// <summary>A list of sitemaps, where one does not hold all pages.</summary>
public static class SitemapIndex
{
    /// <summary>Writes an index.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="Sitemap.MostEntries"/>.</exception>
    public static byte[] Write(SiteSettings site, IReadOnlyList<SitemapEntry> sitemaps) => Sitemap.Write(site, sitemaps, "sitemapindex", "sitemap");
}

/// <summary>The articles of the last two days, for news search (Google's news sitemap 0.9).</summary>
public static class NewsSitemap
{
    /// <summary>The most articles of one news sitemap.</summary>
    public const int MostArticles = 1_000;

    /// <summary>How long an article stays in it.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromDays(2);

    private const string News = "http://www.google.com/schemas/sitemap-news/0.9";

    /// <summary>Writes the articles of the two days before <paramref name="now"/>, the first 1,000 of them, under the site's title. There may be none.</summary>
    public static byte[] Write(SiteSettings site, IEnumerable<ListedArticle> newestFirst, DateTimeOffset now) => XmlFeed.Write(xml =>
    {
        xml.WriteStartElement("urlset", Sitemap.Namespace);
        xml.WriteAttributeString("xmlns", "news", null, News);
        foreach (var article in newestFirst.Where(article => now - article.PublishedAt <= Age).Take(MostArticles))
        {
            xml.WriteStartElement("url");
            xml.Element("loc", site.Absolute(article.Path.TrimEnd('/') + "/"));
            xml.WriteStartElement("news", "news", News);
            xml.WriteStartElement("news", "publication", News);
            xml.WriteElementString("news", "name", News, XmlFeed.Allowed(site.Title));
            xml.WriteElementString("news", "language", News, NewsLanguage(article.Language));
            xml.WriteEndElement();
            xml.WriteElementString("news", "publication_date", News, XmlFeed.Rfc3339(article.PublishedAt));
            xml.WriteElementString("news", "title", News, XmlFeed.Allowed(article.Title));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    });

    // An ISO 639 code without script or region, but for the two kinds of Chinese.
    private static string NewsLanguage(Language language) => language.Primary != "zh"
        ? language.Primary
        : language.Script == "Hant" || (language.Script is null && language.Tag is "zh-TW" or "zh-HK" or "zh-MO") ? "zh-tw" : "zh-cn";
}

/// <summary>What crawlers are asked to leave alone, and where the sitemaps are.</summary>
public static class RobotsTxt
{
    /// <summary>The media type to serve it with.</summary>
    public const string ContentType = "text/plain; charset=utf-8";

    /// <summary>Writes the file. Crawlers read it at the root of a host alone.</summary>
    public static byte[] Write(SiteSettings site)
    {
        var text = new StringBuilder("User-agent: *\n");
        if (site.ApiBaseUrl.Authority == site.BaseUrl.Authority && site.ApiBaseUrl.AbsolutePath.TrimEnd('/') is { Length: > 0 } api)
        {
            text.Append("Disallow: ").Append(api).Append("/\n");
        }
        else
        {
            text.Append("Disallow:\n");
        }

        text.Append("\nSitemap: ").Append(site.Absolute("sitemap.xml")).Append("\nSitemap: ").Append(site.Absolute("news-sitemap.xml")).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
