using System.Globalization;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using Ganss.Xss;

namespace Pressroom.Site.Body;

/// <summary>Parses HTML, within bounds, and takes out everything that <see cref="AllowedHtml"/> does not name.</summary>
/// <remarks>The bounds keep hostile input from costing minutes or gigabytes: the parser's time grows with the square of the
/// depth, and unclosed formatting elements are opened anew in every paragraph.</remarks>
internal static class BodyParser
{
    private const int MostElements = 20_000;
    private const int MostOpenElements = 128;
    private const int MostOpenItems = 2_000;

    private static readonly IBrowsingContext Context = BrowsingContext.New(Configuration.Default);
    private static readonly HtmlSanitizer Sanitizer = NewSanitizer();

    // The context makes its services at their first use; after this it is only read, and many threads can share it.
    static BodyParser() => Parse("<p><a href=\"/\">warm</a><table></table>").Dispose();

    /// <exception cref="FormatException">The HTML is beyond the bounds.</exception>
    public static IHtmlDocument Parse(string html)
    {
        var bounds = new Bounds();
        var parser = new HtmlParser(
            new HtmlParserOptions
            {
                IsScripting = true, // as the reader's browser is: noscript holds text, not elements
                SkipComments = true,
                DisableElementPositionTracking = true,
                OnCreated = (_, _) => bounds.Count(),
                OnToken = (token, _) => bounds.See(token),
            },
            Context);
        var document = parser.ParseDocument("<!doctype html><html><body>" + html);
        return Sanitizer.SanitizeDom(document, document.Body);
    }

    private static HtmlSanitizer NewSanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = AllowedHtml.Elements.Keys.ToHashSet(),
            AllowedAttributes = AllowedHtml.Elements.Values.SelectMany(element => element.Attributes).Concat(AllowedHtml.EverywhereAllowed).ToHashSet(),
            AllowedSchemes = AllowedHtml.Schemes.ToHashSet(),
            UriAttributes = new HashSet<string> { "href", "src", "cite" },
        })
        {
            KeepChildNodes = true,
        };
        sanitizer.AllowedClasses.UnionWith(AllowedHtml.Classes);
        sanitizer.RemovingTag += (_, removing) =>
        {
            if (removing.Tag.NamespaceUri != NamespaceNames.HtmlUri || AllowedHtml.DroppedWithContents.Contains(removing.Tag.LocalName))
            {
                removing.Tag.Remove();
                removing.Cancel = true;
            }
        };

        // Markdig aligns the cells of a table by style; a class of ours says the same.
        sanitizer.RemovingAttribute += (_, removing) =>
        {
            if (removing.Attribute.Name == "style" && removing.Tag.LocalName is "td" or "th")
            {
                var alignment = removing.Attribute.Value switch
                {
                    "text-align: center;" => "center",
                    "text-align: right;" => "end",
                    _ => null,
                };
                if (alignment is not null)
                {
                    removing.Tag.SetAttribute("class", alignment);
                }
            }
        };
        return sanitizer;
    }

    private sealed class Bounds
    {
        private int elements;
        private int open;
        private int openItems;

        public void Count()
        {
            if (++elements > MostElements)
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"It has more than {MostElements:N0} elements."));
            }
        }

        public void See(HtmlToken token)
        {
            var change = token.Type switch
            {
                HtmlTokenType.StartTag => 1,
                HtmlTokenType.EndTag => -1,
                _ => 0,
            };
            if (change == 0 || AllowedHtml.ClosesByItself(token.Name))
            {
                return;
            }

            ref var count = ref open;
            if (token.Name is "li" or "dt" or "dd")
            {
                count = ref openItems;
            }

            count = Math.Max(0, count + change);
            if (open > MostOpenElements || openItems > MostOpenItems)
            {
                throw new FormatException("The HTML is nested too deeply, or its elements are not closed.");
            }
        }
    }
}
