using Pressroom.Comments.Spam;

namespace Pressroom.Tests.Comments.Spam;

public sealed class RuleTests : IAsyncLifetime
{
    private readonly SpamDesk desk = new("casino", "buy now", "Prêt rapide", "赌场", "cialis");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Theory]
    [InlineData("Read https://a.example/x first.", 0.5, "It has a link.")]
    [InlineData("https://a.example/ https://a.example/b", 1, "It has 2 links.")]
    [InlineData("https://a.example/ https://b.example/ https://c.example/ https://d.example/", 3, "It has 4 links, 4 different hosts.")]
    [InlineData("http://192.0.2.7/win", 2, "It has a link, a link to a bare IP address.")]
    [InlineData("http://[2001:db8::1]/win", 2, "It has a link, a link to a bare IP address.")]
    [InlineData("https://bank.example@evil.example/", 2, "It has a link, a link that pretends to lead elsewhere.")]
    public async Task Links_count_by_number_and_shape(string text, double points, string reason)
    {
        Assert.Equal(new SpamFinding("links", points, reason), await desk.First.FindAsync("links", desk.Case(text)));
    }

    [Fact]
    public async Task A_link_in_the_name_weighs_more_than_one_in_the_text()
    {
        var finding = await desk.First.FindAsync("links", desk.Case("Nice.", name: "www.pills.example"));

        Assert.Equal(new SpamFinding("links", 2.5, "It has a link in the name."), finding);
    }

    [Fact]
    public async Task However_many_links_alone_are_never_spam()
    {
        var text = string.Join(' ', Enumerable.Range(0, 40).Select(number => $"http://user@192.0.2.{number}/"));

        var finding = await desk.First.FindAsync("links", desk.Case(text, name: "www.pills.example"));

        Assert.Equal(4.5, finding!.Points);
    }

    [Fact]
    public async Task A_comment_without_anything_odd_has_no_findings()
    {
        var score = await desk.First.ScoreAsync(desk.Case("The harbour wall was built in 1911, not in 1921 as the article says."));

        Assert.Empty(score.Findings);
        Assert.True(score.IsClean);
    }

    [Theory]
    [InlineData("Try the CASINO of the north")]
    [InlineData("Try the cas\u200Bino of the north")]
    [InlineData("Try the cаsinо of the north")]
    [InlineData("Try the c4s1n0 of the north")]
    [InlineData("Try the c.a.s.i.n.o of the north")]
    [InlineData("Try the c a s i n o of the north")]
    [InlineData("Try the ｃａｓｉｎｏ of the north")]
    [InlineData("Try the cásíno of the north")]
    [InlineData("Try https://best-casino.example/ now")]
    public async Task A_listed_word_is_found_through_its_disguise(string text)
    {
        var finding = await desk.First.FindAsync("words", desk.Case(text));

        Assert.Equal(new SpamFinding("words", 2.5, "It has a listed word: casino.", Doubt: true), finding);
    }

    [Theory]
    [InlineData("cia1is helps", "cialis")]
    [InlineData("Un pret  rapide pour vous", "Prêt rapide")]
    [InlineData("You should BUY\nNOW", "buy now")]
    [InlineData("最好的赌场在这里", "赌场")]
    public async Task Lists_take_phrases_accents_ones_for_ls_and_scripts_without_blanks(string text, string listed)
    {
        Assert.Equal($"It has a listed word: {listed}.", (await desk.First.FindAsync("words", desk.Case(text)))?.Reason);
    }

    [Theory]
    [InlineData("The casinos of old")]
    [InlineData("Occasino is a village")]
    [InlineData("I would buy it, now that it is cheap")]
    [InlineData("He works for the mayor")]
    public async Task A_listed_word_is_not_found_inside_of_others(string text)
    {
        Assert.Null(await desk.First.FindAsync("words", desk.Case(text)));
    }

    [Fact]
    public async Task A_listed_word_in_the_name_counts_as_well()
    {
        Assert.NotNull(await desk.First.FindAsync("words", desk.Case("Nice.", name: "Casino King")));
    }

    [Theory]
    [InlineData(FormToken.Fits, 0)]
    [InlineData(FormToken.Missing, 0.5)]
    [InlineData(FormToken.Wrong, 2)]
    public async Task A_form_without_token_lowers_trust_a_little_and_a_wrong_one_more(FormToken form, double points)
    {
        var score = await desk.First.ScoreAsync(desk.Case("The wall was built in 1911.", form: form));

        Assert.Equal(points, score.Points);
        Assert.Equal(form != FormToken.Wrong, score.IsClean);
    }

    [Theory]
    [InlineData("Лучшие таблетки по самой низкой цене", "en", 1.5)]
    [InlineData("这里有最好的药品和最便宜的价格请点击", "fr", 1.5)]
    [InlineData("هذا مقال جيد وشكرا لكم على الكتابة", "ar", 0)]
    [InlineData("A reader may well write in Latin letters here", "ar", 0)]
    [InlineData("Да!", "en", 0)]
    public async Task A_script_that_neither_article_nor_site_is_in_speaks_against_a_comment(string text, string articleLanguage, double points)
    {
        Assert.Equal(points, (await desk.First.FindAsync("script", desk.Case(text, articleLanguage: articleLanguage)))?.Points ?? 0);
    }

    [Theory]
    [InlineData("THIS IS THE WORST DECISION EVER MADE", "almost nothing but capitals")]
    [InlineData("Hello\u0007 there", "control characters")]
    [InlineData("Hello \u202Egnp.exe", "characters that turn the writing's direction over")]
    [InlineData("Our phar\u200Bmacy", "invisible characters inside of words")]
    [InlineData("Our phаrmacy", "words that mix scripts")]
    [InlineData("v-i-a-g-r-a", "words whose letters are set apart")]
    [InlineData("🎰🎰💰💰🎁🎁🔥🔥💎💎🎉🎉 win", "very many emoji")]
    [InlineData("Noooooooooooooooo", "one character over and over")]
    [InlineData("aaabbbcccdddeeefffggghhhiiijjjkkklllmmmnnnooopppqqqrrrssstttuuuvvv", "an endless word")]
    public async Task An_odd_shape_is_named(string text, string trait)
    {
        Assert.Equal($"It has {trait}.", (await desk.First.FindAsync("shape", desk.Case(text)))?.Reason);
    }

    [Theory]
    [InlineData("NATO and UNESCO met in NYC")]
    [InlineData("می‌خواهم به خانه بروم")]
    [InlineData("👨‍👩‍👧‍👦 we all liked it")]
    [InlineData("สวัสดีครับบทความนี้ดีมากขอบคุณที่เขียนให้อ่านกันนะครับผมชอบมากเลยจริงๆครับผม")]
    [InlineData("COVID-19, F-16 and the I.M.F.")]
    [InlineData("The \u2066فندق\u2069 is closed")]
    public async Task Spelling_that_needs_odd_characters_is_not_odd(string text)
    {
        Assert.Null(await desk.First.FindAsync("shape", desk.Case(text)));
    }

    [Fact]
    public async Task Half_a_character_and_very_long_text_do_no_harm()
    {
        var hostile = "\uD83C" + new string('\u0301', 5_000) + string.Concat(Enumerable.Repeat("a\uDC00 http://", 2_000));

        Assert.NotEmpty((await desk.First.ScoreAsync(desk.Case(hostile, name: "\uDFFF"))).Findings);
    }
}
