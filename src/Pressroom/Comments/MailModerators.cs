using Microsoft.Extensions.Logging;
using Pressroom.Articles;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Writing;

namespace Pressroom.Comments;

/// <summary>Mails the moderators of a comment that waits for them, each once.</summary>
/// <remarks>The row tells how many were mailed; killed between a mail and the row, that mail goes out again.</remarks>
public sealed partial class MailModerators(
    CommentStore comments, CommentLinks links, ComposeMail compose, IMailTransport transport, MailSettings mail, TimeProvider time, ILogger<MailModerators> logger)
{
    /// <summary>Mails those who have not been mailed yet.</summary>
    /// <returns>Null when that is done; otherwise when to go on.</returns>
    public async Task<MailOutcome.TryLater?> RunAsync(Comment held, Article article, CancellationToken cancellation)
    {
        var mailed = held.Mailed;
        while (mailed < mail.Moderators.Count)
        {
            var recipients = mail.Moderators.Select((address, number) => new MailRecipient($"moderator-{number}", address, new Dictionary<string, string>()))
                .Skip(mailed).Take(transport.MostRecipients).ToList();
            var content = compose.Moderation(held, article, links.ModerateAddress(links.ModerateToken(held, time.GetUtcNow())));
            var done = 0;
            var outcome = await transport.SendInTimeAsync(new MailBatch($"comment-{held.Id}-{mailed}", "moderation", content, recipients), time, progress => done = progress.Done);
            mailed += outcome is MailOutcome.TryLater ? done : recipients.Count;
            await RecordAsync(held, mailed, cancellation);
            if (outcome is MailOutcome.TryLater later)
            {
                return later;
            }

            if (outcome is MailOutcome.Refused)
            {
                LogRefused(held.Id);
            }
        }

        return null;
    }

    private async Task RecordAsync(Comment held, int mailed, CancellationToken cancellation)
    {
        while (await comments.FindAsync(held.Article, held.Id, cancellation) is { } stored && stored.Comment.Mailed < mailed
            && !await comments.WriteAsync(stored.Comment with { Mailed = mailed }, stored, CancellationToken.None))
        {
            // Somebody else has changed it: look again.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The mail to the moderators about comment {Comment} was refused.")]
    private partial void LogRefused(CommentId comment);
}
