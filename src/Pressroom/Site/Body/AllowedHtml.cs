using System.Collections.Frozen;

namespace Pressroom.Site.Body;

/// <summary>An element that a body may hold: what it is written as, which attributes it may have, and what kind it is.</summary>
internal sealed record AllowedElement(string WrittenAs, string[] Attributes, bool IsBlock = false, bool IsVoid = false);

/// <summary>The allow-list of article bodies: whatever is not named here does not come through.</summary>
internal static class AllowedHtml
{
    /// <summary>Besides what each element allows. A class only with one of <see cref="Classes"/>.</summary>
    public static readonly string[] EverywhereAllowed = ["id", "lang", "dir"];

    /// <summary>What a link may lead to; pictures and citations only to the web.</summary>
    public static readonly string[] Schemes = ["http", "https", "mailto", "tel"];

    /// <summary>The classes that the writer itself gives, so that its HTML can be rendered again.</summary>
    public static readonly string[] Classes = ["table", "footnotes", "footnote-ref", "footnote-back-ref", "center", "end"];

    /// <summary>By the name as parsed. Elements that only divide a page are written as a plain div.</summary>
    public static readonly FrozenDictionary<string, AllowedElement> Elements = new (string Parsed, AllowedElement Element)[]
    {
        ("h1", Block("h1")), ("h2", Block("h2")), ("h3", Block("h3")), ("h4", Block("h4")), ("h5", Block("h5")), ("h6", Block("h6")),
        ("p", Block("p")),
        ("ul", Block("ul")), ("ol", Block("ol", "start", "reversed", "type")), ("li", Block("li", "value")),
        ("dl", Block("dl")), ("dt", Block("dt")), ("dd", Block("dd")),
        ("blockquote", Block("blockquote", "cite")), ("pre", Block("pre")),
        ("figure", Block("figure")), ("figcaption", Block("figcaption")),
        ("details", Block("details", "open")), ("summary", Block("summary")),
        ("div", Block("div", "class")), ("section", Block("div")), ("article", Block("div")), ("header", Block("div")),
        ("footer", Block("div")), ("aside", Block("div")), ("main", Block("div")), ("nav", Block("div")),
        ("address", Block("div")), ("center", Block("div")), ("form", Block("div")), ("fieldset", Block("div")),
        ("table", Block("table")), ("caption", Block("caption")), ("colgroup", Block("colgroup", "span")),
        ("col", new("col", ["span"], IsBlock: true, IsVoid: true)),
        ("thead", Block("thead")), ("tbody", Block("tbody")), ("tfoot", Block("tfoot")), ("tr", Block("tr")),
        ("td", Block("td", "class", "colspan", "rowspan")), ("th", Block("th", "class", "colspan", "rowspan", "scope", "abbr")),
        ("hr", new("hr", [], IsBlock: true, IsVoid: true)),

        ("a", Inline("a", "href", "hreflang", "title", "class", "rel")),
        ("em", Inline("em")), ("strong", Inline("strong")), ("i", Inline("i")), ("b", Inline("b")),
        ("s", Inline("s")), ("strike", Inline("s")), ("del", Inline("del", "cite", "datetime")), ("ins", Inline("ins", "cite", "datetime")),
        ("q", Inline("q", "cite")), ("cite", Inline("cite")), ("abbr", Inline("abbr", "title")), ("acronym", Inline("abbr", "title")),
        ("dfn", Inline("dfn")), ("time", Inline("time", "datetime")), ("mark", Inline("mark")), ("small", Inline("small")),
        ("sub", Inline("sub")), ("sup", Inline("sup")),
        ("code", Inline("code")), ("kbd", Inline("kbd")), ("samp", Inline("samp")), ("var", Inline("var")), ("tt", Inline("code")),
        ("ruby", Inline("ruby")), ("rt", Inline("rt")), ("rp", Inline("rp")),
        ("bdi", Inline("bdi")), ("bdo", Inline("bdo")), ("span", Inline("span")),
        ("img", new("img", ["src", "alt", "title", "width", "height"], IsVoid: true)),
        ("br", new("br", [], IsVoid: true)), ("wbr", new("wbr", [], IsVoid: true)),
    }.ToFrozenDictionary(entry => entry.Parsed, entry => entry.Element);

    /// <summary>What is removed with all that it holds. Of other unknown elements the contents stay. Those that a parser treats as a
    /// border (button, object, template …) must be here: without them, their contents would be parsed to another tree.</summary>
    public static readonly FrozenSet<string> DroppedWithContents = new[]
    {
        "applet", "area", "audio", "base", "basefont", "bgsound", "button", "canvas", "datalist", "dialog", "embed", "frame", "frameset",
        "head", "iframe", "input", "keygen", "link", "listing", "map", "marquee", "math", "menuitem", "meta", "meter", "noembed", "noframes",
        "noscript", "object", "optgroup", "option", "output", "param", "plaintext", "portal", "progress", "script", "select", "source",
        "style", "svg", "template", "textarea", "title", "track", "video", "xmp",
    }.ToFrozenSet();

    /// <summary>Whether it is usual to leave out the end tag. List items are counted apart.</summary>
    public static bool ClosesByItself(string name) => name is "p" or "td" or "th" or "tr" or "thead" or "tbody" or "tfoot" or "colgroup"
        or "col" or "br" or "wbr" or "hr" or "img" or "input" or "meta" or "link" or "source" or "track" or "area" or "base" or "embed"
        or "param" or "option" or "html" or "head" or "body";

    private static AllowedElement Block(string writtenAs, params string[] attributes) => new(writtenAs, attributes, IsBlock: true);

    private static AllowedElement Inline(string writtenAs, params string[] attributes) => new(writtenAs, attributes);
}
