using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Pressroom.Tests.Site.Body;

/// <summary>Parses HTML as a browser would, with and without script, and fails on anything that could run, load, submit or clobber.
/// Its lists are its own: it would be no check to read them from the code.</summary>
internal static class SafeHtml
{
    private static readonly HashSet<string> Elements =
    [
        "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "figure", "figcaption", "details", "summary", "div",
        "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th", "hr", "a", "em", "strong", "i", "b", "s", "del", "ins", "q",
        "cite", "abbr", "dfn", "time", "mark", "small", "sub", "sup", "code", "kbd", "samp", "var", "ruby", "rt", "rp", "bdi", "bdo", "span", "img", "br", "wbr",
    ];

    private static readonly HashSet<string> Attributes =
    [
        "id", "lang", "dir", "href", "hreflang", "rel", "src", "alt", "title", "width", "height", "loading", "decoding", "cite", "datetime", "start", "reversed",
        "type", "value", "open", "span", "colspan", "rowspan", "scope", "abbr", "class", "role", "tabindex", "aria-label",
    ];

    private static readonly HashSet<string> Classes = ["table", "footnotes", "footnote-ref", "footnote-back-ref", "center", "end"];

    private static readonly HashSet<string> Roles = ["region", "doc-endnotes", "doc-noteref", "doc-backlink"];

    public static void Check(string html, string idPrefix = "text-")
    {
        foreach (var scripting in new[] { true, false })
        {
            var parser = new HtmlParser(new HtmlParserOptions { IsScripting = scripting }, BrowsingContext.New(Configuration.Default));
            using var document = parser.ParseDocument($"<!doctype html><body><div id=\"text\">{html}</div><p id=\"after\">after</p>");
            var text = document.QuerySelector("#text")!;
            Assert.Equal("BODY", document.QuerySelector("#after")!.ParentElement!.NodeName); // nothing swallowed the page or broke out of its place
            Assert.Empty(document.Head!.ChildNodes);
            foreach (var element in document.Body!.QuerySelectorAll("*").Where(element => element.Id is not ("text" or "after")))
            {
                Assert.True(text.Contains(element), $"<{element.LocalName}> stands outside of the text");
                Assert.Equal(NamespaceNames.HtmlUri, element.NamespaceUri);
                Assert.Contains(element.LocalName, Elements);
                foreach (var attribute in element.Attributes)
                {
                    Check(attribute, idPrefix);
                }
            }
        }
    }

    private static void Check(IAttr attribute, string idPrefix)
    {
        Assert.Contains(attribute.Name, Attributes);
        switch (attribute.Name)
        {
            case "href" when attribute.Value.StartsWith('#'):
                break;
            case "href":
                Assert.Matches("^(https?://[^/]|mailto:|tel:)", attribute.Value);
                break;
            case "src" or "cite":
                Assert.Matches("^https?://[^/]", attribute.Value);
                break;
            case "id":
                Assert.StartsWith(idPrefix, attribute.Value, StringComparison.Ordinal);
                break;
            case "class":
                Assert.Contains(attribute.Value, Classes);
                break;
            case "role":
                Assert.Contains(attribute.Value, Roles);
                break;
            default:
                break;
        }
    }
}
