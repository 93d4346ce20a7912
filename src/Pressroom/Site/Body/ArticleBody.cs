using System.Globalization;
using Markdig;
using Markdig.Extensions.AutoLinks;
using Markdig.Extensions.EmphasisExtras;
using Pressroom.Articles;
using Pressroom.Media;

namespace Pressroom.Site.Body;

/// <summary>What a body becomes: HTML that is safe to put into a page as it is, and its first words as plain text.</summary>
/// <param name="Html">Made of the elements and attributes of <c>AllowedHtml</c> alone, every address absolute but those within
/// the text (<c>#…</c>). Headings begin at h2, and every id begins with "text-", so that none can stand in for one of the page's own.</param>
/// <param name="Excerpt">At most 200 characters, of whole words, on one line. Empty for a body without words.</param>
public sealed record RenderedBody(string Html, string Excerpt);

/// <summary>Turns what an author typed into safe HTML.</summary>
public static class ArticleBody
{
    private const int MostLinks = 10_000;

    private static readonly string[] AutoLinkStarts = ["://", "www.", "mailto:", "tel:"];

    // No SmartyPants: quotes, dashes and spaces stay as typed. The heading ids are made by the writer, for HTML bodies too.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseFootnotes()
        .UseFigures()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
        .UseAutoLinks(new AutoLinkOptions { UseHttpsForWWWLinks = true })
        .Build();

    /// <summary>Renders a body. Rendering the outcome again as HTML gives the same HTML.</summary>
    /// <param name="body">As typed. HTML within Markdown goes through the same allow-list as a body in HTML.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="language">The article's language; text in another script is marked with its own language and direction.</param>
    /// <param name="siteUrl">The publication's public address. Relative addresses are resolved against it as against a folder.</param>
    /// <param name="pictureWords">What our own pictures show, for those that the body says nothing of.</param>
    /// <exception cref="FormatException">Nested deeper, or of more elements, than any article is (see <c>BodyParser</c>); the message is fit for the author.</exception>
    public static RenderedBody Render(
        string body, BodyFormat format, Language language, Uri siteUrl, IReadOnlyDictionary<PictureId, string>? pictureWords = null) =>
        Render(body, format, language, siteUrl, idPrefix: "text-", pictureWords);

    /// <summary>The same for a text that stands beside a body on its page, and needs ids of its own.</summary>
    internal static RenderedBody Render(
        string body, BodyFormat format, Language language, Uri siteUrl, string idPrefix, IReadOnlyDictionary<PictureId, string>? pictureWords = null)
    {
        var isMarkdown = format == BodyFormat.Markdown;
        var text = WellFormed(body);
        using var document = BodyParser.Parse(isMarkdown ? ToHtml(text) : text);
        if (isMarkdown)
        {
            MarkdownShape.MakeFigures(document.Body!);
            MarkdownShape.TurnBackReferences(document.Body!, language);
        }

        var html = BodyWriter.Write(document.Body!, language, siteUrl, idPrefix, pictureWords);
        return new RenderedBody(html, Excerpt.Of(document.Body!));
    }

    private static string ToHtml(string markdown)
    {
        // The Markdown parser's time grows with the square of what may begin a link: ten thousand take half a second, a hundred thousand a minute.
        if (markdown.AsSpan().Count('[') + AutoLinkStarts.Sum(start => markdown.AsSpan().Count(start)) > MostLinks)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"It has more than {MostLinks:N0} links."));
        }

        try
        {
            return Markdown.ToHtml(markdown, Pipeline);
        }
        catch (ArgumentException tooDeep) when (tooDeep.Message.Contains("depth limit", StringComparison.Ordinal))
        {
            throw new FormatException("The Markdown is nested too deeply.", tooDeep);
        }
    }

    // Half of a surrogate pair cannot be written as UTF-8; a replacement character stands for it.
    private static string WellFormed(string text) =>
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? string.Concat(text.EnumerateRunes().Select(rune => rune.ToString())) : text;
}
