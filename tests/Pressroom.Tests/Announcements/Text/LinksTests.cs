using Pressroom.Announcements.Text;

namespace Pressroom.Tests.Announcements.Text;

public sealed class LinksTests
{
    [Theory]
    [InlineData("see https://a.example/b, and (http://c.example/d).", "https://a.example/b|http://c.example/d")]
    [InlineData("انظر https://a.example/b؟", "https://a.example/b")]
    [InlineData("见https://a.example/b。", "https://a.example/b")]
    [InlineData("\u2066https://a.example/b\u2069", "https://a.example/b")]
    [InlineData("https://a.example/b#c?d=e&f", "https://a.example/b#c?d=e&f")]
    [InlineData("no link: a.example", "")]
    public void Links_are_found_without_the_punctuation_after_them(string text, string links) =>
        Assert.Equal(links, string.Join('|', Links.In(text).Select(link => link.Value)));

    [Theory]
    [InlineData("https://news.example/2026/11/harbour/", 40, "news.example/2026/11/harbour")]
    [InlineData("https://www.news.example/", 40, "news.example")]
    [InlineData("https://news.example/2026/11/harbour/", 20, "news.example/2026/1…")]
    [InlineData("https://news.example/%D8%A3%D9%88%D8%A8%D9%83/", 40, "news.example/أوبك")]
    [InlineData("https://news.example/a%20b%E2%80%AE", 40, "news.example/a%20b%E2%80%AE")]
    public void A_link_is_shown_short_and_in_its_letters(string address, int limit, string expected) => Assert.Equal(expected, Links.Shortened(address, limit));

    [Fact]
    public void Only_links_to_the_address_itself_are_worded_anew() => Assert.Equal(
        "x and x, not https://a.example/b/c",
        Links.Replaced("https://a.example/b and https://a.example/b/, not https://a.example/b/c", "https://a.example/b/", "x"));
}
