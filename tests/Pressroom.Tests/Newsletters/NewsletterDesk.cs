using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Deliveries;
using Pressroom.Functions.Http;
using Pressroom.Functions.Newsletters;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Site;
using Pressroom.Site.Lists;
using Pressroom.Site.Pages;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;
using Pressroom.Tests.Site;
using Pressroom.Tests.LocalHost;

namespace Pressroom.Tests.Newsletters;

/// <summary>Subscribers and newsletters on the embedded engine, with a clock that stands still, a provider that remembers, and queues that go when told.</summary>
internal sealed class NewsletterDesk : IAsyncDisposable
{
    public const string AdminToken = "an-administrator-token-of-forty-characters";

    /// <summary>Signs as SendGrid would.</summary>
    public static readonly ECDsa WebhookSigner = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static readonly string WebhookKey = Convert.ToBase64String(WebhookSigner.ExportSubjectPublicKeyInfo());

    public static readonly SiteSettings Site = new(
        new Uri("https://example.org"), new Uri("https://api.example.org/api"), "Le Rivage", Language.Parse("fr"), TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"));

    private static readonly string[] Queues = [AnswerSignup.Queue, StartNewsletter.Queue, SendNewsletter.Queue];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-newsletters-");
    private EmbeddedStorage storage;
    private ServiceProvider services;

    private NewsletterDesk(RecordingTransport transport, NewsletterSettings settings)
    {
        (Transport, Settings) = (transport, settings);
        (storage, services) = Start();
    }

    public RecordingTransport Transport { get; }

    public NewsletterSettings Settings { get; set; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));

    public CollectedLog Log { get; } = new();

    /// <summary>Called before every write to a table or queue; may throw <see cref="Killed"/>.</summary>
    public Action OnWrite { get; set; } = () => { };

    public SubscriberStore Subscribers => Get<SubscriberStore>();

    public NewsletterStore Newsletters => Get<NewsletterStore>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static NewsletterDesk Open(RecordingTransport? transport = null, NewsletterSettings? settings = null) =>
        new(transport ?? new RecordingTransport(), settings ?? new NewsletterSettings(DigestRhythm.None, 7));

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>The process is gone, and another opens the same data.</summary>
    public async Task RestartAsync()
    {
        await services.DisposeAsync();
        await storage.DisposeAsync();
        OnWrite = () => { };
        (storage, services) = Start();
    }

