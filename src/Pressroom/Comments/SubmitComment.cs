using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Comments.Thread;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Site;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>Takes a reader's comment, so that killed at any point it is either not taken, or taken with all that follows.</summary>
/// <remarks>
/// 1 all at once: send the intent, held back; enter the comment in the moderators' lists, its author and where it came from. 2 commit: one
/// batch. 3 release the intent, which the reader does not wait for. A crash before 2 leaves entries of a comment that is not there, which the intent's consumer takes away;
/// a crash after 2 leaves the intent, whose consumer does all the rest: <see cref="ReviewComment"/>.
/// </remarks>
public sealed class SubmitComment(
    ArticleStore articles, CommentStore comments, PublishedComments published, CommentPages pages, CommentQueue queue, Commenters commenters, CommentOrigins origins,
    SubscriberIds ids, CommentLinks links, JudgeComment judge, SettleComment settle, RateLimits limits, IQueueStore queues, CommentSettings settings,
    TimeProvider time)
{
    private static readonly TimeSpan SameWithin = TimeSpan.FromMinutes(10);

    /// <summary>Takes the comment: durable when the task completes.</summary>
    public async Task<SubmitOutcome> RunAsync(Submission submission, CancellationToken cancellation)
    {
        if (await limits.AdmitAsync("comments-of-network", submission.Origin.Network.Text, settings.LimitPerPrefix, cancellation) is { } wait)
        {
            return new SubmitOutcome.TooMany(wait);
        }

        var finding = articles.FindAsync(submission.Article, cancellation);
        var looking = published.PageAsync(submission.Article, cancellation);
        var person = await ids.OfAsync(submission.Address, cancellation);
        if (await finding is not { Article: { IsLive: true } article })
        {
            return new SubmitOutcome.NoSuchArticle();
        }

        if (!pages.AreOpen(article, await looking))
        {
            return new SubmitOutcome.Closed();
        }

        if (submission.ParentId is { } parent && await comments.FindAsync(article.Id, parent, cancellation) is null)
        {
            return new SubmitOutcome.NoSuchParent();
        }

        var id = CommentId.New(time);
        if (submission.IsTrapped)
        {
            // What nobody sees, only a machine fills in; it gets the answer of any other.
            return new SubmitOutcome.Accepted(id, CommentStatus.Held);
        }

        var rendered = CommentText.Render(submission.Text, article.Language);
        if (rendered.Html.Length > CommentStore.MostHtml)
        {
            return new SubmitOutcome.TooLong();
        }

        var hashes = HashesOf(submission, person, id.CreatedAt);
        foreach (var hash in hashes)
        {
            if (await FindSubmittedAsync(article.Id, hash, id.CreatedAt, submission.SubmissionId is null, cancellation) is { } same)
            {
                return same;
            }
        }

        if (await limits.AdmitAsync("comments-of-article", article.Id.Value, settings.LimitPerArticle, cancellation) is { } pause)
        {
            return new SubmitOutcome.TooMany(pause);
        }

        var comment = new Comment
        {
            Id = id,
            Article = article.Id,
            ParentId = submission.ParentId,
            Name = submission.Name,
            Text = submission.Text,
            Html = rendered.Html,
            Language = rendered.Language,
            Status = CommentStatus.Held,
            Person = person,
            Notify = submission.Notify,
            Form = links.ReadForm(submission.Token, article.Id),
            Submission = hashes[0],
        };
        return await StoreAsync(await judge.LocallyAsync(comment, rendered, article, submission.Address, submission.Origin, cancellation), submission, cancellation);
    }

    private async Task<SubmitOutcome> StoreAsync(Comment comment, Submission submission, CancellationToken cancellation)
    {
        var holding = Intent.HoldAsync(queues, ReviewComment.Queue, CommentMessage.Of(comment).ToJson(), cancellation);
        await Task.WhenAll(
            holding,
            queue.EnterAsync(comment, cancellation),
            commenters.EnterAsync(comment, submission.Address, cancellation),
            origins.KeepAsync(comment.Id, submission.Origin, cancellation));
        var intent = await holding;
        if (await comments.AddAsync(comment, cancellation))
        {
            intent.ReleaseSoon();
            return new SubmitOutcome.Accepted(comment.Id, comment.Status);
        }

        // The same submission came in twice at once, and the other was faster.
        await settle.DropAsync(comment.Article, comment.Id, CancellationToken.None);
        await intent.WithdrawAsync();
        return await FindSubmittedAsync(comment.Article, comment.Submission!, comment.CreatedAt, isRecentOnly: false, CancellationToken.None)
            ?? new SubmitOutcome.Accepted(comment.Id, CommentStatus.Held); // and is deleted already
    }

    private async Task<SubmitOutcome?> FindSubmittedAsync(ArticleId article, string hash, DateTimeOffset now, bool isRecentOnly, CancellationToken cancellation) =>
        await comments.FindSubmissionAsync(article, hash, cancellation) is { } id
        && !(isRecentOnly && id.CreatedAt + SameWithin < now)
        && await comments.FindAsync(article, id, cancellation) is { Comment: var comment }
            ? new SubmitOutcome.Accepted(id, comment.Status)
            : null;

    // A form that is sent again with another text is another comment. Without an id, a text that comes again within ten minutes is the
    // same one: the minutes are counted in tens, so it may have come in the ten before.
    private static string[] HashesOf(Submission submission, SubscriberId person, DateTimeOffset now)
    {
        var tens = now.ToUnixTimeSeconds() / (long)SameWithin.TotalSeconds;
        return submission.SubmissionId is { } id ? [Hash("id " + id)] : [Hash(Tens(tens)), Hash(Tens(tens - 1))];

        static string Tens(long number) => string.Create(CultureInfo.InvariantCulture, $"tens {number}");

        string Hash(string identity) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', identity, person, submission.ParentId?.Value, submission.Text)))
            .AsSpan(0, 16));
    }
}

