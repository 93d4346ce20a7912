using System.Text;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Pressroom.Articles;
using Pressroom.Site.Pages;
using Pressroom.Tests.Comments.Thread;

namespace Pressroom.Tests.Site.Pages;

public sealed class ArticlePageTests
{
    [Fact]
    public void An_article_in_French() => Golden.Matches(
        "article.fr.html", Samples.Pages.Article(Samples.FrenchArticle() with { Comments = CommentSamples.All(CommentSamples.Conversation) }));

    [Fact]
    public void Its_Arabic_translation() => Golden.Matches("article.ar.html", Samples.Pages.Article(Samples.ArabicArticle()));

    [Fact]
    public void Many_threads_render_the_same_bytes()
    {
        var expected = Samples.Pages.Article(Samples.FrenchArticle());

        Parallel.For(0, 200, _ => Assert.Equal(expected, Samples.Pages.Article(Samples.FrenchArticle())));
    }

    [Fact]
    public void A_preview_says_what_it_is_and_stays_out_of_search()
    {
        var draft = Samples.Article(5, "Brouillon", Samples.French, "x") with { Status = ArticleStatus.Draft, Path = null, PublishAt = null, FirstPublishedAt = null };
        var page = Parse(Samples.Pages.Article(new ArticlePageModel(draft, "<p>x</p>", "x", null, [], Preview: true)));

        Assert.Equal("noindex, nofollow", page.QuerySelector("meta[name=robots]")!.GetAttribute("content"));
        Assert.Contains("n’est pas publiée", page.QuerySelector(".preview")!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("link[rel=canonical], link[rel=alternate], script, time"));
    }

    [Fact]
    public void The_page_shows_all_that_belongs_to_an_article()
    {
        var page = Parse(Samples.Pages.Article(Samples.FrenchArticle()));

        Assert.Equal("Hôpitaux : le plan du littoral", page.QuerySelectorAll("h1").Single().TextContent);
        Assert.Equal("/section/soci%C3%A9t%C3%A9/", page.QuerySelector(".kicker a")!.GetAttribute("href"));
        Assert.Equal("/author/nolwenn-marec/", page.QuerySelector(".byline a")!.GetAttribute("href"));
        Assert.Equal(["2026-11-24T09:30:00+01:00", "2026-11-24T14:30:00+01:00"], page.QuerySelectorAll(".byline time").Select(time => time.GetAttribute("datetime")));
        Assert.Equal(["24 novembre 2026", "24 novembre 2026 à 14:30"], page.QuerySelectorAll(".byline time").Select(time => time.TextContent));
        Assert.Equal("Le port au petit matin", page.QuerySelector(".hero img")!.GetAttribute("alt"));
        Assert.Equal("https://ouest.example/", page.QuerySelector(".source a")!.GetAttribute("href"));
        Assert.Equal(["/tag/sant%C3%A9-publique/", "/tag/bretagne/", "/tag/%D8%A7%D9%84%D8%B5%D8%AD%D8%A9/"], page.QuerySelectorAll(".tags a").Select(link => link.GetAttribute("href")));
        Assert.Equal("Gardes de nuit", page.QuerySelector(".author-box .bio em")!.TextContent);
        Assert.Equal(["Mastodon", "Instagram", "Le canal du Rivage"], page.QuerySelectorAll(".follow a").Select(link => link.TextContent));
        Assert.Equal(["/feed.xml", "/atom.xml", "/feed.json"], page.QuerySelectorAll(".site-footer nav a").Select(link => link.GetAttribute("href")));
        Assert.Equal("#content", page.QuerySelector("body > :first-child")!.GetAttribute("href"));
        Assert.NotNull(page.QuerySelector("main#content"));
        var arabic = page.QuerySelector(".text > p[lang=ar]")!;
        Assert.Equal("rtl", arabic.GetAttribute("dir"));
    }

