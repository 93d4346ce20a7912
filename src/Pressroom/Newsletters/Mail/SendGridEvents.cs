using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Pressroom.Newsletters.Mail;

/// <summary>Reads what SendGrid's Event Webhook posts.</summary>
public static class SendGridEvents
{
    /// <summary>The most events of one call. SendGrid posts at 768 KB, which holds some thousands.</summary>
    public const int MostEvents = 20_000;

    private static readonly FrozenDictionary<string, MailEventKind> Kinds = new Dictionary<string, MailEventKind>
    {
        ["processed"] = MailEventKind.Processed,
        ["delivered"] = MailEventKind.Delivered,
        ["deferred"] = MailEventKind.Deferred,
        ["dropped"] = MailEventKind.Dropped,
        ["bounce"] = MailEventKind.Bounced,
        ["open"] = MailEventKind.Opened,
        ["click"] = MailEventKind.Clicked,
        ["spamreport"] = MailEventKind.Complained,
        ["unsubscribe"] = MailEventKind.Unsubscribed,
        ["group_unsubscribe"] = MailEventKind.Unsubscribed,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // The reasons of a drop that are about the address; the others are about the account or the mail.
    private static readonly FrozenSet<string> ReasonsOfAddress = new[]
    {
        "Bounced Address", "Unsubscribed Address", "Spam Reporting Address", "Invalid",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The events that are about a mail and can be told apart, in the order in which they came; they may be old, and come again. Kinds
    /// and fields that are not known are passed over. Null when the body is no JSON array of at most <see cref="MostEvents"/>.</summary>
    public static IReadOnlyList<MailEvent>? ReadOrNull(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Array && document.RootElement.GetArrayLength() <= MostEvents
                ? document.RootElement.EnumerateArray().Select(EventOrNull).OfType<MailEvent>().ToList()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static MailEvent? EventOrNull(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object
            || Text(element, "sg_event_id") is not { Length: > 0 and <= 200 } id
            || !Kinds.TryGetValue(Text(element, "event") ?? "", out var kind)
            || Time(element) is not { } at)
        {
            return null;
        }

        var reason = Text(element, "reason") ?? Text(element, "response");
        if (kind == MailEventKind.Bounced && Text(element, "type") is not (null or "bounce"))
        {
            kind = MailEventKind.Blocked;
        }

        return new MailEvent(
            id, kind, at, Text(element, "batch"), Text(element, "recipient"), Text(element, "sg_message_id")?.Split('.')[0],
            reason is null ? null : MailReasons.WithoutAddresses(reason), Text(element, "bounce_classification"),
            IsMachine: element.TryGetProperty("sg_machine_open", out var machine) && machine.ValueKind == JsonValueKind.True,
            Suppresses: kind switch
            {
                MailEventKind.Bounced or MailEventKind.Complained or MailEventKind.Unsubscribed => true,
                MailEventKind.Dropped => reason is not null && ReasonsOfAddress.Contains(reason.Trim()),
                _ => false,
            });
    }

    private static DateTimeOffset? Time(JsonElement element) =>
        double.TryParse(Text(element, "timestamp"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
        && seconds is >= 0 and < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    private static string? Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return null;
        }

        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or half of a surrogate pair.
            return null;
        }
    }
}

/// <summary>What became of a mail, as its recipient's provider or SendGrid has it.</summary>
public enum MailEventKind
{
    /// <summary>SendGrid has taken it up: the batch was accepted.</summary>
    Processed,

    /// <summary>The recipient's server has taken it over.</summary>
    Delivered,

    /// <summary>The recipient's server wants it later; SendGrid goes on trying.</summary>
    Deferred,

    /// <summary>SendGrid has not sent it, and says why.</summary>
    Dropped,

    /// <summary>The address takes no mail.</summary>
    Bounced,

    /// <summary>The mail was turned away; the address may be good.</summary>
    Blocked,

    /// <summary>Its picture was loaded, by the reader or by a machine.</summary>
    Opened,

    /// <summary>A link was followed.</summary>
    Clicked,

    /// <summary>The reader called it spam.</summary>
    Complained,

    /// <summary>The reader unsubscribed through SendGrid.</summary>
    Unsubscribed,
}

/// <summary>An event of a mail.</summary>
/// <param name="Id">The event's own id: the same when the event comes again.</param>
/// <param name="Kind">What happened.</param>
/// <param name="At">When it happened.</param>
/// <param name="BatchId">The batch that it was sent with; null when the mail is not from here.</param>
/// <param name="RecipientId">The recipient's opaque id; null when the mail is not from here.</param>
/// <param name="MessageId">What the call that sent it was answered: <see cref="MailOutcome.Accepted.ProviderMessageId"/>.</param>
/// <param name="Reason">Why, in the words of the recipient's server or of SendGrid; addresses are taken out.</param>
/// <param name="Classification">SendGrid's class of a bounce, such as <c>Invalid Address</c>.</param>
/// <param name="IsMachine">Whether a program opened it, such as Apple's mail privacy protection.</param>
/// <param name="Suppresses">Whether the address is to get no further mail.</param>
public sealed record MailEvent(
    string Id, MailEventKind Kind, DateTimeOffset At, string? BatchId, string? RecipientId, string? MessageId, string? Reason, string? Classification,
    bool IsMachine, bool Suppresses);
