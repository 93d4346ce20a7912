using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Thread;
using Pressroom.Site.Themes;

namespace Pressroom.Site.Feeds;

/// <summary>The newest comments of an article in Atom (RFC 4287), each with what it answers (RFC 4685).</summary>
public static class CommentFeed
{
    /// <summary>The most comments that the feed holds.</summary>
    public const int MostEntries = 50;

    private const string Threading = "http://purl.org/syndication/thread/1.0";

    /// <summary>The comments of the feed, the newest first.</summary>
    internal static IEnumerable<ThreadedComment> EntriesOf(CommentPlaces places) => places.Threads
        .SelectMany(thread => thread.First.AndReplies)
        .OrderByDescending(comment => comment.Comment.CreatedAt).ThenByDescending(comment => comment.Comment.Id.Value, StringComparer.Ordinal)
        .Take(MostEntries);

    /// <summary>Writes the feed. Its id stays when the article moves.</summary>
    internal static byte[] Write(Article article, CommentPlaces places, ThemeTexts texts, SiteSettings site) => XmlFeed.Write(xml =>
    {
        var entries = EntriesOf(places).ToList();
        var url = site.Absolute(article.Path + "/");
        xml.WriteStartElement("feed", AtomFeed.Namespace);
        xml.WriteAttributeString("xmlns", "thr", null, Threading);
        xml.WriteAttributeString("xml", "lang", null, article.Language.Tag);
        xml.Element("title", texts.Filled("comment_feed", ("title", article.Title)));
        xml.Element("id", FeedEntry.Urn(article.Id.Value) + "#comments");
        xml.Element("updated", XmlFeed.Rfc3339(entries.Count > 0 ? entries[0].Comment.CreatedAt : article.UpdatedAt));
        AtomFeed.Link(xml, "self", "application/atom+xml", site.Absolute(CommentPlaces.FeedPath(article.Path!)));
        AtomFeed.Link(xml, "alternate", "text/html", url + "#comments");
        xml.Element("generator", "Pressroom");
        foreach (var entry in entries)
        {
            Entry(entry.Comment);
        }

        xml.WriteEndElement();

        void Entry(PublishedComment comment)
        {
            xml.WriteStartElement("entry");
            xml.WriteAttributeString("xml", "lang", null, comment.Language.Tag);
            xml.WriteStartElement("title");
            xml.WriteAttributeString("xml", "lang", null, texts.Language.Tag);
            xml.WriteString(XmlFeed.Allowed(texts.Filled("comment_feed_entry", ("name", comment.Name))));
            xml.WriteEndElement();
            xml.Element("id", FeedEntry.Urn(comment.Id.Value));
            AtomFeed.Link(xml, "alternate", "text/html", Permalink(comment.Id));
            xml.Element("published", XmlFeed.Rfc3339(comment.CreatedAt));
            xml.Element("updated", XmlFeed.Rfc3339(comment.CreatedAt));
            xml.WriteStartElement("author");
            xml.Element("name", comment.Name);
            xml.WriteEndElement();
            InReplyTo(comment);
            xml.WriteStartElement("content");
            xml.WriteAttributeString("type", "html");
            xml.Html($"<div lang=\"{comment.Language.Tag}\" dir=\"auto\">{comment.Html}</div>");
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        // A comment that answers no other answers the article.
        void InReplyTo(PublishedComment comment)
        {
            var parent = comment.ParentId is { } id && places.Contains(id) ? comment.ParentId : null;
            xml.WriteStartElement("in-reply-to", Threading);
            xml.WriteAttributeString("ref", FeedEntry.Urn(parent?.Value ?? article.Id.Value));
            xml.WriteAttributeString("type", "text/html");
            xml.WriteAttributeString("href", parent is { } answered ? Permalink(answered) : url);
            xml.WriteEndElement();
        }

        string Permalink(CommentId comment) => site.Absolute(places.PathOf(comment, article.Path!)) + "#" + CommentPlaces.AnchorOf(comment);
    });
}
