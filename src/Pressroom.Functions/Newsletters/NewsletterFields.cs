using System.Text.Json.Serialization;
using Pressroom.Functions.Description;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Functions.Newsletters;

internal sealed record LetterFields(
    [Field("The mail’s subject.", Most = 200)] string Subject,
    [Field("The text in Markdown; at most 262,144 bytes of UTF-8.")] string Body,
    [Field("To those alone who read this language.", Most = 35)] string? Language = null,
    [Field("To those alone who want one of these sections.", Most = SubscriberRules.MostSections)] IReadOnlyList<string>? Sections = null,
    [Field("Sent to this one address alone, as a test.", Format = "email", Most = 300)] string? TestTo = null) : IExample<LetterFields>
{
    public static LetterFields Example { get; } = new("A word from the desk", "Dear readers,\n\nwe **move** next week.", "en", ["city"]);
}

internal sealed record SubscribeFields(
    [Field("The address that is mailed a link to confirm.", Format = "email", Most = 300)] string Email,
    [Field("The language of the mails; else that of `Accept-Language`, else the site’s.", Most = 35)] string? Language = null,
    [Field("The sections that are wanted; all where it is not said.", Most = SubscriberRules.MostSections)] IReadOnlyList<string>? Sections = null)
    : IExample<SubscribeFields>
{
    public static SubscribeFields Example { get; } = new("amina@example.net", "en", ["City"]);
}

internal sealed record SubscribeForm(
    [Field("The address that is mailed a link to confirm.", Format = "email")] string Email,
    [Field("The language of the mails.")] string? Language = null,
    [Field("The sections that are wanted.", Most = SubscriberRules.MostSections)] IReadOnlyList<string>? Sections = null,
    [Field("A trap: whoever fills it in is no person.")] string? Website = null)
    : IExample<SubscribeForm>
{
    public static SubscribeForm Example { get; } = new("amina@example.net", "en", ["city"]);
}

internal sealed record SubscriptionForm(
    [Field("`save` keeps what is wanted; anything else, or nothing, ends the subscription.")] string? Action = null,
    [property: JsonPropertyName("List-Unsubscribe")][Field("`One-Click` ends the subscription, whatever else is said (RFC 8058).")] string? OneClick = null,
    [Field("The language of the mails.")] string? Language = null,
    [Field("The sections that are wanted.", Most = SubscriberRules.MostSections)] IReadOnlyList<string>? Sections = null)
    : IExample<SubscriptionForm>
{
    public static SubscriptionForm Example { get; } = new("save", null, "en", ["city"]);
}

/// <summary>An event of SendGrid's Event Webhook, as far as it is read.</summary>
internal sealed record MailEventFields(
    [property: JsonPropertyName("sg_event_id")][Field("The event’s id; each counts once.", Most = 200)] string EventId,
    [Field("What happened; others than those known here are passed over.")] string Event,
    [Field("When, in seconds since 1970.")] double Timestamp,
    [Field("The id of the batch that the mail was in.")] string? Batch = null,
    [Field("The id of the recipient.")] string? Recipient = null,
    [property: JsonPropertyName("sg_message_id")][Field("SendGrid’s id of the mail.")] string? MessageId = null,
    [Field("Why.")] string? Reason = null,
    [Field("Why, as the recipient’s provider said it.")] string? Response = null,
    [Field("Whether a bounce is one: `bounce` or `blocked`.")] string? Type = null,
    [property: JsonPropertyName("bounce_classification")][Field("What kind of bounce.")] string? BounceClassification = null,
    [property: JsonPropertyName("sg_machine_open")][Field("Whether a machine opened it.")] bool? IsMachineOpen = null) : IExample<MailEventFields>
{
    public static MailEventFields Example { get; } = new(
        "ZGVsaXZlcmVkLTAtMTIzNDU2Nzg", "delivered", 1_795_512_600, $"{Samples.NewsletterId}.{Samples.BatchId}", Samples.SubscriberId, "14c5d75ce93.dfd.64b469");
}
