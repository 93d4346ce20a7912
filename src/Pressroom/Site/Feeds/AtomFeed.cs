using System.Xml;
using Pressroom.Site.Lists;

namespace Pressroom.Site.Feeds;

/// <summary>Atom (RFC 4287) with the whole articles.</summary>
public static class AtomFeed
{
    /// <summary>The media type to serve it with.</summary>
    public const string ContentType = "application/atom+xml; charset=utf-8";

    internal const string Namespace = "http://www.w3.org/2005/Atom";

    /// <summary>Writes the feed. Its id is its address.</summary>
    public static byte[] Write(FeedModel feed, SiteSettings site) => XmlFeed.Write(xml =>
    {
        var self = site.Absolute(FeedModel.AtomPath(feed.List));
        xml.WriteStartElement("feed", Namespace);
        xml.WriteAttributeString("xml", "lang", null, feed.Language.Tag);
        xml.Element("title", feed.Title);
        xml.Element("id", self);
        xml.Element("updated", XmlFeed.Rfc3339(feed.Updated));
        Link(xml, "self", "application/atom+xml", self);
        Link(xml, "alternate", "text/html", site.Absolute(feed.List.Folder));
        foreach (var hub in feed.List == ListKey.Home ? site.Hubs : [])
        {
            // W3C WebSub, section 4: the hub is told of this feed and can be asked to tell on.
            Link(xml, "hub", null, hub);
        }

        xml.WriteStartElement("author");
        xml.Element("name", site.Title);
        xml.Element("uri", site.Absolute(""));
        xml.WriteEndElement();
        xml.Element("generator", "Pressroom");
        foreach (var item in feed.Items)
        {
            Entry(xml, new FeedEntry(item, feed, site));
        }

        xml.WriteEndElement();
    });

    private static void Entry(XmlWriter xml, FeedEntry entry)
    {
        var article = entry.Article;
        xml.WriteStartElement("entry");
        xml.WriteAttributeString("xml", "lang", null, article.Language.Tag);
        xml.Element("title", article.Title);
        xml.Element("id", entry.Id);
        Link(xml, "alternate", "text/html", entry.Url, article.Language.Tag);
        if (entry.Picture is { } picture)
        {
            Link(xml, "enclosure", picture.Type, XmlFeed.Allowed(picture.Url));
        }

        xml.Element("published", XmlFeed.Rfc3339(article.PublishedAt));
        xml.Element("updated", XmlFeed.Rfc3339(entry.Updated));
        if (article.AuthorName is { } author)
        {
            xml.WriteStartElement("author");
            xml.Element("name", author);
            xml.WriteEndElement();
        }

        foreach (var category in entry.Categories)
        {
            xml.WriteStartElement("category");
            xml.WriteAttributeString("term", XmlFeed.Allowed(category));
            xml.WriteEndElement();
        }

        xml.Element("summary", article.Summary);
        xml.WriteStartElement("content");
        xml.WriteAttributeString("type", "html");
        xml.Html(entry.ContentHtml());
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    internal static void Link(XmlWriter xml, string relation, string? type, string address, string? language = null)
    {
        xml.WriteStartElement("link");
        xml.WriteAttributeString("rel", relation);
        if (type is not null)
        {
            xml.WriteAttributeString("type", type);
        }

        if (language is not null)
        {
            xml.WriteAttributeString("hreflang", language);
        }

        xml.WriteAttributeString("href", address);
        xml.WriteEndElement();
    }
}
