using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Pressroom.Tests.Flows;

/// <summary>kill -9 while editors work: what was answered is there, and what was not is whole or absent.</summary>
/// <remarks>More rounds: <c>PRESSROOM_KILL_ROUNDS=50</c>.</remarks>
public sealed class KilledHostTests
{
    private const int Clients = 4;

    // The hosts' ports differ; a site whose address changed would be made again as a whole at each start.
    private static readonly (string Name, string Value)[] Settings = [("Site__BaseUrl", "https://news.example")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_was_answered_is_lost_and_nothing_is_half_there()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("PRESSROOM_KILL_ROUNDS") ?? "6", CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("pressroom-kill-");
        var known = new ConcurrentDictionary<string, Known>();
        for (var round = 0; round < rounds; round++)
        {
            using var host = await ChildHost.StartAsync(folder.FullName, Settings);
            var editors = Enumerable.Range(0, Clients).Select(client => WorkUntilKilledAsync(host, $"{round}-{client}", known)).ToList();
            var before = known.Count;
            await Newsroom.EventuallyAsync(() => Task.FromResult(known.Count > before), "the editors have begun");
            await Task.Delay(Random.Shared.Next(0, 700), Stop);
            host.Kill();
            await Task.WhenAll(editors);
        }

        using (var host = await ChildHost.StartAsync(folder.FullName, Settings))
        {
            await CheckAsync(host, known);
            host.Kill();
        }

        folder.Delete(recursive: true); // Kept where the test failed, to look into.
    }

    private static async Task WorkUntilKilledAsync(ChildHost host, string editor, ConcurrentDictionary<string, Known> known)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var title = $"Piece {editor}-{number}";
                var article = await host.SendAsync(HttpMethod.Post, "/api/articles", new { title, body = $"Text of {title}.", status = "published", section = "Desk", publishAt = "2025-02-03T04:05:06Z" });
                var id = (string)article["id"]!;
                known[id] = new Known(title, IsLive: true, new Uri((string)article["url"]!).AbsolutePath);

                // An unanswered change may have happened or not, so until it is answered only the article itself is certain.
                if (number % 3 == 1)
                {
                    var edited = title + ", edited";
                    known[id] = known[id] with { IsCertain = false };
                    await host.SendAsync(HttpMethod.Patch, $"/api/articles/{id}", new { title = edited });
                    known[id] = known[id] with { Title = edited, IsCertain = true };
                }
                else if (number % 3 == 2)
                {
                    known[id] = known[id] with { IsCertain = false };
                    await host.SendAsync(HttpMethod.Post, $"/api/articles/{id}/unpublish", new { });
                    known[id] = known[id] with { IsLive = false, IsCertain = true };
                }
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    // The API's own account must agree with what the editors were told, and the site with the API's account of every article.
    private static async Task CheckAsync(ChildHost host, ConcurrentDictionary<string, Known> known)
    {
        var all = await host.ListAllAsync();
        foreach (var (id, expected) in known)
        {
            Assert.True(all.TryGetValue(id, out var article), $"{expected.Title} is lost.");
            if (expected.IsCertain)
            {
                Assert.Equal((expected.Title, expected.IsLive ? "published" : "draft"), ((string)article["title"]!, (string)article["status"]!));
            }
        }

        await host.PublishMarkerAsync();
        all = await host.ListAllAsync();
        string? disagreement = null;
        var watch = Stopwatch.StartNew();
        while ((disagreement = await DisagreementAsync(host, all)) is not null && watch.Elapsed < TimeSpan.FromMinutes(5))
        {
            await Task.Delay(100, Stop);
        }

        Assert.Null(disagreement);
    }

    private static async Task<string?> DisagreementAsync(ChildHost host, Dictionary<string, JsonNode> all)
    {
        var live = all.Values.Where(article => (string)article["status"]! == "published").ToList();
        var archive = string.Concat(await host.WalkAsync("/archive/2025/02/"));
        var section = string.Concat(await host.WalkAsync("/section/desk/archive/2025/02/"));
        var sitemap = await host.ReadAsync("/sitemap.xml") ?? "";
        if (sitemap.Contains("<sitemapindex", StringComparison.Ordinal))
        {
            foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(sitemap, "<loc>([^<]+)</loc>"))
            {
                sitemap += await host.ReadAsync(new Uri(match.Groups[1].Value).AbsolutePath);
            }
        }

        foreach (var article in all.Values.Where(article => ((string)article["title"]!).StartsWith("Piece", StringComparison.Ordinal)))
        {
            var isLive = (string)article["status"]! == "published";
            var path = $"/2025/02/{article["slug"]}/";
            var page = await host.ReadAsync(path);
            var title = WebUtility.HtmlEncode((string)article["title"]!);
            var disagreeing = new List<string>();
            if ((page is not null) != isLive || (isLive && !(page!.Contains("<h1", StringComparison.Ordinal) && page.Contains(title, StringComparison.Ordinal))))
            {
                disagreeing.Add("page");
            }

            foreach (var (name, text) in new[] { ("archive", archive), ("section", section), ("sitemap", sitemap) })
            {
                if (text.Contains(path, StringComparison.Ordinal) != isLive)
                {
                    disagreeing.Add(name);
                }
            }

            if (disagreeing.Count > 0)
            {
                return $"{article["id"]} {path} is {(isLive ? "live" : "not live")}, otherwise in: {string.Join(", ", disagreeing)}";
            }
        }

        var newest = live.OrderByDescending(article => (DateTimeOffset)article["publishAt"]!).ThenBy(article => (string)article["id"]!, StringComparer.Ordinal).Take(20).ToList();
        foreach (var feed in new[] { "/feed.xml", "/atom.xml", "/feed.json" })
        {
            var text = await host.ReadAsync(feed) ?? "";
            if (!newest.All(article => text.Contains($"/{article["slug"]}/", StringComparison.Ordinal)))
            {
                return $"{feed} has not the newest articles";
            }
        }

        return null;
    }

    private sealed record Known(string Title, bool IsLive, string Path, bool IsCertain = true);
}
