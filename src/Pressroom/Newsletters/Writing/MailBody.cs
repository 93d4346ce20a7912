using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using Pressroom.Site.Body;

namespace Pressroom.Newsletters.Writing;

/// <summary>An article's body for mail programs: with its styles inlined, and as plain text.</summary>
/// <param name="Html">The body's safe HTML with a style on each element; links within the text lead to its page.</param>
/// <param name="Text">Paragraphs parted by empty lines, with the links' addresses.</param>
internal sealed record MailBody(string Html, string Text)
{
    private const string Rule = "#ddd5c8";

    private static readonly Dictionary<string, string> Styles = new(StringComparer.Ordinal)
    {
        ["p"] = "margin:0 0 1em",
        ["h2"] = "margin:1.6em 0 .5em;font-size:1.35em;line-height:1.3",
        ["h3"] = "margin:1.5em 0 .5em;font-size:1.15em;line-height:1.35",
        ["h4"] = "margin:1.4em 0 .5em;font-size:1em",
        ["h5"] = "margin:1.4em 0 .5em;font-size:1em",
        ["h6"] = "margin:1.4em 0 .5em;font-size:1em",
        ["ul"] = "margin:0 0 1em;padding:0 1.4em",
        ["ol"] = "margin:0 0 1em;padding:0 1.6em",
        ["li"] = "margin:0 0 .4em",
        ["dd"] = "margin:0 1.4em .5em",
        ["dt"] = "font-weight:bold",
        ["img"] = "max-width:100%;height:auto;border:0",
        ["figure"] = "margin:1.4em 0",
        ["figcaption"] = "font-size:.85em;color:#5f5a53;padding-top:.4em",
        ["a"] = "color:#9f1d20;text-decoration:underline",
        ["pre"] = "margin:0 0 1em;padding:1em;background:#f6f1e9;font-family:Menlo,Consolas,monospace;font-size:.85em;white-space:pre-wrap;word-wrap:break-word",
        ["code"] = "font-family:Menlo,Consolas,monospace;font-size:.9em",
        ["table"] = "border-collapse:collapse;width:100%;margin:0 0 1em;font-size:.9em",
        ["th"] = $"padding:.4em .6em;border-bottom:2px solid {Rule};vertical-align:bottom",
        ["td"] = $"padding:.4em .6em;border-bottom:1px solid {Rule};vertical-align:top",
        ["hr"] = $"border:0;border-top:1px solid {Rule};margin:2em 0",
    };

    // What means something to a browser only, or makes mail programs stumble.
    private static readonly string[] Dropped = ["loading", "decoding", "fetchpriority", "tabindex", "role", "aria-label", "class", "srcset", "sizes"];

    // The theme's column. Outlook draws a picture as wide as its attribute says, whatever the style.
    private const int ColumnWidth = 592;

    /// <summary>Makes both forms of a body's safe HTML.</summary>
    /// <param name="html">As <see cref="ArticleBody"/> writes it.</param>
    /// <param name="direction">The mail's: "ltr" or "rtl".</param>
    /// <param name="pageUrl">The page that links within the text lead to; null to leave them within the mail.</param>
    public static MailBody Of(string html, string direction, string? pageUrl)
    {
        using var document = BodyParser.Parse(html);
        var body = document.Body!;
        var text = PlainText.Of(body);
        foreach (var element in body.QuerySelectorAll("*"))
        {
            var own = element.Closest("[dir]")?.GetAttribute("dir") is "ltr" or "rtl" ? element.Closest("[dir]")!.GetAttribute("dir")! : direction;
            if (StyleOf(element, own, direction) is { } style)
            {
                element.SetAttribute("style", style);
            }

            foreach (var name in Dropped)
            {
                element.RemoveAttribute(name);
            }

            if (element.LocalName == "img" && int.TryParse(element.GetAttribute("width"), out var width) && width > ColumnWidth)
            {
                element.SetAttribute("width", ColumnWidth.ToString(CultureInfo.InvariantCulture));
                element.RemoveAttribute("height");
            }

            if (pageUrl is not null && element.GetAttribute("href") is ['#', ..] fragment)
            {
                element.SetAttribute("href", pageUrl + fragment);
            }
        }

        return new MailBody(body.InnerHtml, text);
    }

    private static string? StyleOf(IElement element, string own, string direction)
    {
        var start = own == "rtl" ? "right" : "left";
        var style = element.LocalName == "blockquote"
            ? $"margin:1.4em 0;padding-{start}:1em;border-{start}:3px solid #9f1d20;font-style:{(own == "rtl" ? "normal" : "italic")}"
            : Styles.GetValueOrDefault(element.LocalName);

        // Mail programs that know no dir still know text-align.
        var align = element.ClassList.Contains("center") ? "text-align:center"
            : element.ClassList.Contains("end") ? $"text-align:{(own == "rtl" ? "left" : "right")}"
            : element.LocalName is "th" or "td" || (own != direction && element.HasAttribute("dir")) ? $"text-align:{start}"
            : null;
        return style is null ? align : align is null ? style : $"{style};{align}";
    }
}

