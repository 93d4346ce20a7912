using System.Globalization;

namespace Pressroom.Site.Feeds;

/// <summary>RSS 2.0 with the whole articles, by the profile of the RSS Advisory Board.</summary>
public static class RssFeed
{
    /// <summary>The media type to serve it with.</summary>
    public const string ContentType = "application/rss+xml; charset=utf-8";

    private const string Content = "http://purl.org/rss/1.0/modules/content/";
    private const string DublinCore = "http://purl.org/dc/elements/1.1/";
    private const string Atom = "http://www.w3.org/2005/Atom";
    private const string Media = "http://search.yahoo.com/mrss/";

    /// <summary>Writes the feed.</summary>
    public static byte[] Write(FeedModel feed, SiteSettings site) => XmlFeed.Write(xml =>
    {
        xml.WriteStartElement("rss");
        xml.WriteAttributeString("version", "2.0");
        xml.WriteAttributeString("xmlns", "content", null, Content);
        xml.WriteAttributeString("xmlns", "dc", null, DublinCore);
        xml.WriteAttributeString("xmlns", "atom", null, Atom);
        xml.WriteStartElement("channel");
        xml.PlainElement("title", feed.Title);
        xml.Element("link", site.Absolute(feed.List.Folder));
        xml.PlainElement("description", feed.Title);
        xml.Element("language", feed.Language.Tag);
        xml.Element("lastBuildDate", XmlFeed.Rfc822(feed.Updated));
        xml.Element("generator", "Pressroom");
        xml.Element("ttl", "5");
        xml.WriteStartElement("atom", "link", Atom);
        xml.WriteAttributeString("rel", "self");
        xml.WriteAttributeString("type", "application/rss+xml");
        xml.WriteAttributeString("href", site.Absolute(FeedModel.RssPath(feed.List)));
        xml.WriteEndElement();
        foreach (var item in feed.Items)
        {
            Item(new FeedEntry(item, feed, site));
        }

        xml.WriteEndElement();
        xml.WriteEndElement();

        void Item(FeedEntry entry)
        {
            var article = entry.Article;
            xml.WriteStartElement("item");
            xml.WriteAttributeString("xml", "lang", null, article.Language.Tag);
            xml.PlainElement("title", article.Title);
            xml.Element("link", entry.Url);
            xml.WriteStartElement("guid");
            xml.WriteAttributeString("isPermaLink", "false");
            xml.WriteString(entry.Id);
            xml.WriteEndElement();
            xml.Element("pubDate", XmlFeed.Rfc822(article.PublishedAt));
            if (article.AuthorName is { } author)
            {
                xml.WriteElementString("dc", "creator", DublinCore, XmlFeed.Allowed(author));
            }

            if (entry.HasOwnLanguage)
            {
                xml.WriteElementString("dc", "language", DublinCore, article.Language.Tag);
            }

            foreach (var category in entry.Categories)
            {
                xml.PlainElement("category", category);
            }

            if (article.Summary is { } summary)
            {
                xml.PlainElement("description", summary);
            }

            if (entry.Picture is { } picture)
            {
                Picture(picture);
            }

            xml.WriteStartElement("content", "encoded", Content);
            xml.Html(entry.ContentHtml());
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        void Picture(FeedPicture picture)
        {
            // The namespace is declared here: a feed that declares it at its head is taken for Media RSS by some, and read for nothing else.
            xml.WriteStartElement("media", "content", Media);
            xml.WriteAttributeString("url", XmlFeed.Allowed(picture.Url));
            xml.WriteAttributeString("medium", "image");
            if (picture is { Type: { } type, Size: var (width, height) })
            {
                xml.WriteAttributeString("type", type);
                xml.WriteAttributeString("width", width.ToString(CultureInfo.InvariantCulture));
                xml.WriteAttributeString("height", height.ToString(CultureInfo.InvariantCulture));
            }

            xml.WriteEndElement();
        }
    });
}
