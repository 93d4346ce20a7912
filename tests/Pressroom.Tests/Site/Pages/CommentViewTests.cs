using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Pressroom.Articles;
using Pressroom.Comments.Thread;
using Pressroom.Site.Pages;
using Pressroom.Site.Themes;
using static Pressroom.Tests.Comments.Thread.CommentSamples;

namespace Pressroom.Tests.Site.Pages;

public sealed class CommentViewTests
{
    private static readonly CommentDraft Draft = new(
        Samples.Id(2), Samples.Translations[1].Title, Samples.Translations[1].Path, "ليلى", "not an address", "نص \"بين\" <علامات>", Id(3).Value, Notify: true, "a-token", "a-submission",
        new Dictionary<string, string> { ["email"] = "comment_error_email_invalid", ["body"] = "comment_error_body_long", ["parentId"] = "comment_error_parent" });

    [Fact]
    public void A_page_of_older_comments() => Golden.Matches("comments.fr.html", Samples.Pages.Comments(Samples.FrenchArticle().Article, Many(), 1));

    [Fact]
    public void A_form_with_what_is_to_be_corrected() => Golden.Matches("comment-form.ar.html", Samples.Pages.CommentForm(Draft, Samples.Arabic, Conversation[2]));

    [Fact]
    public void Comments_stand_below_their_article_with_their_names_times_and_links()
    {
        var page = Parse(Samples.Pages.Article(Samples.FrenchArticle() with { Comments = All(Conversation) }));

        Assert.Equal("6 commentaires", page.QuerySelector("h2#comments")!.TextContent);
        Assert.Equal([Anchor(6), Anchor(1), Anchor(2), Anchor(3), Anchor(4), Anchor(5)], page.QuerySelectorAll("article.comment").Select(comment => comment.Id));
        Assert.NotNull(page.QuerySelector($".threads > li > .replies > li > .replies > li > #{Anchor(5)}"));
        var second = page.QuerySelector($"#{Anchor(2)}")!;
        Assert.Equal("ليلى", second.QuerySelector("h3 bdi")!.TextContent);
        Assert.Equal(("auto", "ar"), (second.QuerySelector(".comment-text")!.GetAttribute("dir"), second.QuerySelector(".comment-text")!.GetAttribute("lang")));
        Assert.Equal("2026-11-24T09:32:00+01:00", second.QuerySelector("time")!.GetAttribute("datetime"));
        Assert.Equal("24 novembre 2026 à 09:32", second.QuerySelector("time")!.TextContent);
        Assert.Equal($"/2026/11/hopitaux-le-plan-du-littoral/#{Anchor(2)}", second.QuerySelector(".permalink")!.GetAttribute("href"));
        Assert.Equal($"https://example.org/api/articles/{Samples.Id(1)}/comments/form-page?parent={Id(2)}", second.QuerySelector(".comment-answer a")!.GetAttribute("href"));
        Assert.Equal("Répondre à ليلى", second.QuerySelector(".comment-answer a")!.GetAttribute("aria-label"));
        Assert.Null(page.QuerySelector($"#{Anchor(1)} .comment-text")!.GetAttribute("lang"));

        // Only what is deeper than its place shows says whom it answers.
        Assert.Equal("en réponse à Amina", page.QuerySelector($"#{Anchor(5)} .answers")!.TextContent);
        Assert.Equal("en réponse à Jo & <Jo>", page.QuerySelector($"#{Anchor(4)} .answers")!.TextContent);
        Assert.Equal([Anchor(4), Anchor(5)], page.QuerySelectorAll(".answers").Select(answer => answer.Closest("article")!.Id));
        Assert.Equal("https://example.org/2026/11/hopitaux-le-plan-du-littoral/comments.xml", page.QuerySelector("link[type='application/atom+xml'][href$='comments.xml']")!.GetAttribute("href"));
    }

