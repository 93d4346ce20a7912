using System.Text;
using AngleSharp.Html.Parser;
using Pressroom.Articles;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Writing;
using Pressroom.Site.Themes;
using Pressroom.Tests.Site;

namespace Pressroom.Tests.Newsletters;

public sealed class MailContentTests
{
    private static readonly MailSettings Mail = new(EmailAddress.Stored("lettre@example.org"), "Le Rivage", [], "1 quai du Port & Cie, 29200 Brest", null, null, null);
    private static readonly ComposeMail Compose = new(Samples.Theme, Samples.Site, Mail);

    public static TheoryData<string> EveryMail => ["article-fr", "article-ar", "digest-fr", "letter-ar", "confirmation-fr", "confirmation-ar", "already-en"];

    [Theory]
    [MemberData(nameof(EveryMail))]
    public void Mails_are_as_they_were(string name)
    {
        var content = Make(name);
        Golden.Matches($"../../Newsletters/Golden/{name}.html", content.Html);
        Golden.Matches($"../../Newsletters/Golden/{name}.txt", $"Subject: {content.Subject}\n{string.Concat(content.Headers.Select(header => $"{header.Key}: {header.Value}\n"))}\n{content.Text}");
    }

    [Theory]
    [MemberData(nameof(EveryMail))]
    public void Html_parts_are_what_mail_programs_understand(string name)
    {
        var content = Make(name);
        var document = new HtmlParser().ParseDocument(content.Html);
        Assert.Equal(content.Language.Tag, document.DocumentElement.GetAttribute("lang"));
        Assert.Equal(content.Language.Direction, document.DocumentElement.GetAttribute("dir"));
        Assert.Empty(document.QuerySelectorAll("script, style, link, form, iframe, [class], [loading], [onclick]"));
        Assert.All(document.QuerySelectorAll("table"), table => Assert.True(table.HasAttribute("style")));
        Assert.All(document.QuerySelectorAll("a[href]"), link => Assert.Matches("^(https?://|mailto:|-unsubscribeUrl-|-linkUrl-)", link.GetAttribute("href")!));
        Assert.All(document.QuerySelectorAll("img"), image => Assert.True(image.HasAttribute("alt") && image.GetAttribute("src")!.StartsWith("https://", StringComparison.Ordinal)));
        Assert.Contains("1 quai du Port & Cie, 29200 Brest", document.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(document.QuerySelectorAll("[id]").Length, document.QuerySelectorAll("[id]").Select(element => element.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("article-fr")]
    [InlineData("article-ar")]
    [InlineData("digest-fr")]
    [InlineData("letter-ar")]
    public void An_issue_can_be_ended_and_seen_in_a_browser(string name)
    {
        var content = Make(name);
        Assert.Equal("<-unsubscribeUrl->", content.Headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", content.Headers["List-Unsubscribe-Post"]);
        Assert.Equal("Le Rivage <newsletter.example.org>", content.Headers["List-Id"]);
        foreach (var part in new[] { content.Html, content.Text })
        {
            Assert.Contains("-unsubscribeUrl-", part, StringComparison.Ordinal);
            Assert.Contains("-unsubscribeUrl-#preferences", part, StringComparison.Ordinal);
            Assert.Contains(name.StartsWith("article", StringComparison.Ordinal) ? "https://example.org/2026/11/" : "https://example.org/newsletters/x/", part, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Text_parts_are_text()
    {
        var text = Make("article-fr").Text;
        Assert.Contains("« un plan d'ensemble »", text, StringComparison.Ordinal);
        Assert.Contains("huit maternités (https://example.com/maternites)", text, StringComparison.Ordinal);
        Assert.Contains("- une prime de", text, StringComparison.Ordinal);
        Assert.Contains("> « On ne soigne pas", text, StringComparison.Ordinal);
        Assert.DoesNotContain("&", text.Replace("Port & Cie", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("<", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_editors_type_is_text_in_both_parts()
    {
        var hostile = Compose.Letter("</title><script>x</script> & \"co\"", "<script>alert(1)</script> &amp; <b>gras</b> `&lt;`", Samples.French, "newsletters/x/").Content;
        Assert.DoesNotContain("<script", hostile.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("</title><script>x</script> & \"co\"", hostile.Text, StringComparison.Ordinal);
        Assert.Contains("& gras `<`", hostile.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_browsers_page_has_nobodys_links()
    {
        var page = Encoding.UTF8.GetString(Compose.Letter("Sujet", "Texte", Samples.French, "newsletters/x/").WebPage);
        Assert.DoesNotContain("unsubscribe", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("noindex", page, StringComparison.Ordinal);
    }

    [Fact]
    public void An_article_beyond_the_parsers_bounds_is_mailed_with_its_first_words()
    {
        var article = Samples.FrenchArticle().Article;
        var html = string.Concat(Enumerable.Repeat("<p><b>x</b></p>", 30_000));
        var content = Compose.Article(new ArticleDocument(article, new ArticleText("x", BodyFormat.Html, html, "Les premiers mots.")), "Nolwenn Marec").Content;
        Assert.Contains("<p style=\"margin:0 0 1em\">Les premiers mots.</p>", content.Html, StringComparison.Ordinal);
        Assert.Contains("Les premiers mots.\n", content.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_theme_can_replace_a_mail()
    {
        var theme = Theme.Load(new Dictionary<string, string> { ["mail/subscription-text.liquid"] = "Bonjour ! {{ mail.button.url }}" });
        Assert.Equal("Bonjour ! -linkUrl-\n", new ComposeMail(theme, Samples.Site, Mail).Confirmation(Samples.French).Text);
    }

    [Fact]
    public void A_title_of_another_script_is_not_put_into_the_list_id()
    {
        var content = new ComposeMail(Samples.Theme, Samples.Site with { Title = "الشاطئ" }, Mail).Letter("x", "x", Samples.Arabic, null).Content;
        Assert.Equal("<newsletter.example.org>", content.Headers["List-Id"]);
    }

    private static MailContent Make(string name) => name switch
    {
        "article-fr" => Article(Samples.FrenchArticle().Article, Samples.FrenchBody, "Nolwenn Marec"),
        "article-ar" => Article(Samples.ArabicArticle().Article, Samples.ArabicBody, "ليلى بن صالح"),
        "digest-fr" => Compose.Digest(Samples.French, Samples.Listing, Samples.Morning, "newsletters/x/").Content,
        "letter-ar" => Compose.Letter("رسالة إلى القراء", "نص **مهم** و[رابط](https://example.com/).\n\nLe même en français, pour tout le monde.", Samples.Arabic, "newsletters/x/").Content,
        "confirmation-fr" => Compose.Confirmation(Samples.French),
        "confirmation-ar" => Compose.Confirmation(Samples.Arabic),
        _ => Compose.AlreadySubscribed(Samples.English),
    };

    private static MailContent Article(Article article, string body, string author)
    {
        var model = Samples.Model(article, body, null, []);
        return Compose.Article(new ArticleDocument(article, new ArticleText(body, BodyFormat.Markdown, model.Html, model.Excerpt)), author).Content;
    }
}
