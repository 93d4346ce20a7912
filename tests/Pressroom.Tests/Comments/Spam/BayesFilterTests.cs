using System.Runtime.InteropServices;
using Pressroom.Articles;
using Pressroom.Comments.Spam;
using Pressroom.Storage;

namespace Pressroom.Tests.Comments.Spam;

public sealed class BayesFilterTests : IAsyncLifetime
{
    private readonly SpamDesk desk = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Theory]
    [InlineData(15, 4)]
    [InlineData(4, 15)]
    [InlineData(16, 4)]
    [InlineData(4, 60)]
    public async Task With_few_decisions_it_has_no_opinion(int spam, int good)
    {
        await LearnAsync(spam, good);

        Assert.Null(await OpinionAsync("Cheap pills without prescription"));
    }

    [Fact]
    public async Task From_twenty_decisions_on_it_tells_spam_from_good_and_says_why()
    {
        await LearnAsync(15, 5);

        var spam = await OpinionAsync("Cheap pills without prescription");
        var good = await OpinionAsync("The harbour wall needs repair");

        Assert.InRange(spam!.Points, SpamScore.SpamFrom, 6);
        Assert.Matches("^Looks like spam with a probability of \\d+\\.\\d %, most of all because of “[a-z ]+”, “[a-z ]+”, “[a-z ]+”\\.$", spam.Reason);
        Assert.InRange(good!.Points, -3, -1);
    }

    [Fact]
    public async Task What_it_never_met_leaves_it_unsure()
    {
        await LearnAsync(15, 15);

        Assert.Null(await OpinionAsync("Goldfish sing quietly beneath twelve umbrellas tonight"));
    }

    [Fact]
    public async Task The_authors_name_is_learned_but_not_repeated()
    {
        for (var number = 0; number < 15; number++)
        {
            await desk.First.LearnAsync(desk.Case($"word{number}", name: "Zebulon"), isSpam: true);
            await desk.First.LearnAsync(desk.Case($"other{number}"), isSpam: false);
        }

        var finding = await desk.First.FindAsync("bayes", desk.Case("unheard", name: "Zebulon"));

        Assert.True(finding!.Points > 0);
        Assert.Contains("a word of the name", finding.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("ebulon", finding.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Languages_are_learned_apart()
    {
        await LearnAsync(15, 15);

        Assert.Null(await desk.First.FindAsync("bayes", desk.Case("Cheap pills without prescription", language: "fr")));
        Assert.NotNull(await desk.First.FindAsync("bayes", desk.Case("Cheap pills without prescription", language: "en-GB")));
    }

    [Fact]
    public async Task A_decision_counts_once_and_the_last_one_counts()
    {
        await LearnAsync(15, 15);
        var comment = desk.Case("Goldfish umbrellas");
        await desk.First.LearnAsync(comment, isSpam: true);
        var once = await OpinionAsync("Goldfish umbrellas");
        await desk.First.LearnAsync(comment, isSpam: true);
        Assert.Equal(once, await OpinionAsync("Goldfish umbrellas"));

        await desk.First.LearnAsync(comment, isSpam: false);

        Assert.True(once!.Points > 0);
        Assert.True((await OpinionAsync("Goldfish umbrellas"))!.Points < 0);
        Assert.Equal(await OpinionAsync("Goldfish umbrellas"), await desk.AddHost().FindAsync("bayes", desk.Case("Goldfish umbrellas")));
    }

    [Theory]
    [InlineData("en")]
    [InlineData(null)]
    public async Task What_is_forgotten_leaves_nothing(string? language)
    {
        await LearnAsync(15, 15);
        var before = await OpinionAsync("Goldfish umbrellas");
        var comment = desk.Case("Goldfish umbrellas");
        await desk.First.LearnAsync(comment, isSpam: true);

        await desk.First.Learn.ForgetAsync(comment.Comment, language is null ? null : Language.Parse(language), Stop);

        Assert.Equal(before, await OpinionAsync("Goldfish umbrellas"));
        Assert.Null(await desk.Tables.GetAsync("spamdecisions", "en", comment.Comment.Value, Stop));
        await desk.First.Learn.ForgetAsync(comment.Comment, null, Stop);
    }

    [Fact]
    public async Task Hosts_agree_within_fifteen_seconds()
    {
        var other = desk.AddHost();
        Assert.Null(await other.FindAsync("bayes", desk.Case("Cheap pills without prescription")));

        await LearnAsync(15, 15);
        Assert.Null(await other.FindAsync("bayes", desk.Case("Cheap pills without prescription")));
        desk.Time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(await OpinionAsync("Cheap pills without prescription"), await other.FindAsync("bayes", desk.Case("Cheap pills without prescription")));
    }

    [Fact]
    public async Task Of_very_many_decisions_the_newest_comments_count()
    {
        await WriteAsync(10, "Cheap pills without prescription", "spam");
        await WriteAsync(4_990, "The harbour wall needs repair", "good");
        Assert.True((await OpinionAsync("Cheap pills without prescription"))!.Points > 0);

        await WriteAsync(10, "The harbour wall needs repair", "good");
        await desk.First.LearnAsync(desk.Case("One more"), isSpam: false);
        desk.Time.Advance(TimeSpan.FromSeconds(15));

        Assert.Null(await OpinionAsync("Cheap pills without prescription"));
    }

    [Fact]
    public async Task The_longest_comment_fits_in_a_row()
    {
        var text = string.Join(' ', Enumerable.Range(0, 20_000).Select(number => $"w{number}x"));
        var comment = desk.Case(text);
        await desk.First.LearnAsync(comment, isSpam: true);

        var row = await desk.Tables.GetAsync("spamdecisions", "en", comment.Comment.Value, Stop);
        Assert.Equal(32_000, row!.Columns.BytesOrNull("tokens")!.Length);
    }

    [Fact]
    public async Task Many_threads_may_judge_while_decisions_come()
    {
        await LearnAsync(15, 15);
        var expected = await OpinionAsync("Cheap pills without prescription");
        using var done = new CancellationTokenSource();
        var judges = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    Assert.NotNull(await OpinionAsync("Cheap pills without prescription"));
                    desk.Time.Advance(TimeSpan.FromSeconds(1));
                }
            },
            Stop)).ToList();
        for (var number = 0; number < 50; number++)
        {
            var comment = desk.Case($"Something quite different number {number}");
            await desk.First.LearnAsync(comment, isSpam: number % 2 == 0);
            await desk.First.Learn.ForgetAsync(comment.Comment, comment.Language, Stop);
        }

        await done.CancelAsync();
        await Task.WhenAll(judges);
        Assert.Equal(expected, await OpinionAsync("Cheap pills without prescription"));
    }

    private async Task LearnAsync(int spam, int good)
    {
        for (var number = 0; number < Math.Max(spam, good); number++)
        {
            if (number < spam)
            {
                await desk.First.LearnAsync(desk.Case($"Cheap pills without prescription {number}"), isSpam: true);
            }

            if (number < good)
            {
                await desk.First.LearnAsync(desk.Case($"The harbour wall needs repair {number}"), isSpam: false);
            }
        }
    }

    // As LearnDecision does, a hundred at once.
    private async Task WriteAsync(int count, string text, string label)
    {
        var tokens = MemoryMarshal.AsBytes<ulong>(CommentTokens.Of("Anna", text).Hashes()).ToArray();
        for (var written = 0; written < count; written += 100)
        {
            var rows = Enumerable.Range(0, Math.Min(100, count - written)).Select(_ =>
            {
                desk.Time.Advance(TimeSpan.FromMilliseconds(1));
                return new TableOperation.Insert(desk.Case(text).Comment.Value, new Columns { { "label", label }, { "rules", CommentTokens.Version }, { "tokens", tokens } });
            });
            await desk.Tables.CommitAsync("spamdecisions", "en", rows.ToList<TableOperation>(), Stop);
        }
    }

    private Task<SpamFinding?> OpinionAsync(string text) => desk.First.FindAsync("bayes", desk.Case(text));
}
