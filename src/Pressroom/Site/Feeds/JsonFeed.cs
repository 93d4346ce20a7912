using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pressroom.Site.Feeds;

/// <summary>JSON Feed 1.1 with the whole articles.</summary>
public static class JsonFeed
{
    /// <summary>The media type to serve it with.</summary>
    public const string ContentType = "application/feed+json; charset=utf-8";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    /// <summary>Writes the feed.</summary>
    public static byte[] Write(FeedModel feed, SiteSettings site)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("version", "https://jsonfeed.org/version/1.1");
            json.WriteString("title", feed.Title);
            json.WriteString("home_page_url", site.Absolute(feed.List.Folder));
            json.WriteString("feed_url", site.Absolute(FeedModel.JsonPath(feed.List)));
            json.WriteString("language", feed.Language.Tag);
            Authors(json, site.Title, site.Absolute(""));
            json.WriteStartArray("items");
            foreach (var item in feed.Items)
            {
                Item(json, new FeedEntry(item, feed, site));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Item(Utf8JsonWriter json, FeedEntry entry)
    {
        var article = entry.Article;
        json.WriteStartObject();
        json.WriteString("id", entry.Id);
        json.WriteString("url", entry.Url);
        json.WriteString("title", article.Title);
        json.WriteString("content_html", entry.ContentHtml());
        if (article.Summary is { } summary)
        {
            json.WriteString("summary", summary);
        }

        if (entry.Picture is { } picture)
        {
            json.WriteString("image", picture.Url);
        }

        json.WriteString("date_published", XmlFeed.Rfc3339(article.PublishedAt));
        json.WriteString("date_modified", XmlFeed.Rfc3339(entry.Updated));
        if (article.AuthorName is { } author)
        {
            Authors(json, author, url: null);
        }

        if (entry.Categories.Any())
        {
            json.WriteStartArray("tags");
            foreach (var category in entry.Categories)
            {
                json.WriteStringValue(category);
            }

            json.WriteEndArray();
        }

        json.WriteString("language", article.Language.Tag);
        json.WriteEndObject();
    }

    private static void Authors(Utf8JsonWriter json, string name, string? url)
    {
        json.WriteStartArray("authors");
        json.WriteStartObject();
        json.WriteString("name", name);
        if (url is not null)
        {
            json.WriteString("url", url);
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }
}
