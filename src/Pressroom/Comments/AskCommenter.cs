using Pressroom.Articles;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Writing;

namespace Pressroom.Comments;

/// <summary>Where the policy lets in whoever is known, asks others by mail to make themselves known, once a day at most.</summary>
public sealed class AskCommenter(
    Commenters commenters, CommentBans bans, CommentLinks links, ComposeMail compose, IMailTransport transport, CommentSettings settings, TimeProvider time)
{
    private static readonly TimeSpan AskedAgainAfter = TimeSpan.FromDays(1);

    /// <summary>Asks the author of a held comment to confirm the address; nothing where that is not to be done.</summary>
    /// <returns>Null when that is done; otherwise when to go on.</returns>
    public async Task<MailOutcome.TryLater?> RunAsync(Comment held, Article article, CancellationToken cancellation)
    {
        if (settings.Policy != ModerationPolicy.First || held.Person is not { } person || await bans.IsBannedAsync(person, cancellation))
        {
            return null;
        }

        var now = time.GetUtcNow();
        var author = await commenters.ChangeAsync(
            person,
            known => known.ConfirmedAt is null && (known.AskedAt is not { } last || last + AskedAgainAfter <= now) ? known with { AskedAt = now, AskedFor = held.Id } : known,
            cancellation);
        if (author is not { ConfirmedAt: null, AskedAt: { } askedAt } || author.AskedFor != held.Id)
        {
            return null;
        }

        var values = new Dictionary<string, string> { [ComposeMail.LinkPlaceholder] = links.Confirm(person, askedAt, article.Language) };
        var batch = new MailBatch("commenter-" + held.Id, "confirmation", compose.ConfirmCommenter(article.Language), [new MailRecipient("commenter", author.Address, values)]);
        return await transport.SendInTimeAsync(batch, time) as MailOutcome.TryLater;
    }
}
