using System.Text;
using AngleSharp.Dom;
using Ganss.Xss;
using Markdig;
using Markdig.Extensions.AutoLinks;
using Markdig.Parsers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Pressroom.Articles;
using Pressroom.Site.Body;

namespace Pressroom.Comments.Thread;

/// <summary>What a comment's text becomes.</summary>
/// <param name="Html">Safe HTML: paragraphs, emphasis, code, quotes and links. Empty only for a text without anything to see.</param>
/// <param name="Links">Where it links to, each address once, in the order of the text.</param>
/// <param name="Language">The language that it is probably written in.</param>
public sealed record RenderedComment(string Html, IReadOnlyList<string> Links, Language Language);

/// <summary>Turns what a reader typed into safe HTML: a small Markdown of paragraphs with their line breaks, emphasis, code, fenced code,
/// quotes, and links to the web. All else that Markdown or HTML knows stays the text that it is.</summary>
public static class CommentText
{
    /// <summary>The most UTF-16 units of a text that Markdown is looked for in; a longer one stays as it is.</summary>
    public const int MostCharacters = 10_000;

    // What the parser's time grows with the square of. Of a text with more, nobody means it as Markdown.
    private const int MostSigns = 2_000;
    private const string Signs = "[]*_`<>";

    private static readonly MarkdownPipeline Pipeline = NewPipeline();
    private static readonly HtmlSanitizer Sanitizer = NewSanitizer();

    // No address of a comment is relative to anything, so none is resolved.
    private static readonly Uri Nowhere = new("https://invalid");

    /// <summary>Renders a comment. It always answers, and within milliseconds.</summary>
    /// <param name="markdown">As typed.</param>
    /// <param name="articleLanguage">The article's language, which the comment is taken to be in where its words do not tell another.</param>
    public static RenderedComment Render(string markdown, Language articleLanguage)
    {
        var text = Clean(markdown);
        return Rendered(ToHtml(text), articleLanguage) is { Html.Length: > 0 } rendered ? rendered : Rendered(PlainHtml(text), articleLanguage)!;
    }

    // Null where the HTML is nested deeper than any that a person types.
    private static RenderedComment? Rendered(string? html, Language articleLanguage)
    {
        if (html is null)
        {
            return null;
        }

        try
        {
            using var document = BodyParser.Parse(html);
            var body = Sanitizer.SanitizeDom(document, document.Body).Body!;
            var language = LanguageOf(body, articleLanguage);
            foreach (var link in body.QuerySelectorAll("a[href]"))
            {
                if (Uri.TryCreate(link.GetAttribute("href"), UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
                {
                    link.SetAttribute("rel", "nofollow ugc");
                }
                else
                {
                    link.RemoveAttribute("href");
                }
            }

            var written = BodyWriter.Write(body, language, Nowhere, idPrefix: "");
            return new RenderedComment(written, LinksOf(written), language);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // Controls have no place in text, and what opens a direction without closing it would turn all that follows. Marks of direction,
    // which hold for no more than their place, and joiners stay. Half of a surrogate pair becomes a replacement character.
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || (!Rune.IsControl(rune) && rune.Value is not ((>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFEFF)))
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString();
    }

    // Null where it is to stay as it is.
    private static string? ToHtml(string text)
    {
        if (text.Length > MostCharacters || text.Count(Signs.Contains) > MostSigns)
        {
            return null;
        }

        try
        {
            var document = Markdown.Parse(text, Pipeline);
            foreach (var image in document.Descendants<LinkInline>().Where(link => link.IsImage).ToList())
            {
                image.ReplaceBy(new LiteralInline(text.Substring(image.Span.Start, image.Span.Length)), copyChildren: false);
            }

            return document.ToHtml(Pipeline);
        }
        catch (ArgumentException tooDeep) when (tooDeep.Message.Contains("depth limit", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static string PlainHtml(string text)
    {
        var html = new StringBuilder(text.Length + 64);
        foreach (var paragraph in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var lines = paragraph.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            for (var i = 0; i < lines.Length; i++)
            {
                html.Append(i == 0 ? "<p>" : "<br>").AppendText(lines[i]);
            }

            html.Append("</p>");
        }

        return html.ToString();
    }

    private static Language LanguageOf(IElement body, Language article)
    {
        var letters = default(LetterCount);
        letters.Add(body);
        if (letters.Dominant() is not { } script)
        {
            return article;
        }

        // Where the script is the article's own, only what tells another language counts, not the script's usual one.
        var prose = string.Join(' ', body.Descendants<IText>().Where(text => text.ParentElement!.Closest("code, a") is null).Select(text => text.Data));
        var likely = LikelyLanguage.Of(script, prose);
        return (!ScriptSet.Of(article).Contains(script) || likely != LikelyLanguage.Of(script, "")) && Language.TryParse(likely, out var language)
            ? language
            : article;
    }

    private static List<string> LinksOf(string html)
    {
        if (!html.Contains("<a ", StringComparison.Ordinal))
        {
            return [];
        }

        using var document = BodyParser.Parse(html);
        return [.. document.QuerySelectorAll("a[href]").Select(link => link.GetAttribute("href")!).Distinct(StringComparer.Ordinal)];
    }

    private static MarkdownPipeline NewPipeline()
    {
        var builder = new MarkdownPipelineBuilder()
            .DisableHtml()
            .DisableHeadings()
            .UsePreciseSourceLocation()
            .UseSoftlineBreakAsHardlineBreak()
            .UseAutoLinks(new AutoLinkOptions { UseHttpsForWWWLinks = true });
        builder.BlockParsers.TryRemove<ListBlockParser>();
        builder.BlockParsers.TryRemove<ThematicBreakParser>();
        builder.BlockParsers.TryRemove<IndentedCodeBlockParser>();
        builder.BlockParsers.Replace<ParagraphBlockParser>(new Paragraphs { ParseSetextHeadings = false });
        return builder.Build();
    }

    private static HtmlSanitizer NewSanitizer() => new(new HtmlSanitizerOptions
    {
        AllowedTags = new HashSet<string> { "p", "br", "em", "strong", "code", "pre", "blockquote", "a" },
        AllowedAttributes = new HashSet<string> { "href" },
        AllowedSchemes = new HashSet<string> { "http", "https" },
        UriAttributes = new HashSet<string> { "href" },
    })
    {
        KeepChildNodes = true,
    };

    // Definitions of references, which would not be seen, are paragraphs like others.
    private sealed class Paragraphs : ParagraphBlockParser
    {
        public override bool Close(BlockProcessor processor, Block block)
        {
            if (block is ParagraphBlock { Lines: { Count: > 0 } lines })
            {
                for (var i = 0; i < lines.Count; i++)
                {
                    lines.Lines[i].Slice.TrimStart();
                }

                lines.Lines[lines.Count - 1].Slice.TrimEnd();
            }

            return true;
        }
    }
}
