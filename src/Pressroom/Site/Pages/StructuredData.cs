using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pressroom.Media;
using Pressroom.Site.Themes;

namespace Pressroom.Site.Pages;

/// <summary>An article as schema.org's NewsArticle, in JSON-LD.</summary>
internal static class StructuredData
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static RawHtml Of(ArticlePageModel model, LinkView? author, string description, string url, SiteSettings site, SiteLinks links)
    {
        var article = model.Article;
        var published = article.PublishAt ?? article.FirstPublishedAt;
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("@context", "https://schema.org");
            json.WriteString("@type", "NewsArticle");
            json.WriteString("headline", article.Title);
            Text(json, "description", description);
            json.WriteString("url", url);
            json.WriteString("mainEntityOfPage", url);
            json.WriteString("inLanguage", article.Language.Tag);
            Text(json, "datePublished", Machine(published, site));
            Text(json, "dateModified", Machine(article.CorrectedAt ?? published, site));
            List(json, "image", ShownPicture.ToShare(article.Image, site.BaseUrl) is { } image ? [image.Url] : []);
            if (author is not null)
            {
                json.WriteStartArray("author");
                json.WriteStartObject();
                json.WriteString("@type", "Person");
                json.WriteString("name", author.Name);
                Text(json, "url", author.Url is { } page ? links.Origin + page : null);
                json.WriteEndObject();
                json.WriteEndArray();
            }

            json.WriteStartObject("publisher");
            json.WriteString("@type", "NewsMediaOrganization");
            json.WriteString("name", site.Title);
            json.WriteString("url", links.Absolute(""));
            json.WriteEndObject();
            Text(json, "articleSection", article.Section);
            List(json, "keywords", article.Tags);
            Translations(json, model, links);
            json.WriteBoolean("isAccessibleForFree", true);
            json.WriteEndObject();
        }

        // "<" stands only within strings; escaped there, nothing can end the script element or begin a comment in it.
        return new RawHtml(Encoding.UTF8.GetString(buffer.WrittenSpan).Replace("<", "\\u003C", StringComparison.Ordinal));
    }

    // The original names its translations, and each translation its original.
    private static void Translations(Utf8JsonWriter json, ArticlePageModel model, SiteLinks links)
    {
        var article = model.Article;
        var others = model.Translations.Where(other => other.Id != article.Id).OrderBy(other => other.Language.Tag, StringComparer.Ordinal).ToList();
        if (article.TranslationOf is null && article.Id == article.TranslationGroup && others.Count > 0)
        {
            json.WriteStartArray("workTranslation");
            others.ForEach(other => Work(json, other, links));
            json.WriteEndArray();
        }
        else if (others.Find(other => other.Id == article.TranslationOf || other.Id == article.TranslationGroup) is { } original)
        {
            json.WritePropertyName("translationOfWork");
            Work(json, original, links);
        }
    }

    private static void Work(Utf8JsonWriter json, Translation work, SiteLinks links)
    {
        json.WriteStartObject();
        json.WriteString("@type", "NewsArticle");
        json.WriteString("headline", work.Title);
        json.WriteString("inLanguage", work.Language.Tag);
        json.WriteString("url", links.Absolute(work.Path.TrimEnd('/') + "/"));
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    private static void List(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }
    }

    private static string? Machine(DateTimeOffset? moment, SiteSettings site) =>
        moment is { } at ? PageDates.Machine(TimeZoneInfo.ConvertTime(at, site.TimeZone)) : null;
}
