using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using CodeHollow.FeedReader;
using CodeHollow.FeedReader.Feeds;
using Pressroom.Articles;
using Pressroom.Site.Feeds;
using Pressroom.Site.Lists;
using Atom = Pressroom.Site.Feeds.AtomFeed;
using FeedItem = Pressroom.Site.FeedItem;
using JsonFeed = Pressroom.Site.Feeds.JsonFeed;

namespace Pressroom.Tests.Site.Feeds;

public sealed class FeedTests
{
    private static readonly XNamespace AtomNamespace = "http://www.w3.org/2005/Atom";
    private static readonly XNamespace Content = "http://purl.org/rss/1.0/modules/content/";
    private static readonly XNamespace DublinCore = "http://purl.org/dc/elements/1.1/";

    [Fact]
    public void Rss() => Golden.Matches("feed.xml", RssFeed.Write(Model(), Samples.Site));

    [Fact]
    public void Atom_() => Golden.Matches("atom.xml", Atom.Write(Model(), Samples.Site));

    [Fact]
    public void Json() => Golden.Matches("feed.json", JsonFeed.Write(Model(), Samples.Site));

    [Fact]
    public void A_feed_reader_reads_the_RSS()
    {
        var feed = FeedReader.ReadFromByteArray(RssFeed.Write(Model(), Samples.Site));

        Assert.Equal(FeedType.Rss_2_0, feed.Type);
        Assert.Equal("Le Rivage", feed.Title);
        Assert.Equal(3, feed.Items.Count);
        var item = feed.Items.First();
        Assert.Equal("urn:uuid:0193574b-f0c8-7a2e-9d3f-000000000001", item.Id);
        Assert.Equal("https://example.org/2026/11/hopitaux-le-plan-du-littoral/", item.Link);
        Assert.Equal("Nolwenn Marec", Assert.IsType<Rss20FeedItem>(item.SpecificItem).DC.Creator);
        Assert.Equal(Samples.Morning.UtcDateTime, item.PublishingDate!.Value.ToUniversalTime());
        Assert.Contains("<h2 id=\"text-ce-que-prévoit-le-texte\">", item.Content, StringComparison.Ordinal);
        Assert.Equal("Phares & balises <1>", feed.Items.Last().Title);
        Assert.Equal(["Société", "Santé publique", "Bretagne", "الصحة"], item.Categories);
    }

    [Fact]
    public void A_feed_reader_reads_the_Atom_feed()
    {
        var feed = FeedReader.ReadFromByteArray(Atom.Write(Model(), Samples.Site));

        Assert.Equal(FeedType.Atom, feed.Type);
        Assert.Equal("Le Rivage", feed.Title);
        var item = Assert.IsType<AtomFeedItem>(feed.Items.First().SpecificItem);
        Assert.Equal("urn:uuid:0193574b-f0c8-7a2e-9d3f-000000000001", item.Id);
        Assert.Equal("Nolwenn Marec", item.Author.Name);
        Assert.Contains("Le gouvernement a présenté", item.Content, StringComparison.Ordinal);
        Assert.Equal("Phares & balises <1>", feed.Items.Last().Title);
    }

