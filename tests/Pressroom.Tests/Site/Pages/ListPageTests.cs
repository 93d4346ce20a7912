using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Pressroom.Articles;
using Pressroom.Site.Lists;
using Pressroom.Site.Pages;

namespace Pressroom.Tests.Site.Pages;

public sealed class ListPageTests
{
    [Fact]
    public void Home() => Golden.Matches("home.html", Samples.Pages.List(Samples.Home()));

    [Fact]
    public void A_month_of_an_authors_archive() => Golden.Matches("author-archive.html", Samples.Pages.List(Author() with
    {
        Month = new DateOnly(2026, 11, 1),
        Path = "author/nolwenn-marec/archive/2026/11/",
        NewerPath = "author/nolwenn-marec/",
        OlderPath = "author/nolwenn-marec/archive/2026/10/",
        Author = null,
    }));

    [Fact]
    public void Not_found() => Golden.Matches("not-found.html", Samples.Pages.NotFound());

    [Fact]
    public void A_redirect() => Golden.Matches("redirect.html", Samples.Pages.Redirect("2026/11/مستشفيات-الساحل", Samples.Arabic));

    [Fact]
    public void Items_in_another_language_bring_their_own()
    {
        var items = Parse(Samples.Pages.List(Samples.Home())).QuerySelectorAll(".story").ToList();

        Assert.Equal([null, "ar", "en"], items.Select(item => item.GetAttribute("lang")));
        Assert.Equal([null, "rtl", null], items.Select(item => item.GetAttribute("dir")));
        Assert.Equal(["24 novembre 2026", "24 نوفمبر 2026", "21 November 2026"], items.Select(item => item.QuerySelector("time")!.TextContent));
        Assert.Equal("/2026/11/%D9%85%D8%B3%D8%AA%D8%B4%D9%81%D9%8A%D8%A7%D8%AA-%D8%A7%D9%84%D8%B3%D8%A7%D8%AD%D9%84/", items[1].QuerySelector("h2 a")!.GetAttribute("href"));
        Assert.Equal("/section/%D9%85%D8%AC%D8%AA%D9%85%D8%B9/", items[1].QuerySelector(".kicker a")!.GetAttribute("href"));
        Assert.Contains("Four hundred books &amp; one keeper.", items[2].InnerHtml, StringComparison.Ordinal);
    }

    [Fact]
    public void Home_has_the_sites_name_for_its_heading_and_links_to_the_languages_on_it()
    {
        var page = Parse(Samples.Pages.List(Samples.Home()));

        Assert.Equal("Le Rivage", page.QuerySelectorAll("h1").Single().TextContent);
        Assert.Equal(["/language/ar/", "/language/en/", "/language/fr/"], page.QuerySelectorAll(".languages a").Select(link => link.GetAttribute("href")));
        Assert.Equal("/archive/2026/10/", page.QuerySelector(".older")!.GetAttribute("href"));
        Assert.Null(page.QuerySelector(".newer"));
        Assert.Equal("https://example.org/", page.QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
        Assert.Equal(3, page.QuerySelectorAll("link[rel=alternate]").Length);
    }

    [Fact]
    public void An_authors_page_has_the_box_about_them_and_the_lists_own_feeds()
    {
        var page = Parse(Samples.Pages.List(Author()));

        Assert.Equal("Nolwenn Marec", page.QuerySelectorAll("h1").Single().TextContent);
        Assert.Contains("Gardes de nuit", page.QuerySelector(".author-box")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("https://example.org/author/nolwenn-marec/feed.xml", page.QuerySelector("link[rel=alternate]")!.GetAttribute("href"));
        Assert.Equal(["/author/nolwenn-marec/feed.xml", "/author/nolwenn-marec/atom.xml", "/author/nolwenn-marec/feed.json"], page.QuerySelectorAll(".list-feeds a").Select(link => link.GetAttribute("href")));
        Assert.StartsWith("Suit la santé", page.QuerySelector("meta[name=description]")!.GetAttribute("content"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fr", "Novembre 2026")]
    [InlineData("ar", "نوفمبر 2026")]
    [InlineData("en", "November 2026")]
    [InlineData("de", "November 2026")]
    public void An_archive_is_headed_by_its_month_in_the_pages_language(string language, string heading)
    {
        var page = Parse(Samples.Pages.List(Samples.Home() with { Month = new DateOnly(2026, 11, 1), Path = "archive/2026/11/", Language = Language.Parse(language) }));

        Assert.Equal(heading, page.QuerySelector("h1")!.TextContent);
        Assert.StartsWith(heading, page.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_of_a_language_is_headed_by_the_languages_own_name()
    {
        var page = Parse(Samples.Pages.List(new ListView(new ListKey(ListKind.Language, "ar"), "ar", null, "language/ar/", null, null, Samples.Arabic, null, [Samples.Listing[1]])));

        Assert.Equal("العربية", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("rtl", page.DocumentElement.GetAttribute("dir"));
        Assert.Null(page.QuerySelector(".story")!.GetAttribute("lang"));
        Assert.Equal("/language/ar/", page.QuerySelector(".languages [aria-current]")!.GetAttribute("href"));
    }

    [Fact]
    public void An_empty_list_says_so() =>
        Assert.NotNull(Parse(Samples.Pages.List(Samples.Home() with { Articles = [] })).QuerySelector(".no-articles"));

    private static ListView Author() => new(
        new ListKey(ListKind.Author, "nolwenn-marec"), "Nolwenn Marec", null, "author/nolwenn-marec/", null, null, Samples.French, Samples.Nolwenn, [Samples.Listing[0]]);

    private static IHtmlDocument Parse(byte[] page) => new HtmlParser().ParseDocument(Encoding.UTF8.GetString(page));
}
