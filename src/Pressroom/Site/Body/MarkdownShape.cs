using AngleSharp.Dom;
using Pressroom.Articles;

namespace Pressroom.Site.Body;

/// <summary>What Markdown has no words for, and its renderer does not do.</summary>
internal static class MarkdownShape
{
    /// <summary>A paragraph of nothing but pictures with titles becomes a figure for each, with the title as its caption.</summary>
    public static void MakeFigures(IElement body)
    {
        foreach (var paragraph in body.QuerySelectorAll("img[title]").Select(image => image.Closest("p")).OfType<IElement>().Distinct().ToList())
        {
            if (Pictures(paragraph) is { Count: > 0 } pictures && paragraph.Closest("h1, h2, h3, h4, h5, h6") is null)
            {
                paragraph.Replace([.. pictures.Select(Figure)]);
            }
        }
    }

    /// <summary>The arrow of a footnote points back against the reading direction, and does not turn into an emoji (U+FE0E).</summary>
    public static void TurnBackReferences(IElement body, Language language)
    {
        foreach (var link in body.QuerySelectorAll("a.footnote-back-ref"))
        {
            link.TextContent = language.IsRightToLeft ? "↪\uFE0E" : "↩\uFE0E";
        }
    }

    // Pictures, or links around one; null where anything else is among them.
    private static List<IElement>? Pictures(IElement paragraph)
    {
        var pictures = new List<IElement>();
        foreach (var node in paragraph.ChildNodes)
        {
            switch (node)
            {
                case IText text when string.IsNullOrWhiteSpace(text.Data):
                case IElement { LocalName: "br" }:
                    break;
                case IElement { LocalName: "img" } image when HasTitle(image):
                    pictures.Add(image);
                    break;
                case IElement { LocalName: "a", ChildNodes: { Length: 1 } only } link when only[0] is IElement { LocalName: "img" } image && HasTitle(image):
                    pictures.Add(link);
                    break;
                default:
                    return null;
            }
        }

        return pictures;
    }

    private static INode Figure(IElement picture)
    {
        var owner = picture.Owner!;
        var image = picture.LocalName == "img" ? picture : picture.FirstElementChild!;
        var caption = owner.CreateElement("figcaption");
        caption.TextContent = image.GetAttribute("title")!.Trim();
        image.RemoveAttribute("title");
        var figure = owner.CreateElement("figure");
        figure.AppendNodes(picture, caption);
        return figure;
    }

    private static bool HasTitle(IElement image) => !string.IsNullOrWhiteSpace(image.GetAttribute("title")) && image.HasAttribute("src");
}
