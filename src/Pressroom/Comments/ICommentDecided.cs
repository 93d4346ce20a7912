namespace Pressroom.Comments;

/// <summary>Learns what was decided on comments: a filter, or the notices to those who wait for replies.</summary>
public interface ICommentDecided
{
    /// <summary>Called for each decision at least once, through crashes too, so it may be called again for one that it knows.</summary>
    /// <param name="comment">The comment as it is now.</param>
    /// <param name="before">The status before; null where no person decided, but the score and the newsroom's policy did.</param>
    /// <param name="after">The status that was decided. A later decision may be in <paramref name="comment"/> already.</param>
    /// <param name="cancellation">Cancels.</param>
    Task DecidedAsync(Comment comment, CommentStatus? before, CommentStatus after, CancellationToken cancellation);
}
