using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using Pressroom.Articles;
using Pressroom.Media;

namespace Pressroom.Site.Body;

/// <summary>Writes a sanitised body as HTML that a parser reads back to the same tree: in one walk it sets the level of headings,
/// ids, absolute addresses, languages and directions. Only what <see cref="AllowedHtml"/> names can be written.</summary>
internal sealed class BodyWriter
{
    private readonly StringBuilder html = new(16 * 1024);
    private readonly Surroundings article;
    private readonly BodyWords words;
    private readonly BodyAddresses addresses;
    private readonly BodyIds ids;
    private readonly Uri siteUrl;
    private readonly IReadOnlyDictionary<PictureId, string>? pictureWords;
    private readonly HeadingLevels levels = new();
    private int tables;

    private BodyWriter(IElement body, Language language, Uri siteUrl, string idPrefix, IReadOnlyDictionary<PictureId, string>? pictureWords)
    {
        (this.siteUrl, this.pictureWords) = (siteUrl, pictureWords);
        article = Surroundings.Of(language);
        words = BodyWords.Of(language);
        ids = new BodyIds(body, idPrefix);
        addresses = new BodyAddresses(siteUrl, ids);
    }

    /// <param name="body">The body.</param>
    /// <param name="language">The article's language.</param>
    /// <param name="siteUrl">The publication's public address.</param>
    /// <param name="idPrefix">What every id begins with.</param>
    /// <param name="pictureWords">What our own pictures show, where the body says nothing of them.</param>
    public static string Write(
        IElement body, Language language, Uri siteUrl, string idPrefix, IReadOnlyDictionary<PictureId, string>? pictureWords = null)
    {
        var writer = new BodyWriter(body, language, siteUrl, idPrefix, pictureWords);
        writer.WriteChildren(body, new Place(writer.article, "body", InParagraph: false, InHeading: false, InLink: false));
        return writer.html.ToString().Trim();
    }

    // Where something is written: its language and direction, the element around it, and what must not be nested in itself.
    private readonly record struct Place(Surroundings Around, string Parent, bool InParagraph, bool InHeading, bool InLink);

    private void WriteChildren(IElement element, Place place)
    {
        List<string>? texts = null;
        WriteChildren(element, place, ref texts);
        WriteTexts(ref texts, place);
    }

    // Texts that come to stand beside each other, since what was between them is left out, are one text: as when it is parsed again.
    private void WriteChildren(IElement element, Place place, ref List<string>? texts)
    {
        var children = element.ChildNodes;
        for (var i = 0; i < children.Length; i++)
        {
            if (children[i] is IText text)
            {
                (texts ??= []).Add(text.Data);
            }
            else if (children[i] is IElement child && AllowedHtml.Elements.TryGetValue(child.LocalName, out var allowed))
            {
                if (NameAt(child, allowed, place) is not { } name)
                {
                    WriteChildren(child, place, ref texts);
                }
                else if (FitsIn(place.Parent, name) && !IsEmpty(child, name))
                {
                    WriteTexts(ref texts, place);
                    WriteElement(child, name, place);
                }
            }
        }
    }

    private void WriteElement(IElement element, string name, Place place)
    {
        if (ItemOf(place.Parent) is { } item && !IsItem(place.Parent, name))
        {
            var letters = default(LetterCount);
            letters.AddChild(element);
            var inside = OpenItem(item, letters, element.TextContent, place);
            WriteElement(element, NameAt(element, AllowedHtml.Elements[element.LocalName], inside) ?? name, inside);
            html.Append("</").Append(item).Append('>');
            return;
        }

        var allowed = AllowedHtml.Elements[name];
        switch (name)
        {
            case "img":
                WriteImage(element, allowed);
                break;
            case "table":
                WriteTable(element, allowed, place);
                break;
            default:
                WritePlain(element, allowed, name, place);
                break;
        }
    }

    /// <summary>The name to write, or null where only the contents can stay.</summary>
    private string? NameAt(IElement element, AllowedElement allowed, Place place)
    {
        if (allowed.IsBlock && place.InParagraph)
        {
            return null; // a parser would end the paragraph before it
        }

        switch (allowed.WrittenAs)
        {
            case "img":
                return addresses.Web(element.GetAttribute("src")) is null ? null : "img";
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                return place.InHeading || IsEmpty(element, "h2") ? null : levels.For(element.LocalName[1] - '0');
            case "a":
                var leads = addresses.Link(element.GetAttribute("href")) is not null;
                return !place.InLink && (leads || ids.Has(element)) ? "a" : null;
            case "div" when element.ClassName == "table":
                return null; // ours: it is written anew with the table
            case "bdo":
                return element.HasAttribute("dir") ? "bdo" : "bdi";
            case "time":
                return MachineDate.IsValid(element.GetAttribute("datetime")) ? "time" : null;
            case "span":
                return element.HasAttribute("lang") || element.HasAttribute("dir") || ids.Has(element) ? "span" : null;
            case "li" when place.Parent is not ("ul" or "ol"):
            case "dt" or "dd" when place.Parent is not ("dl" or "dl div"):
                return "div";
            case "ruby" when element.QuerySelectorAll("*").Any(inside => AllowedHtml.Elements.GetValueOrDefault(inside.LocalName)?.IsBlock == true):
            case "rt" or "rp" when place.Parent != "ruby":
                return null;
            case "th" when !HasContents(element):
                return "td";
            case var name:
                return name;
        }
    }

