using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using Pressroom.Articles;

namespace Pressroom.Site.Body;

/// <summary>Writes a sanitised body as HTML that a parser reads back to the same tree: in one walk it sets the level of headings,
/// ids, absolute addresses, languages and directions. Only what <see cref="AllowedHtml"/> names can be written.</summary>
internal sealed class BodyWriter
{
    private readonly StringBuilder html = new(16 * 1024);
    private readonly Surroundings article;
    private readonly BodyWords words;
    private readonly bool isMarkdown;
    private readonly BodyAddresses addresses;
    private readonly BodyIds ids;
    private readonly HeadingLevels levels = new();
    private int tables;

    private BodyWriter(IElement body, Language language, Uri siteUrl, string idPrefix, bool isMarkdown)
    {
        article = Surroundings.Of(language);
        words = BodyWords.Of(language);
        this.isMarkdown = isMarkdown;
        ids = new BodyIds(body, idPrefix);
        addresses = new BodyAddresses(siteUrl, ids);
    }

    public static string Write(IElement body, Language language, Uri siteUrl, string idPrefix, bool isMarkdown)
    {
        var writer = new BodyWriter(body, language, siteUrl, idPrefix, isMarkdown);
        writer.WriteChildren(body, new Place(writer.article, "body", InHeading: false, InLink: false));
        return writer.html.ToString().Trim();
    }

    // Where something is written: its language and direction, the element around it, and what must not be nested in itself.
    private readonly record struct Place(Surroundings Around, string Parent, bool InHeading, bool InLink);

    private void WriteChildren(IElement element, Place place)
    {
        var children = element.ChildNodes;
        for (var i = 0; i < children.Length; i++)
        {
            if (children[i] is IText text)
            {
                WriteText(text.Data, place);
            }
            else if (children[i] is IElement child && AllowedHtml.Elements.TryGetValue(child.LocalName, out var allowed))
            {
                WriteElement(child, allowed, place);
            }
        }
    }

    private void WriteElement(IElement element, AllowedElement allowed, Place place)
    {
        var name = NameAt(element, allowed, place);
        if (name is null)
        {
            WriteChildren(element, place);
            return;
        }

        if (!FitsIn(place.Parent, name) || IsEmpty(element, name))
        {
            return;
        }

        if (ItemOf(place.Parent) is { } item && !IsItem(place.Parent, name))
        {
            html.Append('<').Append(item).Append('>');
            WriteElement(element, allowed, place with { Parent = item });
            html.Append("</").Append(item).Append('>');
            return;
        }

        allowed = AllowedHtml.Elements[name];
        switch (name)
        {
            case "img":
                WriteImage(element, allowed);
                break;
            case "table":
                WriteTable(element, allowed, place);
                break;
            case "p" when isMarkdown && FigureImages(element) is { } images:
                images.ForEach(image => WriteFigure(image, place));
                break;
            default:
                WritePlain(element, allowed, name, place);
                break;
        }
    }

    /// <summary>The name to write, or null where only the contents can stay.</summary>
    private string? NameAt(IElement element, AllowedElement allowed, Place place)
    {
        switch (allowed.WrittenAs)
        {
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                return place.InHeading || IsEmpty(element, "h2") ? null : levels.For(element.LocalName[1] - '0');
            case "a":
                var leads = addresses.Link(element.GetAttribute("href")) is not null;
                return !place.InLink && (leads || element.HasAttribute("id")) ? "a" : null;
            case "div" when element.ClassName == "table":
                return null; // ours: it is written anew with the table
            case "bdo":
                return element.HasAttribute("dir") ? "bdo" : "bdi";
            case "time":
                return MachineDate.IsValid(element.GetAttribute("datetime")) ? "time" : null;
            case "span":
                return element.HasAttribute("lang") || element.HasAttribute("dir") || element.HasAttribute("id") ? "span" : null;
            case "li" when place.Parent is not ("ul" or "ol"):
            case "dt" or "dd" when place.Parent is not ("dl" or "dl div"):
                return "div";
            case "th" when !HasContents(element):
                return "td";
            case var name:
                return name;
        }
    }

