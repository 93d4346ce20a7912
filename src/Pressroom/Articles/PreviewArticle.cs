using Pressroom.Site;

namespace Pressroom.Articles;

/// <summary>Shows an article's page before the article exists.</summary>
public sealed class PreviewArticle(SaveArticle save, ArticlePages pages)
{
    /// <summary>The page's HTML; null, with the complaint, where the text cannot be rendered. Nothing is stored, and nothing is reserved.</summary>
    public async Task<byte[]?> RunAsync(ArticleContent content, FieldErrors errors, CancellationToken cancellation) =>
        save.Draft(content, errors) is { } draft ? await pages.PreviewAsync(draft, cancellation) : null;
}
