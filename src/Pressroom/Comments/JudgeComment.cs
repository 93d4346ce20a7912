using Pressroom.Articles;
using Pressroom.Comments.Spam;
using Pressroom.Comments.Thread;
using Pressroom.Newsletters;

namespace Pressroom.Comments;

/// <summary>Asks the signals about a comment, and decides by what they say and the newsroom's policy what becomes of it without a person.</summary>
public sealed class JudgeComment(
    CommentBans bans, Commenters commenters, CommentOrigins origins, IEnumerable<ISpamSignal> signals, CommentSettings settings, SiteSettings site)
{
    private readonly IReadOnlyList<ISpamSignal> local = [.. signals.Where(signal => !signal.IsRemote)];
    private readonly IReadOnlyList<ISpamSignal> remote = [.. signals.Where(signal => signal.IsRemote)];

    /// <summary>Judges a comment that is about to be committed by the bans and the local signals. Nothing is published before the remote ones have
    /// spoken, where there are any.</summary>
    /// <param name="comment">The comment, held.</param>
    /// <param name="rendered">Its text as rendered.</param>
    /// <param name="article">What it is about.</param>
    /// <param name="address">Its author's address.</param>
    /// <param name="origin">Where it came from.</param>
    /// <param name="cancellation">Cancels.</param>
    internal async Task<Comment> LocallyAsync(
        Comment comment, RenderedComment rendered, Article article, EmailAddress address, CommentOrigin origin, CancellationToken cancellation)
    {
        var findings = new List<SpamFinding>();
        if (await bans.JudgeAsync(comment.Person!.Value, origin.Network, comment.Name, comment.Text, cancellation) is { } ban)
        {
            findings.Add(ban);
        }

        var spamCase = CaseOf(comment, rendered, article, address, origin);
        foreach (var signal in local)
        {
            findings.AddRange(await signal.JudgeAsync(spamCase, cancellation));
        }

        var isKnown = settings.Policy == ModerationPolicy.First && await commenters.FindAsync(comment.Person.Value, cancellation) is { IsKnown: true };
        var score = new SpamScore(findings);
        return (comment with { Score = score }).Decided(StatusBy(score, isKnown, isWhole: remote.Count == 0), null, comment.CreatedAt);
    }

    /// <summary>Whether the remote signals still have something to say: not where the local ones were sure, nor where a person was faster.</summary>
    internal bool IsOpen(Comment comment) =>
        remote.Count > 0 && !comment.IsReviewed && comment.Status == CommentStatus.Held && comment.History.All(change => change.By is null);

    /// <summary>Asks the remote signals about a comment.</summary>
    /// <returns>Makes of the comment, as it is when it is called, the judged one.</returns>
    internal async Task<Func<Comment, DateTimeOffset, Comment>> RemotelyAsync(Comment comment, Article article, CancellationToken cancellation)
    {
        var author = await AuthorOfAsync(comment, cancellation);
        var spamCase = await CaseAsync(comment, article, author, cancellation);
        var findings = (await Task.WhenAll(remote.Select(signal => signal.JudgeAsync(spamCase, cancellation)))).SelectMany(found => found).ToList();
        return (now, at) =>
        {
            var score = now.Score.With(findings);
            return (now with { Score = score, IsReviewed = true }).Decided(StatusBy(score, author is { IsKnown: true }, isWhole: true), null, at);
        };
    }

    /// <summary>All that is still known of a comment that it can be judged by.</summary>
    internal async Task<SpamCase> CaseAsync(Comment comment, Article article, CancellationToken cancellation) =>
        await CaseAsync(comment, article, await AuthorOfAsync(comment, cancellation), cancellation);

    private async Task<SpamCase> CaseAsync(Comment comment, Article article, Commenter? author, CancellationToken cancellation) => CaseOf(
        comment, CommentText.Render(comment.Text, article.Language), article, author?.Address, await origins.FindAsync(comment.Id, cancellation));

    private async Task<Commenter?> AuthorOfAsync(Comment comment, CancellationToken cancellation) =>
        comment.Person is { } person ? await commenters.FindAsync(person, cancellation) : null;

    private CommentStatus StatusBy(SpamScore score, bool isKnown, bool isWhole) =>
        score.IsSpam ? CommentStatus.Spam
        : isWhole && score.IsClean && (settings.Policy == ModerationPolicy.None || (settings.Policy == ModerationPolicy.First && isKnown)) ? CommentStatus.Approved
        : CommentStatus.Held;

    private SpamCase CaseOf(Comment comment, RenderedComment rendered, Article article, EmailAddress? address, CommentOrigin? origin) => new(
        comment.Id, article.Id, article.Language, site.Absolute(article.Path + "/"), comment.Name, address?.Value ?? "", comment.Text, rendered.Links, comment.Language,
        origin?.Network.Address, origin?.UserAgent, comment.Form, comment.CreatedAt);
}
