using Pressroom.Announcements;
using Pressroom.Site;

namespace Pressroom.Articles;

/// <summary>Shows an article's page, and what each channel would say of it, before the article exists.</summary>
public sealed class PreviewArticle(SaveArticle save, ArticlePages pages, Channels channels, ComposeAnnouncement compose)
{
    /// <summary>The page's HTML and the posts; null, with the complaint, where the text cannot be rendered. Nothing is stored, reserved or sent.</summary>
    public async Task<PreviewedArticle?> RunAsync(ArticleContent content, FieldErrors errors, CancellationToken cancellation)
    {
        if (await save.DraftAsync(content, errors, cancellation) is not { } draft)
        {
            return null;
        }

        var posts = channels.ChosenBy(draft.Article.Announce)
            .Select(channel => new PreviewedPost(channel, channel.Compose(compose.Make(draft.Article, draft.Text.Excerpt, channel.Name))))
            .ToList();
        return new PreviewedArticle(await pages.PreviewAsync(draft, cancellation), posts);
    }
}

/// <summary>The page in UTF-8, and the posts in the order of the settings.</summary>
public sealed record PreviewedArticle(byte[] Page, IReadOnlyList<PreviewedPost> Posts);

/// <summary>What a channel would post.</summary>
public sealed record PreviewedPost(IChannel Channel, ComposedPost Post);
