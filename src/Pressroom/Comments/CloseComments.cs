using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>Closes an article's comments, or opens them again.</summary>
public sealed class CloseComments(CommentStore comments, ArticleStore articles, IQueueStore queues)
{
    /// <summary>Closes or opens; the page follows.</summary>
    /// <returns>False where there is no such article.</returns>
    public async Task<bool> RunAsync(ArticleId article, bool isClosed, CancellationToken cancellation)
    {
        if (await articles.FindLivingAsync(article, cancellation) is null)
        {
            return false;
        }

        var intent = await Intent.HoldAsync(queues, ArticleChanged.Queue, new ArticleChanged(article.Value, 1, ChangeCause.Comments).ToJson(), cancellation);
        await comments.CloseAsync(article, isClosed, CancellationToken.None);
        await intent.ReleaseAsync();
        return true;
    }
}
