using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Spam;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;

namespace Pressroom.Tests.Comments.Spam;

/// <summary>A storage of its own, and hosts on it that score comments as the backend does.</summary>
internal sealed class SpamDesk : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-");
    private readonly EmbeddedStorage storage;
    private readonly List<ServiceProvider> hosts = [];

    public SpamDesk(params string[] words)
    {
        storage = EmbeddedStorage.Open(folder.FullName, Time);
        Words = words;
        First = AddHost();
    }

    public static SiteSettings Site { get; } =
        new(new Uri("https://news.example"), new Uri("https://news.example/api"), "The Example", Language.Parse("en"), TimeZoneInfo.Utc);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));

    public ITableStore Tables => storage.Tables;

    public Host First { get; }

    private IReadOnlyList<string> Words { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public Host AddHost()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<ITableStore>(storage.Tables);
        services.AddSingleton(Site);
        services.AddSpam(new SpamSettings(Words, null));
        hosts.Add(services.BuildServiceProvider());
        return new Host(hosts[^1]);
    }

    /// <summary>A comment as submission hands it on.</summary>
    public SpamCase Case(string text, string name = "Anna", string language = "en", string articleLanguage = "en", FormToken form = FormToken.Fits) => new(
        CommentId.New(Time), ArticleId.New(Time), Language.Parse(articleLanguage), "https://news.example/2026/11/harbour/", name, "anna@mail.example", text,
        LinksOf(text), Language.Parse(language), "203.0.113.7", "Mozilla/5.0", form, Time.GetUtcNow());

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }

        await storage.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static List<string> LinksOf(string text) =>
        text.Split([' ', '\n', '"', '<', '>', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Where(part => part.Contains("://", StringComparison.Ordinal)).ToList();

    /// <summary>One of the processes.</summary>
    internal sealed class Host(IServiceProvider services)
    {
        public LearnDecision Learn => services.GetRequiredService<LearnDecision>();

        public RepeatedText Repeated => services.GetRequiredService<RepeatedText>();

        public async Task<SpamScore> ScoreAsync(SpamCase comment)
        {
            var score = new SpamScore([]);
            foreach (var signal in services.GetServices<ISpamSignal>())
            {
                score = score.With(await signal.JudgeAsync(comment, Stop));
            }

            return score;
        }

        /// <summary>What one signal finds.</summary>
        public async Task<SpamFinding?> FindAsync(string signal, SpamCase comment) =>
            (await ScoreAsync(comment)).Findings.SingleOrDefault(finding => finding.Signal == signal);

        public Task LearnAsync(SpamCase comment, bool isSpam) => Learn.LearnAsync(comment.Comment, comment.Language, comment.Name, comment.Text, isSpam, Stop);
    }
}
