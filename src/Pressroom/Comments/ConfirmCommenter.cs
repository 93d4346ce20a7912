namespace Pressroom.Comments;

/// <summary>Confirms that an address is its commenter's, by the link that was mailed to it.</summary>
public sealed class ConfirmCommenter(Commenters commenters, CommentLinks links, TimeProvider time)
{
    /// <summary>Whether the address is confirmed, without changing anything; null where the link does not count (any more).</summary>
    public async Task<bool?> LookAsync(string? token, CancellationToken cancellation) =>
        links.ReadConfirm(token) is { } person && await commenters.FindAsync(person, cancellation) is { } known ? known.ConfirmedAt is not null : null;

    /// <summary>Confirms; once more is no harm. False where the link does not count (any more).</summary>
    public async Task<bool> RunAsync(string? token, CancellationToken cancellation) =>
        links.ReadConfirm(token) is { } person
        && await commenters.ChangeAsync(person, known => known.ConfirmedAt is null ? known with { ConfirmedAt = time.GetUtcNow() } : known, cancellation) is not null;
}
