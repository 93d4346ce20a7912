using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pressroom.Benchmarks;

/// <summary>Comments sent over HTTP by eight clients to as many articles, each of another reader; all are held for a moderator.</summary>
internal static class CommentBenchmark
{
    private const int Clients = 8;
    private const int WarmUp = 3_000;

    public static async Task RunAsync(FigureTable table, int comments)
    {
        // All come from one network here, which no newsroom's readers do.
        await using var host = await HostProcess.StartAsync(settings: [("Comments__LimitPerPrefix", "100000000"), ("Comments__LimitPerArticle", "100000000")]);
        var articles = new List<string>();
        for (var number = 0; number < Clients; number++)
        {
            using var answer = await host.Editor.PostAsync(new Uri("/api/articles", UriKind.Relative), JsonContent.Create(Article.Sample(number, archived: false)));
            answer.EnsureSuccessStatusCode();
            articles.Add((await answer.Content.ReadFromJsonAsync<JsonObject>())!["id"]!.GetValue<string>());
        }

        await SendAsync(host, articles, 0, WarmUp);
        var sent = await SendAsync(host, articles, WarmUp, comments);
        table.AtLeast($"comments accepted, {Clients} clients", sent.PerSecond, 1_000, "a second");
        table.AgainstPeer(sent.PerSecond, "WordPress 6.1, the fastest peer", 111, "a second");
        table.Note("… p50", sent.Percentile(50), "ms");
        table.Note("… p99", sent.Percentile(99), "ms");
    }

    private static async Task<Latencies> SendAsync(HostProcess host, List<string> articles, int first, int count)
    {
        using var reader = new HttpClient { BaseAddress = host.Address };
        // Written down before the watch runs: what a reader's machine does is not ours.
        var comments = Enumerable.Range(first + 1, count).Select(number => JsonSerializer.SerializeToUtf8Bytes(Comment(number))).ToList();
        var next = 0;
        var times = new ConcurrentBag<double>();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            while (Interlocked.Increment(ref next) is var number && number <= count)
            {
                using var comment = new ByteArrayContent(comments[number - 1]) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                var began = Stopwatch.GetTimestamp();
                using var answer = await reader.PostAsync(new Uri($"/api/articles/{articles[client]}/comments", UriKind.Relative), comment);
                if (answer.StatusCode != HttpStatusCode.Accepted)
                {
                    throw new InvalidOperationException($"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                }

                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }));
        return new Latencies(count / watch.Elapsed.TotalSeconds, times.Order().ToArray());
    }

    /// <summary>A comment's fields, each of another reader.</summary>
    internal static Dictionary<string, string> Comment(int number) => new()
    {
        ["name"] = string.Create(CultureInfo.InvariantCulture, $"Reader {number % 997}"),
        ["email"] = string.Create(CultureInfo.InvariantCulture, $"reader{number}@example.net"),
        ["body"] = string.Create(
            CultureInfo.InvariantCulture,
            $"I was at the sitting on item {number}, and it was *not* like that: the chair of group {number % 13} let everybody speak.\n\nWhat about the {number % 71} letters from residents of street {number % 389}? They were read aloud, all of them, {number % 5} times."),
    };
}
