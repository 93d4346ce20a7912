using CsCheck;
using Pressroom.Announcements.Text;

namespace Pressroom.Tests.Announcements.Text;

public sealed class CountingTests
{
    private const string Sixty = "https://example.com/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x";

    // Measured with twitter-text 3.1 and Intl.Segmenter.
    [Theory]
    [InlineData("Hello, world! 👋", 16, 16, 15, 18)]
    [InlineData("سلام دنیا", 9, 9, 9, 17)]
    [InlineData("می\u200Cخواهم", 8, 8, 7, 17)]
    [InlineData("你好", 2, 4, 2, 6)]
    [InlineData("👨‍👩‍👧‍👦", 11, 2, 1, 25)]
    [InlineData(Sixty, 62, 25, 62, 62)]
    [InlineData("https://例え.jp/سلام", 18, 27, 18, 26)]
    [InlineData("example.com", 11, 23, 11, 11)]
    public void Each_unit_is_counted_as_its_networks_count_it(string text, int utf16, int x, int graphemes, int bytes) => Assert.Equal(
        (utf16, x, graphemes, bytes),
        (Counting.Utf16Units(text), Counting.ForX(text), Counting.Graphemes(text), Counting.Utf8Bytes(text)));

    [Theory]
    [InlineData("cafe\u0301", 4)]
    [InlineData("“quoted” – and…", 16)]
    [InlineData("🇫🇷", 2)]
    [InlineData("👍🏽", 2)]
    [InlineData("1️⃣", 2)]
    [InlineData("❤️", 2)]
    [InlineData("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2)]
    [InlineData("👋👋", 4)]
    [InlineData("see https://example.com/a.", 28)]
    [InlineData("(https://example.com/a_(b))", 25)]
    [InlineData("https://example.com", 23)]
    [InlineData("https://example.com/?q=a&b=c#d", 23)]
    [InlineData("https://example.comの全文", 29)]
    [InlineData("https://sub.example.co.uk:8443/x", 23)]
    [InlineData("\u2066https://example.com/a\u2069", 27)]
    [InlineData("https://a.example https://b.example", 47)]
    [InlineData("@example.com", 12)]
    [InlineData("http://localhost:7071/2026/", 27)]
    [InlineData("a-very-long-name-of-a-file.nottld", 33)]
    [InlineData("foo.bar.baz", 27)]
    [InlineData("-example.com", 24)]
    [InlineData("ñ.example.com", 23)]
    [InlineData("www.foo.co.uk/x?y=1#z", 23)]
    [InlineData("2.5 and e.g. and x@y.com", 24)]
    [InlineData("👩🏽‍🚀ไทย☀", 7)]
    [InlineData("", 0)]
    public void X_weighs_text_emoji_and_links(string text, int weight) => Assert.Equal(weight, Counting.ForX(text));

    [Theory]
    [InlineData("Hello @you@social.example!", 11)]
    [InlineData("Hello @you", 10)]
    [InlineData("https://news.example/a/very/long/address/that/goes/on", 23)]
    [InlineData("https://a.example", 23)]
    [InlineData("https://news.example/سلام x", 25)]
    [InlineData("(https://news.example/a).", 26)]
    [InlineData("example.com", 11)]
    [InlineData("http://localhost:7071/2026/", 27)]
    [InlineData("👨‍👩‍👧‍👦 e\u0301", 3)]
    [InlineData("mail me@news.example", 20)]
    public void Mastodon_counts_graphemes_links_alike_and_no_hosts(string text, int length) => Assert.Equal(length, Counting.ForMastodon(text, 23));

    [Fact]
    public void Any_text_is_counted_and_none_is_shorter_for_a_letter_more()
    {
        Gen.String.Sample(text =>
        {
            var whole = new string(text.Where(c => !char.IsSurrogate(c)).ToArray());
            return Counting.ForX(whole + "\n\na") == Counting.ForX(whole + "\n\n") + 1
                && Counting.ForMastodon(whole + "\n\na", 23) == Counting.ForMastodon(whole + "\n\n", 23) + 1;
        });
    }
}
