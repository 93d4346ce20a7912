using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Replies;
using Pressroom.Deliveries;
using Pressroom.Functions.Comments;
using Pressroom.Functions.Http;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Site;
using Pressroom.Site.Lists;
using Pressroom.Site.Pages;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;
using Pressroom.Tests.LocalHost;
using Pressroom.Tests.Newsletters;
using Pressroom.Tests.Site;

namespace Pressroom.Tests.Comments.Replies;

/// <summary>Comments below live articles and those who wait for replies, on the embedded engine, with a clock that stands still and a provider
/// that remembers.</summary>
internal sealed class ReplyDesk : IAsyncDisposable
{
    public const string Ada = "ada@mail.example";
    public const string Basim = "basim@mail.example";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-");
    private readonly EmbeddedStorage storage;
    private readonly ServiceProvider services;

    private ReplyDesk(RecordingTransport transport)
    {
        Transport = transport;
        storage = EmbeddedStorage.Open(folder.FullName, Time);
        var collection = new ServiceCollection();
        collection.AddLogging(logging => logging.ClearProviders().AddProvider(Log));
        collection.AddSingleton<TimeProvider>(Time);
        collection.AddSingleton<IBlobStore>(storage.Blobs).AddSingleton<ITableStore>(storage.Tables).AddSingleton<IQueueStore>(storage.Queues);
        collection.AddSingleton(new Secrets("an-administrator-token-of-forty-characters", "a-signing-key-of-at-least-thirty-two-characters", false));
        collection.AddSingleton<Tokens>().AddSingleton<Idempotency>().AddSingleton<SignedLinks>().AddSingleton<Gate>();
        collection.AddSingleton<RateLimits>().AddSingleton<Callers>().AddSingleton<ClientNetworks>().AddSingleton(new AccessSettings(null, null, LimitPerToken: 0, LimitPerPrefix: 0, OpenIdConnect: null));
        collection.AddSingleton(new HostIdentity("one", IsAlone: true));
        collection.AddSingleton(Samples.Site).AddSingleton(new NewsletterSettings(DigestRhythm.None, 7)).AddSingleton<IReadOnlyList<ChannelSettings>>([]);
        collection.AddSingleton(new MailSettings(EmailAddress.Stored("lettre@example.org"), "Le Rivage", [], "1 quai du Port, Brest", null, null, null));
        collection.AddSingleton(Samples.Theme);
        collection.AddSingleton<PageRenderer>().AddSingleton<SiteFiles>().AddSingleton<ListStore>().AddSingleton<ArticleStore>().AddSingleton<AuthorStore>();
        collection.AddSingleton<IMailTransport>(Transport);
        collection.AddSingleton<PublishedComments>().AddSingleton<PoisonStore>();
        collection.AddNewsletters();
        collection.AddReplyNotices();
        collection.AddSingleton<ReplyFunctions>();
        services = collection.BuildServiceProvider();
    }

