using Pressroom.Comments.Spam;

namespace Pressroom.Tests.Comments.Spam;

public sealed class FilterQualityTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task After_200_decisions_95_of_100_spam_are_taken_for_it_and_at_most_one_of_100_good_ones(int seed)
    {
        await using var desk = new SpamDesk();
        var grammar = new CommentGrammar(seed);
        for (var number = 0; number < 200; number++)
        {
            var sample = grammar.Next(isSpam: number % 2 == 0);
            await desk.First.LearnAsync(Case(desk, sample), sample.IsSpam);
        }

        var spam = await ScoresAsync(desk, grammar, isSpam: true);
        var good = await ScoresAsync(desk, grammar, isSpam: false);
        var report = $"{spam.Count(score => score.IsSpam)} spam and {good.Count(score => score.IsSpam)} good taken for spam; "
            + $"{spam.Count(score => !score.IsClean)} spam and {good.Count(score => !score.IsClean)} good held back.";
        TestContext.Current.SendDiagnosticMessage(report);
        Assert.True(spam.Count(score => score.IsSpam) >= 95, report);
        Assert.True(good.Count(score => score.IsSpam) <= 1, report);
        Assert.True(spam.Count(score => !score.IsClean) >= 98, report);
    }

    private static async Task<List<SpamScore>> ScoresAsync(SpamDesk desk, CommentGrammar grammar, bool isSpam)
    {
        var scores = new List<SpamScore>();
        for (var number = 0; number < 100; number++)
        {
            scores.Add(await desk.First.ScoreAsync(Case(desk, grammar.Next(isSpam))));
        }

        return scores;
    }

    // Nobody's form has a token: as without script, and no help to the score.
    private static SpamCase Case(SpamDesk desk, SampleComment sample) =>
        desk.Case(sample.Text, sample.Name, sample.Language, sample.Language, FormToken.Missing);
}