/// <summary>Writes HTML as plain text, as a person would type it.</summary>
internal sealed class PlainText
{
    private readonly StringBuilder text = new();
    private readonly StringBuilder line = new();
    private string margin = "";
    private string lastMargin = "";
    private string? bullet;
    private bool isParagraphOver;

    public static string Of(IElement body)
    {
        var writer = new PlainText();
        writer.Children(body);
        writer.EndLine();
        return writer.text.ToString().Trim('\n');
    }

    private void Children(IElement element)
    {
        foreach (var node in element.ChildNodes)
        {
            if (node is IText words)
            {
                Words(words.Data);
            }
            else if (node is IElement child)
            {
                Element(child);
            }
        }
    }

    private void Element(IElement element)
    {
        switch (element.LocalName)
        {
            case "br":
                EndLine();
                break;
            case "hr":
                Paragraph();
                line.Append("* * *");
                Paragraph();
                break;
            case "img":
                if (element.GetAttribute("alt") is { Length: > 0 } alt)
                {
                    Words($"[{alt}]");
                }

                break;
            case "a" when element.ClassList.Contains("footnote-back-ref"):
                break;
            case "a" when element.ClassList.Contains("footnote-ref"):
                line.Append('[').Append(element.TextContent.Trim()).Append(']');
                break;
            case "a":
                Link(element);
                break;
            case "li":
                EndLine();
                bullet = element.ParentElement is { LocalName: "ol" } list
                    ? (Array.IndexOf(list.Children.ToArray(), element) + 1).ToString(CultureInfo.InvariantCulture) + ". "
                    : "- ";
                Within(new string(' ', bullet.Length), element);
                EndLine();
                break;
            case "blockquote":
                Paragraph();
                Within("> ", element);
                Paragraph();
                break;
            case "tr":
                EndLine();
                Children(element);
                EndLine();
                break;
            case "td" or "th":
                if (element.PreviousElementSibling is not null)
                {
                    TrimLine();
                    line.Append(" | ");
                }

                Children(element);
                break;
            case "pre":
                Paragraph();
                foreach (var code in element.TextContent.Split('\n'))
                {
                    line.Append(code);
                    EndLine();
                }

                Paragraph();
                break;
            case "ul" or "ol" when element.ParentElement?.LocalName == "li":
                EndLine();
                Children(element);
                EndLine();
                break;
            case "p" when element.ParentElement?.LocalName == "li" && element.PreviousElementSibling is null:
                Children(element);
                EndLine();
                break;
            case "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "ul" or "ol" or "dl" or "figure" or "figcaption" or "table" or "div" or "section" or "details":
                Paragraph();
                Children(element);
                Paragraph();
                break;
            case "dt" or "dd" or "summary" or "caption":
                EndLine();
                Children(element);
                EndLine();
                break;
            default:
                Children(element);
                break;
        }
    }

    private void Link(IElement link)
    {
        Children(link);
        var href = link.GetAttribute("href");
        if (href is not null and not ['#', ..] && href != link.TextContent.Trim())
        {
            line.Append(" (").Append(href).Append(')');
        }
    }

    private void Within(string more, IElement element)
    {
        var outer = margin;
        margin += more;
        Children(element);
        EndLine();
        margin = outer;
    }

    private void Words(string words)
    {
        foreach (var c in words)
        {
            if (c is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                if (line.Length > 0 && line[^1] != ' ')
                {
                    line.Append(' ');
                }
            }
            else
            {
                line.Append(c);
            }
        }
    }

    private void Paragraph()
    {
        EndLine();
        isParagraphOver = text.Length > 0;
    }

    private void EndLine()
    {
        TrimLine();
        if (line.Length == 0)
        {
            return;
        }

        if (isParagraphOver)
        {
            // Between a quote and what is around it the empty line is not part of the quote.
            text.Append((margin.Length < lastMargin.Length ? margin : lastMargin).TrimEnd()).Append('\n');
            isParagraphOver = false;
        }

        text.Append(bullet is null ? margin : margin[..^bullet.Length] + bullet).Append(line).Append('\n');
        lastMargin = margin;
        bullet = null;
        line.Clear();
    }

    private void TrimLine()
    {
        while (line.Length > 0 && line[^1] == ' ')
        {
            line.Length--;
        }
    }
}
