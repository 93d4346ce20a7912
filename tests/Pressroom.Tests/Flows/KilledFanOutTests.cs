using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Pressroom.Tests.Flows;

/// <summary>kill -9 while articles are announced and issues are mailed: nobody is told twice, nobody is left out, and the ledger is true.</summary>
/// <remarks>The long run: <c>PRESSROOM_KILL_ROUNDS=30</c>, with 20,000 subscribers.</remarks>
public sealed class KilledFanOutTests(ITestOutputHelper output)
{
    private static readonly string? AskedRounds = Environment.GetEnvironmentVariable("PRESSROOM_KILL_ROUNDS");
    private static readonly int Rounds = int.Parse(AskedRounds ?? "4", CultureInfo.InvariantCulture);
    private static readonly int Subscribers = AskedRounds is null ? 2_000 : 20_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_channel_has_two_posts_of_an_article_and_the_ledger_says_what_is_there()
    {
        await using var networks = await FakeNetworks.StartAsync();
        var folder = Directory.CreateTempSubdirectory("pressroom-fanout-");
        var settings = networks.Settings().Append(("Site__BaseUrl", FakeNetworks.Site)).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            using var host = await ChildHost.StartAsync(folder.FullName, settings);
            var before = networks.Posts.Count;
            var editors = Enumerable.Range(0, 2).Select(editor => PublishUntilKilledAsync(host, $"{round}-{editor}")).ToList();
            await ChildHost.UntilAsync(() => Task.FromResult(networks.Posts.Count > before + 20), "something is posted");
            await Task.Delay(Random.Shared.Next(1_500), Stop);
            host.Kill();
            await Task.WhenAll(editors);
        }

        using (var host = await ChildHost.StartAsync(folder.FullName, settings))
        {
            var ledger = await SettledAsync(host);
            output.WriteLine($"{ledger.Count} deliveries: {string.Join(", ", ledger.GroupBy(line => $"{line.Network} {line.State}").Select(group => $"{group.Key} {group.Count()}").Order())}");
            Check(networks, ledger);

            // What the kills made come again must not pass for a change of the article.
            Assert.Empty(networks.Surprises);
            Assert.Empty((await host.GetAsync("/api/poison"))["items"]!.AsArray());
        }

