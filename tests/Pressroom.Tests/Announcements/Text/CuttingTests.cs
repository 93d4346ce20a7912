using System.Globalization;
using CsCheck;
using Pressroom.Announcements.Text;

namespace Pressroom.Tests.Announcements.Text;

public sealed class CuttingTests
{
    private const string Link = "https://a.example/b";
    private const string Hashtag = "#Häfen_1";

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("one two three", 12, "one two…")]
    [InlineData("one two three", 8, "one two…")]
    [InlineData("Donaudampfschifffahrt", 10, "Donaudamp…")]
    [InlineData("见新闻网站报道全文内容", 6, "见新闻网站…")]
    [InlineData("see https://news.example/a/b now", 20, "see…")]
    [InlineData("see https://news.example/a/b now", 6, "see…")]
    [InlineData("https://news.example/a/b", 20, "")]
    [InlineData("see news.example/a/b now", 15, "see…")]
    [InlineData("a #hashtag that is long", 8, "a…")]
    [InlineData("见#新闻网站报道全文内容", 6, "见…")]
    [InlineData("to @somebody else", 9, "to…")]
    [InlineData("to some.body@news.example else", 12, "to…")]
    [InlineData("ab👨‍👩‍👧‍👦cd", 14, "ab👨‍👩‍👧‍👦…")]
    [InlineData("ab👨‍👩‍👧‍👦cd", 13, "ab…")]
    [InlineData("انظر \u2066https://a.example/b\u2069 الآن", 20, "انظر…")]
    [InlineData("word", 0, "")]
    public void A_text_is_cut_between_words_and_never_inside_what_belongs_together(string text, int limit, string expected) =>
        Assert.Equal(expected, Cutting.Fit(text, limit, Counting.Utf16Units));

    // Each of these takes minutes where an expression goes back over it from every place.
    [Theory]
    [InlineData("a")]
    [InlineData("a.")]
    [InlineData("a-")]
    [InlineData("@a")]
    [InlineData("#a")]
    [InlineData("/(a")]
    [InlineData("http://")]
    [InlineData("https://a.b/(")]
    public void A_word_of_any_length_is_cut_and_counted_at_once(string part)
    {
        var text = "@" + string.Concat(Enumerable.Repeat(part, 20_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.InRange(Cutting.Fit(text, 280, Counting.ForX).Length, 0, 1_000);
        Assert.InRange(Cutting.Fit(text, 500, value => Counting.ForMastodon(value, 23)).Length, 0, 1_000);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_cut_text_fits_every_networks_count_and_is_made_of_whole_parts_of_its_beginning()
    {
        string[] parts = ["a", "bc", "word", " ", "\n", "e\u0301", "👨‍👩‍👧‍👦", "🇫🇷", "م", "ی\u200C", "你", " @", $" {Link} ", $" {Hashtag} "];
        Func<string, int>[] counts =
            [Counting.Utf16Units, Counting.Graphemes, Counting.Utf8Bytes, Counting.ForX, Counting.ForThreads, text => Counting.ForMastodon(text, 23)];

        Gen.Select(Gen.Int[0, parts.Length - 1].Array[0, 40], Gen.Int[1, 80], Gen.Int[0, counts.Length - 1]).Sample((picks, limit, count) =>
        {
            var text = string.Concat(picks.Select(pick => parts[pick]));
            var cut = Cutting.Fit(text, limit, counts[count]);
            var kept = cut.TrimEnd('…');
            return cut == text || (counts[count](cut) <= limit && text.StartsWith(kept, StringComparison.Ordinal)
                && (cut.Length == 0 || cut[^1] == '…')
                && StringInfo.ParseCombiningCharacters(text).Append(text.Length).Contains(kept.Length)
                && !kept.Replace(Link, "", StringComparison.Ordinal).Contains("http", StringComparison.Ordinal)
                && !kept.Replace(Hashtag, "", StringComparison.Ordinal).Contains('#', StringComparison.Ordinal));
        });
    }
}
