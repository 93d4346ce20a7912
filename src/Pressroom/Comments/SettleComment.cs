using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>Makes all that follows from a comment what its row says: lists, its author's count, the page, and whoever learns from decisions.</summary>
/// <remarks>May run twice, and beside itself: each step looks at the comment as it is now, and the last to finish has looked last. Of a
/// comment that is not there it takes away what is left of it.</remarks>
public sealed class SettleComment(
    CommentStore comments, CommentQueue queue, Commenters commenters, CommentOrigins origins, IEnumerable<ICommentDecided> listeners, IQueueStore queues)
{
    /// <summary>The queue of comments that changed.</summary>
    public const string Queue = "comment-changed";

    /// <summary>Settles the comment.</summary>
    /// <returns>The comment as it is then; null where it is gone.</returns>
    public async Task<StoredComment?> RunAsync(ArticleId article, CommentId id, CancellationToken cancellation)
    {
        ETag? settled = null;
        while (await comments.FindAsync(article, id, cancellation) is { } stored)
        {
            if (stored.ETag == settled)
            {
                return stored;
            }

            var comment = stored.Comment;
            await queue.PlaceAsync(comment, cancellation);
            if (comment.Person is not null && !await commenters.PlaceAsync(comment, cancellation))
            {
                // The author was erased while the comment was on its way.
                await comments.WriteAsync(comment.Anonymous(), stored, cancellation);
                continue;
            }

            if (comment.IsPageDue)
            {
                await TellPageAsync(article, cancellation);
            }

            var told = await TellAsync(comment, cancellation);
            if (comment.IsPageDue || told != comment.Told)
            {
                await comments.WriteAsync(comment with { IsPageDue = false, Told = told }, stored, cancellation);
                continue;
            }

            settled = stored.ETag;
        }

        await DropAsync(article, id, cancellation);
        await TellPageAsync(article, cancellation);
        return null;
    }

    /// <summary>Takes away what is left of a comment that is gone, or that never came about.</summary>
    internal async Task DropAsync(ArticleId article, CommentId id, CancellationToken cancellation)
    {
        if (await queue.FindAsync(id, cancellation) is { } place && place.Article == article && place.Person is { } person)
        {
            await commenters.RemoveAsync(person, id, cancellation);
        }

        await origins.RemoveAsync(id, cancellation);
        await queue.RemoveAsync(id, cancellation);
    }

    private async Task<int> TellAsync(Comment comment, CancellationToken cancellation)
    {
        var told = comment.Told;
        foreach (var change in comment.History.Where(change => change.Number > comment.Told))
        {
            foreach (var listener in change.IsDecision ? listeners : [])
            {
                await listener.DecidedAsync(comment, change.By is null ? null : change.From, change.To, cancellation);
            }

            told = change.Number;
        }

        return told;
    }

    private Task TellPageAsync(ArticleId article, CancellationToken cancellation) =>
        queues.SendAsync(ArticleChanged.Queue, new ArticleChanged(article.Value, 1, ChangeCause.Comments).ToJson(), TimeSpan.Zero, cancellation);
}
