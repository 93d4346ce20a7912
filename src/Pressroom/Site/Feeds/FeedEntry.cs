using System.Text;
using Pressroom.Site.Body;

namespace Pressroom.Site.Feeds;

/// <summary>What all formats say of an item.</summary>
internal sealed class FeedEntry(FeedItem item, FeedModel feed, SiteSettings site)
{
    public ListedArticle Article => item.Article;

    /// <summary>Never changes: readers tell by it what they have shown before.</summary>
    public string Id { get; } = Urn(item.Article.Id.Value);

    public string Url { get; } = site.Absolute(item.Article.Path.TrimEnd('/') + "/");

    /// <summary>An edit before the time of publication is none that readers could know of.</summary>
    public DateTimeOffset Updated => Article.UpdatedAt > Article.PublishedAt ? Article.UpdatedAt : Article.PublishedAt;

    /// <summary>The URN of a UUID that is written as 32 digits (RFC 9562, section 4).</summary>
    public static string Urn(string uuid) => "urn:uuid:" + Guid.ParseExact(uuid, "N").ToString("D");

    public bool HasOwnLanguage => Article.Language != feed.Language;

    /// <summary>Section and tags, each once.</summary>
    public IEnumerable<string> Categories =>
        (Article.Section is { } section ? Article.Tags.Prepend(section) : Article.Tags).Distinct(StringComparer.Ordinal);

    /// <summary>The whole article: its picture and text, all addresses absolute. Feeds have no direction, so the text brings its own.</summary>
    public string ContentHtml()
    {
        var html = new StringBuilder(item.Html.Length + 512);
        var wrapped = HasOwnLanguage || Article.Language.IsRightToLeft;
        if (wrapped)
        {
            html.Append("<div lang=\"").Append(Article.Language.Tag).Append("\" dir=\"").Append(Article.Language.Direction).Append("\">");
        }

        if (Article.Image is { } image)
        {
            html.Append("<figure><img src=\"").AppendAttributeValue(image.Url).Append("\" alt=\"").AppendAttributeValue(image.Alt).Append("\"></figure>\n");
        }

        // The body's writer puts href first, and escapes "<" everywhere else: this finds links within the text, and nothing but them.
        html.Append(item.Html.Replace("<a href=\"#", $"<a href=\"{Url}#", StringComparison.Ordinal));
        return html.Append(wrapped ? "</div>" : "").ToString();
    }
}
