namespace Pressroom.Articles;

/// <summary>What a feature keeps of an article, or about one.</summary>
public interface IArticleTrace
{
    /// <summary>Removes it, when the article has been deleted. May be called again until all is gone.</summary>
    Task RemoveAsync(ArticleId article, CancellationToken cancellation);
}
