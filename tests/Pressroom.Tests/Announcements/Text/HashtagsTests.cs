using CsCheck;
using Pressroom.Announcements.Text;

namespace Pressroom.Tests.Announcements.Text;

public sealed class HashtagsTests
{
    [Theory]
    [InlineData("Harbour", "#Harbour")]
    [InlineData("city life", "#CityLife")]
    [InlineData("élections à venir", "#ÉlectionsÀVenir")]
    [InlineData("COVID-19", "#COVID19")]
    [InlineData("تغير المناخ", "#تغير_المناخ")]
    [InlineData("气候变化", "#气候变化")]
    [InlineData("हिन्दी", "#हिन्दी")]
    [InlineData("C#", "#C")]
    [InlineData("e\u0301tat", "#état")]
    [InlineData("2026", null)]
    [InlineData("!?", null)]
    [InlineData("", null)]
    public void A_tag_becomes_one_word_of_letters_digits_and_underscores(string tag, string? expected) => Assert.Equal(expected, Hashtags.OrNull(tag));

    [Fact]
    public void Tags_that_make_the_same_hashtag_make_it_once() => Assert.Equal(["#CityLife", "#Harbour"], Hashtags.Of(["city life", "CityLife", "42", "Harbour"]));

    [Fact]
    public void A_hashtag_of_any_text_is_one_word() => Gen.String.Sample(tag =>
        new string(tag.Where(c => !char.IsSurrogate(c)).ToArray()) is var whole
        && Hashtags.OrNull(whole) is not { } hashtag || System.Text.RegularExpressions.Regex.IsMatch(hashtag, @"^#[\p{L}\p{M}\p{Nd}_]+$"));
}