    private void WritePlain(IElement element, AllowedElement allowed, string name, Place place)
    {
        var inside = Open(element, allowed, name, place);
        if (allowed.IsVoid)
        {
            return;
        }

        if (name == "pre" && element.FirstChild is IText { Data: ['\n', ..] })
        {
            html.Append('\n'); // a parser drops the first one
        }

        if (name == "a" && IsBackReference(element))
        {
            // An arrow that points against the reading direction; the selector keeps it from turning into an emoji.
            html.Append(place.Around.IsRightToLeft ? "↪\uFE0E" : "↩\uFE0E");
        }
        else
        {
            WriteChildren(element, inside);
        }

        html.Append("</").Append(name).Append('>');
    }

    private void WriteTable(IElement table, AllowedElement allowed, Place place)
    {
        tables++;
        html.Append("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"")
            .Append(words.Table).Append(' ').Append(CultureInfo.InvariantCulture, $"{tables}\">");
        WritePlain(table, allowed, "table", place);
        html.Append("</div>");
    }

    private void WriteImage(IElement image, AllowedElement allowed, bool withTitle = true)
    {
        if (addresses.Web(image.GetAttribute("src")) is not { } source)
        {
            return;
        }

        html.Append("<img");
        Attribute("src", source);
        Attribute("alt", image.GetAttribute("alt")?.Trim() ?? "");
        foreach (var name in allowed.Attributes)
        {
            if (name is "width" or "height" || (name == "title" && withTitle))
            {
                CheckedAttribute(image, name);
            }
        }

        html.Append(" loading=\"lazy\" decoding=\"async\">");
    }

    private void WriteFigure(IElement image, Place place)
    {
        var caption = image.GetAttribute("title")!.Trim();
        var letters = default(LetterCount);
        letters.Add(caption);
        html.Append("<figure>");
        var link = image.ParentElement is { LocalName: "a" } parent ? addresses.Link(parent.GetAttribute("href")) : null;
        if (link is not null)
        {
            html.Append("<a");
            Attribute("href", link);
            Relation(image.ParentElement!, link);
            html.Append('>');
        }

        WriteImage(image, AllowedHtml.Elements["img"], withTitle: false);
        html.Append(link is null ? "" : "</a>").Append("<figcaption");
        var around = Mark(place.Around.Foreign(letters, article, () => caption), place.Around);
        html.Append('>');
        WriteText(caption, place with { Around = around, Parent = "figcaption" });
        html.Append("</figcaption></figure>");
    }

    /// <summary>Writes the start tag, and gives the place that the contents are in.</summary>
    private Place Open(IElement element, AllowedElement allowed, string name, Place place)
    {
        html.Append('<').Append(name);
        foreach (var attribute in allowed.Attributes)
        {
            CheckedAttribute(element, attribute);
        }

        if (name[0] == 'h' && name is not "hr")
        {
            OptionalAttribute("id", ids.ForHeading(element));
        }
        else
        {
            OptionalAttribute("id", ids.For(element));
        }

        if (name == "th" && !element.HasAttribute("scope") && element.ParentElement?.ParentElement is { LocalName: "thead" })
        {
            Attribute("scope", "col");
        }

        if (name == "div" && element.ClassName == "footnotes")
        {
            Attribute("role", "doc-endnotes");
        }

        var around = Mark(element, allowed, name, place.Around);
        html.Append('>');
        var parent = name == "div" && place.Parent == "dl" ? "dl div" : name;
        return new Place(around, parent, place.InHeading || name is ['h', >= '1' and <= '6'], place.InLink || name == "a");
    }

    private void CheckedAttribute(IElement element, string name)
    {
        if (element.GetAttribute(name) is not { } value)
        {
            return;
        }

        switch (name)
        {
            case "href" when addresses.Link(value) is { } link:
                Attribute("href", link);
                Relation(element, link);
                break;
            case "cite":
                OptionalAttribute(name, addresses.Web(value));
                break;
            case "title" or "abbr":
                Attribute(name, value.Trim());
                break;
            case "reversed" or "open":
                html.Append(' ').Append(name);
                break;
            case "start" or "value" when int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                Attribute(name, number.ToString(CultureInfo.InvariantCulture));
                break;
            case "width" or "height" or "colspan" or "rowspan" or "span"
                when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is > 0 and <= 10_000 && (size <= 1_000 || name is "width" or "height"):
                Attribute(name, size.ToString(CultureInfo.InvariantCulture));
                break;
            case "type" when value is "1" or "a" or "A" or "i" or "I":
            case "scope" when value is "row" or "col" or "rowgroup" or "colgroup":
            case "datetime" when MachineDate.IsValid(value):
                Attribute(name, value);
                break;
            case "hreflang" when Language.TryParse(value, out var language):
                Attribute(name, language.Tag);
                break;
            case "class":
                ClassAttribute(element, value);
                break;
            default:
                break;
        }
    }

    // Each class on its own element alone, with what it stands for to those who do not see.
    private void ClassAttribute(IElement element, string value)
    {
        switch (element.LocalName, value)
        {
            case ("a", "footnote-ref"):
                html.Append(" class=\"footnote-ref\" role=\"doc-noteref\"");
                break;
            case ("a", "footnote-back-ref"):
                html.Append(" class=\"footnote-back-ref\" role=\"doc-backlink\"");
                Attribute("aria-label", words.BackToText);
                break;
            case ("div", "footnotes"):
            case ("td" or "th", "center" or "end"):
                Attribute("class", value);
                break;
            default:
                break;
        }
    }

    private static bool IsBackReference(IElement element) => element.ClassName == "footnote-back-ref" && element.HasAttribute("href");

    private void Relation(IElement element, string link)
    {
        var kept = (element.GetAttribute("rel") ?? "").Split(' ').Intersect(["nofollow", "noreferrer", "sponsored", "ugc"]).Order(StringComparer.Ordinal);
        var relation = string.Join(' ', addresses.IsExternal(link) ? kept.Prepend("noopener") : kept);
        if (relation.Length > 0)
        {
            Attribute("rel", relation);
        }
    }

    /// <summary>Writes lang and dir as the author gave them, or as the letters tell, and gives what holds inside.</summary>
    private Surroundings Mark(IElement element, AllowedElement allowed, string name, Surroundings around)
    {
        if (allowed.IsVoid)
        {
            return around;
        }

        var given = element.GetAttribute("dir")?.ToLowerInvariant() is "ltr" or "rtl" or "auto" ? element.GetAttribute("dir")!.ToLowerInvariant() : null;
        if (name is "pre" or "code" or "kbd" or "samp" or "var")
        {
            return MarkCode(element, given, around);
        }

        var inside = around;
        if (Surroundings.Read(element.GetAttribute("lang")) is { } own)
        {
            inside = own;
            Attribute("lang", own.Language);
        }
        else if ((allowed.IsBlock && name is not ("tr" or "thead" or "tbody" or "tfoot" or "colgroup")) || IsOfSeveralWords(element))
        {
            var letters = default(LetterCount);
            letters.Add(element);
            if (around.Foreign(letters, article, () => element.TextContent) is { } foreign)
            {
                inside = foreign;
                Attribute("lang", foreign.Language);
            }
            else if (name == "a" && around.IsRightToLeft && given is null && LetterCount.LooksLikeAddress(element.TextContent))
            {
                given = "ltr";
            }
        }

        if (given is not null)
        {
            Attribute("dir", given);
            return given == "auto" ? inside : inside with { IsRightToLeft = given == "rtl" };
        }

        if (inside.IsRightToLeft != around.IsRightToLeft)
        {
            Attribute("dir", inside.Direction);
        }
        else if (name == "bdo")
        {
            Attribute("dir", around.Direction);
        }

        return inside;
    }

    private Surroundings Mark(Surroundings? foreign, Surroundings around)
    {
        if (foreign is not { } inside)
        {
            return around;
        }

        Attribute("lang", inside.Language);
        if (inside.IsRightToLeft != around.IsRightToLeft)
        {
            Attribute("dir", inside.Direction);
        }

        return inside;
    }

    // Code runs from left to right in every language, and is in none.
    private Surroundings MarkCode(IElement element, string? given, Surroundings around)
    {
        if (Surroundings.Read(element.GetAttribute("lang")) is { } own)
        {
            Attribute("lang", own.Language);
        }

        given ??= around.IsRightToLeft ? "ltr" : null;
        OptionalAttribute("dir", given);
        return new Surroundings("", default, given is null ? around.IsRightToLeft : given == "rtl");
    }

    private static bool IsOfSeveralWords(IElement element)
    {
        var text = element.TextContent.AsSpan().Trim();
        return text.Length < 2_000 && (text.IndexOfAny(" \u00A0\n") >= 0 || (text.Length >= 4 && text.ContainsAnyInRange('\u0E00', '\uD7FF')));
    }

    private void WriteText(string text, Place place)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            html.AppendText(text);
        }
        else if (ItemOf(place.Parent) is { } item)
        {
            html.Append('<').Append(item).Append('>');
            WriteRuns(text, place.Around);
            html.Append("</").Append(item).Append('>');
        }
        else if (FitsIn(place.Parent, "#text"))
        {
            WriteRuns(text, place.Around);
        }
    }

    private void WriteRuns(string text, Surroundings around)
    {
        var written = 0;
        if (around.Scripts.Bits != 0 && ForeignRuns.Find(text, around.Scripts) is { } runs)
        {
            foreach (var run in runs)
            {
                var words = text[run.Start..run.End];
                if (around.Foreign(run.Letters, article, () => words) is { } foreign)
                {
                    html.AppendText(text.AsSpan(written, run.Start - written)).Append("<span");
                    Mark(foreign, around);
                    html.Append('>').AppendText(words).Append("</span>");
                    written = run.End;
                }
            }
        }

        html.AppendText(text.AsSpan(written));
    }

    private void OptionalAttribute(string name, string? value)
    {
        if (value is not null)
        {
            Attribute(name, value);
        }
    }

    private void Attribute(string name, string value) => html.Append(' ').Append(name).Append("=\"").AppendAttributeValue(value).Append('"');

    // What a parser would move elsewhere, or a validator complain of, is left out.
    private static bool FitsIn(string parent, string name) => parent switch
    {
        "table" => name is "caption" or "colgroup" or "thead" or "tbody" or "tfoot",
        "thead" or "tbody" or "tfoot" => name == "tr",
        "tr" => name is "td" or "th",
        "colgroup" => name == "col",
        _ => true,
    };

    private static bool IsItem(string list, string name) => list == "dl" ? name is "dt" or "dd" or "div" : name == "li";

    // What stands loose in a list becomes an item of it.
    private static string? ItemOf(string list) => list switch
    {
        "ul" or "ol" => "li",
        "dl" => "dd",
        _ => null,
    };

    private static bool IsEmpty(IElement element, string name) => name is "p" or "h2" && !HasContents(element);

    private static bool HasContents(IElement element) => !string.IsNullOrWhiteSpace(element.TextContent) || element.QuerySelector("img, hr, br, [id]") is not null;

    private static List<IElement>? FigureImages(IElement paragraph)
    {
        var images = new List<IElement>();
        foreach (var node in paragraph.ChildNodes)
        {
            switch (node)
            {
                case IText text when string.IsNullOrWhiteSpace(text.Data):
                case IElement { LocalName: "br" }:
                    break;
                case IElement { LocalName: "img" } image when HasTitle(image):
                    images.Add(image);
                    break;
                case IElement { LocalName: "a", ChildNodes: { Length: 1 } only } when only[0] is IElement { LocalName: "img" } image && HasTitle(image):
                    images.Add(image);
                    break;
                default:
                    return null;
            }
        }

        return images.Count == 0 ? null : images;
    }

    private static bool HasTitle(IElement image) => !string.IsNullOrWhiteSpace(image.GetAttribute("title"));
}
