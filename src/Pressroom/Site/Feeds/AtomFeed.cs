using System.Globalization;
using System.Xml;

namespace Pressroom.Site.Feeds;

/// <summary>Atom 1.0 (RFC 4287).</summary>
internal static class AtomFeed
{
    private const string Atom = "http://www.w3.org/2005/Atom";
    private const string Xml = "http://www.w3.org/XML/1998/namespace";

    public static byte[] Write(FeedModel feed, SiteSettings site) => XmlFile.Write(xml =>
    {
        var self = site.Absolute(feed.List.Folder + FeedWriter.AtomName);
        xml.WriteStartElement("feed", Atom);
        xml.WriteAttributeString("xml", "lang", Xml, feed.Language.Tag);
        xml.Text("id", self);
        xml.Text("title", feed.Title);
        xml.Text("updated", Date(feed.Updated));
        Link(xml, "self", "application/atom+xml", self);
        Link(xml, "alternate", "text/html", site.Absolute(feed.List.Folder));

        // The publication answers for entries that have no byline.
        Author(xml, site.Title);
        foreach (var item in feed.Items)
        {
            Write(xml, item, site);
        }

        xml.WriteEndElement();
    });

    private static void Write(XmlWriter xml, FeedItem item, SiteSettings site)
    {
        var article = item.Article;
        xml.WriteStartElement("entry");
        xml.WriteAttributeString("xml", "lang", Xml, article.Language.Tag);
        xml.Text("id", FeedParts.IdOf(article));
        xml.Text("title", article.Title);
        xml.Text("published", Date(article.PublishedAt));
        xml.Text("updated", Date(article.UpdatedAt));
        if (article.AuthorName is { } author)
        {
            Author(xml, author);
        }

        Link(xml, "alternate", "text/html", site.Absolute(article.Path + "/"));
        foreach (var category in article.Section is { } section ? [section, .. article.Tags] : article.Tags)
        {
            xml.WriteStartElement("category");
            xml.WriteAttributeString("term", XmlFile.Legal(category));
            xml.WriteEndElement();
        }

        if (article.Summary is { } summary)
        {
            xml.Text("summary", summary);
        }

        xml.WriteStartElement("content");
        xml.WriteAttributeString("type", "html");
        xml.WriteString(XmlFile.Legal(FeedParts.HtmlOf(item)));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Author(XmlWriter xml, string name)
    {
        xml.WriteStartElement("author");
        xml.Text("name", name);
        xml.WriteEndElement();
    }

    private static void Link(XmlWriter xml, string rel, string type, string href)
    {
        xml.WriteStartElement("link");
        xml.WriteAttributeString("rel", rel);
        xml.WriteAttributeString("type", type);
        xml.WriteAttributeString("href", href);
        xml.WriteEndElement();
    }

    // RFC 3339.
    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
