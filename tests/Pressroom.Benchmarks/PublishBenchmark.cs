using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace Pressroom.Benchmarks;

/// <summary>Publishing over HTTP with eight clients, with few and with many articles stored before; and how soon it is in the feed.</summary>
internal static class PublishBenchmark
{
    private const int Clients = 8;

    // What a process that stays up has long behind it: the runtime compiles hot methods a second time.
    private const int WarmUp = 3_000;

    private static int published;

    public static async Task RunAsync(FigureTable table, int small, int large, int publishes)
    {
        await using var host = await HostProcess.StartAsync();
        await PublishAsync(host, small, archived: true);
        await SettleAsync(host);
        var cold = await PublishAsync(host, 400, archived: false);
        await PublishAsync(host, WarmUp, archived: false);

        var few = await PublishAsync(host, publishes, archived: false);
        table.AtLeast($"publish calls, {Clients} clients, {small:N0} articles stored before", few.PerSecond, 500, "a second");
        table.AgainstPeer(few.PerSecond, "WordPress 6.1, the fastest peer", 43, "a second");
        table.AtMost("… p99", few.Percentile(99), 50, "ms");
        table.Note("… Ghost 6 on SQLite, the peer with the best p99, measured elsewhere: 583 ms; ours is", few.Percentile(99) / 583, "times that");
        table.Note("… p50", few.Percentile(50), "ms");
        table.Note("… the first 400 of a process, still being compiled", cold.PerSecond, "a second");
        var watch = Stopwatch.StartNew();
        await SettleAsync(host);
        table.Note("… until the last of them is on home and in its feeds", watch.Elapsed.TotalSeconds, "s after the last answer");
        table.AtMost("publish until in the feed, 10 a second, p99", await FeedDelayAsync(host), 1_000, "ms");

        await PublishAsync(host, large, archived: true);
        await SettleAsync(host);
        var many = await PublishAsync(host, publishes, archived: false);
        table.Note($"publish calls, {large:N0} articles stored before", many.PerSecond, "a second");
        table.Note("… p99", many.Percentile(99), "ms");
        table.AtMost($"cost of a publish with {large:N0} against {small:N0} articles", few.PerSecond / many.PerSecond, 1.2, "times");
        await SettleAsync(host);
        table.AtMost($"publish until in the feed with {large:N0} articles, 10 a second, p99", await FeedDelayAsync(host), 1_000, "ms");
        table.Note("memory after all that (resident)", host.MemoryMegabytes, "MB");
    }

    private static async Task<Latencies> PublishAsync(HostProcess host, int count, bool archived)
    {
        // Each article its own title: taken slugs would be another measurement.
        var (first, last) = (published, published += count);
        var next = first;
        var times = new ConcurrentBag<double>();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var number && number <= last)
            {
                var began = Stopwatch.GetTimestamp();
                using var answer = await host.Editor.PostAsync(new Uri("/api/articles", UriKind.Relative), JsonContent.Create(Article.Sample(number, archived)));
                if (answer.StatusCode != HttpStatusCode.Created)
                {
                    throw new InvalidOperationException($"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                }

                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }));
        return new Latencies(count / watch.Elapsed.TotalSeconds, times.Order().ToArray());
    }

    // Published as the last, it is in the feed when all before it have been dealt with.
    private static async Task SettleAsync(HostProcess host) => await UntilInFeedAsync(host, await PublishOneAsync(host));

    // One poller looks for all, so that looking costs the host the same however many are awaited. The feed holds two seconds of them:
    // one that has not been seen by then counts as having taken for ever.
    private static async Task<double> FeedDelayAsync(HostProcess host)
    {
        const int Count = 200;
        var awaited = new ConcurrentDictionary<string, long>();
        var delays = new ConcurrentBag<double>();
        var publishing = PublishSteadilyAsync();
        while (!publishing.IsCompleted || (!awaited.IsEmpty && Stopwatch.GetElapsedTime(awaited.Values.Max()) < TimeSpan.FromSeconds(3)))
        {
            var feed = await host.Editor.GetStringAsync(new Uri("/feed.xml", UriKind.Relative));
            foreach (var (slug, began) in awaited)
            {
                if (feed.Contains($"/{slug}/", StringComparison.Ordinal) && awaited.TryRemove(slug, out _))
                {
                    delays.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
            }

            await Task.Delay(5);
        }

        await publishing;
        return new Latencies(0, [.. delays.Order(), .. Enumerable.Repeat(double.PositiveInfinity, Count - delays.Count)]).Percentile(99);

        async Task PublishSteadilyAsync()
        {
            var answers = new List<Task>();
            for (var number = 0; number < Count; number++)
            {
                answers.Add(Task.Run(async () => awaited[await PublishOneAsync(host)] = Stopwatch.GetTimestamp()));
                await Task.Delay(100);
            }

            await Task.WhenAll(answers);
        }
    }

    private static async Task<string> PublishOneAsync(HostProcess host)
    {
        using var answer = await host.Editor.PostAsync(
            new Uri("/api/articles", UriKind.Relative), JsonContent.Create(Article.Sample(Random.Shared.Next(1_000_000, int.MaxValue), archived: false)));
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonObject>())!["slug"]!.GetValue<string>();
    }

    private static async Task UntilInFeedAsync(HostProcess host, string slug)
    {
        var watch = Stopwatch.StartNew();
        while (!(await host.Editor.GetStringAsync(new Uri("/feed.xml", UriKind.Relative))).Contains($"/{slug}/", StringComparison.Ordinal))
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(5))
            {
                throw new InvalidOperationException($"{slug} has not come into the feed.");
            }

            await Task.Delay(5);
        }
    }
}

/// <summary>How many a second, and how long each took in milliseconds, in order.</summary>
internal sealed record Latencies(double PerSecond, double[] Milliseconds)
{
    public double Percentile(int percent) => Milliseconds[Math.Min(Milliseconds.Length - 1, Milliseconds.Length * percent / 100)];
}

/// <summary>Articles like a newsroom's: about 6 KB of Markdown with headings, quotes, a list and a link.</summary>
internal static class Article
{
    private static readonly DateTimeOffset Archive = new(2021, 1, 1, 6, 0, 0, TimeSpan.Zero);

    public static object Sample(int number, bool archived) => new
    {
        title = string.Create(CultureInfo.InvariantCulture, $"Council votes on item {number} after a long night of talks"),
        summary = "A short majority carried the motion; opponents announced an appeal.",
        body = Body(number),
        section = $"Section {number % 6}",
        tags = new[] { $"Topic {number % 24}", $"Place {number % 17}" },
        author = $"Reporter {number % 12}",
        language = "en",
        status = "published",

        // Five years, evenly.
        publishAt = archived ? Archive.AddMinutes(number * 52.0) : (DateTimeOffset?)null,
    };

    private static string Body(int number)
    {
        var paragraphs = Enumerable.Range(0, 14).Select(paragraph => string.Create(
            CultureInfo.InvariantCulture,
            $"The sitting {number}.{paragraph} went on until late. “We have **listened**”, the chair said, “and now we decide.” Members of both sides spoke for an hour each, citing [the report](https://example.org/report/{number}), its annex and the letters of more than two hundred residents who had written since spring."));
        return string.Join("\n\n", paragraphs.Take(5)) + "\n\n## What was decided\n\n" + string.Join("\n\n", paragraphs.Skip(5).Take(5))
            + "\n\n> Nobody leaves this room happy, and that is perhaps as it should be.\n\n- The square stays open\n- The market moves in March\n- The bridge waits\n\n"
            + string.Join("\n\n", paragraphs.Skip(10));
    }
}
