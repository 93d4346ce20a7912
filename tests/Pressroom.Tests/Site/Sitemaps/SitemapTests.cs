using System.Text;
using System.Xml.Linq;
using Pressroom.Articles;
using Pressroom.Site.Sitemaps;

namespace Pressroom.Tests.Site.Sitemaps;

public sealed class SitemapTests
{
    private static readonly XNamespace Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";
    private static readonly XNamespace News = "http://www.google.com/schemas/sitemap-news/0.9";

    [Fact]
    public void A_sitemap() => Golden.Matches("sitemap.xml", Sitemap.Write(Samples.Site,
    [
        new SitemapEntry("", Samples.Morning), new SitemapEntry("2026/11/مستشفيات/", Samples.Morning.AddMinutes(1)), new SitemapEntry("section/société/", null),
    ]));

    [Fact]
    public void An_index() => Golden.Matches("sitemap-index.xml", SitemapIndex.Write(Samples.Site, [new SitemapEntry("sitemap-1.xml", Samples.Morning)]));

    [Fact]
    public void A_news_sitemap() => Golden.Matches("news-sitemap.xml", NewsSitemap.Write(Samples.Site, Samples.Listing, Samples.Morning.AddHours(3)));

    [Fact]
    public void Robots() => Golden.Matches("robots.txt", RobotsTxt.Write(Samples.Site));

    [Fact]
    public void A_sitemap_of_too_many_pages_is_refused() =>
        Assert.Throws<ArgumentException>(() => Sitemap.Write(Samples.Site, Enumerable.Repeat(new SitemapEntry("x/", null), Sitemap.MostEntries + 1).ToList()));

    [Fact]
    public void The_news_are_those_of_two_days_and_no_more_than_a_thousand()
    {
        var article = Samples.Listing[0];
        var many = Enumerable.Range(0, 1_500).Select(minutes => article with { PublishedAt = Samples.Morning.AddMinutes(-minutes) }).ToList();

        Assert.Equal(1_000, Urls(many, Samples.Morning));
        Assert.Equal(1, Urls([article with { PublishedAt = Samples.Morning.AddDays(-2) }], Samples.Morning));
        Assert.Equal(0, Urls([article with { PublishedAt = Samples.Morning.AddDays(-2).AddSeconds(-1) }], Samples.Morning));
    }

    [Theory]
    [InlineData("fr-CA", "fr")]
    [InlineData("zh", "zh-cn")]
    [InlineData("zh-Hant", "zh-tw")]
    [InlineData("zh-TW", "zh-tw")]
    [InlineData("zh-Hans-SG", "zh-cn")]
    public void News_languages_are_as_Google_wants_them(string language, string expected)
    {
        var bytes = NewsSitemap.Write(Samples.Site, [Samples.Listing[0] with { Language = Language.Parse(language) }], Samples.Morning);

        Assert.Equal(expected, XDocument.Parse(Encoding.UTF8.GetString(bytes)).Descendants(News + "language").Single().Value);
    }

    [Fact]
    public void An_interface_on_another_host_is_not_named_to_crawlers() =>
        Assert.StartsWith("User-agent: *\nDisallow:\n", Encoding.UTF8.GetString(RobotsTxt.Write(Samples.Site with { ApiBaseUrl = new Uri("https://api.example.org") })), StringComparison.Ordinal);

    private static int Urls(IReadOnlyList<Pressroom.Site.ListedArticle> articles, DateTimeOffset now) =>
        XDocument.Parse(Encoding.UTF8.GetString(NewsSitemap.Write(Samples.Site, articles, now))).Descendants(Namespace + "url").Count();
}
