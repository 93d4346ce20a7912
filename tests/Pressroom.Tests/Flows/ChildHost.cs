using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Pressroom.Tests.Flows;

/// <summary>The built LocalHost as a process that can be killed.</summary>
internal sealed class ChildHost : IDisposable
{
    private const int LowestPort = 10_000;
    private const int Ports = 20_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static int lastPort = Random.Shared.Next(Ports);

    private readonly Process process;

    private ChildHost(Process process, HttpClient client) => (this.process, Client) = (process, client);

    /// <summary>Speaks with the administrator's token.</summary>
    public HttpClient Client { get; }

    public int ProcessId => process.Id;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Starts on the folder, with settings of the test's own where given, and waits until it answers.</summary>
    public static async Task<ChildHost> StartAsync(string folder, IEnumerable<(string Name, string Value)>? settings = null)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Pressroom.LocalHost.dll")])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_URLS"] = address.AbsoluteUri;
        start.Environment["Site__BaseUrl"] = address.AbsoluteUri;
        start.Environment["Pressroom__AdminToken"] = Newsroom.AdminToken;
        start.Environment["Pressroom__Welcome"] = "false";
        foreach (var (name, value) in settings ?? [])
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var client = new HttpClient { BaseAddress = address, Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Newsroom.AdminToken);
        var host = new ChildHost(process, client);
        await UntilAsync(host.IsUpAsync, "the host is up");
        return host;
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    /// <summary>Sends JSON; the answer must be a success.</summary>
    /// <exception cref="HttpRequestException">The host was killed before its answer was whole.</exception>
    public async Task<JsonNode> SendAsync(HttpMethod method, string address, object body)
    {
        using var content = JsonContent.Create(body);
        return JsonNode.Parse(await SendAsync(method, address, content))!;
    }

    /// <summary>Sends a body; the answer must be a success.</summary>
    /// <exception cref="HttpRequestException">The host was killed before its answer was whole.</exception>
    public async Task<string> SendAsync(HttpMethod method, string address, HttpContent content)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        using var answer = await Client.SendAsync(request, Stop);
        var text = await ReadBodyAsync(answer);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {text}");
        return text;
    }

    public async Task<string?> ReadAsync(string path)
    {
        using var answer = await Client.GetAsync(path, Stop);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(Stop) : null;
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await ReadAsync(path) ?? throw new InvalidOperationException($"Nothing at {path}."))!;

    /// <summary>All articles by their ids.</summary>
    public async Task<Dictionary<string, JsonNode>> ListAllAsync()
    {
        var all = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/api/articles?limit=100{(cursor is null ? "" : "&cursor=" + cursor)}");
            foreach (var article in page["items"]!.AsArray())
            {
                all[(string)article!["id"]!] = article;
            }

            cursor = (string?)page["cursor"];
        }
        while (cursor is not null);
        return all;
    }

    public Task PublishMarkerAsync() => SendAsync(HttpMethod.Post, "/api/articles", new { title = "Marker", body = "x", status = "published" });

    public Task<List<string>> WalkAsync(string path) => PublishingTests.WalkAsync(ReadAsync, path);

    /// <summary>Waits for five minutes at most: the machine may be busy with other things.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Patience, $"In vain: {what}");
            await Task.Delay(20, Stop);
        }
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        Client.Dispose();
        process.Dispose();
    }

    // An answer that was cut by the kill is no answer.
    private static async Task<string> ReadBodyAsync(HttpResponseMessage answer)
    {
        try
        {
            return await answer.Content.ReadAsStringAsync(Stop);
        }
        catch (IOException cut)
        {
            throw new HttpRequestException("The answer was cut.", cut);
        }
    }

    private async Task<bool> IsUpAsync()
    {
        Assert.False(process.HasExited, "The host did not start.");
        try
        {
            return await ReadAsync("/api/health") is not null;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // Below those that the system gives out by itself, so that no other test's server or connection gets it before the host does.
    private static int FreePort()
    {
        while (true)
        {
            var port = LowestPort + (Interlocked.Increment(ref lastPort) % Ports);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next.
            }
        }
    }
}
