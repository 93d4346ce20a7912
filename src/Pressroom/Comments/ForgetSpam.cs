using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>Deletes comments that have been spam for thirty days, so that what is kept does not grow with what machines send. What a filter has
/// learned of them stays.</summary>
public sealed class ForgetSpam(CommentQueue queue, ModerateComment moderate, TimeProvider time)
{
    private const int AtOnce = 100;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>Goes through the spam that is older. May be repeated.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var before = time.GetUtcNow() - KeptFor;
        var after = RowKey.NewestFirst(before);
        while (await queue.ListAsync(CommentStatus.Spam, after, AtOnce, cancellation) is { Count: > 0 } some)
        {
            foreach (var queued in some)
            {
                await moderate.DeleteAsync(queued.Id, comment => IsOldSpam(comment, before), cancellation);
            }

            after = some[^1].Row;
        }
    }

    // A moderator may have said so long after the comment came.
    private static bool IsOldSpam(Comment comment, DateTimeOffset before) =>
        comment.Status == CommentStatus.Spam
        && comment.CreatedAt < before
        && !(comment.History.LastOrDefault(change => change.IsDecision)?.At >= before);
}
