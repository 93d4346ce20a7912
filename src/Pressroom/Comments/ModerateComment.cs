using Pressroom.Articles;
using Pressroom.Comments.Thread;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>What moderators do with a comment: decide, undo, edit, delete. Of several at once the last wins, and the history shows them all.</summary>
/// <remarks>Intent, commit, release: killed at any point, a decision is either not made or made with all that follows.</remarks>
public sealed class ModerateComment(CommentStore comments, CommentQueue queue, SettleComment settle, ArticleStore articles, IQueueStore queues, TimeProvider time)
{
    /// <summary>Gives a comment a status; a comment that has it stays as it is.</summary>
    /// <returns>The comment after it; null where there is none.</returns>
    public Task<Comment?> DecideAsync(CommentId id, CommentStatus status, string by, CancellationToken cancellation) =>
        ChangeAsync(id, comment => comment.Decided(status, by, time.GetUtcNow()), cancellation);

    /// <summary>Gives a comment the status that it had before the last decision, an undoing among them.</summary>
    /// <returns>The comment after it; the same where nothing was decided yet; null where there is none.</returns>
    public Task<Comment?> UndoAsync(CommentId id, string by, CancellationToken cancellation) => ChangeAsync(
        id,
        comment => comment.History.LastOrDefault(change => change.IsDecision) is { } last ? comment.Decided(last.From, by, time.GetUtcNow()) : comment,
        cancellation);

    /// <summary>Changes a comment's text; the former one stays in the history.</summary>
    /// <param name="id">Which comment.</param>
    /// <param name="text">The new text.</param>
    /// <param name="isExpected">Whether the comment is what the moderator saw.</param>
    /// <param name="by">Who is named in the history.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task<EditOutcome> EditAsync(CommentId id, string text, Func<Comment, bool> isExpected, string by, CancellationToken cancellation)
    {
        if (await queue.FindArticleAsync(id, cancellation) is not { } article || await articles.FindAsync(article, cancellation) is not { Article.Language: var language })
        {
            return new EditOutcome.NoSuchComment();
        }

        var rendered = CommentText.Render(text, language);
        if (rendered.Html.Length > CommentStore.MostHtml)
        {
            return new EditOutcome.TooLong();
        }

        EditOutcome? refusal = null;
        var edited = await ChangeAsync(
            id,
            comment =>
            {
                refusal = !isExpected(comment) ? new EditOutcome.Changed()
                    : comment.History.Count(change => change.TextBefore is not null) >= Comment.MostEdits ? new EditOutcome.TooManyEdits()
                    : null;
                return refusal is null ? comment.Edited(text, rendered, by, time.GetUtcNow()) : comment;
            },
            cancellation);
        return edited is null ? new EditOutcome.NoSuchComment() : refusal ?? new EditOutcome.Edited(edited);
    }

    /// <summary>Deletes a comment for good: text, name, and what is known of its author unless they wrote others. Replies to it stay.</summary>
    /// <returns>False where there is none.</returns>
    public Task<bool> DeleteAsync(CommentId id, CancellationToken cancellation) => DeleteAsync(id, _ => true, cancellation);

    /// <summary>The same of a comment that is to go as it is now.</summary>
    internal async Task<bool> DeleteAsync(CommentId id, Func<Comment, bool> isToGo, CancellationToken cancellation)
    {
        if (await queue.FindArticleAsync(id, cancellation) is not { } article)
        {
            return false;
        }

        while (await comments.FindAsync(article, id, cancellation) is { } stored && isToGo(stored.Comment))
        {
            var intent = await HoldAsync(stored.Comment, cancellation);
            if (await comments.DeleteAsync(stored, cancellation))
            {
                await settle.DropAsync(article, id, CancellationToken.None);
                await intent.ReleaseAsync();
                return true;
            }

            await intent.WithdrawAsync();
        }

        return false;
    }

    /// <summary>Takes the author's name off a comment, and all that leads from it to them.</summary>
    internal Task AnonymiseAsync(ArticleId article, CommentId id, CancellationToken cancellation) =>
        ChangeAsync(article, id, comment => comment.Person is null ? comment : comment.Anonymous(), cancellation);

    private async Task<Comment?> ChangeAsync(CommentId id, Func<Comment, Comment> change, CancellationToken cancellation) =>
        await queue.FindArticleAsync(id, cancellation) is { } article ? await ChangeAsync(article, id, change, cancellation) : null;

    private async Task<Comment?> ChangeAsync(ArticleId article, CommentId id, Func<Comment, Comment> change, CancellationToken cancellation)
    {
        while (await comments.FindAsync(article, id, cancellation) is { } stored)
        {
            var changed = change(stored.Comment);
            if (ReferenceEquals(changed, stored.Comment))
            {
                return changed;
            }

            var intent = await HoldAsync(changed, cancellation);
            if (await comments.WriteAsync(changed, stored, cancellation))
            {
                await queue.PlaceAsync(changed, CancellationToken.None);
                await intent.ReleaseAsync();
                return changed;
            }

            await intent.WithdrawAsync();
        }

        return null;
    }

    private Task<Intent> HoldAsync(Comment comment, CancellationToken cancellation) =>
        Intent.HoldAsync(queues, SettleComment.Queue, CommentMessage.Of(comment).ToJson(), cancellation);
}

/// <summary>How an edit ended.</summary>
public abstract record EditOutcome
{
    /// <summary>The comment has the text.</summary>
    public sealed record Edited(Comment Comment) : EditOutcome;

    /// <summary>There is no such comment.</summary>
    public sealed record NoSuchComment : EditOutcome;

    /// <summary>It has changed since the moderator read it.</summary>
    public sealed record Changed : EditOutcome;

    /// <summary>It was edited so often that no further text can be kept.</summary>
    public sealed record TooManyEdits : EditOutcome;

    /// <summary>The text becomes longer than can be stored.</summary>
    public sealed record TooLong : EditOutcome;
}
