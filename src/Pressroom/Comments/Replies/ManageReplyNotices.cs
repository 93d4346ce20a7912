using Pressroom.Articles;

namespace Pressroom.Comments.Replies;

/// <summary>What a reader does by the links in mails about replies: confirm the address, or stop the notices about an article's comments or all.</summary>
public sealed class ManageReplyNotices(ReplyNotices notices, ReplyLinks links)
{
    /// <summary>What the link is about, without changing anything; null where it does not count (any more).</summary>
    public async Task<NoticeLink?> LookAsync(string? token, CancellationToken cancellation)
    {
        switch (links.Read(token))
        {
            case ReplyLink.Confirm confirm:
                return await notices.FindAsync(confirm.Person, cancellation) is { } pending && ReplyNotices.IsOf(pending, confirm.PendingSince)
                    ? new NoticeLink(NoticeAct.Confirm, pending.ConfirmedAt is not null, pending.Language)
                    : null;
            case ReplyLink.Stop stop:
                var person = await notices.FindAsync(stop.Person, cancellation);
                var waits = person?.ConfirmedAt is not null && (stop.Article is not { } article || await notices.IsWaitingAsync(stop.Person, article, cancellation));
                return Of(stop, !waits, person?.Language);
            default:
                return null;
        }
    }

    /// <summary>Does what the link is for; once more is no harm. Null where it does not count (any more).</summary>
    public async Task<NoticeLink?> RunAsync(string? token, CancellationToken cancellation)
    {
        switch (links.Read(token))
        {
            case ReplyLink.Confirm confirm:
                return await notices.ConfirmAsync(confirm.Person, confirm.PendingSince, cancellation) is { ConfirmedAt: not null } person
                    && ReplyNotices.IsOf(person, confirm.PendingSince)
                    ? new NoticeLink(NoticeAct.Confirm, IsDone: true, person.Language)
                    : null;
            case ReplyLink.Stop { Article: { } article } stop:
                return Of(stop, true, (await notices.StopArticleAsync(stop.Person, article, cancellation))?.Language);
            case ReplyLink.Stop stop:
                return Of(stop, true, (await notices.StopAllAsync(stop.Person, cancellation))?.Language);
            default:
                return null;
        }
    }

    private static NoticeLink Of(ReplyLink.Stop stop, bool isDone, Language? language) =>
        new(stop.Article is null ? NoticeAct.StopAll : NoticeAct.StopArticle, isDone, language);
}

/// <summary>What a link is about.</summary>
/// <param name="Act">What its button does.</param>
/// <param name="IsDone">Whether that is done already.</param>
/// <param name="Language">The language to answer in, where it is known: somebody who was erased has what the link asks for.</param>
public sealed record NoticeLink(NoticeAct Act, bool IsDone, Language? Language);

/// <summary>What a link in a mail about replies is for.</summary>
public enum NoticeAct
{
    /// <summary>To confirm the address.</summary>
    Confirm,

    /// <summary>To stop the notices about an article's comments.</summary>
    StopArticle,

    /// <summary>To stop all of them.</summary>
    StopAll,
}
