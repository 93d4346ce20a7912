using AngleSharp.Html.Parser;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Spam;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Writing;
using Pressroom.Site.Pages;
using Pressroom.Tests.Site;

namespace Pressroom.Tests.Comments;

/// <summary>The mails and pages of moderation, in the site's language. Renew them by <c>PRESSROOM_RENEW_GOLDEN=1</c>.</summary>
public sealed class CommentMailTests
{
    private static readonly MailSettings Mail = new(EmailAddress.Stored("lettre@example.org"), "Le Rivage", [], "1 quai du Port & Cie, 29200 Brest", null, null, null);

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    [InlineData("ar")]
    public void Mails_and_pages_are_as_they_were(string language)
    {
        var site = Samples.Site with { Language = Language.Parse(language) };
        var comment = Sample();
        var article = Of(comment);
        var mail = new ComposeMail(Samples.Theme, site, Mail).Moderation(comment, article, "https://api.example.org/api/moderate?token=TOKEN");
        Golden.Matches($"../../Comments/Golden/mail-{language}.html", mail.Html);
        Golden.Matches($"../../Comments/Golden/mail-{language}.txt", $"Subject: {mail.Subject}\n\n{mail.Text}");
        var page = new PageRenderer(Samples.Theme, site, []).Moderation(
            new ModerationPage(comment, article.Title, "https://example.org/2026/11/x/", "https://api.example.org/api/moderate?token=TOKEN", "spam", IsDone: false));
        Golden.Matches($"../../Comments/Golden/moderate-{language}.html", page);

        var document = new HtmlParser().ParseDocument(mail.Html);
        Assert.Equal((language, site.Language.Direction), (document.DocumentElement.GetAttribute("lang")!, document.DocumentElement.GetAttribute("dir")!));
        Assert.Empty(document.QuerySelectorAll("script, b"));
        var shown = new HtmlParser().ParseDocument(System.Text.Encoding.UTF8.GetString(page));
        Assert.Equal(["spam", "approve", "undo"], shown.QuerySelectorAll("form button[name=action]").Select(button => button.GetAttribute("value")));
        Assert.Equal("auto", shown.QuerySelector("article div")!.GetAttribute("dir"));
        Assert.Equal("post", shown.QuerySelector("main form")!.GetAttribute("method"));
    }

    private static Comment Sample() => new()
    {
        Id = CommentId.Parse("019ab8a3c40070008000000000000001"),
        Article = ArticleId.Parse("019ab8a3c40070008000000000000002"),
        Name = "Ann <b>",
        Text = "Bien dit, <script>alert(1)</script>\n\nvoir https://example.net/?a=1&b=2",
        Html = "<p>Bien dit, &lt;script&gt;alert(1)&lt;/script&gt;</p><p>voir https://example.net/?a=1&amp;b=2</p>",
        Language = Language.Parse("fr"),
        Status = CommentStatus.Rejected,
        Score = new SpamScore([new SpamFinding("links", 1.5, "It has a link & more."), new SpamFinding("token", -0.5, "The form was open for a while.")]),
        History = [new CommentChange(1, new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.Zero), "Desk", CommentStatus.Held, CommentStatus.Rejected)],
    };

    private static Article Of(Comment comment) => new()
    {
        Id = comment.Article,
        Revision = 1,
        Status = ArticleStatus.Published,
        Slug = Slug.Stored("maree-basse"),
        Title = "Marée basse & <grand> coefficient",
        Language = Language.Parse("fr"),
        TranslationGroup = comment.Article,
        CreatedAt = comment.CreatedAt,
        UpdatedAt = comment.CreatedAt,
        Path = "2026/11/maree-basse",
    };
}
