using Pressroom.Articles;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Mail;

namespace Pressroom.Tests.Newsletters.Mail;

/// <summary>Mails to send.</summary>
internal static class MailSample
{
    public const string BatchId = "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b-0007";

    public static readonly DateTimeOffset Now = new(2026, 11, 24, 7, 0, 0, TimeSpan.Zero);

    public static EmailAddress From { get; } = Address("news@example.org");

    public static MailContent Newsletter { get; } = new(
        "The Example", "Harbour reopens", "The first ferry left at dawn.\n\nUnsubscribe: -unsubscribeUrl-\n",
        "<!DOCTYPE html><html lang=\"en\"><head><title>Harbour reopens</title></head><body>"
            + "<p><a href=\"https://news.example/harbour/\">The first ferry</a> left at dawn.</p><p><a href=\"-unsubscribeUrl-\">Unsubscribe</a></p></body></html>",
        Language.Parse("en"),
        new Dictionary<string, string>
        {
            ["List-Id"] = "The Example <news.example.org>",
            ["List-Unsubscribe"] = "<-unsubscribeUrl->",
            ["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click",
        });

    public static MailContent Notice { get; } = new(
        "The Example", "Please confirm", "Confirm: -confirmUrl-\n",
        "<!DOCTYPE html><html lang=\"en\"><head><title>Please confirm</title></head><body><a href=\"-confirmUrl-\">Confirm</a></body></html>",
        Language.Parse("en"), new Dictionary<string, string>());

    public static EmailAddress Address(string text) => EmailAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    public static MailRecipient Recipient(string id, string? address = null, string? unsubscribeUrl = null) => new(
        id,
        Address(address ?? $"{id}@readers.example"),
        new Dictionary<string, string> { ["-unsubscribeUrl-"] = unsubscribeUrl ?? $"https://news.example/api/unsubscribe?token={id}" });

    public static MailBatch Batch(params IReadOnlyList<MailRecipient> recipients) => new(BatchId, "newsletter", Newsletter, recipients);

    public static Task NoReport(MailProgress progress) => throw new InvalidOperationException("It sends all at once and reports nothing.");
}
