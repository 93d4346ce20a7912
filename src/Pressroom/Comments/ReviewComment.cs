using Pressroom.Articles;
using Pressroom.Newsletters.Mail;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>Does what follows from a submitted comment: asks the remote signals, decides by them and the policy, and mails those who have to do
/// something so that it can appear.</summary>
/// <remarks>May run twice. The comment's row tells whether the signals were asked and how many moderators were mailed.</remarks>
public sealed class ReviewComment(
    CommentStore comments, JudgeComment judge, SettleComment settle, MailModerators moderators, AskCommenter commenter, ArticleStore articles, IQueueStore queues,
    TimeProvider time)
{
    /// <summary>The queue of submitted comments.</summary>
    public const string Queue = "comment-submitted";

    /// <summary>Reviews the comment; nothing where it is not there.</summary>
    /// <exception cref="InvalidOperationException">The mail could not be sent for hours.</exception>
    public async Task RunAsync(CommentMessage message, CancellationToken cancellation)
    {
        var id = CommentId.Parse(message.CommentId);
        if (await settle.RunAsync(ArticleId.Parse(message.ArticleId), id, cancellation) is not { } stored
            || await articles.FindAsync(stored.Comment.Article, cancellation) is not { Article: var article })
        {
            return;
        }

        if (judge.IsOpen(stored.Comment))
        {
            await AskRemoteAsync(stored.Comment, article, cancellation);
            if (await settle.RunAsync(article.Id, id, cancellation) is not { } reviewed)
            {
                return;
            }

            stored = reviewed;
        }

        if (stored.Comment is not { Status: CommentStatus.Held } held
            || (await moderators.RunAsync(held, article, cancellation) ?? await commenter.RunAsync(held, article, cancellation)) is not { } later)
        {
            return;
        }

        var delay = MailCalls.DelayAfter(later, message.Attempt);
        await queues.SendAsync(Queue, (message with { Attempt = message.Attempt + 1 }).ToJson(), delay, CancellationToken.None);
    }

    private async Task AskRemoteAsync(Comment comment, Article article, CancellationToken cancellation)
    {
        var judged = await judge.RemotelyAsync(comment, article, cancellation);
        while (await comments.FindAsync(article.Id, comment.Id, cancellation) is { } stored && judge.IsOpen(stored.Comment)
            && !await comments.WriteAsync(judged(stored.Comment, time.GetUtcNow()), stored, cancellation))
        {
            // Somebody else has changed it: look again.
        }
    }
}