    /// <summary>Runs what waits in the queues, one after the other, until nothing is left; delayed messages too, where the clock may go on.</summary>
    public async Task PumpAsync(TimeSpan letPass = default)
    {
        var until = Time.GetUtcNow() + letPass;
        while (true)
        {
            var ran = false;
            foreach (var queue in Queues)
            {
                foreach (var message in await storage.Queues.ReceiveAsync(queue, 16, TimeSpan.FromMinutes(10), Stop))
                {
                    ran = true;
                    await RunAsync(queue, message.Text);
                    await storage.Queues.DeleteAsync(message.Receipt, Stop);
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

    /// <summary>Whatever is visible in the queues is gone.</summary>
    public async Task LoseMessagesAsync()
    {
        foreach (var queue in Queues)
        {
            while (await storage.Queues.ReceiveAsync(queue, 32, TimeSpan.FromDays(7), Stop) is { Count: > 0 } some)
            {
                foreach (var message in some)
                {
                    await storage.Queues.DeleteAsync(message.Receipt, Stop);
                }
            }
        }
    }

    public Task RunAsync(string queue, string message) => queue switch
    {
        AnswerSignup.Queue => Get<AnswerSignup>().RunAsync(JsonSerializer.Deserialize<SignupMessage>(message, JsonSerializerOptions.Web)!, Stop),
        StartNewsletter.Queue => Get<StartNewsletter>().RunAsync(JsonSerializer.Deserialize<StartNewsletterMessage>(message, JsonSerializerOptions.Web)!, Stop),
        _ => Get<SendNewsletter>().RunAsync(JsonSerializer.Deserialize<SendNewsletterMessage>(message, JsonSerializerOptions.Web)!, Stop),
    };

    /// <summary>Subscribers who have confirmed an hour ago.</summary>
    public async Task<IReadOnlyList<Subscriber>> SeedAsync(int count, string language = "fr", string name = "reader")
    {
        var ids = Get<SubscriberIds>();
        var all = new List<Subscriber>();
        for (var i = 0; i < count; i++)
        {
            Assert.True(EmailAddress.TryParse($"{name}{i}@example.net", out var address));
            all.Add(new Subscriber
            {
                Id = await ids.OfAsync(address, Stop),
                Address = address,
                State = SubscriberState.Confirmed,
                Language = Language.Parse(language),
                ConfirmedAt = Time.GetUtcNow().AddHours(-1),
            });
        }

        foreach (var some in all.GroupBy(subscriber => subscriber.Id.Shard).SelectMany(shard => shard.Chunk(100)))
        {
            Assert.Null(await Subscribers.AddAsync(some, Stop));
        }

        return all;
    }

    public async Task<Subscriber?> FindAsync(string email)
    {
        Assert.True(EmailAddress.TryParse(email, out var address));
        return (await Subscribers.FindAsync(await Get<SubscriberIds>().OfAsync(address, Stop), Stop))?.Subscriber;
    }

    /// <summary>A letter on its way to all subscribers.</summary>
    public Task<Newsletter> StartLetterAsync(string subject = "Sujet", Language? language = null, params string[] sections) =>
        Get<SendLetter>().StartAsync(Guid.NewGuid(), new Letter(subject, "Un *texte*.", language, sections), Stop);

    public async Task<Newsletter> FindAsync(NewsletterId id) => (await Newsletters.FindAsync(id, Stop))!.Newsletter;

    /// <summary>The address in the last mail to somebody, behind the given part of its path.</summary>
    public string TokenFor(string email, string action)
    {
        var (_, recipient) = Transport.Mails.Last(mail => mail.Recipient.Address.Value == email);
        var url = recipient.Values.Values.Single(value => value.Contains($"/subscribers/{action}?token=", StringComparison.Ordinal));
        return url[(url.IndexOf('=', StringComparison.Ordinal) + 1)..];
    }

    public Task<Reply> ReaderAsync(Func<SubscriptionFunctions, HttpRequest, Task<IResult>> call, Action<HttpRequest>? prepare = null) =>
        ExecuteAsync(request => call(Get<SubscriptionFunctions>(), request), prepare);

    public Task<Reply> AdminAsync(Func<SubscriberFunctions, HttpRequest, Task<IResult>> call, Action<HttpRequest>? prepare = null) =>
        ExecuteAsync(request => call(Get<SubscriberFunctions>(), request), AsAdmin + prepare);

    public Task<Reply> EditorAsync(Func<NewsletterFunctions, HttpRequest, Task<IResult>> call, Action<HttpRequest>? prepare = null) =>
        ExecuteAsync(request => call(Get<NewsletterFunctions>(), request), AsAdmin + prepare);

    public Task<Reply> WebhookAsync(Action<HttpRequest> prepare) => ExecuteAsync(request => Get<MailEventFunctions>().Receive(request, Stop), prepare);

    public static Action<HttpRequest> Json(object body) => Body("application/json", JsonSerializer.Serialize(body));

    public static Action<HttpRequest> Form(params (string Name, string Value)[] fields) => Body(
        "application/x-www-form-urlencoded",
        string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}")));

    public static Action<HttpRequest> Body(string type, string text) => Body(type, Encoding.UTF8.GetBytes(text));

    public static Action<HttpRequest> Body(string type, byte[] bytes) => request =>
    {
        request.ContentType = type;
        request.ContentLength = bytes.Length;
        request.Body = new MemoryStream(bytes);
    };

    public static Action<HttpRequest> Query(string query) => request => request.QueryString = new QueryString("?" + query);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await storage.DisposeAsync();
        folder.Delete(recursive: true);
    }

    public static Action<HttpRequest> AsAdmin => request => request.Headers.Authorization = $"Bearer {AdminToken}";

    public static async Task<Reply> ExecuteAsync(Func<HttpRequest, Task<IResult>> call, Action<HttpRequest>? prepare)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        prepare?.Invoke(context.Request);
        await (await call(context.Request)).ExecuteAsync(context);
        await context.Response.BodyWriter.FlushAsync(Stop);
        return new Reply(
            context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()), context.Response.ContentType ?? "", context.Response.Headers.Location.ToString(),
            string.Join('\n', context.Response.Headers.Select(header => $"{header.Key}: {header.Value}").Order()));
    }

    private (EmbeddedStorage Storage, ServiceProvider Services) Start()
    {
        var opened = EmbeddedStorage.Open(folder.FullName, Time);
        var collection = new ServiceCollection();
        collection.AddLogging(logging => logging.ClearProviders().AddProvider(Log));
        collection.AddSingleton<TimeProvider>(Time);
        collection.AddSingleton<IBlobStore>(opened.Blobs);
        collection.AddSingleton<ITableStore>(new WatchedTables(opened.Tables, () => OnWrite()));
        collection.AddSingleton<IQueueStore>(new WatchedQueues(opened.Queues, () => OnWrite()));
        collection.AddSingleton(new Secrets(AdminToken, "a-signing-key-of-at-least-thirty-two-characters", false));
        collection.AddSingleton<Tokens>().AddSingleton<Idempotency>().AddSingleton<SignedLinks>().AddSingleton<Gate>();
        collection.AddSingleton<RateLimits>().AddSingleton<Callers>().AddSingleton<ClientNetworks>().AddSingleton(new AccessSettings(AdminToken, null, LimitPerToken: 0, LimitPerPrefix: 0, OpenIdConnect: null));
        collection.AddSingleton(new HostIdentity(Guid.NewGuid().ToString("N"), IsAlone: true));
        collection.AddSingleton(Site).AddSingleton(Settings).AddSingleton<IReadOnlyList<ChannelSettings>>([]);
        collection.AddSingleton(new MailSettings(EmailAddress.Stored("lettre@example.org"), "Le Rivage", [], "1 quai du Port, Brest", null, WebhookKey, null));
        collection.AddSingleton(Samples.Theme);
        collection.AddSingleton<PageRenderer>().AddSingleton<SiteFiles>().AddSingleton<ListStore>().AddSingleton<ArticleStore>().AddSingleton<AuthorStore>();
        collection.AddSingleton<IMailTransport>(Transport);
        collection.AddNewsletters();
        collection.AddSingleton<MailEventFunctions>().AddSingleton<SubscriptionFunctions>().AddSingleton<SubscriberFunctions>().AddSingleton<NewsletterFunctions>();
        return (opened, collection.BuildServiceProvider());
    }
}

/// <summary>What a function answered.</summary>
internal sealed record Reply(int Status, string Body, string ContentType, string Location, string Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;
}
