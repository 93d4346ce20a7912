using Pressroom.Announcements.Text;
using Pressroom.Articles;

namespace Pressroom.Tests.Announcements.Text;

public sealed class BidiTests
{
    [Theory]
    [InlineData("OPEC ترفع", "ar", "\u200FOPEC ترفع")]
    [InlineData("ترفع OPEC", "ar", "ترفع OPEC")]
    [InlineData("2026: OPEC", "fa", "\u200F2026: OPEC")]
    [InlineData("العربية says no", "en", "\u200Eالعربية says no")]
    [InlineData("Plain", "en", "Plain")]
    [InlineData("2026", "ar", "2026")]
    public void A_paragraph_against_its_direction_gets_a_mark(string paragraph, string language, string expected) =>
        Assert.Equal(expected, Bidi.Directed(paragraph, Language.Parse(language)));

    [Theory]
    [InlineData("انظر https://a.example/b الآن", "ar", "انظر \u2066https://a.example/b\u2069 الآن")]
    [InlineData("انظر https://a.example/b.", "ar", "انظر \u2066https://a.example/b\u2069.")]
    [InlineData("انظر \u2066https://a.example/b\u2069 الآن", "ar", "انظر \u2066https://a.example/b\u2069 الآن")]
    [InlineData("بلا رابط", "ar", "بلا رابط")]
    [InlineData("See https://a.example/b now", "en", "See https://a.example/b now")]
    public void A_link_in_a_text_from_right_to_left_is_isolated_once(string text, string language, string expected) =>
        Assert.Equal(expected, Bidi.WithLinksIsolated(text, Language.Parse(language)));

    [Fact]
    public void White_space_and_invisible_marks_make_no_other_words()
    {
        Assert.True(Words.AreSame("\u200FOPEC  ترفع\n\n\u2066x\u2069", "OPEC ترفع x"));
        Assert.True(Words.AreSame("cafe\u0301", "café"));
        Assert.False(Words.AreSame("OPEC", "OPEQ"));
    }
}
