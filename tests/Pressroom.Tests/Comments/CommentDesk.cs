using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Spam;
using Pressroom.Functions;
using Pressroom.Functions.Articles;
using Pressroom.Functions.Comments;
using Pressroom.Newsletters.Mail;
using Pressroom.Site;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;
using Pressroom.Tests.LocalHost;
using Pressroom.Tests.Newsletters;

namespace Pressroom.Tests.Comments;

/// <summary>The whole backend on the embedded engine, with a clock that stands still, a mail provider that remembers, signals of the test's own,
/// and queues that go when told.</summary>
internal sealed class CommentDesk : IAsyncDisposable
{
    private static readonly string[] Queues = [ReviewComment.Queue, SettleComment.Queue, ArticleChanged.Queue];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-comments-");
    private readonly Dictionary<string, string?> settings;
    private ServiceProvider services;

    private CommentDesk(IEnumerable<(string Key, string Value)> settings)
    {
        this.settings = settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value);
        services = Start();
    }

    public RecordingTransport Transport { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));

    public CollectedLog Log { get; } = new();

    public RecordingListener Decisions { get; } = new();

    /// <summary>What the local signal finds.</summary>
    public TestSignal Local { get; } = new(isRemote: false);

    /// <summary>The remote signal, where there is one from the next start on.</summary>
    public TestSignal? Remote { get; set; }

    /// <summary>Called before every write to a table or queue; may throw <see cref="Killed"/>.</summary>
    public Action OnWrite { get; set; } = () => { };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static CommentDesk Open(params (string Key, string Value)[] settings) => new(settings);

    public static async Task<CommentDesk> OpenAsync(TestSignal remote, params (string Key, string Value)[] settings)
    {
        var desk = new CommentDesk(settings) { Remote = remote };
        await desk.RestartAsync();
        return desk;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>The process is gone, and another opens the same data.</summary>
    public async Task RestartAsync()
    {
        await services.DisposeAsync();
        OnWrite = () => { };
        services = Start();
    }

    /// <summary>Runs what waits in the queues until nothing is left; delayed messages too, where the clock may go on.</summary>
    public async Task PumpAsync(TimeSpan letPass = default)
    {
        var until = Time.GetUtcNow() + letPass;
        var queues = Get<EmbeddedStorage>().Queues;
        while (true)
        {
            var ran = false;
            foreach (var queue in Queues)
            {
                foreach (var message in await queues.ReceiveAsync(queue, 16, TimeSpan.FromMinutes(10), Stop))
                {
                    ran = true;
                    await RunAsync(queue, message.Text);
                    await queues.DeleteAsync(message.Receipt, Stop);
                }
            }

            if (!ran)
            {
                if (Time.GetUtcNow() >= until)
                {
                    return;
                }

                Time.Advance(TimeSpan.FromSeconds(30));
            }
        }
    }

    public Task RunAsync(string queue, string message) => queue switch
    {
        ReviewComment.Queue => Get<ReviewComment>().RunAsync(JsonSerializer.Deserialize<CommentMessage>(message, JsonSerializerOptions.Web)!, Stop),
        SettleComment.Queue => CallAsync<CommentFunctions>(functions => functions.Settle(JsonSerializer.Deserialize<CommentMessage>(message, JsonSerializerOptions.Web)!, Stop)),
        _ => Get<UpdateSite>().RunAsync(JsonSerializer.Deserialize<ArticleChanged>(message, JsonSerializerOptions.Web)!, Stop),
    };

    /// <summary>A published article.</summary>
    public async Task<ArticleId> PublishAsync(string language = "en")
    {
        var reply = await CallAsync<ArticleFunctions>(
            (functions, request) => functions.Create(request, Stop),
            NewsletterDesk.AsAdmin + NewsletterDesk.Json(new { title = "Low tide", body = "Text.", status = "published", language }));
        Assert.True(reply.Status == StatusCodes.Status201Created, reply.Body);
        return ArticleId.Parse((string)reply.Json["id"]!);
    }

    /// <summary>Sends a comment; it must be accepted.</summary>
    public async Task<CommentId> SubmitAsync(ArticleId article, string email = "ann@example.net", string body = "Well said.", string name = "Ann", CommentId? parent = null)
    {
        var reply = await TrySubmitAsync(article, new { name, email, body, parentId = parent?.Value });
        Assert.True(reply.Status == StatusCodes.Status202Accepted, reply.Body);
        return CommentId.Parse((string)reply.Json["id"]!);
    }

    public Task<Reply> TrySubmitAsync(ArticleId article, object comment, string from = "192.0.2.7") => CallAsync<CommentFunctions>(
        (functions, request) => functions.Submit(request, article.Value, Stop),
        NewsletterDesk.Json(comment) + (request => request.HttpContext.Connection.RemoteIpAddress = System.Net.IPAddress.Parse(from)));

    public Task<Reply> ModeratorAsync(Func<ModerationFunctions, HttpRequest, Task<IResult>> call, Action<HttpRequest>? prepare = null) =>
        CallAsync(call, NewsletterDesk.AsAdmin + prepare);

    public Task<Reply> LinkAsync(Func<CommentLinkFunctions, HttpRequest, Task<IResult>> call, Action<HttpRequest>? prepare = null) => CallAsync(call, prepare);

    public async Task<Comment> FindAsync(ArticleId article, CommentId id) => (await Get<CommentStore>().FindAsync(article, id, Stop))!.Comment;

    /// <summary>The ids in the moderators' list of a status.</summary>
    public async Task<IReadOnlyList<string>> ListedAsync(CommentStatus status) =>
        [.. (await Get<CommentQueue>().ListAsync(status, null, 1_000, Stop)).Select(comment => comment.Id.Value)];

    /// <summary>The ids of an article's approved comments.</summary>
    public async Task<IReadOnlyList<string>> PublishedAsync(ArticleId article) =>
        [.. (await Get<PublishedComments>().ListAsync(article, Stop)).Select(comment => comment.Id.Value)];

    public Task<Reply> CallAsync<TFunctions>(Func<TFunctions, HttpRequest, Task<IResult>> call, Action<HttpRequest>? prepare = null)
        where TFunctions : notnull => NewsletterDesk.ExecuteAsync(request => call(ActivatorUtilities.GetServiceOrCreateInstance<TFunctions>(services), request), prepare);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private Task CallAsync<TFunctions>(Func<TFunctions, Task> call)
        where TFunctions : notnull => call(ActivatorUtilities.GetServiceOrCreateInstance<TFunctions>(services));

    private ServiceProvider Start()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).AddInMemoryCollection(
        [
            new("Pressroom:DataFolder", folder.FullName),
            new("Pressroom:AdminToken", NewsletterDesk.AdminToken),
            new("Pressroom:SigningKey", "a-signing-key-of-at-least-thirty-two-characters"),
            new("Pressroom:Welcome", "false"),
            new("Site:BaseUrl", "https://example.org"),
            new("Site:ApiBaseUrl", "https://api.example.org/api"),
        ]).Build();
        var collection = new ServiceCollection();
        collection.AddLogging(logging => logging.ClearProviders().AddProvider(Log));
        collection.AddPressroom(configuration).AddTriggerServices();
        collection.AddSingleton<TimeProvider>(Time);
        collection.AddSingleton<ITableStore>(provider => new WatchedTables(provider.GetRequiredService<EmbeddedStorage>().Tables, () => OnWrite()));
        collection.AddSingleton<IQueueStore>(provider => new WatchedQueues(provider.GetRequiredService<EmbeddedStorage>().Queues, () => OnWrite()));
        collection.AddSingleton<IMailTransport>(Transport);
        collection.AddSingleton<ISpamSignal>(Local);
        collection.AddSingleton<ICommentDecided>(Decisions);
        if (Remote is { } remote)
        {
            collection.AddSingleton<ISpamSignal>(remote);
        }

        return collection.BuildServiceProvider();
    }
}

/// <summary>Finds what the test wants it to find.</summary>
internal sealed class TestSignal(bool isRemote) : ISpamSignal
{
    public bool IsRemote => isRemote;

    public List<SpamCase> Cases { get; } = [];

    public Func<SpamCase, IReadOnlyList<SpamFinding>> Find { get; set; } = _ => [];

    public Task<IReadOnlyList<SpamFinding>> JudgeAsync(SpamCase comment, CancellationToken cancellation)
    {
        Cases.Add(comment);
        return Task.FromResult(Find(comment));
    }
}

/// <summary>Remembers the decisions that it was told of.</summary>
internal sealed class RecordingListener : ICommentDecided
{
    public List<(string Id, CommentStatus? Before, CommentStatus After)> Told { get; } = [];

    public Task DecidedAsync(Comment comment, CommentStatus? before, CommentStatus after, CancellationToken cancellation)
    {
        Told.Add((comment.Id.Value, before, after));
        return Task.CompletedTask;
    }
}