    [Fact]
    public void An_article_without_comments_says_so_and_announces_no_feed()
    {
        var page = Parse(Samples.Pages.Article(Samples.ArabicArticle()));

        Assert.Equal("التعليقات", page.QuerySelector("h2#comments")!.TextContent);
        Assert.Equal("لا توجد تعليقات بعد.", page.QuerySelector(".no-comments")!.TextContent);
        Assert.Null(page.QuerySelector("[href$='comments.xml'], .comments .pages, .threads"));
    }

    [Fact]
    public void The_form_works_without_script_and_marks_in_words_what_it_needs()
    {
        var form = Assert.IsAssignableFrom<IHtmlFormElement>(Parse(Samples.Pages.Article(Samples.FrenchArticle())).QuerySelector("form.comment-form"));

        Assert.Equal(("post", $"https://example.org/api/articles/{Samples.Id(1)}/comments"), (form.Method, form.GetAttribute("action")));
        Assert.Equal(["name", "email", "body", "notify", "website", "parentId", "submissionId", "token"], form.QuerySelectorAll("[name]").Select(field => field.GetAttribute("name")));
        foreach (var (id, autocomplete) in new[] { ("comment-name", "name"), ("comment-email", "email"), ("comment-body", null) })
        {
            var field = form.QuerySelector($"#{id}")!;
            Assert.True(field.HasAttribute("required"));
            Assert.Equal(autocomplete, field.GetAttribute("autocomplete"));
            Assert.Contains("(obligatoire)", form.QuerySelector($"label[for={id}]")!.TextContent, StringComparison.Ordinal);
        }

        Assert.Equal("10000", form.QuerySelector("textarea")!.GetAttribute("maxlength"));
        Assert.Equal("Votre adresse n’est pas publiée.", form.QuerySelector("#comment-email-note")!.TextContent);
        Assert.True(form.QuerySelector("[name=website]")!.Closest("p")!.HasAttribute("hidden"));
        Assert.All(form.QuerySelectorAll("input[type=hidden]"), field => Assert.Equal("", field.GetAttribute("value")));
        Assert.Null(form.QuerySelector("[style], script"));
    }

    [Fact]
    public void Once_comments_are_closed_there_is_nothing_to_fill_in_and_nothing_to_answer()
    {
        var page = Parse(Samples.Pages.Article(Samples.FrenchArticle() with { Comments = All(Conversation) with { AreOpen = false } }));

        Assert.Null(page.QuerySelector("form.comment-form, .comment-answer"));
        Assert.Equal("Les commentaires de cet article sont fermés.", page.QuerySelector(".no-comments")!.TextContent);
        Assert.Equal(6, page.QuerySelectorAll("article.comment").Length);
    }

    [Fact]
    public void A_preview_has_no_comments() =>
        Assert.Null(Parse(Samples.Pages.Article(Samples.FrenchArticle() with { Preview = true })).QuerySelector(".comments, form.comment-form, script[src]"));

