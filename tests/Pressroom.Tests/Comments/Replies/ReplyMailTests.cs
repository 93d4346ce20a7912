using AngleSharp.Html.Parser;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Writing;
using Pressroom.Tests.Site;

namespace Pressroom.Tests.Comments.Replies;

public sealed class ReplyMailTests
{
    private const string Url = "https://example.org/2026/11/port/#comment-0193574bf0c87a2e9d3f000000000001";
    private static readonly MailSettings Mail = new(EmailAddress.Stored("lettre@example.org"), "Le Rivage", [], "1 quai du Port & Cie, 29200 Brest", null, null, null);
    private static readonly ComposeMail Compose = new(Samples.Theme, Samples.Site, Mail);

    public static TheoryData<string> EveryMail => ["reply-en", "reply-fr", "reply-ar", "confirmation-en", "confirmation-fr", "confirmation-ar"];

    [Theory]
    [MemberData(nameof(EveryMail))]
    public void Mails_are_as_they_were(string name)
    {
        var content = Make(name);
        Golden.Matches($"../../Comments/Replies/Golden/{name}.html", content.Html);
        Golden.Matches(
            $"../../Comments/Replies/Golden/{name}.txt",
            $"Subject: {content.Subject}\n{string.Concat(content.Headers.Select(header => $"{header.Key}: {header.Value}\n"))}\n{content.Text}");
    }

    [Theory]
    [MemberData(nameof(EveryMail))]
    public void Html_parts_are_what_mail_programs_understand(string name)
    {
        var content = Make(name);
        var document = new HtmlParser().ParseDocument(content.Html);
        Assert.Equal(name[^2..], document.DocumentElement.GetAttribute("lang"));
        Assert.Equal(content.Language.Direction, document.DocumentElement.GetAttribute("dir"));
        Assert.Empty(document.QuerySelectorAll("script, style, link, form, iframe, [class], [onclick]"));
        Assert.All(document.QuerySelectorAll("a[href]"), link => Assert.Matches("^(https?://|-unsubscribeUrl-|-stopUrl-|-linkUrl-)", link.GetAttribute("href")!));
        Assert.DoesNotContain("{", content.Text + document.Body!.TextContent, StringComparison.Ordinal);
    }

    private static MailContent Make(string name)
    {
        var language = Language.Parse(name[^2..]);
        var reply = new PublishedComment(
            CommentId.Parse("0193574bf0c87a2e9d3f000000000001"), null, "Zoé & \u05d3\u05df", "<p>Je ne suis <strong>pas</strong> d’accord.</p><blockquote><p>Tout va bien.</p></blockquote>",
            Language.Parse("fr"), Samples.Morning);
        return name.StartsWith("reply", StringComparison.Ordinal)
            ? Compose.Reply(reply, "Le port \"rouvre\" & les bacs reviennent", Language.Parse("fr"), Url, language)
            : Compose.ReplyConfirmation(language);
    }
}
