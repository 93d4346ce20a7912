using System.Globalization;
using CsCheck;
using Pressroom.Announcements.Webhook;
using Pressroom.Articles;

namespace Pressroom.Tests.Announcements.Webhook;

public sealed class WordingTests
{
    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("one two three", 12, "one two…")]
    [InlineData("one two three", 8, "one two…")]
    [InlineData("Donaudampfschifffahrt", 10, "Donaudamp…")]
    [InlineData("见新闻网站报道全文内容", 6, "见新闻网站…")]
    [InlineData("see https://news.example/a/b now", 20, "see…")]
    [InlineData("see https://news.example/a/b now", 6, "see…")]
    [InlineData("https://news.example/a/b", 20, "")]
    [InlineData("a #hashtag that is long", 8, "a…")]
    [InlineData("见#新闻网站报道全文内容", 6, "见…")]
    [InlineData("to @somebody else", 9, "to…")]
    [InlineData("ab👨‍👩‍👧‍👦cd", 14, "ab👨‍👩‍👧‍👦…")]
    [InlineData("ab👨‍👩‍👧‍👦cd", 13, "ab…")]
    [InlineData("word", 0, "")]
    public void A_text_is_cut_between_words_and_never_inside_what_belongs_together(string text, int limit, string expected) =>
        Assert.Equal(expected, Wording.Fit(text, limit, fitted => fitted.Length));

    [Fact]
    public void A_cut_text_fits_and_is_made_of_whole_graphemes_of_its_beginning()
    {
        string[] parts = ["a", "bc", "word", " ", "\n", "e\u0301", "👨‍👩‍👧‍👦", "🇫🇷", "م", "ی\u200C", "你", "#", "@", "https://a.example/b"];

        Gen.Select(Gen.Int[0, parts.Length - 1].Array[0, 40], Gen.Int[1, 60]).Sample((picks, limit) =>
        {
            var text = string.Concat(picks.Select(pick => parts[pick]));
            var cut = Wording.Fit(text, limit, fitted => fitted.Length);
            var kept = cut.TrimEnd('…');
            return cut == text || (cut.Length <= limit && text.StartsWith(kept, StringComparison.Ordinal)
                && StringInfo.ParseCombiningCharacters(text).Append(text.Length).Contains(kept.Length)
                && !kept.Replace("https://a.example/b", "", StringComparison.Ordinal).Contains("http", StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("OPEC ترفع", "ar", "\u200FOPEC ترفع")]
    [InlineData("ترفع OPEC", "ar", "ترفع OPEC")]
    [InlineData("2026: OPEC", "fa", "\u200F2026: OPEC")]
    [InlineData("العربية says no", "en", "\u200Eالعربية says no")]
    [InlineData("Plain", "en", "Plain")]
    [InlineData("2026", "ar", "2026")]
    public void A_paragraph_against_its_direction_gets_a_mark(string paragraph, string language, string expected) =>
        Assert.Equal(expected, Wording.Directed(paragraph, Language.Parse(language)));

    [Fact]
    public void White_space_and_invisible_marks_make_no_other_words()
    {
        Assert.True(Wording.SameWords("\u200FOPEC  ترفع\n\n\u2066x\u2069", "OPEC ترفع x"));
        Assert.True(Wording.SameWords("cafe\u0301", "café"));
        Assert.False(Wording.SameWords("OPEC", "OPEQ"));
    }
}