    [Fact]
    public void Translations_point_to_each_other_and_each_is_its_own_canonical()
    {
        var versions = new[] { Samples.FrenchArticle(), Samples.ArabicArticle() }.Select(model => Parse(Samples.Pages.Article(model))).ToList();
        var alternates = versions.Select(page => page.QuerySelectorAll("link[hreflang]").Select(link => (link.GetAttribute("hreflang"), link.GetAttribute("href"))).ToList()).ToList();

        Assert.Equal(alternates[0], alternates[1]);
        Assert.Equal(["ar", "en", "fr", "x-default"], alternates[0].Select(alternate => alternate.Item1));
        Assert.Equal(alternates[0][2].Item2, alternates[0][3].Item2); // the site's language is French
        Assert.Equal(alternates[0][2].Item2, versions[0].QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
        Assert.Equal(alternates[0][0].Item2, versions[1].QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
        Assert.Equal(["ar", "en"], versions[0].QuerySelectorAll(".translations a").Select(link => link.GetAttribute("hreflang")));
        var arabic = versions[0].QuerySelector(".translations li[lang=ar]")!;
        Assert.Equal("rtl", arabic.GetAttribute("dir"));
        Assert.Contains("العربية", arabic.TextContent, StringComparison.Ordinal);
        Assert.Equal("fr", versions[0].QuerySelector(".languages [aria-current]")!.GetAttribute("lang"));
    }

    [Fact]
    public void Of_two_versions_in_one_language_only_one_is_an_alternate_and_on_its_own_page_it_is_itself()
    {
        var french = Samples.FrenchArticle();
        var other = french.Translations.Single(version => version.Id == french.Article.Id) with { Id = ArticleId.New(TimeProvider.System), Path = "2026/11/autre" };
        var page = Parse(Samples.Pages.Article(french with { Translations = [other, .. french.Translations] }));

        Assert.Equal(["ar", "en", "fr", "x-default"], page.QuerySelectorAll("link[hreflang]").Select(link => link.GetAttribute("hreflang")));
        Assert.Equal(page.QuerySelector("link[rel=canonical]")!.GetAttribute("href"), page.QuerySelector("link[hreflang=fr]")!.GetAttribute("href"));
        Assert.Equal(["ar", "en", "fr"], page.QuerySelectorAll(".languages a").Select(link => link.GetAttribute("hreflang")));
    }

    [Fact]
    public void An_Arabic_page_is_Arabic_throughout()
    {
        var page = Parse(Samples.Pages.Article(Samples.ArabicArticle()));

        Assert.Equal("ar", page.DocumentElement.GetAttribute("lang"));
        Assert.Equal("rtl", page.DocumentElement.GetAttribute("dir"));
        Assert.Equal("24 نوفمبر 2026", page.QuerySelector(".byline time")!.TextContent);
        Assert.Contains("بقلم", page.QuerySelector(".byline")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("fr", page.QuerySelector(".site-title")!.GetAttribute("lang"));
        Assert.Equal("fr", page.QuerySelector(".text > p:last-child")!.GetAttribute("lang"));
        Assert.Equal("ltr", page.QuerySelector(".text > p:last-child")!.GetAttribute("dir"));
        Assert.Equal("ar_AR", page.QuerySelector("meta[property='og:locale']")!.GetAttribute("content"));
    }

    [Fact]
    public void Where_there_are_no_texts_in_its_language_the_page_keeps_its_own_and_marks_theirs()
    {
        var persian = Samples.Article(6, "ماهیگیران بندر", Language.Parse("fa"), "2026/11/ماهیگیران") with { Author = "نیما" };
        var page = Parse(Samples.Pages.Article(new ArticlePageModel(persian, "<p>متن</p>", "متن", null, [])));

        Assert.Equal("fa", page.DocumentElement.GetAttribute("lang"));
        Assert.Equal("rtl", page.DocumentElement.GetAttribute("dir"));
        Assert.NotNull(page.QuerySelector(".skip[lang=fr][dir=ltr]"));
        Assert.NotNull(page.QuerySelector(".byline .author[lang=fr][dir=ltr]"));
        Assert.Equal("۳ آذر ۱۴۰۵", page.QuerySelector(".byline time")!.TextContent);
    }

    [Fact]
    public void Links_within_the_page_keep_the_path_of_the_base_address()
    {
        var site = Samples.Site with { BaseUrl = new Uri("https://example.org/news"), ApiBaseUrl = new Uri("https://example.org/news/api") };
        var page = Parse(new PageRenderer(Samples.Theme, site, Samples.Channels).Article(Samples.FrenchArticle()));

        foreach (var link in page.QuerySelectorAll("a[href^='/'], link[rel=stylesheet], link[rel=icon]"))
        {
            Assert.StartsWith("/news/", link.GetAttribute("href"), StringComparison.Ordinal);
        }

        foreach (var link in page.QuerySelectorAll("link[rel=canonical], link[rel=alternate]"))
        {
            Assert.StartsWith("https://example.org/news/", link.GetAttribute("href"), StringComparison.Ordinal);
        }

        Assert.Equal("https://example.org/news/author/nolwenn-marec/", page.QuerySelector("meta[property='article:author']")!.GetAttribute("content"));
    }

    [Fact]
    public void Nothing_runs_but_the_sites_own_script_and_nothing_is_loaded_from_elsewhere_but_the_articles_pictures()
    {
        var page = Parse(Samples.Pages.Article(Samples.FrenchArticle()));

        Assert.All(page.QuerySelectorAll("script:not([src])"), script => Assert.Equal("application/ld+json", script.GetAttribute("type")));
        Assert.All(
            page.QuerySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]"),
            link => Assert.StartsWith("/assets/", link.GetAttribute("href") ?? link.GetAttribute("src"), StringComparison.Ordinal));
        Assert.Null(page.QuerySelector("style, [style], iframe, link[rel=preload], link[rel=preconnect]"));
        Assert.DoesNotContain("url(", Encoding.UTF8.GetString(Samples.Theme.Assets.Single(asset => asset.Name == "style.css").Bytes.Span), StringComparison.Ordinal);
        var script = page.QuerySelector("script")!.TextContent;
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        Assert.Contains($"script-src 'self' 'sha256-{hash}';", page.QuerySelector("meta[http-equiv=Content-Security-Policy]")!.GetAttribute("content"), StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_fields_are_text_wherever_they_stand()
    {
        const string Hostile = "</script></title><img src=x onerror=alert(1)>\"'<!--";
        var article = Samples.Article(8, Hostile, Samples.French, "2026/11/x") with
        {
            Summary = Hostile,
            Section = Hostile,
            Tags = [Hostile],
            Author = Hostile,
            Image = new ArticleImage("https://example.org/a.jpg?\"onload=alert(1)", Hostile),
            Source = new SourceCredit(Hostile, "https://example.org/\"><script>"),
        };
        var author = new Author("x", Hostile, "<script>alert(1)</script>bio <b onclick=x id=content>b</b>", "https://example.org/\"><script>", new ArticleImage("https://example.org/b.jpg", Hostile));
        var bytes = Samples.Pages.Article(new ArticlePageModel(article, "<p>x</p>", Hostile, author, [new(article.Id, article.Language, Hostile, "2026/11/x"), new(Samples.Id(9), Samples.Arabic, Hostile, "2026/11/y")]));
        var page = Parse(bytes);

        Assert.Equal(Hostile, page.QuerySelector("h1")!.TextContent);
        Assert.Single(page.QuerySelectorAll("script:not([src])"));
        Assert.Equal(Hostile, Json(page).GetProperty("headline").GetString());
        Assert.DoesNotContain(page.QuerySelectorAll("*").SelectMany(element => element.Attributes), attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal));
        Assert.Equal("bio-content", page.QuerySelector(".bio b")!.Id);
        Assert.Single(page.QuerySelectorAll("#content"));
    }

    [Fact]
    public void Structured_data_names_only_what_schema_org_knows()
    {
        foreach (var model in new[] { Samples.FrenchArticle(), Samples.ArabicArticle() })
        {
            var json = Json(Parse(Samples.Pages.Article(model)));
            Assert.Equal("https://schema.org", json.GetProperty("@context").GetString());
            Check(json);
            Assert.Equal(model.Article.Title, json.GetProperty("headline").GetString());
            Assert.Equal(model.Article.Language.Tag, json.GetProperty("inLanguage").GetString());
            Assert.Equal("Le Rivage", json.GetProperty("publisher").GetProperty("name").GetString());
            Assert.Matches("[+]01:00$", json.GetProperty("datePublished").GetString());
            Assert.StartsWith("https://example.org/author/", json.GetProperty("author")[0].GetProperty("url").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(2, Json(Parse(Samples.Pages.Article(Samples.FrenchArticle()))).GetProperty("workTranslation").GetArrayLength());
        Assert.Equal("fr", Json(Parse(Samples.Pages.Article(Samples.ArabicArticle()))).GetProperty("translationOfWork").GetProperty("inLanguage").GetString());
    }

    private static void Check(JsonElement thing)
    {
        var known = SchemaOrg.Properties[thing.GetProperty("@type").GetString()!];
        foreach (var property in thing.EnumerateObject().Where(property => property.Name[0] != '@'))
        {
            Assert.True(known.Contains(property.Name), $"schema.org knows no {property.Name} of a {thing.GetProperty("@type")}");
            IEnumerable<JsonElement> values = property.Value.ValueKind == JsonValueKind.Array ? property.Value.EnumerateArray() : [property.Value];
            foreach (var value in values.Where(value => value.ValueKind == JsonValueKind.Object))
            {
                Check(value);
            }
        }
    }

    private static JsonElement Json(IHtmlDocument page) => JsonDocument.Parse(page.QuerySelector("script[type='application/ld+json']")!.TextContent).RootElement;

    private static IHtmlDocument Parse(byte[] page) => new HtmlParser().ParseDocument(Encoding.UTF8.GetString(page));
}
