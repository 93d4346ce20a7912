using Pressroom.Articles;

namespace Pressroom.Comments.Spam;

/// <summary>Tells Akismet where a person decided otherwise than it did.</summary>
public sealed class TeachAkismet(Akismet akismet, JudgeComment judge, ArticleStore articles) : ICommentDecided
{
    /// <inheritdoc/>
    public async Task DecidedAsync(Comment comment, CommentStatus? before, CommentStatus after, CancellationToken cancellation)
    {
        var isSpam = comment.Status == CommentStatus.Spam;
        if (before is null || after != comment.Status || !(isSpam || comment.Status == CommentStatus.Approved)
            || comment.Score.Findings.LastOrDefault(finding => finding.Signal == Akismet.Signal) is not { Doubt: false } verdict
            || verdict.Points > 0 == isSpam
            || await articles.FindAsync(comment.Article, cancellation) is not { Article: var article })
        {
            return;
        }

        await akismet.TeachAsync(await judge.CaseAsync(comment, article, cancellation), isSpam, cancellation);
    }
}
