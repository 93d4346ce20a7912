using Pressroom.Comments.Spam;
using Pressroom.Storage;

namespace Pressroom.Tests.Comments.Spam;

public sealed class RepeatedTextTests : IAsyncLifetime
{
    private const string Pitch = "My cousin earns a lot of money at home with this new system that nobody talks about, ask her how it works";
    private readonly SpamDesk desk = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task The_same_text_on_other_articles_counts_more_each_time()
    {
        var points = new List<double>();
        for (var times = 0; times < 7; times++)
        {
            points.Add((await desk.First.FindAsync("repeated", desk.Case(Pitch)))?.Points ?? 0);
        }

        Assert.Equal([0, 1.5, 3, 3, 3, 4.5, 4.5], points);
    }

    [Fact]
    public async Task Another_host_knows_of_it_at_once_and_case_and_accents_are_no_disguise()
    {
        await desk.First.ScoreAsync(desk.Case(Pitch));

        var finding = await desk.AddHost().FindAsync("repeated", desk.Case(Pitch.ToUpperInvariant().Replace('E', 'É')));

        Assert.Equal("The same text was sent lately.", finding?.Reason);
    }

    [Fact]
    public async Task Hosts_that_run_side_by_side_tell_each_other_each_second()
    {
        var second = desk.AddHost();
        await second.ScoreAsync(desk.Case("Quite another text, of six words and some more"));
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        await desk.First.ScoreAsync(desk.Case(Pitch));
        desk.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("The same text was sent lately.", (await second.FindAsync("repeated", desk.Case(Pitch)))?.Reason);
    }

    [Fact]
    public async Task Nearly_the_same_text_is_mostly_found_and_counts_a_little_less_and_other_texts_are_not_alike()
    {
        var (alike, others) = (0, 0);
        for (var number = 0; number < 40; number++)
        {
            var words = string.Join(' ', Enumerable.Range(0, 20).Select(word => $"w{number}x{word}"));
            others += await desk.First.FindAsync("repeated", desk.Case(words + " today")) is null ? 0 : 1;
            var changed = await desk.First.FindAsync("repeated", desk.Case($"Hello! {words} https://a{number}.example"));
            Assert.True(changed is null || changed == new SpamFinding("repeated", 1, "Nearly the same text was sent lately."));
            alike += changed is null ? 0 : 1;
        }

        Assert.InRange(alike, 35, 40);
        Assert.Equal(0, others);
    }

    [Fact]
    public async Task A_comment_that_is_judged_twice_is_no_repetition_of_itself()
    {
        var comment = desk.Case(Pitch);
        await desk.First.ScoreAsync(comment);

        Assert.Null(await desk.First.FindAsync("repeated", comment));
        Assert.Equal(1.5, (await desk.First.FindAsync("repeated", desk.Case(Pitch)))?.Points);
    }

    [Fact]
    public async Task Courtesies_may_be_repeated()
    {
        await desk.First.ScoreAsync(desk.Case("Thank you for this article!"));

        Assert.Null(await desk.First.FindAsync("repeated", desk.Case("Thank you for this article!")));
    }

    [Fact]
    public async Task What_was_sent_two_days_ago_is_not_lately()
    {
        await desk.First.ScoreAsync(desk.Case(Pitch));
        desk.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1.5, (await desk.First.FindAsync("repeated", desk.Case(Pitch)))?.Points);
        desk.Time.Advance(TimeSpan.FromDays(2));

        Assert.Null(await desk.First.FindAsync("repeated", desk.Case(Pitch)));
    }

    [Fact]
    public async Task Old_days_are_dropped_and_newer_ones_kept()
    {
        for (var number = 0; number < 60; number++)
        {
            await desk.First.ScoreAsync(desk.Case($"{Pitch} {string.Join(' ', Enumerable.Range(number * 7, 7).Select(word => $"word{word}"))}"));
        }

        desk.Time.Advance(TimeSpan.FromDays(3));
        await desk.First.ScoreAsync(desk.Case(Pitch));
        await desk.First.Repeated.DropOldAsync(Stop);

        Assert.Empty(await desk.Tables.QueryAsync("commenttexts", "20261124", RowRange.All, 1, Stop));
        Assert.NotEmpty(await desk.Tables.QueryAsync("commenttexts", "20261127", RowRange.All, 1, Stop));
    }

    [Fact]
    public async Task A_flood_of_the_same_text_does_not_fill_the_table()
    {
        for (var times = 0; times < 30; times++)
        {
            await desk.First.ScoreAsync(desk.Case(Pitch));
        }

        desk.Time.Advance(TimeSpan.FromSeconds(1));
        await desk.First.ScoreAsync(desk.Case(Pitch));
        Assert.Equal(10, (await desk.Tables.QueryAsync("commenttexts", "20261124", RowRange.All, 1_000, Stop)).Count);
    }
}
