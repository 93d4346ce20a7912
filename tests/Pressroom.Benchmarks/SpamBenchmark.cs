using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Spam;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;
using Pressroom.Tests.Comments.Spam;

namespace Pressroom.Benchmarks;

/// <summary>How well the spam filter tells comments apart that a grammar makes, after 200 moderators' decisions in three languages, and how
/// long it takes for one.</summary>
internal static class SpamBenchmark
{
    private const int Seeds = 20;
    private const int Fresh = 100;

    public static async Task RunAsync(FigureTable table, int decisions)
    {
        var (spam, good) = (new List<Tally>(), new List<Tally>());
        for (var seed = 0; seed < Seeds; seed++)
        {
            await using var desk = Desk.Open();
            var grammar = new CommentGrammar(1_000 + seed);
            await desk.LearnAsync(grammar, 200);
            spam.Add(await TallyAsync(desk, grammar, isSpam: true));
            good.Add(await TallyAsync(desk, grammar, isSpam: false));
        }

        table.AtLeast($"spam taken for spam after 200 decisions, of {Fresh}, mean of {Seeds} seeds", spam.Average(tally => tally.TakenForSpam), 95, "");
        table.AtLeast("… with the worst seed", spam.Min(tally => tally.TakenForSpam), 95, "");
        table.Note("… taken for spam or held for a person, mean", spam.Average(tally => tally.HeldBack), "");
        table.AtMost($"good comments taken for spam, of {Fresh}, mean", good.Average(tally => tally.TakenForSpam), 1, "");
        table.AtMost("… with the worst seed", good.Max(tally => tally.TakenForSpam), 1, "");
        table.Note("… taken for spam or held for a person, mean", good.Average(tally => tally.HeldBack), "");
        await MeasureAsync(table, decisions);
    }

    private static async Task MeasureAsync(FigureTable table, int decisions)
    {
        await using var desk = Desk.Open();
        var grammar = new CommentGrammar(1);
        await desk.LearnAsync(grammar, decisions);
        var cases = Enumerable.Range(0, 500).Select(number => Desk.Case(grammar.Next(isSpam: number % 2 == 0))).ToList();
        for (var round = 0; round < 40; round++)
        {
            await desk.JudgeAsync(cases);
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < 20; round++)
        {
            await desk.JudgeAsync(cases);
        }

        var judgements = 20.0 * cases.Count;
        table.AtMost($"the learned filter's time for a comment, after {decisions:N0} decisions", watch.Elapsed.TotalMicroseconds / judgements, 100, "µs");
        table.Note("… allocated", (GC.GetTotalAllocatedBytes(precise: true) - before) / judgements / 1024, "KiB");
    }

    private static async Task<Tally> TallyAsync(Desk desk, CommentGrammar grammar, bool isSpam)
    {
        var scores = new List<SpamScore>();
        for (var number = 0; number < Fresh; number++)
        {
            scores.Add(await desk.ScoreAsync(grammar.Next(isSpam)));
        }

        return new Tally(scores.Count(score => score.IsSpam), scores.Count(score => score.IsSpam || !score.IsClean));
    }

    private sealed record Tally(int TakenForSpam, int HeldBack);

    /// <summary>The spam services on a storage of their own.</summary>
    private sealed class Desk(DirectoryInfo folder, EmbeddedStorage storage, ServiceProvider services) : IAsyncDisposable
    {
        private static readonly SiteSettings Site =
            new(new Uri("https://news.example"), new Uri("https://news.example/api"), "The Example", Language.Parse("en"), TimeZoneInfo.Utc);

        public static Desk Open()
        {
            var folder = Directory.CreateTempSubdirectory("pressroom-");
            var storage = EmbeddedStorage.Open(folder.FullName, TimeProvider.System);
            var services = new ServiceCollection();
            services.AddSingleton(TimeProvider.System);
            services.AddSingleton<ITableStore>(storage.Tables);
            services.AddSingleton(Site);
            services.AddSpam(new SpamSettings([], null));
            return new Desk(folder, storage, services.BuildServiceProvider());
        }

        public async Task LearnAsync(CommentGrammar grammar, int decisions)
        {
            for (var number = 0; number < decisions; number++)
            {
                var comment = Case(grammar.Next(isSpam: number % 2 == 0));
                await services.GetRequiredService<LearnDecision>().LearnAsync(
                    comment.Comment, comment.Language, comment.Name, comment.Text, number % 2 == 0, CancellationToken.None);
            }
        }

        public async Task<SpamScore> ScoreAsync(SampleComment sample)
        {
            var score = new SpamScore([]);
            foreach (var signal in services.GetServices<ISpamSignal>())
            {
                score = score.With(await signal.JudgeAsync(Case(sample), CancellationToken.None));
            }

            return score;
        }

        public async Task JudgeAsync(IReadOnlyList<SpamCase> cases)
        {
            var filter = services.GetRequiredService<BayesFilter>();
            foreach (var comment in cases)
            {
                await filter.JudgeAsync(comment, CancellationToken.None);
            }
        }

        public static SpamCase Case(SampleComment sample) => new(
            CommentId.New(TimeProvider.System), ArticleId.New(TimeProvider.System), Language.Parse(sample.Language), "https://news.example/2026/11/harbour/",
            sample.Name, "reader@mail.example", sample.Text,
            sample.Text.Split([' ', '"']).Where(part => part.StartsWith("https://", StringComparison.Ordinal)).ToList(),
            Language.Parse(sample.Language), "203.0.113.7", null, FormToken.Missing, TimeProvider.System.GetUtcNow());

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            await storage.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }
}