        folder.Delete(recursive: true); // Kept where the test failed, to look into.
    }

    [Fact]
    public async Task No_subscriber_gets_an_issue_twice_and_none_is_left_out()
    {
        await using var sendGrid = await MailSink.StartAsync();
        var folder = Directory.CreateTempSubdirectory("pressroom-issue-");
        var settings = sendGrid.Settings().Append(("Site__BaseUrl", FakeNetworks.Site)).ToList();
        using (var host = await ChildHost.StartAsync(folder.FullName, settings))
        {
            Assert.Equal(Subscribers, (int)(await ImportAsync(host))["added"]!);
            host.Kill();
        }

        for (var round = 0; round < Rounds; round++)
        {
            using var host = await ChildHost.StartAsync(folder.FullName, settings);
            var before = sendGrid.Begun;
            var isNew = await AreSentAsync();
            if (isNew)
            {
                await host.SendAsync(HttpMethod.Post, "/api/articles", new { title = $"Issue {round}", body = "Text.", status = "published", newsletter = true });
            }

            // Some events come while the host is finding its feet.
            if (round % 2 == 1 && sendGrid.Accepted is { Count: > 0 } taken)
            {
                using var events = sendGrid.Events("processed", taken.Reverse().Take(100));
                await host.SendAsync(HttpMethod.Post, "/api/webhooks/sendgrid", events);
            }

            // What the last kill left may be batches of which nobody knows whether they are out: none of them is sent again by itself.
            await ChildHost.UntilAsync(async () => sendGrid.Begun > before || (!isNew && await AreSentAsync()), "a batch is sent, or none is left to send");
            await Task.Delay(Random.Shared.Next(200), Stop);
            host.Kill();

            async Task<bool> AreSentAsync() => (await IssuesAsync(host)).All(issue => (string)issue["status"]! == "sent");
        }

        using (var host = await ChildHost.StartAsync(folder.FullName, settings))
        {
            await ChildHost.UntilAsync(async () => (await IssuesAsync(host)).All(issue => (string)issue["status"]! == "sent"), "all issues are at their end");
            await SettleUnknownBatchesAsync(host, sendGrid);
            await ChildHost.UntilAsync(
                async () => (await IssuesAsync(host)).All(issue => (int)issue["sent"]! == (int)issue["total"]!), "all batches are sent");

            var issues = await IssuesAsync(host);
            Assert.NotEmpty(issues);
            var mails = sendGrid.Accepted.ToLookup(mail => mail.Batch.Split('.')[0]);
            foreach (var issue in issues)
            {
                Assert.Equal((Subscribers, 0, 0, 0), ((int)issue["total"]!, (int)issue["unknown"]!, (int)issue["failed"]!, (int)issue["left"]!));
                var twice = mails[(string)issue["id"]!].CountBy(mail => mail.Address).Where(address => address.Value > 1).ToList();
                Assert.True(twice.Count == 0, $"{twice.Count} addresses got {issue["id"]} twice.");
                Assert.Equal(Enumerable.Range(0, Subscribers).Select(AddressOf).Order(), mails[(string)issue["id"]!].Select(mail => mail.Address).Order());
            }

            Assert.Equal(issues.Count, mails.Count);
            Assert.Empty((await host.GetAsync("/api/poison"))["items"]!.AsArray());
        }

        folder.Delete(recursive: true); // Kept where the test failed, to look into.
    }

    private static async Task PublishUntilKilledAsync(ChildHost host, string editor)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                await host.SendAsync(HttpMethod.Post, "/api/articles", new { title = $"Piece {editor}-{number}", body = "Text.", status = "published" });
                await Task.Delay(80, Stop);
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    private static async Task<List<LedgerLine>> SettledAsync(ChildHost host)
    {
        var articles = (await host.ListAllAsync()).Values.Where(article => (string)article["status"]! == "published").ToList();
        var ledger = new List<LedgerLine>();
        await ChildHost.UntilAsync(
            async () =>
            {
                ledger.Clear();
                foreach (var article in articles)
                {
                    ledger.AddRange((await host.GetAsync($"/api/articles/{article["id"]}/deliveries"))["items"]!.AsArray().Select(line => new LedgerLine(
                        (string)article["url"]!, (string)line!["kind"]!, (string)line["state"]!, (string?)line["reason"])));
                }

                return ledger.Count == articles.Count * 10 && ledger.All(line => line.State is "sent" or "failed" or "unknown");
            },
            "every delivery is settled");
        return ledger;
    }

    private static void Check(FakeNetworks networks, List<LedgerLine> ledger)
    {
        Assert.NotEmpty(ledger);
        var posts = networks.Posts.ToLookup(post => (post.Network, post.Article));
        Assert.All(posts, post => Assert.True(post.Count() == 1, $"{post.Key} is there {post.Count()} times."));
        Assert.All(ledger, line =>
        {
            var isThere = posts.Contains((line.Network, line.Article));
            Assert.True(
                line.State == "sent" ? isThere && line.Reason is null : line.State == "unknown" && !FakeNetworks.Idempotent.Contains(line.Network),
                $"{line} {(isThere ? "is there" : "is not there")}");
        });
        Assert.Equal(ledger.Count, ledger.Select(line => (line.Network, line.Article)).Union(posts.Select(post => post.Key)).Count());
        Assert.InRange(ledger.Count(line => line.State == "sent"), ledger.Count / 3, ledger.Count);
    }

    private static string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"reader{number:D6}@example.net");

    private static async Task<JsonNode> ImportAsync(ChildHost host)
    {
        var csv = new StringBuilder("email,language,sections,consentDate\n");
        for (var number = 0; number < Subscribers; number++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{AddressOf(number)},en,,2025-01-02\n");
        }

        using var content = new StringContent(csv.ToString(), Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));
        return JsonNode.Parse(await host.SendAsync(HttpMethod.Post, "/api/subscribers/import", content))!;
    }

    private static async Task<IReadOnlyList<JsonNode>> IssuesAsync(ChildHost host) =>
        [.. (await host.GetAsync("/api/newsletters?limit=100"))["items"]!.AsArray().Select(issue => issue!)];

    // SendGrid tells of what it has taken; of what it never took no event can come, and a person sends that again.
    private async Task SettleUnknownBatchesAsync(ChildHost host, MailSink sendGrid)
    {
        var taken = sendGrid.Accepted.ToLookup(mail => mail.Batch);
        var (told, again) = (0, 0);
        foreach (var issue in await IssuesAsync(host))
        {
            var batches = (await host.GetAsync($"/api/newsletters/{issue["id"]}?limit=100"))["batches"]!["items"]!.AsArray();
            foreach (var batch in batches.Where(batch => (string)batch!["state"]! != "sent"))
            {
                Assert.Equal("unknown", (string)batch!["state"]!);
                if (taken[$"{issue["id"]}.{batch["id"]}"].ToList() is { Count: > 0 } mails)
                {
                    told++;
                    using var events = sendGrid.Events("delivered", mails);
                    await host.SendAsync(HttpMethod.Post, "/api/webhooks/sendgrid", events);
                }
                else
                {
                    again++;
                    await host.SendAsync(HttpMethod.Post, $"/api/newsletters/{issue["id"]}/batches/{batch["id"]}/retry", new { });
                }
            }
        }

        output.WriteLine($"{sendGrid.Begun} calls, {taken.Count} taken. Unknown batches: {told} settled by events, {again} sent again.");
    }

    private sealed record LedgerLine(string Article, string Network, string State, string? Reason);
}
