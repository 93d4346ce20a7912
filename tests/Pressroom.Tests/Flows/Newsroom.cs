using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pressroom.LocalHost;
using Pressroom.LocalHost.Triggers;
using Pressroom.Storage;
using Pressroom.Tests.LocalHost;

namespace Pressroom.Tests.Flows;

/// <summary>The whole product on a free port, with a data folder of its own: what an editor and a reader see of it.</summary>
internal sealed class Newsroom : IAsyncDisposable
{
    public const string AdminToken = "an-administrator-token-of-forty-characters";

    // Far beyond what anything needs here, on a busy machine too: it is waited for only by what fails.
    private static readonly TimeSpan InVain = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo folder;
    private readonly string[] settings;
    private readonly Action<IServiceCollection>? services;
    private WebApplication? app;

    private Newsroom(DirectoryInfo folder, string[] settings, Action<IServiceCollection>? services, WebApplication app, CollectedLog log)
    {
        (this.folder, this.settings, this.services, this.app, Log) = (folder, settings, services, app, log);
        (Editor, Reader) = Connect();
    }

    /// <summary>Speaks with the administrator's token.</summary>
    public HttpClient Editor { get; private set; }

    /// <summary>Speaks with no token, and follows no redirect.</summary>
    public HttpClient Reader { get; private set; }

    public CollectedLog Log { get; }

    public string DataFolder => Path.Combine(folder.FullName, "data");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<Newsroom> OpenAsync(params string[] settings) => OpenAsync(null, settings);

    /// <summary>Opens it with further services.</summary>
    public static async Task<Newsroom> OpenAsync(Action<IServiceCollection>? services, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("pressroom-");
        var log = new CollectedLog();
        return new Newsroom(folder, settings, services, await StartAsync(folder, settings, services, log), log);
    }

    /// <summary>Stops the host and starts it again on the same data, with further settings where given.</summary>
    public async Task RestartAsync(params string[] more)
    {
        await StopAsync();
        app = await StartAsync(folder, [.. settings, .. more], services, Log);
        (Editor, Reader) = Connect();
    }

    public async Task StopAsync()
    {
        Editor.Dispose();
        Reader.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
            app = null;
        }
    }

    /// <summary>A service of the running host.</summary>
    public T Service<T>()
        where T : notnull => app!.Services.GetRequiredService<T>();

    /// <summary>Sends an article; the answer must be the given status.</summary>
    public Task<JsonNode> PostAsync(string address, object body, HttpStatusCode expected = HttpStatusCode.Created) =>
        SendAsync(HttpMethod.Post, address, body, expected);

    public async Task<JsonNode> SendAsync(HttpMethod method, string address, object? body, HttpStatusCode expected = HttpStatusCode.OK, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var response = await Editor.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.StatusCode == expected, $"{method} {address}: {response.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    /// <summary>A call by whoever holds the token; null for nobody.</summary>
    public async Task<HttpResponseMessage> CallAsync(
        string? token, HttpMethod method, string address, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await Reader.SendAsync(request, Stop);
    }

    /// <summary>Publishes an article with a title and further fields.</summary>
    public Task<JsonNode> PublishAsync(string title, object? more = null)
    {
        var article = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        article["title"] = title;
        article["body"] ??= "Text.";
        article["status"] ??= "published";
        return PostAsync("/api/articles", article);
    }

    public Task<JsonNode> GetAsync(string address) => SendAsync(HttpMethod.Get, address, null);

    /// <summary>What a reader gets, or null where there is nothing.</summary>
    public async Task<string?> ReadAsync(string path)
    {
        using var response = await Reader.GetAsync(path, Stop);
        return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync(Stop) : null;
    }

    /// <summary>Waits until a reader finds the text there.</summary>
    public Task ShowsAsync(string path, string text) => EventuallyAsync(async () => (await ReadAsync(path))?.Contains(text, StringComparison.Ordinal) == true, $"{path} shows {text}");

    /// <summary>Waits until a reader does not find the text there (any more).</summary>
    public Task HidesAsync(string path, string text) => EventuallyAsync(async () => (await ReadAsync(path))?.Contains(text, StringComparison.Ordinal) != true, $"{path} hides {text}");

    public static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < InVain, $"In vain: {what}");
            await Task.Delay(15, Stop);
        }
    }

    /// <summary>Waits until all that follows from the calls so far is done: no message is in any queue that has a consumer, whether it waits,
    /// is held or is worked on.</summary>
    /// <remarks>Not for a publication that has something to do at a later time: an article about to fall due, a channel that fails.</remarks>
    public async Task SettledAsync()
    {
        var watch = Stopwatch.StartNew();

        // Twice: one that has been worked on may have sent another to a queue that had been looked at.
        for (var times = 0; times < 2;)
        {
            var busy = await BusyQueuesAsync();
            Assert.True(busy.Count == 0 || watch.Elapsed < InVain, $"In vain: nothing is in {string.Join(", ", busy)}");
            times = busy.Count == 0 ? times + 1 : 0;
            await Task.Delay(busy.Count == 0 ? 0 : 15, Stop);
        }
    }

    /// <summary>Waits until it says that it is healthy. A machine that is busy for seconds has it say otherwise, and rightly so.</summary>
    public Task HealthyAsync() => EventuallyAsync(async () => await ReadAsync("/api/health") is { } health && (string?)JsonNode.Parse(health)!["status"] == "healthy", "it is healthy");

    private async Task<List<string>> BusyQueuesAsync()
    {
        var busy = new List<string>();
        foreach (var function in Service<TriggerCatalog>().Queues)
        {
            if ((await Service<IQueueStore>().MeasureAsync(function.Queue, Stop)).Depth > 0)
            {
                busy.Add(function.Queue);
            }
        }

        return busy;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Delete(recursive: true);
    }

    private static async Task<WebApplication> StartAsync(DirectoryInfo folder, string[] settings, Action<IServiceCollection>? services, CollectedLog log)
    {
        var app = LocalHostApp.Build(
            ["--urls=http://127.0.0.1:0", $"--Pressroom:AdminToken={AdminToken}", $"--Pressroom:DataFolder={Path.Combine(folder.FullName, "data")}", "--Pressroom:Welcome=false", .. settings],
            folder.FullName,
            logging =>
            {
                logging.ClearProviders().AddProvider(log);
                services?.Invoke(logging.Services);
            });
        await app.StartAsync(Stop);
        return app;
    }

    private (HttpClient Editor, HttpClient Reader) Connect()
    {
        var address = new Uri(app!.Urls.Single());
        var editor = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = InVain }) { BaseAddress = address, Timeout = InVain };
        editor.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        return (editor, new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address, Timeout = InVain });
    }
}
