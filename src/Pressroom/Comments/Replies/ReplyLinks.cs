using System.Globalization;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Comments.Replies;

/// <summary>The links in mails about replies. Each leads to a page that only shows; its button, or the mail program's own, acts.</summary>
public sealed class ReplyLinks(SignedLinks links, SiteSettings site)
{
    /// <summary>How long a link to confirm counts.</summary>
    public static readonly TimeSpan ConfirmWithin = TimeSpan.FromDays(7);

    /// <summary>How long a link to stop counts.</summary>
    public static readonly TimeSpan StopWithin = TimeSpan.FromDays(3 * 365);

    private const string ConfirmPurpose = "confirm-replies";
    private const string StopPurpose = "stop-replies";
    private const string Everything = "all";

    /// <summary>The page for a token that was read.</summary>
    public string Address(string token) => site.Api($"comments/notices?token={token}");

    /// <summary>Confirms the address as it is pending now, not an earlier or later time.</summary>
    internal string Confirm(SubscriberId person, DateTimeOffset pendingSince)
    {
        var payload = string.Create(CultureInfo.InvariantCulture, $"{person}.{pendingSince.ToUnixTimeMilliseconds()}");
        return Address(links.Sign(ConfirmPurpose, payload, pendingSince + ConfirmWithin));
    }

    /// <summary>Stops the notices about an article's comments; about all where that is null.</summary>
    internal string Stop(SubscriberId person, ArticleId? article, DateTimeOffset from) =>
        Address(links.Sign(StopPurpose, $"{person}.{article?.Value ?? Everything}", from + StopWithin));

    /// <summary>What a token is for; null for one that does not count.</summary>
    internal ReplyLink? Read(string? token) => links.Read(ConfirmPurpose, token)?.Split('.') is [var pending, var since]
        ? new ReplyLink.Confirm(SubscriberId.Parse(pending), long.Parse(since, CultureInfo.InvariantCulture))
        : links.Read(StopPurpose, token)?.Split('.') is [var person, var article]
            ? new ReplyLink.Stop(SubscriberId.Parse(person), article == Everything ? null : ArticleId.Parse(article))
            : null;
}

/// <summary>What a link is for.</summary>
internal abstract record ReplyLink(SubscriberId Person)
{
    /// <summary>To confirm the address, pending since that Unix millisecond.</summary>
    public sealed record Confirm(SubscriberId Person, long PendingSince) : ReplyLink(Person);

    /// <summary>To stop the notices about an article's comments, or all.</summary>
    public sealed record Stop(SubscriberId Person, ArticleId? Article) : ReplyLink(Person);
}
