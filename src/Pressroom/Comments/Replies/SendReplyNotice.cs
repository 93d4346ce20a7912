using Pressroom.Articles;
using Pressroom.Comments.Thread;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Newsletters.Writing;
using Pressroom.Storage;

namespace Pressroom.Comments.Replies;

/// <summary>Sends one mail about replies: the question whether the address may be mailed, or the notice of a reply.</summary>
/// <remarks>May run twice. A question is repeated at most for the comment that it was last asked for, and otherwise by no more than one mail in
/// ten minutes and three in an hour. A notice is claimed before the call; what then may have gone out is not sent again.</remarks>
public sealed class SendReplyNotice(
    ReplyPeople people, ReplyWatches watches, ReplyLinks links, ReplyNotices notices, PublishedComments comments, ArticleStore articles,
    SubscriberStore subscribers, ComposeMail compose, IMailTransport transport, SiteSettings site, IQueueStore queues, TimeProvider time)
{
    /// <summary>The queue of these mails.</summary>
    public const string Queue = "reply-mail";

    /// <summary>Sends the mail; nothing where that is done, or not wanted any more.</summary>
    /// <exception cref="InvalidOperationException">It could not be sent for hours.</exception>
    public async Task RunAsync(ReplyMail message, CancellationToken cancellation)
    {
        var (person, article, comment) = (SubscriberId.Parse(message.Person), ArticleId.Parse(message.Article), CommentId.Parse(message.Comment));
        if ((await subscribers.FindAsync(person, cancellation))?.Subscriber.State == SubscriberState.Suppressed)
        {
            return;
        }

        var outcome = message.Reply is null
            ? await AskAsync(person, comment, cancellation)
            : await TellAsync(CommentId.Parse(message.Reply), person, article, comment, isLastAttempt: message.Attempt >= MailCalls.MostAttempts, cancellation);
        if (outcome is MailOutcome.TryLater later)
        {
            var delay = MailCalls.DelayAfter(later, message.Attempt);
            await queues.SendAsync(Queue, (message with { Attempt = message.Attempt + 1 }).ToJson(), delay, CancellationToken.None);
        }
    }

    // Null when nothing is to be asked.
    private async Task<MailOutcome?> AskAsync(SubscriberId id, CommentId comment, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var isDue = false;
        var asked = await people.ChangeAsync(
            id,
            person =>
            {
                var pace = person.Pace.With(comment.Value, now);
                isDue = person.ConfirmedAt is null && pace is not null;
                var isFresh = person.PendingSince + (ReplyLinks.ConfirmWithin / 2) > now;
                return isDue ? person with { Pace = pace!, PendingSince = isFresh ? person.PendingSince : now } : person;
            },
            cancellation);
        if (asked is null || !isDue)
        {
            return null;
        }

        var values = new Dictionary<string, string> { [ComposeMail.LinkPlaceholder] = links.Confirm(id, asked.PendingSince!.Value) };
        return await SendAsync($"reply-confirm-{comment}", "confirmation", compose.ReplyConfirmation(asked.Language), asked, values);
    }

    // Null when nobody is to be told.
    private async Task<MailOutcome?> TellAsync(
        CommentId reply, SubscriberId id, ArticleId article, CommentId comment, bool isLastAttempt, CancellationToken cancellation)
    {
        if ((await people.FindAsync(id, cancellation))?.Person is not { ConfirmedAt: not null } person
            || await watches.FindAsync(article, comment, cancellation) is not { StoppedAt: null } watch || watch.Person != id
            || await comments.FindAsync(article, reply, cancellation) is not { } published
            || (await articles.FindAsync(article, cancellation))?.Article is not { IsLive: true } live)
        {
            return null;
        }

        // All that can fail comes before the claim.
        var content = compose.Reply(published, live.Title, live.Language, await UrlOfAsync(live, reply, cancellation), person.Language);
        var values = new Dictionary<string, string>
        {
            [ComposeMail.UnsubscribePlaceholder] = links.Stop(id, null, time.GetUtcNow()),
            [ComposeMail.StopPlaceholder] = links.Stop(id, article, time.GetUtcNow()),
        };
        if (await ClaimAsync(article, reply, id, cancellation) is not { } claim)
        {
            return null;
        }

        var outcome = await SendAsync($"reply-{reply}-{id}", "reply", content, person, values);
        if (StateAfter(outcome, isLastAttempt) is { } state)
        {
            await watches.WriteClaimAsync(article, reply, id, state, claim, time.GetUtcNow(), CancellationToken.None);
        }

        if (outcome is MailOutcome.Accepted { Rejected.Count: > 0 })
        {
            await notices.StopAsync(id, CancellationToken.None);
        }

        return outcome;
    }

    // Null when somebody else has it, or had it when its process ended.
    private async Task<ReplyClaim?> ClaimAsync(ArticleId article, CommentId reply, SubscriberId id, CancellationToken cancellation)
    {
        var known = await watches.FindClaimAsync(article, reply, id, cancellation);
        var isFree = known is null or { State: NoticeState.Waiting } || (known.State == NoticeState.Claimed && transport.RepeatsSafely);
        return isFree ? await watches.WriteClaimAsync(article, reply, id, NoticeState.Claimed, known, time.GetUtcNow(), cancellation) : null;
    }

    // Null when it is not known: the claim stays.
    private static NoticeState? StateAfter(MailOutcome outcome, bool isLastAttempt) => outcome switch
    {
        MailOutcome.Accepted => NoticeState.Sent,
        MailOutcome.Refused => NoticeState.Failed,
        MailOutcome.TryLater => isLastAttempt ? NoticeState.Failed : NoticeState.Waiting,
        _ => null,
    };

    private Task<MailOutcome> SendAsync(string batch, string kind, MailContent content, ReplyPerson person, Dictionary<string, string> values) =>
        transport.SendInTimeAsync(new MailBatch(batch, kind, content, [new MailRecipient(person.Id.Value, person.Address, values)]), time);

    private async Task<string> UrlOfAsync(Article article, CommentId reply, CancellationToken cancellation)
    {
        var places = new CommentPlaces(await comments.ListAsync(article.Id, cancellation));
        return $"{site.Absolute(places.PathOf(reply, article.Path!))}#{CommentPlaces.AnchorOf(reply)}";
    }
}
