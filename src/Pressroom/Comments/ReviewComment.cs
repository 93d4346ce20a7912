using Microsoft.Extensions.Logging;
using Pressroom.Articles;
using Pressroom.Comments.Spam;
using Pressroom.Comments.Thread;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Writing;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>Does what follows from a submitted comment: asks the remote signals, decides by them and the policy, and mails the moderators of what
/// waits for them.</summary>
/// <remarks>May run twice. The row tells whether the signals were asked and how many moderators were mailed; killed between a mail and the
/// row, that mail goes out again.</remarks>
public sealed partial class ReviewComment(
    CommentStore comments, Commenters commenters, CommentOrigins origins, SettleComment settle, ArticleStore articles, CommentBans bans, CommentLinks links,
    IEnumerable<ISpamSignal> signals, ComposeMail compose, IMailTransport transport, MailSettings mail, IQueueStore queues, CommentSettings settings,
    SiteSettings site, TimeProvider time, ILogger<ReviewComment> logger)
{
    /// <summary>The queue of submitted comments.</summary>
    public const string Queue = "comment-submitted";

    private const int MostAttempts = 10;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan AskedAgainAfter = TimeSpan.FromDays(1);

    private readonly IReadOnlyList<ISpamSignal> remote = [.. signals.Where(signal => signal.IsRemote)];

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

        if (remote.Count > 0 && IsOpen(stored.Comment))
        {
            await AskRemoteAsync(stored.Comment, article, cancellation);
            if (await settle.RunAsync(article.Id, id, cancellation) is not { } reviewed)
            {
                return;
            }

            stored = reviewed;
        }

        if (stored.Comment.Status == CommentStatus.Held && await MailAsync(stored.Comment, article, cancellation) is { } later)
        {
            if (message.Attempt >= MostAttempts)
            {
                throw new InvalidOperationException("The mail about a comment could not be sent.");
            }

            var delay = Backoff.Longer(later.After, Backoff.After(message.Attempt + 1, LongestDelay));
            await queues.SendAsync(Queue, (message with { Attempt = message.Attempt + 1 }).ToJson(), delay, CancellationToken.None);
        }
    }

    // Whether the signals still have something to say: not where the local ones were sure, nor where a person was faster.
    private static bool IsOpen(Comment comment) =>
        !comment.IsReviewed && comment.Status == CommentStatus.Held && comment.History.All(change => change.By is null);

    private async Task AskRemoteAsync(Comment comment, Article article, CancellationToken cancellation)
    {
        var person = comment.Person is { } id ? await commenters.FindAsync(id, cancellation) : null;
        var origin = await origins.FindAsync(comment.Id, cancellation);
        var rendered = CommentText.Render(comment.Text, article.Language);
        var spamCase = new SpamCase(
            comment.Id, article.Id, article.Language, site.Absolute(article.Path + "/"), comment.Name, person?.Address.Value ?? "", comment.Text, rendered.Links,
            comment.Language, origin?.Network.Address, origin?.UserAgent, comment.Form, comment.CreatedAt);
        var findings = (await Task.WhenAll(remote.Select(signal => signal.JudgeAsync(spamCase, cancellation)))).SelectMany(found => found).ToList();
        while (await comments.FindAsync(article.Id, comment.Id, cancellation) is { } stored && IsOpen(stored.Comment))
        {
            var score = stored.Comment.Score.With(findings);
            var status = settings.Policy.Decide(score, person is { IsKnown: true }, isWhole: true);
            var reviewed = (stored.Comment with { Score = score, IsReviewed = true }).Decided(status, null, time.GetUtcNow());
            if (await comments.WriteAsync(reviewed, stored, cancellation))
            {
                return;
            }
        }
    }

    private async Task<MailOutcome.TryLater?> MailAsync(Comment comment, Article article, CancellationToken cancellation) =>
        await MailModeratorsAsync(comment, article, cancellation) ?? await AskAuthorAsync(comment, article, cancellation);

    private async Task<MailOutcome.TryLater?> MailModeratorsAsync(Comment comment, Article article, CancellationToken cancellation)
    {
        while (comment.Mailed < mail.Moderators.Count)
        {
            var recipients = mail.Moderators.Select((address, number) => new MailRecipient($"moderator-{number}", address, new Dictionary<string, string>()))
                .Skip(comment.Mailed).Take(transport.MostRecipients).ToList();
            var content = compose.Moderation(comment, article, links.ModerateAddress(links.ModerateToken(comment, time.GetUtcNow())));
            var done = 0;
            var outcome = await SendAsync(new MailBatch($"comment-{comment.Id}-{comment.Mailed}", "moderation", content, recipients), progress => done = progress.Done);
            if (outcome is not MailOutcome.TryLater)
            {
                done = recipients.Count;
            }

            if (done > 0 && await RecordAsync(comment, comment.Mailed + done, cancellation) is not { } recorded)
            {
                return null;
            }

            if (outcome is MailOutcome.TryLater later)
            {
                return later;
            }

            if (outcome is MailOutcome.Refused)
            {
                LogRefused(comment.Id);
            }

            comment = comment with { Mailed = comment.Mailed + done };
        }

        return null;
    }

    private async Task<Comment?> RecordAsync(Comment comment, int mailed, CancellationToken cancellation)
    {
        while (await comments.FindAsync(comment.Article, comment.Id, cancellation) is { } stored)
        {
            var recorded = stored.Comment with { Mailed = Math.Max(mailed, stored.Comment.Mailed) };
            if (await comments.WriteAsync(recorded, stored, CancellationToken.None))
            {
                return recorded;
            }
        }

        return null;
    }

    // Where the policy lets in who is known, others are asked to make themselves known, once a day at most.
    private async Task<MailOutcome.TryLater?> AskAuthorAsync(Comment comment, Article article, CancellationToken cancellation)
    {
        if (settings.Policy != ModerationPolicy.First || comment.Person is not { } person || await bans.IsBannedAsync(person, cancellation))
        {
            return null;
        }

        var now = time.GetUtcNow();
        var asked = await commenters.ChangeAsync(
            person,
            known => known.ConfirmedAt is null && (known.AskedAt is not { } last || last + AskedAgainAfter <= now) ? known with { AskedAt = now, AskedFor = comment.Id } : known,
            cancellation);
        if (asked is not { ConfirmedAt: null } || asked.AskedFor != comment.Id)
        {
            return null;
        }

        var link = links.Confirm(person, asked.AskedAt!.Value, article.Language);
        var recipient = new MailRecipient("commenter", asked.Address, new Dictionary<string, string> { [ComposeMail.LinkPlaceholder] = link });
        return await SendAsync(new MailBatch("commenter-" + comment.Id, "confirmation", compose.ConfirmCommenter(article.Language), [recipient]), _ => { }) as MailOutcome.TryLater;
    }

    private async Task<MailOutcome> SendAsync(MailBatch batch, Action<MailProgress> report)
    {
        using var limit = new CancellationTokenSource(CallLimit, time);
        try
        {
            return await transport.SendAsync(
                batch,
                progress =>
                {
                    report(progress);
                    return Task.CompletedTask;
                },
                limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new MailOutcome.Unknown("No answer came in time.");
        }
    }

    [LoggerMessage(LogLevel.Warning, "The mail to the moderators about comment {Comment} was refused.")]
    private partial void LogRefused(CommentId comment);
}
