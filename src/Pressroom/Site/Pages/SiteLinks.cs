using Pressroom.Articles;
using Pressroom.Site.Feeds;
using Pressroom.Site.Lists;

namespace Pressroom.Site.Pages;

/// <summary>The addresses of the site's pages, percent-encoded.</summary>
internal sealed class SiteLinks(SiteSettings site)
{
    /// <summary>Scheme and host: what an absolute address has before a root-relative one.</summary>
    public string Origin { get; } = site.BaseUrl.GetLeftPart(UriPartial.Authority);

    /// <summary>Absolute, for other machines.</summary>
    public string Absolute(string path) => site.Absolute(path);

    /// <summary>From the root of the host, for links within pages.</summary>
    public string Href(string path) => RelativeTo(site.Absolute(path));

    public string RelativeTo(string absolute) => absolute[Origin.Length..];

    /// <summary>A section's or tag's list by the name as written; without an address where the name has no letter or digit. Null for none.</summary>
    public LinkView? List(ListKind kind, string? name) =>
        name is null ? null : new LinkView(name, Slug.From(name) is { } slug ? Href(new ListKey(kind, slug.Value).Folder) : null);

    /// <summary>The three feeds of a list, with absolute addresses.</summary>
    public IReadOnlyList<FeedView> Feeds(ListKey list, string title) =>
    [
        new("RSS", title, "application/rss+xml", Absolute(FeedModel.RssPath(list))),
        new("Atom", title, "application/atom+xml", Absolute(FeedModel.AtomPath(list))),
        new("JSON Feed", title, "application/feed+json", Absolute(FeedModel.JsonPath(list))),
    ];
}