    private void WritePlain(IElement element, AllowedElement allowed, string name, Place place)
    {
        var before = html.Length;
        var inside = Open(element, allowed, name, place);
        if (allowed.IsVoid)
        {
            return;
        }

        var start = html.Length;
        WriteChildren(element, inside);
        if (name == "pre" && html.Length > start && html[start] == '\n')
        {
            html.Insert(start, '\n'); // a parser drops the first one
        }

        if (name == "p" && IsBlank(start))
        {
            html.Length = before;
            return;
        }

        html.Append("</").Append(name).Append('>');
    }

    private bool IsBlank(int from)
    {
        for (var i = from; i < html.Length; i++)
        {
            if (!char.IsWhiteSpace(html[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void WriteTable(IElement table, AllowedElement allowed, Place place)
    {
        tables++;
        html.Append("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"")
            .Append(words.Table).Append(' ').Append(CultureInfo.InvariantCulture, $"{tables}\">");
        WritePlain(table, allowed, "table", place);
        html.Append("</div>");
    }

    private void WriteImage(IElement image, AllowedElement allowed)
    {
        var address = addresses.Web(image.GetAttribute("src"));
        var alt = image.GetAttribute("alt")?.Trim() ?? "";
        html.Append("<img");
        if (ShownPicture.At(address, siteUrl) is { } own)
        {
            Attribute("src", own.Source);
            Attribute("alt", alt.Length > 0 ? alt : pictureWords?.GetValueOrDefault(own.Id) ?? "");
            CheckedAttribute(image, "title");
            WriteWidths(image, own);
        }
        else
        {
            OptionalAttribute("src", address);
            Attribute("alt", alt);
            foreach (var name in allowed.Attributes)
            {
                if (name is "width" or "height" or "title")
                {
                    CheckedAttribute(image, name);
                }
            }
        }

        html.Append(" loading=\"lazy\" decoding=\"async\">");
    }

    // An author who wants it smaller says how wide; the height follows.
    private void WriteWidths(IElement image, ShownPicture own)
    {
        var (width, height) = own.Size;
        var sizes = ShownPicture.TextSizes;
        if (int.TryParse(image.GetAttribute("width"), NumberStyles.None, CultureInfo.InvariantCulture, out var wished) && wished > 0 && wished < width)
        {
            (width, height) = (wished, PictureName.HeightAt(wished, width, height));
            sizes = string.Create(CultureInfo.InvariantCulture, $"{wished}px");
        }

        Attribute("width", width.ToString(CultureInfo.InvariantCulture));
        Attribute("height", height.ToString(CultureInfo.InvariantCulture));
        Attribute("srcset", own.Srcset);
        Attribute("sizes", sizes);
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

        if (name == "pre")
        {
            Attribute("tabindex", "0"); // long lines scroll, and the keyboard has to reach them
        }

        if (name == "div" && element.ClassName == "footnotes")
        {
            Attribute("role", "doc-endnotes");
        }

        var around = Mark(element, allowed, name, place.Around);
        html.Append('>');
        var parent = name == "div" && place.Parent == "dl" ? "dl div" : name;
        return new Place(around, parent, place.InParagraph || name == "p", place.InHeading || name is ['h', >= '1' and <= '6'], place.InLink || name == "a");
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
        else if (name is not ("tr" or "thead" or "tbody" or "tfoot" or "colgroup"))
        {
            var letters = default(LetterCount);
            letters.Add(element);
            if ((allowed.IsBlock || letters.HasSeveralWords) && around.Foreign(letters, article, () => element.TextContent, HoldsBlocks(element)) is { } foreign)
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

    private static bool HoldsBlocks(IElement element)
    {
        var children = element.ChildNodes;
        for (var i = 0; i < children.Length; i++)
        {
            if (children[i] is IElement child && AllowedHtml.Elements.GetValueOrDefault(child.LocalName)?.IsBlock == true)
            {
                return true;
            }
        }

        return false;
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

    private void WriteTexts(ref List<string>? texts, Place place)
    {
        if (texts is null)
        {
            return;
        }

        var text = texts.Count == 1 ? texts[0] : string.Concat(texts);
        texts = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            html.AppendText(text);
        }
        else if (ItemOf(place.Parent) is { } item)
        {
            var letters = default(LetterCount);
            letters.Add(text);
            WriteRuns(text, OpenItem(item, letters, text, place).Around);
            html.Append("</").Append(item).Append('>');
        }
        else if (FitsIn(place.Parent, "#text"))
        {
            WriteRuns(text, place.Around);
        }
    }

    private Place OpenItem(string item, LetterCount letters, string text, Place place)
    {
        html.Append('<').Append(item);
        var around = Mark(place.Around.Foreign(letters, article, () => text), place.Around);
        html.Append('>');
        return place with { Around = around, Parent = item };
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

    // A paragraph may hold nothing but a place that a link leads to; a heading needs something to read.
    private bool IsEmpty(IElement element, string name) => name switch
    {
        "p" => !HasContents(element) && !element.QuerySelectorAll("[id]").Any(ids.Has),
        "h2" => !HasContents(element),
        _ => false,
    };

    private bool HasContents(IElement element) => !string.IsNullOrWhiteSpace(element.TextContent)
        || element.QuerySelectorAll("img").Any(image => addresses.Web(image.GetAttribute("src")) is not null);
}
