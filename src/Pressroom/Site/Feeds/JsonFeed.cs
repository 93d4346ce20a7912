using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pressroom.Site.Feeds;

/// <summary>JSON Feed 1.1 (jsonfeed.org/version/1.1).</summary>
internal static class JsonFeed
{
    // The file is JSON for feed readers, never part of a page, so that every script may stand in it as it is.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    public static byte[] Write(FeedModel feed, SiteSettings site)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("version", "https://jsonfeed.org/version/1.1");
            json.WriteString("title", feed.Title);
            json.WriteString("home_page_url", site.Absolute(feed.List.Folder));
            json.WriteString("feed_url", site.Absolute(feed.List.Folder + FeedWriter.JsonName));
            json.WriteString("language", feed.Language.Tag);
            json.WriteStartArray("items");
            foreach (var item in feed.Items)
            {
                Write(json, item, site);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, FeedItem item, SiteSettings site)
    {
        var article = item.Article;
        json.WriteStartObject();
        json.WriteString("id", FeedParts.IdOf(article));
        json.WriteString("url", site.Absolute(article.Path + "/"));
        json.WriteString("title", article.Title);
        json.WriteString("content_html", FeedParts.HtmlOf(item));
        if (article.Summary is { } summary)
        {
            json.WriteString("summary", summary);
        }

        if (article.Image is { } image)
        {
            json.WriteString("image", image.Url);
        }

        json.WriteString("date_published", Date(article.PublishedAt));
        json.WriteString("date_modified", Date(article.UpdatedAt));
        json.WriteString("language", article.Language.Tag);
        if (article.AuthorName is { } author)
        {
            json.WriteStartArray("authors");
            json.WriteStartObject();
            json.WriteString("name", author);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        if (article.Section is not null || article.Tags.Count > 0)
        {
            json.WriteStartArray("tags");
            foreach (var tag in article.Section is { } section ? [section, .. article.Tags] : article.Tags)
            {
                json.WriteStringValue(tag);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // RFC 3339.
    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