    public RecordingTransport Transport { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));

    public CollectedLog Log { get; } = new();

    public ITableStore Tables => storage.Tables;

    public ReplyNotices Notices => Get<ReplyNotices>();

    public Article Harbour { get; } = Samples.Article(1, "Le port <rouvre>", Language.Parse("fr"), "2026/11/port");

    public Article Library { get; } = Samples.Article(2, "المكتبة الجديدة", Language.Parse("ar"), "2026/11/library");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ReplyDesk> OpenAsync(RecordingTransport? transport = null)
    {
        var desk = new ReplyDesk(transport ?? new RecordingTransport());
        foreach (var article in new[] { desk.Harbour, desk.Library })
        {
            await desk.CommitAsync(article);
        }

        return desk;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public async Task CommitAsync(Article article)
    {
        var store = Get<ArticleStore>();
        var before = await store.FindAsync(article.Id, Stop);
        var note = new RevisionNote(article.Revision, Time.GetUtcNow(), "test", "saved", article.Title, article.Status);
        Assert.NotNull(await store.CommitAsync(article, note, before?.ETag, Stop));
    }

    public static EmailAddress Address(string email)
    {
        Assert.True(EmailAddress.TryParse(email, out var address));
        return address;
    }

    public async Task<SubscriberId> PersonAsync(string email) => await Get<SubscriberIds>().OfAsync(Address(email), Stop);

    /// <summary>An approved comment; its author, where one is named, asked for notices.</summary>
    public async Task<CommentId> CommentAsync(
        Article article, CommentId? parent = null, string? watcher = null, string? author = null, string name = "Zoé", string html = "<p>Bonjour.</p>", string language = "fr")
    {
        Time.Advance(TimeSpan.FromMilliseconds(1));
        var comment = new PublishedComment(CommentId.New(Time), parent, name, html, Language.Parse(language), Time.GetUtcNow());
        if (watcher is not null)
        {
            await Notices.AskedAsync(article.Id, comment.Id, Address(watcher), Language.Parse(language), Stop);
        }

        await Tables.CommitAsync(
            PublishedComments.Table, article.Id.Value, [new TableOperation.Insert(PublishedComments.ApprovedPrefix + comment.Id, PublishedComments.Write(comment))], Stop);
        await Notices.ApprovedAsync(article.Id, comment.Id, parent, (author ?? watcher) is { } own ? await PersonAsync(own) : null, Stop);
        return comment.Id;
    }

    /// <summary>A comment whose author asked for notices and confirmed the address.</summary>
    public async Task<CommentId> WatchedAsync(Article article, string watcher, CommentId? parent = null, string language = "fr")
    {
        var comment = await CommentAsync(article, parent, watcher, language: language);
        await PumpAsync();
        if ((await Get<ReplyPeople>().FindAsync(await PersonAsync(watcher), Stop))!.Person.ConfirmedAt is null)
        {
            Assert.Equal(200, (await PostAsync(LinkTo(watcher))).Status);
        }

        return comment;
    }

    /// <summary>Runs what waits in the queue, until nothing is left; delayed messages too, where the clock may go on.</summary>
    public async Task PumpAsync(TimeSpan letPass = default)
    {
        var until = Time.GetUtcNow() + letPass;
        while (true)
        {
            var messages = await storage.Queues.ReceiveAsync(SendReplyNotice.Queue, 16, TimeSpan.FromMinutes(10), Stop);
            foreach (var message in messages)
            {
                Assert.DoesNotContain("@", message.Text, StringComparison.Ordinal);
                await Get<SendReplyNotice>().RunAsync(JsonSerializer.Deserialize<ReplyMail>(message.Text, JsonSerializerOptions.Web)!, Stop);
                await storage.Queues.DeleteAsync(message.Receipt, Stop);
            }

            if (messages.Count == 0)
            {
                if (Time.GetUtcNow() >= until)
                {
                    return;
                }

                Time.Advance(TimeSpan.FromSeconds(30));
            }
        }
    }

    /// <summary>The notices so far: to whom.</summary>
    public IReadOnlyList<string> Told => [.. Transport.Mails.Where(mail => mail.Batch.Kind == "reply").Select(mail => mail.Recipient.Address.Value)];

    /// <summary>A link in the last mail to somebody.</summary>
    public string LinkTo(string email, string placeholder = "-linkUrl-") => Transport.Mails.Last(mail => mail.Recipient.Address.Value == email).Recipient.Values[placeholder];

    public Task<Reply> GetAsync(string url) => ExecuteAsync(request => Get<ReplyFunctions>().Show(request, Stop), url, null);

    public Task<Reply> PostAsync(string url, string body = "") => ExecuteAsync(request => Get<ReplyFunctions>().Change(request, Stop), url, body);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await storage.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static async Task<Reply> ExecuteAsync(Func<HttpRequest, Task<IResult>> call, string url, string? post)
    {
        Assert.StartsWith(Samples.Site.Api("comments/notices?token="), url, StringComparison.Ordinal);
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        context.Request.QueryString = new QueryString(new Uri(url).Query);
        if (post is not null)
        {
            context.Request.ContentType = "application/x-www-form-urlencoded";
            context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(post));
        }

        await (await call(context.Request)).ExecuteAsync(context);
        await context.Response.BodyWriter.FlushAsync(Stop);
        return new Reply(context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()), context.Response.ContentType ?? "", context.Response.Headers.Location.ToString(), "");
    }
}