    [Fact]
    public void The_RSS_keeps_the_profiles_rules()
    {
        var channel = XDocument.Parse(Encoding.UTF8.GetString(RssFeed.Write(Model(), Samples.Site))).Root!.Element("channel")!;

        Assert.Equal("https://example.org/feed.xml", channel.Element(AtomNamespace + "link")!.Attribute("href")!.Value);
        Assert.Equal("self", channel.Element(AtomNamespace + "link")!.Attribute("rel")!.Value);
        Assert.Equal("fr", channel.Element("language")!.Value);
        Assert.Matches("^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$", channel.Element("lastBuildDate")!.Value);
        foreach (var item in channel.Elements("item"))
        {
            Assert.Equal("false", item.Element("guid")!.Attribute("isPermaLink")!.Value);
            Assert.Null(item.Element("author")); // that one would have to be an e-mail address
            Assert.Null(item.Element("enclosure")); // its length is not known
            Assert.DoesNotContain("href=\"#", item.Element(Content + "encoded")!.Value, StringComparison.Ordinal);
            Assert.DoesNotContain("href=\"/", item.Element(Content + "encoded")!.Value, StringComparison.Ordinal);
            Assert.True(item.Element("description") is not { } description || item.Element(Content + "encoded")!.ElementsBeforeSelf().Contains(description));
        }

        var arabic = channel.Elements("item").ElementAt(1);
        Assert.Equal("ar", arabic.Attribute(XNamespace.Xml + "lang")!.Value);
        Assert.Equal("ar", arabic.Element(DublinCore + "language")!.Value);
        Assert.StartsWith("<div lang=\"ar\" dir=\"rtl\">", arabic.Element(Content + "encoded")!.Value, StringComparison.Ordinal);
        Assert.Contains("Phares &#x26; balises &#x3C;1", Encoding.UTF8.GetString(RssFeed.Write(Model(), Samples.Site)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_Atom_feed_keeps_its_rules()
    {
        var feed = XDocument.Parse(Encoding.UTF8.GetString(Atom.Write(Model(), Samples.Site))).Root!;

        foreach (var part in feed.Elements(AtomNamespace + "entry").Append(feed))
        {
            Assert.Single(part.Elements(AtomNamespace + "id"));
            Assert.Single(part.Elements(AtomNamespace + "title"));
            Assert.True(DateTimeOffset.TryParse(part.Element(AtomNamespace + "updated")!.Value, System.Globalization.CultureInfo.InvariantCulture, out _));
            Assert.NotNull(part.Attribute(XNamespace.Xml + "lang"));
        }

        Assert.NotNull(feed.Element(AtomNamespace + "author"));
        Assert.Equal(["self", "alternate"], feed.Elements(AtomNamespace + "link").Select(link => link.Attribute("rel")!.Value));
        Assert.Equal(["fr", "ar", "fr"], feed.Elements(AtomNamespace + "entry").Select(entry => entry.Attribute(XNamespace.Xml + "lang")!.Value));
    }

    [Fact]
    public void The_JSON_feed_keeps_its_rules()
    {
        var feed = JsonDocument.Parse(JsonFeed.Write(Model(), Samples.Site)).RootElement;

        Assert.Equal("https://jsonfeed.org/version/1.1", feed.GetProperty("version").GetString());
        Assert.Equal("https://example.org/feed.json", feed.GetProperty("feed_url").GetString());
        Assert.Equal("https://example.org/", feed.GetProperty("home_page_url").GetString());
        Assert.Equal(["fr", "ar", "fr"], feed.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("language").GetString()));
        var first = feed.GetProperty("items")[0];
        Assert.Equal("urn:uuid:0193574b-f0c8-7a2e-9d3f-000000000001", first.GetProperty("id").GetString());
        Assert.Equal("https://example.org/media/hero.jpg", first.GetProperty("image").GetString());
        Assert.Equal("Nolwenn Marec", first.GetProperty("authors")[0].GetProperty("name").GetString());
        Assert.Equal("2026-11-24T13:30:00Z", first.GetProperty("date_modified").GetString());
    }

    [Fact]
    public void Links_within_an_article_lead_to_its_page()
    {
        var html = JsonDocument.Parse(JsonFeed.Write(Model(), Samples.Site)).RootElement.GetProperty("items")[0].GetProperty("content_html").GetString()!;

        Assert.Contains("<a href=\"https://example.org/2026/11/hopitaux-le-plan-du-littoral/#text-fn:1\"", html, StringComparison.Ordinal);
        Assert.StartsWith("<figure><img src=\"https://example.org/media/hero.jpg\" alt=\"Le port au petit matin\"></figure>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Characters_that_XML_forbids_are_left_out()
    {
        var item = new FeedItem(Samples.Listing[0] with { Title = "a\u0001b\uFFFFc\ud800d", Summary = "\u000B", AuthorName = "\u001F", Tags = ["\u0002t"] }, "<p>\u0003x]]>y</p>");
        var model = Model() with { Items = [item], Title = "\u0001t" };

        Assert.StartsWith("abc", XDocument.Parse(Encoding.UTF8.GetString(RssFeed.Write(model, Samples.Site))).Descendants("item").Single().Element("title")!.Value, StringComparison.Ordinal);
        Assert.Contains("x]]>y", XDocument.Parse(Encoding.UTF8.GetString(Atom.Write(model, Samples.Site))).Descendants(AtomNamespace + "content").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_articles_give_the_same_bytes()
    {
        Assert.Equal(RssFeed.Write(Model(), Samples.Site), RssFeed.Write(Model(), Samples.Site));
        Assert.Equal(Atom.Write(Model(), Samples.Site), Atom.Write(Model(), Samples.Site));
        Assert.Equal(JsonFeed.Write(Model(), Samples.Site), JsonFeed.Write(Model(), Samples.Site));
    }

    [Fact]
    public void The_feeds_of_a_list_lie_in_its_folder()
    {
        var section = new ListKey(ListKind.Section, "société");
        var model = new FeedModel(section, "Société – Le Rivage", Samples.French, Samples.Morning, []);

        Assert.Equal("section/société/feed.xml", FeedModel.RssPath(section));
        Assert.Contains("href=\"https://example.org/section/soci%C3%A9t%C3%A9/feed.xml\"", Encoding.UTF8.GetString(RssFeed.Write(model, Samples.Site)), StringComparison.Ordinal);
        Assert.Empty(XDocument.Parse(Encoding.UTF8.GetString(Atom.Write(model, Samples.Site))).Descendants(AtomNamespace + "entry"));
    }

    private static FeedModel Model() => new(ListKey.Home, "Le Rivage", Samples.French, Samples.Morning.AddHours(5),
    [
        new FeedItem(Samples.Listing[0], Samples.FrenchArticle().Html),
        new FeedItem(Samples.Listing[1], Samples.ArabicArticle().Html),
        new FeedItem(Samples.Listing[2] with { Title = "Phares & balises <1>", Summary = "a < b & c", Language = Language.Parse("fr") }, "<p>a &lt; b</p>"),
    ]);
}
