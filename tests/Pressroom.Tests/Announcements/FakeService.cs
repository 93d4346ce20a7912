using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Pressroom.Announcements;
using Pressroom.Articles;

namespace Pressroom.Tests.Announcements;

/// <summary>A server that answers as a network does, and fails as networks do.</summary>
internal sealed class FakeService : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly HttpClient client;
    private readonly ConcurrentQueue<(string Method, Func<ServiceCall, Func<ServiceCall, ServiceAnswer>, Task<ServiceAnswer>> Fault)> faults = new();
    private readonly Impatient impatient = new() { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false } };

    private FakeService(WebApplication server)
    {
        this.server = server;
        client = new HttpClient(impatient);
        Outbound = new Outbound(client, TimeProvider.System);
    }

    public Uri BaseUrl => new(server.Urls.Single());

    public Outbound Outbound { get; }

    /// <summary>All that came, in order.</summary>
    public ConcurrentQueue<ServiceCall> Calls { get; } = new();

    public static async Task<FakeService> StartAsync(Func<ServiceCall, ServiceAnswer> network)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        var service = new FakeService(server);
        server.Run(context => service.AnswerAsync(context, network));
        await server.StartAsync(TestContext.Current.CancellationToken);
        return service;
    }

    /// <summary>The next call of the method (<c>POST</c>, or <c>POST /path</c>) is answered so, and nothing is done.</summary>
    public void FailNext(string method, int status, string body = "", params (string Name, string Value)[] headers) =>
        faults.Enqueue((method, (_, _) => Task.FromResult(new ServiceAnswer(status, body, headers))));

    /// <summary>The next call of the method is acted on and never answered; the client gives up once it has been acted on.</summary>
    public void HangNext(string method)
    {
        var acted = impatient.GiveUpAt = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        faults.Enqueue((method, ActAndHangAsync));

        async Task<ServiceAnswer> ActAndHangAsync(ServiceCall call, Func<ServiceCall, ServiceAnswer> network)
        {
            network(call);
            acted.SetResult();
            await Task.Delay(Timeout.Infinite, call.Aborted);
            return new ServiceAnswer(500);
        }
    }

    /// <summary>The next call of the method (once a test) is acted on, and half of the answer's body comes.</summary>
    public void CutNext(string method) => faults.Enqueue((method, (call, network) => Task.FromResult(network(call) with { IsCut = true })));

    /// <summary>An address where nobody listens: the port is taken by a socket that does not accept.</summary>
    public static Uri NobodyThere(out Socket taken)
    {
        taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}");
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context, Func<ServiceCall, ServiceAnswer> network)
    {
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        var call = new ServiceCall(
            context.Request.Method, context.Request.Path.Value!, context.Request.QueryString.Value!,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Encoding.UTF8.GetString(content.ToArray()), context.RequestAborted)
        {
            Bytes = content.ToArray(),
        };
        Calls.Enqueue(call);
        var answer = faults.TryPeek(out var next) && IsOf(next.Method, call) && faults.TryDequeue(out next)
            ? await next.Fault(call, network)
            : network(call);
        await WriteAsync(context, answer);
    }

    private static bool IsOf(string method, ServiceCall call) => method == call.Method || method == $"{call.Method} {call.Path}";

    private async Task WriteAsync(HttpContext context, ServiceAnswer answer)
    {
        var bytes = answer.Bytes ?? Encoding.UTF8.GetBytes(answer.Body);
        context.Response.StatusCode = answer.Status;
        if (answer.IsCut)
        {
            context.Response.Headers["X-Cut"] = "1";
        }

        foreach (var (name, value) in answer.Headers ?? [])
        {
            context.Response.Headers[name] = value;
        }

        if (answer.Status != StatusCodes.Status204NoContent)
        {
            context.Response.ContentLength = answer.IsCut ? Math.Max(bytes.Length, 2) : bytes.Length;
            await context.Response.Body.WriteAsync(answer.IsCut ? bytes.AsMemory(0, bytes.Length / 2) : bytes, context.RequestAborted);
        }

        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (answer.IsCut)
        {
            await impatient.CutArrived.Task.WaitAsync(context.RequestAborted);
            context.Abort();
        }
    }

    // The client's time-out, without waiting: it is up when the server has acted, and comes as HttpClient.Timeout does.
    // A cut answer is cut when its beginning has arrived: a reset connection would lose that too.
    private sealed class Impatient : DelegatingHandler
    {
        public TaskCompletionSource GiveUpAt { get; set; } = new();

        public TaskCompletionSource CutArrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var timeUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var giveUpAt = GiveUpAt.Task;
            var sending = base.SendAsync(request, timeUp.Token);
            if (await Task.WhenAny(sending, giveUpAt) == giveUpAt)
            {
                GiveUpAt = new TaskCompletionSource();
                await timeUp.CancelAsync();
            }

            var response = await sending;
            if (response.Headers.Contains("X-Cut"))
            {
                CutArrived.TrySetResult();
            }

            return response;
        }
    }
}

