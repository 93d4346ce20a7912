using Pressroom.Articles;
using Pressroom.Site.Lists;

namespace Pressroom.Site.Feeds;

/// <summary>What a list's three feeds are made from.</summary>
/// <param name="List">Which list.</param>
/// <param name="Title">The feed's title.</param>
/// <param name="Language">The feed's own language; each item has its own.</param>
/// <param name="Updated">When the newest change of an item was made.</param>
/// <param name="Items">Newest first.</param>
public sealed record FeedModel(ListKey List, string Title, Language Language, DateTimeOffset Updated, IReadOnlyList<FeedItem> Items);
