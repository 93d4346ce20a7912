using Pressroom.Articles;
using Pressroom.Media;
using Pressroom.Site.Feeds;
using Pressroom.Site.Lists;

namespace Pressroom.Announcements;

/// <summary>Gathers what a channel tells of an article.</summary>
public sealed class ComposeAnnouncement(ArticleStore articles, SiteSettings site)
{
    /// <summary>The announcement of a stored article for a channel.</summary>
    public async Task<Announcement> RunAsync(Article article, string channel, CancellationToken cancellation)
    {
        var text = article.Summary is null ? (await articles.ReadAsync(article.Id, article.Revision, cancellation))?.Text : null;
        return Make(article, text?.Excerpt, channel);
    }

    /// <summary>The announcement of an article that need not be stored.</summary>
    public Announcement Make(Article article, string? excerpt, string channel) => new(
        article.Id,
        article.Title,
        article.Summary ?? excerpt,
        site.Absolute(article.Path + "/"),
        article.Language,
        article.Tags,
        ShownPicture.ToShare(article.Image, site.BaseUrl),
        article.Announce.Text?.GetValueOrDefault(channel) is { } own && !string.IsNullOrWhiteSpace(own) ? own : null,
        article.PublishAt ?? article.CreatedAt,
        site.Title,
        site.Absolute(FeedModel.AtomPath(ListKey.Home)));
}
