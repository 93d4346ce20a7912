using System.Globalization;
using Pressroom.Access;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>The links in mails to subscribers. Each leads to a page that only shows; its button, or the mail program's own, acts.</summary>
public sealed class SubscriberLinks(SignedLinks links, SiteSettings site)
{
    /// <summary>How long a link to confirm counts.</summary>
    public static readonly TimeSpan ConfirmWithin = TimeSpan.FromDays(7);

    /// <summary>How long a link to unsubscribe counts.</summary>
    public static readonly TimeSpan UnsubscribeWithin = TimeSpan.FromDays(3 * 365);

    private const string ConfirmPurpose = "confirm-subscription";
    private const string UnsubscribePurpose = "unsubscribe";

    /// <summary>Confirms the subscription that is pending now, not an earlier or later one.</summary>
    public string Confirm(Subscriber pending)
    {
        var since = pending.PendingSince ?? throw new ArgumentException("Nothing is pending.");
        var payload = string.Create(CultureInfo.InvariantCulture, $"{pending.Id}.{since.ToUnixTimeMilliseconds()}");
        return ConfirmAddress(links.Sign(ConfirmPurpose, payload, since + ConfirmWithin));
    }

    /// <summary>The address of the confirming page for a token that was read.</summary>
    public string ConfirmAddress(string token) => site.Api($"subscribers/confirm?token={token}");

    /// <summary>Shows the subscription's settings, and ends it.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="from">From when the link's time counts: the same moment gives the same link.</param>
    public string Unsubscribe(SubscriberId id, DateTimeOffset from) => UnsubscribeAddress(UnsubscribeToken(id, from));

    /// <summary>The address of the settings' page for a token that was read.</summary>
    public string UnsubscribeAddress(string token) => site.Api($"subscribers/unsubscribe?token={token}");

    /// <summary>The token of <see cref="Unsubscribe"/>.</summary>
    internal string UnsubscribeToken(SubscriberId id, DateTimeOffset from) => links.Sign(UnsubscribePurpose, id.Value, from + UnsubscribeWithin);

    /// <summary>Whose subscription is to be confirmed, and since when it is pending; null for a token that does not count.</summary>
    internal (SubscriberId Id, DateTimeOffset PendingSince)? ReadConfirm(string? token) =>
        links.Read(ConfirmPurpose, token)?.Split('.') is [var id, var since]
            ? (SubscriberId.Parse(id), DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(since, CultureInfo.InvariantCulture)))
            : null;

    /// <summary>Whose subscription it is; null for a token that does not count.</summary>
    internal SubscriberId? ReadUnsubscribe(string? token) => links.Read(UnsubscribePurpose, token) is { } id ? SubscriberId.Parse(id) : null;
}
