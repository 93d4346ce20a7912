using System.Collections.Frozen;
using System.Text;

namespace Pressroom.Newsletters.Mail;

/// <summary>What all transports put into a mail's header the same way.</summary>
internal static class MailHeaders
{
    // What the transports write themselves, what decides how the parts are read, and what SendGrid takes from nobody.
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "Received", "Return-Path", "DKIM-Signature",
        "MIME-Version", "x-sg-id", "x-sg-eid",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The further headers, each value one line and still with its placeholders. A mail that nobody can unsubscribe from is a notice
    /// that a machine wrote, and says so (RFC 3834).</summary>
    /// <exception cref="ArgumentException">A name is none (RFC 5322, 3.6.8), or belongs to the transports.</exception>
    public static IEnumerable<KeyValuePair<string, string>> Of(MailContent content)
    {
        foreach (var (name, value) in content.Headers)
        {
            if (name.Length == 0 || !name.All(c => c is > ' ' and < '\x7f' and not ':') || Reserved.Contains(name)
                || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Resent-", StringComparison.OrdinalIgnoreCase))
            {
                throw new ArgumentException("A mail's content sets a header that is not for it to set.", nameof(content));
            }

            yield return new(name, OneLine(value));
        }

        if (!IsListMail(content) && !Has(content, "Auto-Submitted"))
        {
            yield return new("Auto-Submitted", "auto-generated");
        }
    }

    /// <summary>Whether it goes to subscribers, who can unsubscribe, rather than to one person about one thing.</summary>
    public static bool IsListMail(MailContent content) => Has(content, "List-Unsubscribe");

    /// <summary>The text without line breaks and other control characters: each run of them is a space.</summary>
    public static string OneLine(string text)
    {
        if (!text.Any(IsBreak))
        {
            return text;
        }

        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!IsBreak(c))
            {
                line.Append(c);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return line.ToString().TrimEnd(' ');
    }

    private static bool IsBreak(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    private static bool Has(MailContent content, string name) => content.Headers.Keys.Contains(name, StringComparer.OrdinalIgnoreCase);
}
