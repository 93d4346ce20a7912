using System.Text;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Pressroom.Articles;
using Pressroom.Newsletters.Mail;

namespace Pressroom.Tests.Newsletters.Mail;

public sealed class MimeComposerTests
{
    private readonly FakeTimeProvider time = new(MailSample.Now);

    [Fact]
    public void A_newsletter_has_text_then_html_and_all_that_mail_programs_want()
    {
        var (raw, mail) = Send(MailSample.Newsletter, MailSample.Recipient("ann"));

        Assert.Equal(
            [
                "From", "Date", "Subject", "Message-Id", "To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
                "MIME-Version", "Content-Type", "Content-Language",
            ],
            HeadersOf(raw));
        Assert.Equal("\"The Example\" <news@example.org>", mail.From.ToString());
        Assert.Equal("ann@readers.example", mail.To.ToString());
        Assert.Equal("Harbour reopens", mail.Subject);
        Assert.Equal(MailSample.Now, mail.Date);
        Assert.Equal($"{MailSample.BatchId}.ann@example.org", mail.MessageId);
        Assert.Equal("The Example <news.example.org>", mail.Headers["List-Id"]);
        Assert.Equal("<https://news.example/api/unsubscribe?token=ann>", mail.Headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", mail.Headers["List-Unsubscribe-Post"]);
        Assert.Equal("en", mail.Body!.Headers["Content-Language"]);
        Assert.True(mail.Body.ContentType.IsMimeType("multipart", "alternative"));
        var parts = Assert.IsType<MultipartAlternative>(mail.Body).Cast<TextPart>().ToList();
        Assert.Equal([("plain", "utf-8"), ("html", "utf-8")], parts.Select(part => (part.ContentType.MediaSubtype, part.ContentType.Charset)));
        Assert.Equal(
            "The first ferry left at dawn.\n\nUnsubscribe: https://news.example/api/unsubscribe?token=ann\n", parts[0].Text.ReplaceLineEndings("\n"));
        Assert.Equal(
            MailSample.Newsletter.Html.Replace("-unsubscribeUrl-", "https://news.example/api/unsubscribe?token=ann", StringComparison.Ordinal), parts[1].Text);
    }

    [Fact]
    public void Arabic_reads_back_as_it_was_written_and_travels_in_seven_bits()
    {
        const string Subject = "إعادة فتح الميناء \u2068OPEC\u2069 وعودة العبّارات إلى الخدمة بعد تسعة أسابيع من الإصلاحات";
        var content = MailSample.Newsletter with
        {
            FromName = "صحيفة المثال، اليومية",
            Subject = Subject,
            Text = "غادرت العبّارة الأولى عند الفجر.\n",
            Html = "<!DOCTYPE html><html lang=\"ar\" dir=\"rtl\"><head><title>ا</title></head><body><p>" + new string('ف', 5000) + "</p></body></html>",
            Language = Language.Parse("ar"),
            Headers = new Dictionary<string, string>(MailSample.Newsletter.Headers) { ["List-Id"] = "صحيفة المثال <news.example.org>" },
        };

        var (raw, mail) = Send(content, MailSample.Recipient("ann"));

        Assert.All(raw, letter => Assert.True(char.IsAscii(letter)));
        Assert.All(raw.Split("\r\n"), line => Assert.True(line.Length <= 998));
        Assert.Equal(Subject, mail.Subject);
        Assert.Equal("صحيفة المثال، اليومية", mail.From.Mailboxes.Single().Name);
        Assert.Equal("news@example.org", mail.From.Mailboxes.Single().Address);
        Assert.Equal("ar", mail.Body!.Headers["Content-Language"]);
        Assert.Equal(content.Text, mail.TextBody!.ReplaceLineEndings("\n"));
        Assert.Equal(content.Html, mail.HtmlBody);
        Assert.Equal(content.Headers["List-Id"], mail.Headers["List-Id"]);
        Assert.Contains("<news.example.org>", Unfolded(raw), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_unsubscribe_address_stays_whole()
    {
        var url = "https://news.example/api/subscribers/unsubscribe?token=" + string.Concat(Enumerable.Repeat("eyJzdWIiOiIwMTkz-_", 20)) + "&l=en";

        var (raw, _) = Send(MailSample.Newsletter, MailSample.Recipient("ann", unsubscribeUrl: url));

        Assert.Contains($"List-Unsubscribe: <{url}>\r\n", Unfolded(raw), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("o'brien+news=a@readers.example")]
    [InlineData("!#$%&'*+-/=?^_`{|}~@readers.example")]
    [InlineData("a.b-c_d.e@xn--bcher-kva.example")]
    [InlineData("x@bücher.example")]
    [InlineData("ännchen@readers.example")]
    [InlineData("محمد@readers.example")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234@a-very-long-label-of-a-domain-that-goes-on.and-on.readers.example")]
    public void Whatever_is_an_address_here_is_one_in_the_header(string text)
    {
        var address = MailSample.Address(text);

        var (raw, mail) = Send(MailSample.Newsletter, MailSample.Recipient("ann", text));

        Assert.Equal(address.Value, Assert.Single(mail.To.Mailboxes).GetAddress(idnEncode: true));
        Assert.Contains($"\r\nTo: {address.Value}\r\n", Unfolded(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(raw))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://news.example/u?a=1&b=2", "https://news.example/u?a=1&amp;b=2")]
    [InlineData("\"><script>alert('x')</script>", "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;")]
    public void A_value_is_text_in_the_html_part_and_itself_in_the_other(string value, string inHtml)
    {
        var (_, mail) = Send(MailSample.Newsletter, MailSample.Recipient("ann", unsubscribeUrl: value));

        Assert.Contains($"<a href=\"{inHtml}\">Unsubscribe</a>", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains($"Unsubscribe: {value}", mail.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n\r\n")]
    [InlineData("\0\r\n")]
    [InlineData("\r\n\t\r\n")]
    [InlineData("\u2028")]
    [InlineData("\u0085")]
    public void Nothing_begins_a_header_of_its_own(string lineBreak)
    {
        var evil = $"{lineBreak}Bcc: everybody@example.net{lineBreak}X-Evil: yes{lineBreak}{lineBreak}body";
        var content = MailSample.Newsletter with
        {
            FromName = "The Example" + evil,
            Subject = "Harbour -unsubscribeUrl-" + evil,
            Headers = new Dictionary<string, string>(MailSample.Newsletter.Headers) { ["List-Help"] = "<https://news.example/help>" + evil },
        };

        var (raw, mail) = Send(content, MailSample.Recipient("ann", unsubscribeUrl: "https://news.example/" + evil));

        Assert.Equal(
            [
                "From", "Date", "Subject", "Message-Id", "To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help",
                "MIME-Version", "Content-Type", "Content-Language",
            ],
            HeadersOf(raw));
        Assert.Equal("ann@readers.example", Assert.Single(mail.To.Mailboxes).Address);
        Assert.Equal("news@example.org", Assert.Single(mail.From.Mailboxes).Address);
        Assert.StartsWith("Harbour https://news.example/ Bcc: everybody@example.net X-Evil: yes", mail.Subject, StringComparison.Ordinal);
        Assert.Equal(2, Assert.IsType<MultipartAlternative>(mail.Body).Count);
    }

    [Theory]
    [InlineData("Bcc")]
    [InlineData("from")]
    [InlineData("Subject")]
    [InlineData("Content-Type")]
    [InlineData("content-transfer-encoding")]
    [InlineData("Resent-To")]
    [InlineData("X-A: b\r\nBcc")]
    [InlineData("X A")]
    [InlineData("Übung")]
    [InlineData("")]
    public void A_header_that_is_not_for_the_content_to_set_is_a_bug(string name)
    {
        var content = MailSample.Newsletter with { Headers = new Dictionary<string, string> { [name] = "somebody@example.net" } };

        Assert.Throws<ArgumentException>(() => Send(content, MailSample.Recipient("ann")));
    }

    [Fact]
    public void A_notice_says_that_a_machine_wrote_it_and_a_newsletter_does_not()
    {
        Assert.Equal("auto-generated", Send(MailSample.Notice, MailSample.Recipient("ann")).Mail.Headers["Auto-Submitted"]);
        Assert.Null(Send(MailSample.Newsletter, MailSample.Recipient("ann")).Mail.Headers["Auto-Submitted"]);
    }

    [Fact]
    public void The_same_batch_and_recipient_give_the_same_mail()
    {
        var first = Send(MailSample.Newsletter, MailSample.Recipient("ann"));

        Assert.Equal(first.Raw, Send(MailSample.Newsletter, MailSample.Recipient("ann")).Raw);
        Assert.NotEqual(first.Mail.MessageId, Send(MailSample.Newsletter, MailSample.Recipient("bob")).Mail.MessageId);
    }

    [Theory]
    [InlineData("a.b", "c")]
    [InlineData("a", "b.c")]
    [InlineData("a_2eb", "c")]
    [InlineData("a b", "c")]
    [InlineData("../../a", "<b>\r\n")]
    [InlineData("موجز", "c")]
    public void Names_of_mails_never_meet_and_are_safe(string batchId, string recipientId)
    {
        var name = MailName.Of(batchId, recipientId);

        Assert.Matches("^[A-Za-z0-9_.-]+$", name);
        Assert.DoesNotContain("..", name, StringComparison.Ordinal);
        (string Batch, string Recipient)[] all = [("a.b", "c"), ("a", "b.c"), ("a_2eb", "c"), ("a b", "c"), ("../../a", "<b>\r\n"), ("موجز", "c")];
        Assert.All(all.Where(other => other != (batchId, recipientId)), other => Assert.NotEqual(name, MailName.Of(other.Batch, other.Recipient)));
        Assert.InRange(MailName.Of(batchId, new string('x', 10_000)).Length, 1, 150);
    }

    [Fact]
    public void Each_placeholder_is_replaced_once_and_the_longest_counts()
    {
        var values = new Dictionary<string, string> { ["-a-"] = "[-a-b- -c-]", ["-a-b-"] = "B", ["-c-"] = "C" };

        Assert.Equal("B [-a-b- -c-]C-a -d-", Placeholders.Fill("-a-b- -a--c--a -d-", values));
    }

    private (string Raw, MimeMessage Mail) Send(MailContent content, MailRecipient recipient)
    {
        using var composed = new MimeComposer(MailSample.From, time).Compose(MailSample.Batch(recipient) with { Content = content }, recipient);
        using var bytes = new MemoryStream();
        var wire = FormatOptions.Default.Clone();
        wire.NewLineFormat = NewLineFormat.Dos;
        composed.WriteTo(wire, bytes, TestContext.Current.CancellationToken);
        bytes.Position = 0;
        return (Encoding.Latin1.GetString(bytes.ToArray()), MimeMessage.Load(bytes, TestContext.Current.CancellationToken));
    }

    // Read without MimeKit: what any other program would take for a header.
    private static IEnumerable<string> HeadersOf(string raw) => Unfolded(raw)[..Unfolded(raw).IndexOf("\r\n\r\n", StringComparison.Ordinal)]
        .Split("\r\n").Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]);

    private static string Unfolded(string raw) => raw.Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal);
}
