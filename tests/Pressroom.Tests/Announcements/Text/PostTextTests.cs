using CsCheck;
using Pressroom.Announcements.Text;
using Pressroom.Articles;

namespace Pressroom.Tests.Announcements.Text;

public sealed class PostTextTests
{
    [Fact]
    public void Words_come_first_then_the_link_then_the_hashtags() => Assert.Equal(
        "Harbour <reopens> & ferries return\n\nAfter nine weeks of work, the first ferry left at dawn.\n\nhttps://news.example/2026/11/harbour-reopens/\n\n#Harbour #CityLife",
        PostText.Of(Sample.English, Sample.English.Url).Fit(500, Counting.Graphemes));

    [Fact]
    public void A_right_to_left_text_is_marked_and_its_link_isolated() => Assert.Equal(
        $"\u200FOPEC ترفع الإنتاج\n\nقررت المنظمة زيادة الإنتاج ابتداء من الشهر المقبل.\n\n\u2066{Sample.Arabic.Url}\u2069\n\n#تغير_المناخ",
        PostText.Of(Sample.Arabic, Sample.Arabic.Url).Fit(500, Counting.Graphemes));

    [Fact]
    public void An_own_text_gets_the_link_and_no_hashtags() =>
        Assert.Equal($"Sail #now\n\n{Sample.English.Url}", PostText.Of(Sample.English with { OwnText = "Sail #now" }, Sample.English.Url).Fit(500, Counting.Graphemes));

    [Fact]
    public void An_own_text_that_names_the_page_gets_no_second_link()
    {
        var own = $"Read {Sample.English.Url} today";

        Assert.Equal(own, PostText.Of(Sample.English with { OwnText = own }, Sample.English.Url).Fit(500, Counting.Graphemes));
    }

    [Fact]
    public void An_own_text_that_names_the_page_keeps_its_link_where_the_words_are_cut() => Assert.Equal(
        $"Read today and tomorrow and…\n\n{Sample.English.Url}",
        PostText.Of(Sample.English with { OwnText = $"Read today and tomorrow and ever after {Sample.English.Url}" }, Sample.English.Url).Fit(75, Counting.Graphemes));

    [Fact]
    public void A_page_with_no_room_for_its_link_goes_without() => Assert.Equal(
        "Harbour…", PostText.Of(Sample.English, Sample.English.Url).Fit(12, Counting.Graphemes));

    [Fact]
    public void The_words_give_way_to_the_link() => Assert.Equal(
        $"Harbour <reopens> & ferries…\n\n{Sample.English.Url}", PostText.Of(Sample.English, Sample.English.Url).Fit(80, Counting.Graphemes));

    [Fact]
    public void No_post_is_over_its_limit_and_every_link_and_hashtag_in_it_is_whole()
    {
        Gen.Select(Gen.String[Gen.Char["abc é你م #@.\n👋"], 0, 400], Gen.String[Gen.Char["ab م1 "], 0, 30], Gen.Int[30, 300], Gen.Bool).Sample((title, tag, limit, isArabic) =>
        {
            var clean = new string(title.Where(c => !char.IsSurrogate(c)).ToArray());
            var announcement = Sample.English with { Title = $"a{clean}", Tags = [tag, "Harbour"], Language = Language.Parse(isArabic ? "ar" : "en") };
            var text = PostText.Of(announcement, announcement.Url).Fit(limit, Counting.ForX);
            return Counting.ForX(text) <= limit && text.Contains(announcement.Url, StringComparison.Ordinal)
                && (!text.Contains("#Har", StringComparison.Ordinal) || text.Contains("#Harbour", StringComparison.Ordinal));
        });
    }
}
