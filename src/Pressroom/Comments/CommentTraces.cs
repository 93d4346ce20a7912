using Pressroom.Articles;

namespace Pressroom.Comments;

/// <summary>A deleted article's comments go with it: their texts, who wrote them, and where they came from.</summary>
public sealed class CommentTraces(CommentStore comments, SettleComment settle) : IArticleTrace
{
    /// <inheritdoc/>
    public async Task RemoveAsync(ArticleId article, CancellationToken cancellation)
    {
        await foreach (var id in comments.IdsAsync(article, cancellation))
        {
            await settle.DropAsync(article, id, cancellation);
            while (await comments.FindAsync(article, id, cancellation) is { } stored && !await comments.DeleteAsync(stored, cancellation))
            {
                // Somebody has just changed it: look again.
            }
        }

        await comments.RemovePageAsync(article, cancellation);
    }
}
