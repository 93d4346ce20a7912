using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Comments;

/// <summary>kill -9 while readers comment and moderators decide: what was answered is there.</summary>
/// <remarks>More rounds: <c>PRESSROOM_KILL_ROUNDS=50</c>.</remarks>
public sealed class KilledCommentTests
{
    private const int Readers = 4;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_accepted_comment_and_every_decision_survives()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("PRESSROOM_KILL_ROUNDS") ?? "4", CultureInfo.InvariantCulture);
        (string, string)[] settings = [("Comments__LimitPerPrefix", "0"), ("Comments__LimitPerArticle", "0")];
        var folder = Directory.CreateTempSubdirectory("pressroom-kill-");
        var known = new ConcurrentDictionary<string, string?>();
        string? article = null;
        for (var round = 0; round < rounds; round++)
        {
            using var host = await ChildHost.StartAsync(folder.FullName, settings);
            article ??= (string)(await host.SendAsync(HttpMethod.Post, "/api/articles", new { title = "Low tide", body = "Text.", status = "published" }))["id"]!;
            var before = known.Count;
            var readers = Enumerable.Range(0, Readers).Select(reader => CommentUntilKilledAsync(host, article, $"{round}-{reader}", known)).ToList();
            await Newsroom.EventuallyAsync(() => Task.FromResult(known.Count > before), "the readers have begun");
            await Task.Delay(Random.Shared.Next(0, 500), Stop);
            host.Kill();
            await Task.WhenAll(readers);
        }

        using (var host = await ChildHost.StartAsync(folder.FullName, settings))
        {
            var all = await ListAsync(host, "/api/comments");
            foreach (var (id, status) in known)
            {
                Assert.True(all.TryGetValue(id, out var comment), $"{id} is lost.");
                if (status is not null)
                {
                    Assert.Equal(status, (string?)comment["status"]);
                }
            }

            var approved = all.Values.Where(comment => (string)comment["status"]! == "approved").Select(comment => (string)comment["id"]!).Order().ToList();
            Assert.Equal(approved, (await ListAsync(host, $"/api/articles/{article}/comments")).Keys.Order());
            host.Kill();
        }

        folder.Delete(recursive: true); // Kept where the test failed, to look into.
    }

    private static async Task CommentUntilKilledAsync(ChildHost host, string article, string reader, ConcurrentDictionary<string, string?> known)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                // The filter learns from the decisions: what is called spam has words of its own, so that it does not take the others for it.
                var body = number % 4 == 3 ? $"Cheap pills, order {number} now." : $"Comment {number}.";
                var sent = await host.SendAsync(HttpMethod.Post, $"/api/articles/{article}/comments", new { name = reader, email = $"r{reader}@example.net", body });
                var id = (string)sent["id"]!;
                known[id] = "held";
                if (number % 2 == 1)
                {
                    // An unanswered decision may have been made or not.
                    known[id] = null;
                    known[id] = (string?)(await host.SendAsync(HttpMethod.Post, $"/api/comments/{id}/{(number % 4 == 1 ? "approve" : "spam")}", new { }))["status"];
                }
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    private static async Task<Dictionary<string, JsonNode>> ListAsync(ChildHost host, string path)
    {
        var all = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await host.GetAsync($"{path}?limit=100{cursor}");
            foreach (var comment in page["items"]!.AsArray())
            {
                all[(string)comment!["id"]!] = comment;
            }

            cursor = page["cursor"] is { } next ? "&cursor=" + next : null;
        }

        return all;
    }
}