    [Fact]
    public void Pages_of_older_comments_lead_from_one_to_the_next_and_back_to_the_article()
    {
        var (article, all) = (Samples.FrenchArticle().Article, Many());
        var newest = Parse(Samples.Pages.Article(Samples.FrenchArticle() with { Comments = all }));
        var pages = Enumerable.Range(1, all.Places.Pages).Select(number => Parse(Samples.Pages.Comments(article, all, number))).ToList();

        Assert.Equal(2, pages.Count);
        const string Path = "/2026/11/hopitaux-le-plan-du-littoral/";
        Assert.Equal([$"{Path}comments/2/"], Links(newest));
        Assert.Equal([$"{Path}#comments", $"{Path}comments/1/"], Links(pages[1]));
        Assert.Equal([$"{Path}comments/2/"], Links(pages[0]));
        Assert.All(pages, page => Assert.Equal("noindex", page.QuerySelector("meta[name=robots]")!.GetAttribute("content")));
        Assert.Equal($"https://example.org{Path}comments/2/", pages[1].QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
        Assert.Equal(Path, pages[1].QuerySelector("h1 a")!.GetAttribute("href"));
        Assert.Equal("Commentaires plus anciens, page 2", pages[1].QuerySelector("h2#comments")!.TextContent);
        Assert.Equal($"{Path}comments/1/#{Anchor(1)}", pages[0].QuerySelector($"#{Anchor(1)} .permalink")!.GetAttribute("href"));
        Assert.Equal(50, newest.QuerySelectorAll("article.comment").Length);

        static IEnumerable<string?> Links(IHtmlDocument page) => page.QuerySelectorAll(".comments .pages a").Select(link => link.GetAttribute("href"));
    }

    [Fact]
    public void The_page_with_the_form_keeps_what_was_typed_and_says_at_each_field_what_is_wrong()
    {
        var page = Parse(Samples.Pages.CommentForm(Draft, Samples.Arabic, Conversation[2]));

        Assert.Equal(["ليلى", "not an address"], page.QuerySelectorAll("form.comment-form input:not([type=hidden], [type=checkbox])").Take(2).Select(field => field.GetAttribute("value")));
        Assert.Equal(Draft.Body, page.QuerySelector("textarea")!.TextContent);
        Assert.True(page.QuerySelector("[name=notify]")!.HasAttribute("checked"));
        Assert.Equal([Id(3).Value, "a-submission", "a-token"], page.QuerySelectorAll("input[type=hidden]").Select(field => field.GetAttribute("value")));
        Assert.Equal(["comment-email", "comment-body"], page.QuerySelectorAll("[aria-invalid=true]").Select(field => field.Id));
        foreach (var field in page.QuerySelectorAll("[aria-describedby]"))
        {
            Assert.All(field.GetAttribute("aria-describedby")!.Split(' '), id => Assert.NotEmpty(page.GetElementById(id)!.TextContent));
        }

        Assert.Equal(["#comment-email", "#comment-body", null], page.QuerySelectorAll(".errors li").Select(error => error.QuerySelector("a")?.GetAttribute("href")));
        Assert.Equal("لم يعد التعليق الذي ترد عليه موجودًا.", page.QuerySelector(".errors li:last-child")!.TextContent);
        Assert.Equal("أنت ترد على Jo & <Jo>:", page.QuerySelector(".answered figcaption")!.TextContent);
        Assert.Contains("Quite so", page.QuerySelector(".answered blockquote[lang=en]")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_with_the_form_has_absolute_addresses_and_keeps_its_own_to_itself()
    {
        var site = Samples.Site with { ApiBaseUrl = new Uri("https://api.example.net/v1") };
        var page = Parse(new PageRenderer(Samples.Theme, site, []).CommentForm(Draft with { Errors = new Dictionary<string, string>() }, Samples.Arabic));

        Assert.All(page.QuerySelectorAll("[href]:not([href^='#']), [src]"), element => Assert.StartsWith("https://example.org/", element.GetAttribute("href") ?? element.GetAttribute("src"), StringComparison.Ordinal));
        Assert.Equal($"https://api.example.net/v1/articles/{Samples.Id(2)}/comments", page.QuerySelector("form")!.GetAttribute("action"));
        Assert.Equal(["noindex", "no-referrer"], page.QuerySelectorAll("meta[name=robots], meta[name=referrer]").Select(meta => meta.GetAttribute("content")));
        Assert.Null(page.QuerySelector(".errors, [aria-invalid]"));
        Assert.Contains("script-src " + page.QuerySelector("script")!.GetAttribute("src") + ";", Policy(page), StringComparison.Ordinal);
        Assert.Contains(Anchor(3), page.QuerySelector("main > p:nth-of-type(2) a")!.GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_and_drafts_are_text()
    {
        const string Hostile = "</script></textarea></bdi><img src=x onerror=alert(1)>\"'<!--";
        var draft = Draft with { Name = Hostile, Email = Hostile, Body = Hostile, ArticleTitle = Hostile, ParentId = Hostile, Token = Hostile, SubmissionId = Hostile };
        var form = Parse(Samples.Pages.CommentForm(draft, Samples.Arabic));
        var article = Parse(Samples.Pages.Article(Samples.FrenchArticle() with { Comments = All(Comment(1, null, Hostile, Hostile), Comment(2, 1), Comment(3, 2, Hostile), Comment(4, 3)) }));

        Assert.Equal(Hostile, form.QuerySelector("textarea")!.TextContent);
        Assert.All(new[] { "name", "email", "parentId", "token", "submissionId" }, name => Assert.Equal(Hostile, form.QuerySelector($"[name={name}]")!.GetAttribute("value")));
        Assert.Equal(Hostile, article.QuerySelector($"#{Anchor(1)} h3")!.TextContent);
        Assert.Equal("Répondre à " + Hostile, article.QuerySelector($"#{Anchor(1)} .comment-answer a")!.GetAttribute("aria-label"));
        foreach (var page in new[] { form, article })
        {
            Assert.All(page.QuerySelectorAll("img"), image => Assert.NotEqual("x", image.GetAttribute("src")));
            Assert.DoesNotContain(page.QuerySelectorAll("*").SelectMany(element => element.Attributes), attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_script_is_the_sites_own_file_and_the_policy_allows_no_other()
    {
        var page = Parse(Samples.Pages.Article(Samples.FrenchArticle()));
        var script = Samples.Theme.Assets.Single(asset => asset.Name == "comments.js");

        Assert.Matches("^assets/comments-[0-9a-f]{10}\\.js$", script.Path);
        Assert.Equal("text/javascript; charset=utf-8", script.ContentType);
        Assert.Equal(("/" + script.Path, true), (page.QuerySelector("script[src]")!.GetAttribute("src"), page.QuerySelector("script[src]")!.HasAttribute("defer")));
        Assert.Matches("script-src 'self' 'sha256-[^']+';", Policy(page));
        Assert.Contains("script-src 'none';", Policy(Parse(Samples.Pages.List(Samples.Home()))), StringComparison.Ordinal);
        Assert.NotEqual(script.Path, Theme.Load(new Dictionary<string, string> { ["comments.js"] = "1;" }).Assets.Single(asset => asset.Name == "comments.js").Path);
    }

    [Theory]
    [InlineData("en", "1 comment|2 comments|1,204 comments")]
    [InlineData("fr", "1 commentaire|2 commentaires|1\u202F204 commentaires")]
    [InlineData("ar", "تعليق واحد|تعليقان|1,204 تعليقات")]
    public void Numbers_are_in_the_languages_own_forms(string language, string expected)
    {
        var texts = Samples.Theme.TextsFor(Language.Parse(language), Samples.English);

        Assert.Equal(expected.Split('|'), new[] { 1, 2, 1204 }.Select(count => texts.Counted("comment_count", count)));
    }

    [Theory]
    [InlineData("ar", "zero one two few few many many other few")]
    [InlineData("ru", "many one few many many many many many few")]
    [InlineData("pl", "many one few many many many many many few")]
    [InlineData("fr", "one one other other other other other other other")]
    [InlineData("ja", "other other other other other other other other other")]
    [InlineData("de", "other one other other other other other other other")]
    public void The_forms_are_those_of_CLDR(string language, string expected) => Assert.Equal(
        expected.Split(' '), new[] { 0, 1, 2, 5, 10, 11, 99, 100, 104 }.Select(count => PluralForm.Of(count, Language.Parse(language))));

    private static ArticleComments Many() => All([.. Enumerable.Range(1, 130).Select(number => Comment(number))]);

    private static string Anchor(int number) => CommentPlaces.AnchorOf(Id(number));

    private static string Policy(IHtmlDocument page) => page.QuerySelector("meta[http-equiv=Content-Security-Policy]")!.GetAttribute("content")!;

    private static IHtmlDocument Parse(byte[] page) => new HtmlParser().ParseDocument(Encoding.UTF8.GetString(page));
}
