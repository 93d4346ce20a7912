using System.Globalization;

namespace Pressroom.Site.Feeds;

/// <summary>RSS 2.0 by the RSS Advisory Board's profile (rssboard.org/rss-profile), with content:encoded and dc:creator.</summary>
internal static class RssFeed
{
    private const string Atom = "http://www.w3.org/2005/Atom";
    private const string Content = "http://purl.org/rss/1.0/modules/content/";
    private const string Dc = "http://purl.org/dc/elements/1.1/";
    private const string Xml = "http://www.w3.org/XML/1998/namespace";

    public static byte[] Write(FeedModel feed, SiteSettings site) => XmlFile.Write(xml =>
    {
        xml.WriteStartElement("rss");
        xml.WriteAttributeString("version", "2.0");
        xml.WriteAttributeString("xmlns", "atom", null, Atom);
        xml.WriteAttributeString("xmlns", "content", null, Content);
        xml.WriteAttributeString("xmlns", "dc", null, Dc);
        xml.WriteStartElement("channel");
        xml.Text("title", feed.Title);
        xml.Text("link", site.Absolute(feed.List.Folder));
        xml.Text("description", feed.Title);
        xml.Text("language", feed.Language.Tag);
        xml.Text("lastBuildDate", Date(feed.Updated));
        xml.Text("ttl", "15");
        xml.WriteStartElement("atom", "link", Atom);
        xml.WriteAttributeString("href", site.Absolute(feed.List.Folder + FeedWriter.RssName));
        xml.WriteAttributeString("rel", "self");
        xml.WriteAttributeString("type", "application/rss+xml");
        xml.WriteEndElement();
        foreach (var item in feed.Items)
        {
            Write(xml, item, site);
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    private static void Write(System.Xml.XmlWriter xml, FeedItem item, SiteSettings site)
    {
        var article = item.Article;
        xml.WriteStartElement("item");
        xml.WriteAttributeString("xml", "lang", Xml, article.Language.Tag);
        xml.Text("title", article.Title);
        xml.Text("link", site.Absolute(article.Path + "/"));
        xml.WriteStartElement("guid");
        xml.WriteAttributeString("isPermaLink", "false");
        xml.WriteString(FeedParts.IdOf(article));
        xml.WriteEndElement();
        xml.Text("pubDate", Date(article.PublishedAt));
        if (article.AuthorName is { } author)
        {
            xml.Text("dc", "creator", Dc, author);
        }

        foreach (var category in article.Section is { } section ? [section, .. article.Tags] : article.Tags)
        {
            xml.Text("category", category);
        }

        if (article.Summary is { } summary)
        {
            xml.Text("description", summary);
        }

        // After the description: some readers take the last of the two that they know.
        xml.Text("content", "encoded", Content, FeedParts.HtmlOf(item));
        xml.WriteEndElement();
    }

    // RFC 822 with a year of four digits.
    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000";
}