/// <summary>What came.</summary>
internal sealed record ServiceCall(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, string Body, CancellationToken Aborted)
{
    public byte[] Bytes { get; init; } = [];

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public IReadOnlyDictionary<string, string> Form => QueryHelpers.ParseQuery(Body).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
}

/// <summary>What is answered.</summary>
internal sealed record ServiceAnswer(int Status, string Body = "", (string Name, string Value)[]? Headers = null, bool IsCut = false)
{
    /// <summary>In place of the body.</summary>
    public byte[]? Bytes { get; init; }
}

/// <summary>Does with a channel what the ledger does: one call after the other, and what each left is there at the next.</summary>
internal sealed class Delivery(IChannel channel, Announcement announcement)
{
    private readonly DateTimeOffset queuedAt = TimeProvider.System.GetUtcNow();
    private string? progress;
    private int number;

    public ComposedPost Post { get; } = channel.Compose(announcement);

    /// <summary>The delays of the steps so far.</summary>
    public List<TimeSpan> Delays { get; } = [];

    /// <summary>Sends until there is an outcome.</summary>
    public Task<SendOutcome> SendAsync() => UntilOutcomeAsync(channel.SendAsync);

    /// <summary>As after a time-out or a crash.</summary>
    public Task<SendOutcome> ResumeAsync() => UntilOutcomeAsync(channel.ResumeAsync);

    /// <summary>One step.</summary>
    public async Task<SendOutcome> StepAsync()
    {
        var outcome = await channel.SendAsync(Attempt(), TestContext.Current.CancellationToken);
        Keep(outcome);
        return outcome;
    }

    /// <summary>The post as the ledger has it afterwards.</summary>
    public SentPost Sent(SendOutcome outcome)
    {
        var sent = Assert.IsType<SendOutcome.Sent>(outcome);
        return new SentPost(announcement.ArticleId, sent.RemoteId, sent.RemoteUrl, Post.Payload, queuedAt.AddSeconds(3));
    }

    private async Task<SendOutcome> UntilOutcomeAsync(Func<Attempt, CancellationToken, Task<SendOutcome>> next)
    {
        for (var steps = 0; steps < 50; steps++)
        {
            var outcome = await next(Attempt(), TestContext.Current.CancellationToken);
            if (outcome is not SendOutcome.Progressed)
            {
                return outcome;
            }

            Keep(outcome);
        }

        throw new InvalidOperationException("It goes on for ever.");
    }

    private Attempt Attempt() => new(announcement.ArticleId, Post.Payload, progress, ++number, queuedAt, number == 1 ? null : queuedAt);

    private void Keep(SendOutcome outcome)
    {
        if (outcome is SendOutcome.Progressed step)
        {
            progress = step.Progress;
            Delays.Add(step.After);
        }
    }
}

/// <summary>Articles to announce, and settings to announce them with.</summary>
internal static class Sample
{
    public static Announcement English { get; } = new(
        ArticleId.Parse("0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"), "Harbour <reopens> & ferries return", "After nine weeks of work, the first ferry left at dawn.",
        "https://news.example/2026/11/harbour-reopens/", Language.Parse("en"), ["Harbour", "city life"],
        new ArticleImage("https://news.example/media/harbour.jpg", "A ferry leaving the harbour at dawn"), null,
        new DateTimeOffset(2026, 11, 24, 6, 30, 0, TimeSpan.Zero), "The Example", "https://news.example/atom.xml");

    public static Announcement Arabic { get; } = English with
    {
        ArticleId = ArticleId.Parse("0193a1b2c3d47e5f8a9b0c1d2e3f4a5c"),
        Title = "OPEC ترفع الإنتاج",
        Summary = "قررت المنظمة زيادة الإنتاج ابتداء من الشهر المقبل.",
        Url = "https://news.example/2026/11/%D8%A3%D9%88%D8%A8%D9%83/",
        Language = Language.Parse("ar"),
        Tags = ["تغير المناخ"],
    };

    public static ChannelSettings Settings(string kind, Uri? baseUrl, params (string Key, string Value)[] values) =>
        new(kind, $"our {kind}", baseUrl, null, values.ToDictionary(value => value.Key, value => value.Value, StringComparer.OrdinalIgnoreCase));
}

/// <summary>Pictures by their first bytes, which is all that anybody here looks at.</summary>
internal static class SamplePicture
{
    public static byte[] Jpeg { get; } = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 4, 5, 6, 7, 8];

    public static ServiceAnswer Answer { get; } = new(200, "", [("Content-Type", "text/plain")]) { Bytes = Jpeg };

    /// <summary>The article with a picture that the service has, at <c>/media/harbour.jpg</c>.</summary>
    public static Announcement WithPictureOf(this Announcement announcement, FakeService service) =>
        announcement with { Image = new ArticleImage(new Uri(service.BaseUrl, "/media/harbour.jpg").AbsoluteUri, announcement.Image!.Alt) };
}
