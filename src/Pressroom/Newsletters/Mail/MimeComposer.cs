using System.Text;
using MimeKit;

namespace Pressroom.Newsletters.Mail;

/// <summary>Composes a recipient's mail in the form of RFC 5322 and MIME: text, then HTML, both in UTF-8 and written in seven bits.</summary>
/// <param name="from">The sender's address. Its domain is that of the Message-ID.</param>
/// <param name="time">The clock of <c>Date</c>.</param>
internal sealed class MimeComposer(EmailAddress from, TimeProvider time)
{
    /// <summary>The mail. The same batch and recipient give the same <c>Message-ID</c> and, but for <c>Date</c>, the same bytes. Nothing in the
    /// content or the recipient's values can begin a header of its own, and values in the HTML part are text there, not markup.</summary>
    /// <exception cref="ArgumentException">The content sets a header that is the transports' own, or one whose name is none.</exception>
    public MimeMessage Compose(MailBatch batch, MailRecipient recipient)
    {
        var (content, values) = (batch.Content, recipient.Values);
        var name = MailName.Of(batch.Id, recipient.Id);
        var message = new MimeMessage
        {
            MessageId = $"{name}@{Domain(from)}",
            Date = time.GetUtcNow(),
            Subject = MailHeaders.OneLine(Placeholders.Fill(content.Subject, values)),
        };
        message.From.Add(new MailboxAddress(Encoding.UTF8, MailHeaders.OneLine(content.FromName), from.Value));
        message.To.Add(Mailbox(recipient.Address));
        foreach (var (field, value) in MailHeaders.Of(content))
        {
            message.Headers.Add(field, MailHeaders.OneLine(Placeholders.Fill(value, values)));
        }

        message.Body = new MultipartAlternative
        {
            new TextPart("plain") { Text = Placeholders.Fill(content.Text, values) },
            new TextPart("html") { Text = Placeholders.Fill(content.Html, values, Placeholders.ForHtml) },
        };
        message.Body.ContentType.Boundary = $"=-{MailName.Hash(name)}";
        message.Body.Headers.Add(HeaderId.ContentLanguage, content.Language.Tag);
        message.Prepare(EncodingConstraint.SevenBit);
        return message;
    }

    /// <summary>The address as the envelope and the header have it.</summary>
    public static MailboxAddress Mailbox(EmailAddress address) => new(Encoding.UTF8, null, address.Value);

    private static string Domain(EmailAddress address) => address.Value[(address.Value.LastIndexOf('@') + 1)..];
}
