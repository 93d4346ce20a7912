using System.Globalization;
using System.Text;
using Pressroom.Articles;
using Pressroom.Media;
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

    /// <summary>The article's picture; its type and size are known of our own pictures.</summary>
    public FeedPicture? Picture { get; } = FeedPicture.Of(item.Article.Image, site);

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

        if (Picture is { } picture)
        {
            html.Append("<figure><img src=\"").AppendAttributeValue(picture.Url).Append("\" alt=\"").AppendAttributeValue(picture.Alt).Append('"');
            if (picture.Size is var (width, height))
            {
                html.Append(CultureInfo.InvariantCulture, $" width=\"{width}\" height=\"{height}\"");
            }

            html.Append("></figure>\n");
        }

        // The body's writer puts href first, and escapes "<" everywhere else: this finds links within the text, and nothing but them.
        html.Append(item.Html.Replace("<a href=\"#", $"<a href=\"{Url}#", StringComparison.Ordinal));
        return html.Append(wrapped ? "</div>" : "").ToString();
    }
}

/// <summary>An article's picture, as feed readers can show it.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Alt">What it shows.</param>
/// <param name="Type">Its media type, where it is known.</param>
/// <param name="Size">Its size in pixels, where it is known.</param>
internal sealed record FeedPicture(string Url, string? Alt, string? Type, (int Width, int Height)? Size)
{
    public static FeedPicture? Of(ArticleImage? image, SiteSettings site) =>
        image is null ? null
        : ShownPicture.At(image.Url, site.BaseUrl) is { } own
        ? new FeedPicture(own.Source, image.Alt, own.SourceType, own.SourceSize)
        : new FeedPicture(image.Url, image.Alt, null, null);
}