/// <summary>A comment as it was sent.</summary>
/// <param name="Article">The article.</param>
/// <param name="Name">The author's name, one line.</param>
/// <param name="Address">The author's address.</param>
/// <param name="Text">The text as typed.</param>
/// <param name="ParentId">The comment that it answers.</param>
/// <param name="Notify">Whether the author wants to be told of replies.</param>
/// <param name="IsTrapped">Whether the field was filled in that nobody sees.</param>
/// <param name="SubmissionId">What the form calls this sending; null where it has no name for it.</param>
/// <param name="Token">The form's timed token.</param>
/// <param name="Origin">Where it came from.</param>
public sealed record Submission(
    ArticleId Article, string Name, EmailAddress Address, string Text, CommentId? ParentId, bool Notify, bool IsTrapped, string? SubmissionId, string? Token,
    CommentOrigin Origin)
{
    /// <summary>The most graphemes of a name.</summary>
    public const int MostName = 100;

    /// <summary>The most characters of a text, as UTF-16 units.</summary>
    public const int MostText = 10_000;
}

/// <summary>What became of a submission.</summary>
public abstract record SubmitOutcome
{
    /// <summary>It is kept, or was before. What is taken for spam looks like what is held.</summary>
    public sealed record Accepted(CommentId Id, CommentStatus Status) : SubmitOutcome;

    /// <summary>There is no such article, or readers cannot see it.</summary>
    public sealed record NoSuchArticle : SubmitOutcome;

    /// <summary>Nobody can comment on the article any more.</summary>
    public sealed record Closed : SubmitOutcome;

    /// <summary>The article has no such comment to answer.</summary>
    public sealed record NoSuchParent : SubmitOutcome;

    /// <summary>The text becomes longer than can be stored.</summary>
    public sealed record TooLong : SubmitOutcome;

    /// <summary>Too many came from there, or to that article.</summary>
    public sealed record TooMany(TimeSpan Wait) : SubmitOutcome;
}
