using System.Text.Json.Nodes;
using Pressroom.Newsletters;
using Pressroom.People;

namespace Pressroom.Comments.Replies;

/// <summary>Once a comment is approved: tells those who wait for it, and asks its author, who wants to be told of replies, to confirm the address.</summary>
/// <remarks>Not before: whoever types another's address gets no mail sent there until a moderator, or the newsroom's policy, has let the
/// comment through.</remarks>
public sealed class TellOfReplies(ReplyNotices notices, Commenters commenters) : ICommentDecided, IPersonalData
{
    /// <inheritdoc/>
    public string Name => "replyNotices";

    /// <inheritdoc/>
    public async Task DecidedAsync(Comment comment, CommentStatus? before, CommentStatus after, CancellationToken cancellation)
    {
        if (after != CommentStatus.Approved || comment.Status != CommentStatus.Approved)
        {
            return;
        }

        if (comment is { Notify: true, Person: { } author } && await commenters.FindAsync(author, cancellation) is { } known)
        {
            await notices.AskedAsync(comment.Article, comment.Id, known.Address, comment.Language, cancellation);
        }

        await notices.ApprovedAsync(comment.Article, comment.Id, comment.ParentId, comment.Person, cancellation);
    }

    /// <inheritdoc/>
    public async Task<JsonNode?> ExportAsync(EmailAddress address, CancellationToken cancellation) =>
        await notices.ExportAsync(address, cancellation) is not { } held ? null : new JsonObject
        {
            ["email"] = held.Address.Value,
            ["language"] = held.Language.Tag,
            ["askedAt"] = held.AskedAt,
            ["confirmedAt"] = held.ConfirmedAt,
            ["stoppedAt"] = held.StoppedAt,
            ["items"] = new JsonArray(
            [
                .. held.Comments.Select(item => new JsonObject
                {
                    ["articleId"] = item.Article.Value,
                    ["commentId"] = item.Comment.Value,
                    ["askedAt"] = item.AskedAt,
                    ["stoppedAt"] = item.StoppedAt,
                }),
            ]),
        };

    /// <inheritdoc/>
    public Task EraseAsync(EmailAddress address, CancellationToken cancellation) => notices.EraseAsync(address, cancellation);
}
