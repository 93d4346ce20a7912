using System.Globalization;
using System.Text;
using System.Xml;
using Pressroom.Site.Feeds;

namespace Pressroom.Site.Sitemaps;

/// <summary>An address in a sitemap: a path of the site, and when what it shows was last changed.</summary>
public sealed record SitemapUrl(string Path, DateTimeOffset? UpdatedAt);

/// <summary>A sitemap (sitemaps.org/protocol.html): at most 50,000 addresses and 50 MB.</summary>
public static class Sitemap
{
    internal const string Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";

    /// <summary>The file.</summary>
    public static byte[] Write(SiteSettings site, IReadOnlyList<SitemapUrl> urls) => XmlFile.Write(xml =>
    {
        xml.WriteStartElement("urlset", Namespace);
        foreach (var url in urls)
        {
            xml.WriteStartElement("url");
            xml.Text("loc", site.Absolute(url.Path));
            if (url.UpdatedAt is { } updatedAt)
            {
                xml.Text("lastmod", Date(updatedAt));
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    });

    // W3C date and time.
    internal static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

/// <summary>An index of sitemaps: at most 50,000 of them.</summary>
public static class SitemapIndex
{
    /// <summary>The file.</summary>
    /// <param name="site">The site.</param>
    /// <param name="files">The sitemaps' paths.</param>
    public static byte[] Write(SiteSettings site, IReadOnlyList<string> files) => XmlFile.Write(xml =>
    {
        xml.WriteStartElement("sitemapindex", Sitemap.Namespace);
        foreach (var file in files)
        {
            xml.WriteStartElement("sitemap");
            xml.Text("loc", site.Absolute(file));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    });
}

/// <summary>A news sitemap (developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap): at most 1,000 articles of the
/// last two days; it may be empty.</summary>
public static class NewsSitemap
{
    private const string News = "http://www.google.com/schemas/sitemap-news/0.9";

    /// <summary>The file.</summary>
    public static byte[] Write(SiteSettings site, IReadOnlyList<ListedArticle> articles) => XmlFile.Write(xml =>
    {
        xml.WriteStartElement("urlset", Sitemap.Namespace);
        xml.WriteAttributeString("xmlns", "news", null, News);
        foreach (var article in articles)
        {
            Write(xml, article, site);
        }

        xml.WriteEndElement();
    });

    private static void Write(XmlWriter xml, ListedArticle article, SiteSettings site)
    {
        xml.WriteStartElement("url");
        xml.Text("loc", site.Absolute(article.Path + "/"));
        xml.WriteStartElement("news", "news", News);
        xml.WriteStartElement("news", "publication", News);
        xml.Text("news", "name", News, site.Title);
        xml.Text("news", "language", News, LanguageOf(article));
        xml.WriteEndElement();
        xml.Text("news", "publication_date", News, Sitemap.Date(article.PublishedAt));
        xml.Text("news", "title", News, article.Title);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    // ISO 639, but for Chinese, whose two scripts have a code each.
    private static string LanguageOf(ListedArticle article) => article.Language switch
    {
        { Primary: "zh", Tag: var tag } => tag.Contains("Hant", StringComparison.Ordinal) || tag.EndsWith("TW", StringComparison.Ordinal) ? "zh-tw" : "zh-cn",
        { Primary: var primary } => primary,
    };
}

/// <summary>robots.txt (RFC 9309): all may be read, and there are the sitemaps.</summary>
public static class RobotsTxt
{
    /// <summary>The file.</summary>
    public static byte[] Write(SiteSettings site) => Encoding.UTF8.GetBytes(
        $"User-agent: *\nAllow: /\n\nSitemap: {site.Absolute("sitemap.xml")}\nSitemap: {site.Absolute("news-sitemap.xml")}\n");
}
