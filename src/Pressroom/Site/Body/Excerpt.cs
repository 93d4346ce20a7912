using System.Globalization;
using System.Text;
using AngleSharp.Dom;

namespace Pressroom.Site.Body;

/// <summary>The first words of a text, for descriptions and lists.</summary>
public static class Excerpt
{
    /// <summary>The most UTF-16 units that an excerpt has, its ellipsis among them.</summary>
    public const int MostCharacters = 200;

    /// <summary>Cuts plain text after its last whole word that fits, and never inside of what readers see as one character.</summary>
    /// <param name="text">Any text; its runs of white space become one space, but a no-break space stays.</param>
    /// <param name="most">The most UTF-16 units of the outcome.</param>
    public static string Cut(string text, int most = MostCharacters)
    {
        var line = OnOneLine(text);
        if (line.Length <= most)
        {
            return line;
        }

        var end = 0;
        var wordEnd = 0;
        while (end < line.Length)
        {
            var next = end + StringInfo.GetNextTextElementLength(line.AsSpan(end));
            if (next > most - 1)
            {
                break;
            }

            if (line[end] == ' ')
            {
                wordEnd = end;
            }

            end = next;
        }

        if (line[end] == ' ')
        {
            wordEnd = end;
        }

        // Scripts without spaces, and a word longer than half of the excerpt, are cut between characters.
        var cut = line.AsSpan(0, wordEnd > most / 2 ? wordEnd : end).TrimEnd(" ,;:–—-«([“\u00A0\u202F،؛、");
        return cut.Length == 0 ? "" : $"{cut}…";
    }

    /// <summary>The excerpt of a body: of its paragraphs, lists and quotes; where it has none, of any words.</summary>
    internal static string Of(IElement body)
    {
        var text = new StringBuilder();
        Collect(body, text, onlyProse: true);
        if (string.IsNullOrWhiteSpace(text.ToString()))
        {
            text.Clear();
            Collect(body, text, onlyProse: false);
        }

        return Cut(text.ToString());
    }

    private static void Collect(IElement element, StringBuilder text, bool onlyProse)
    {
        var children = element.ChildNodes;
        for (var i = 0; i < children.Length && text.Length < 4 * MostCharacters; i++)
        {
            switch (children[i])
            {
                case IText words:
                    text.Append(words.Data);
                    break;
                case IElement { ClassName: "footnotes" or "footnote-ref" }:
                case IElement { LocalName: "rp" or "rt" }:
                case IElement { LocalName: "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "pre" or "table" or "figure" } when onlyProse:
                    break;
                case IElement { LocalName: "br" }:
                    text.Append(' ');
                    break;
                case IElement child:
                    var gap = AllowedHtml.Elements.TryGetValue(child.LocalName, out var allowed) && allowed.IsBlock ? " " : "";
                    text.Append(gap);
                    Collect(child, text, onlyProse);
                    text.Append(gap);
                    break;
                default:
                    break;
            }
        }
    }

    private static string OnOneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v' or '\u2028' or '\u2029')
            {
                if (line.Length > 0 && line[^1] != ' ')
                {
                    line.Append(' ');
                }
            }
            else if (!char.IsControl(c))
            {
                line.Append(c);
            }
        }

        return line.ToString().TrimEnd(' ');
    }
}
