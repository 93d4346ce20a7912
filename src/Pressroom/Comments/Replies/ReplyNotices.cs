using Pressroom.Articles;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Comments.Replies;

/// <summary>Tells those who asked, and confirmed their address, of replies to their comments.</summary>
public sealed class ReplyNotices(
    SubscriberIds ids, ReplyPeople people, ReplyWatches watches, PublishedComments comments, IQueueStore queues, TimeProvider time) : IMailUnwanted
{
    private const int DeepestThread = 100;
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(30);

    /// <summary>A comment was accepted whose author wants to be told of replies. Who has not confirmed the address is asked to, by mail. May be
    /// called again for the same comment.</summary>
    /// <param name="article">The article.</param>
    /// <param name="comment">The comment.</param>
    /// <param name="address">Its author's address.</param>
    /// <param name="language">The language to write in.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task AskedAsync(ArticleId article, CommentId comment, EmailAddress address, Language language, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var person = await ids.OfAsync(address, cancellation);
        var intent = await Intent.HoldAsync(queues, SendReplyNotice.Queue, ReplyMail.ToConfirm(person, article, comment).ToJson(), cancellation);

        // What leads to a row is written before it: what there is of a person can always be found, and forgotten.
        await people.NoteDueAsync(person, now + ForgottenAfter, cancellation);
        await people.NoteWatchAsync(person, article, comment, cancellation);
        await people.WriteAsync(new ReplyPerson { Id = person, Address = address, Language = language, AskedAt = now }, null, cancellation);
        await watches.AddAsync(article, comment, person, now, cancellation);
        await intent.ReleaseAsync();
    }

    /// <summary>A comment was approved: a mail is on its way to everybody who waits for replies to its parent, or to what that answers. May be
    /// called again; nobody is told twice.</summary>
    /// <param name="article">The article.</param>
    /// <param name="reply">The comment.</param>
    /// <param name="parent">The comment that it answers; null where it answers none.</param>
    /// <param name="author">Its author, who is not told of it; null where that is not known any more.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task ApprovedAsync(ArticleId article, CommentId reply, CommentId? parent, SubscriberId? author, CancellationToken cancellation)
    {
        var told = new HashSet<SubscriberId>();
        for (var levels = 0; parent is { } ancestor && levels < DeepestThread; levels++)
        {
            if (await watches.FindAsync(article, ancestor, cancellation) is { StoppedAt: null } watch && watch.Person != author && told.Add(watch.Person))
            {
                await queues.SendAsync(SendReplyNotice.Queue, ReplyMail.About(reply, watch.Person, article, ancestor).ToJson(), TimeSpan.Zero, cancellation);
            }

            parent = (await comments.FindAsync(article, ancestor, cancellation))?.ParentId;
        }
    }

    /// <summary>Mail to somebody comes back, or was called spam: nothing more is sent to them.</summary>
    public async Task StopAsync(SubscriberId person, CancellationToken cancellation) =>
        await people.ChangeAsync(person, known => known.ConfirmedAt is null ? known : known.Stopped(time.GetUtcNow()), cancellation);

    /// <summary>What is held about an address; null where nothing is.</summary>
    public async Task<ReplyExport?> ExportAsync(EmailAddress address, CancellationToken cancellation)
    {
        var id = await ids.OfAsync(address, cancellation);
        if (await people.FindAsync(id, cancellation) is not { Person: var person })
        {
            return null;
        }

        var asked = new List<ReplyExportItem>();
        foreach (var (article, comment) in await people.WatchesAsync(id, null, cancellation))
        {
            if (await watches.FindAsync(article, comment, cancellation) is { } watch)
            {
                asked.Add(new ReplyExportItem(article, comment, watch.AskedAt, watch.StoppedAt));
            }
        }

        return new ReplyExport(person.Address, person.Language, person.AskedAt, person.ConfirmedAt, person.StoppedAt, asked);
    }

    /// <summary>Deletes all that is held about an address. Killed in between, a repetition finds what is left.</summary>
    public async Task EraseAsync(EmailAddress address, CancellationToken cancellation) =>
        await EraseAsync(await ids.OfAsync(address, cancellation), cancellation);

    /// <summary>Forgets who asked and did not confirm within thirty days, and who stopped all notices thirty days ago.</summary>
    public async Task ForgetAsync(CancellationToken cancellation)
    {
        // A note names a day, which is not over yet.
        var now = time.GetUtcNow();
        while (await people.DueAsync(now, cancellation) is { Count: > 0 } due)
        {
            foreach (var note in due)
            {
                var person = (await people.FindAsync(note.Person, cancellation))?.Person;
                if (person is { ConfirmedAt: null } && (person.PendingSince ?? person.StoppedAt ?? person.AskedAt) + ForgottenAfter <= now.AddDays(1))
                {
                    await EraseAsync(note.Person, cancellation);
                }

                await people.ForgetDueAsync(note, cancellation);
            }
        }
    }

    internal async Task<ReplyPerson?> StopAllAsync(SubscriberId id, CancellationToken cancellation)
    {
        if (await people.FindAsync(id, cancellation) is null)
        {
            return null;
        }

        var now = time.GetUtcNow();
        await people.NoteDueAsync(id, now + ForgottenAfter, cancellation);
        var stopped = await people.ChangeAsync(id, person => person.Stopped(person.ConfirmedAt is null ? person.StoppedAt ?? now : now), cancellation);

        // Nothing is sent any more; should the person ask again, it is not for these comments.
        await StopWatchesAsync(id, null, now, cancellation);
        return stopped;
    }

    internal async Task<ReplyPerson?> StopArticleAsync(SubscriberId id, ArticleId article, CancellationToken cancellation)
    {
        await StopWatchesAsync(id, article, time.GetUtcNow(), cancellation);
        return (await people.FindAsync(id, cancellation))?.Person;
    }

    internal async Task<ReplyPerson?> ConfirmAsync(SubscriberId id, long pendingSince, CancellationToken cancellation) =>
        await people.ChangeAsync(
            id,
            person => IsOf(person, pendingSince) && person.ConfirmedAt is null ? person with { ConfirmedAt = time.GetUtcNow(), StoppedAt = null } : person,
            cancellation);

    internal async Task<ReplyPerson?> FindAsync(SubscriberId id, CancellationToken cancellation) => (await people.FindAsync(id, cancellation))?.Person;

    internal async Task<bool> IsWaitingAsync(SubscriberId id, ArticleId article, CancellationToken cancellation)
    {
        foreach (var (_, comment) in await people.WatchesAsync(id, article, cancellation))
        {
            if (await watches.FindAsync(article, comment, cancellation) is { StoppedAt: null })
            {
                return true;
            }
        }

        return false;
    }

    // The moment is kept to the millisecond of the link, and stays after the confirmation, so that a second click finds it done.
    internal static bool IsOf(ReplyPerson person, long pendingSince) => person.PendingSince?.ToUnixTimeMilliseconds() == pendingSince;

    private async Task StopWatchesAsync(SubscriberId id, ArticleId? article, DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var (of, comment) in await people.WatchesAsync(id, article, cancellation))
        {
            await watches.StopAsync(of, comment, now, cancellation);
        }
    }

    private async Task EraseAsync(SubscriberId id, CancellationToken cancellation)
    {
        foreach (var (article, comment) in await people.WatchesAsync(id, null, cancellation))
        {
            await watches.DeleteAsync(article, comment, cancellation);
            await watches.DeleteClaimsAsync(article, id, cancellation);
            await people.ForgetWatchAsync(id, article, comment, cancellation);
        }

        await people.DeleteAsync(id, cancellation);
    }
}

/// <summary>What is held about an address for notices of replies.</summary>
public sealed record ReplyExport(
    EmailAddress Address, Language Language, DateTimeOffset AskedAt, DateTimeOffset? ConfirmedAt, DateTimeOffset? StoppedAt, IReadOnlyList<ReplyExportItem> Comments);

/// <summary>A comment whose author waits for replies, or did.</summary>
public sealed record ReplyExportItem(ArticleId Article, CommentId Comment, DateTimeOffset AskedAt, DateTimeOffset? StoppedAt);
