using Pressroom.Site;

namespace Pressroom.Articles;

/// <summary>Shows an article's page before the article exists.</summary>
public sealed class PreviewArticle(SaveArticle save, ArticlePages pages)
{
    /// <summary>The page's HTML. Nothing is stored, and nothing is reserved.</summary>
    public Task<byte[]> RunAsync(ArticleContent content, CancellationToken cancellation) =>
        pages.PreviewAsync(save.Draft(content), cancellation);
}
