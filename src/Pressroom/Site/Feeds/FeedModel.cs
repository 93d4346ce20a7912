using Pressroom.Articles;
using Pressroom.Site.Lists;

namespace Pressroom.Site.Feeds;

/// <summary>A feed of one list, in any of the three formats. The same model gives the same bytes.</summary>
/// <param name="List">Which list.</param>
/// <param name="Title">The feed's name.</param>
/// <param name="Language">The language of the list: of the site, or of a language's list.</param>
/// <param name="Updated">When the feed last changed: of its articles' times, not that of its writing.</param>
/// <param name="Items">Newest first.</param>
public sealed record FeedModel(ListKey List, string Title, Language Language, DateTimeOffset Updated, IReadOnlyList<FeedItem> Items)
{
    /// <summary>The path of the list's RSS feed.</summary>
    public static string RssPath(ListKey list) => list.Folder + "feed.xml";

    /// <summary>The path of the list's Atom feed.</summary>
    public static string AtomPath(ListKey list) => list.Folder + "atom.xml";

    /// <summary>The path of the list's JSON feed.</summary>
    public static string JsonPath(ListKey list) => list.Folder + "feed.json";
}
