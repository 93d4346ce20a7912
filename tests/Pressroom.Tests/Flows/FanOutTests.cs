using System.Net;
using System.Text.Json.Nodes;
using Pressroom.Storage;
using Pressroom.Tests.Announcements;

namespace Pressroom.Tests.Flows;

/// <summary>One article told to many, as an editor sees it over HTTP.</summary>
public sealed class FanOutTests
{
    private const string Secret = "--Channels:0:Secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fresh_install_announces_into_its_outbox_and_never_again_when_the_article_is_edited()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("The bridge opens", new { summary = "At last." });

        var delivery = await SettledAsync(newsroom, article, "outbox", "sent");
        Assert.Equal(("outbox", 1), ((string?)delivery["kind"], (int)delivery["attempts"]!));
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{article["id"]}", new { title = "The bridge opens late" });
        await newsroom.ShowsAsync("/feed.xml", "The bridge opens late");

        await Newsroom.EventuallyAsync(
            () => Task.FromResult(Announcements(newsroom).Any(text => text.Contains("opens late", StringComparison.Ordinal))), "the edit is carried over");
        Assert.Single(Directory.GetFiles(Path.Combine(newsroom.DataFolder, "outbox", "announcements"), "*.json"));
        Assert.Single((await DeliveriesAsync(newsroom, article)).AsArray());
    }

    [Fact]
    public async Task A_draft_is_announced_when_it_is_published_and_an_article_that_wants_none_not_at_all()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var draft = await newsroom.PublishAsync("Later", new { status = "draft" });
        var silent = await newsroom.PublishAsync("Quietly", new { announce = false });
        await newsroom.ShowsAsync("/feed.xml", "Quietly");
        Assert.Empty((await DeliveriesAsync(newsroom, draft)).AsArray());

        await newsroom.PostAsync($"/api/articles/{draft["id"]}/publish", new { }, HttpStatusCode.OK);

        await SettledAsync(newsroom, draft, "outbox", "sent");
        Assert.Empty((await DeliveriesAsync(newsroom, silent)).AsArray());
    }

    [Fact]
    public async Task A_channel_that_refuses_says_why_and_a_person_can_have_it_tried_again()
    {
        await using var receiver = await FakeService.StartAsync(_ => new ServiceAnswer(204, "", []));
        receiver.FailNext("POST", 410);
        await using var newsroom = await Newsroom.OpenAsync("--Channels:0:Kind=webhook", "--Channels:0:Name=hook", $"--Channels:0:Url={receiver.BaseUrl}in", Secret);
        var article = await newsroom.PublishAsync("Refused at first");

        var failed = await SettledAsync(newsroom, article, "hook", "failed");
        Assert.False(string.IsNullOrEmpty((string?)failed["reason"]));
        var queued = await newsroom.PostAsync($"/api/articles/{article["id"]}/deliveries/hook/retry", new { }, HttpStatusCode.Accepted);
        Assert.Equal("hook", (string?)queued["channel"]);
        await SettledAsync(newsroom, article, "hook", "sent");

        var again = await newsroom.PostAsync($"/api/articles/{article["id"]}/deliveries/hook/retry", new { }, HttpStatusCode.Conflict);
        Assert.Equal("urn:pressroom:problem:not-settled", (string?)again["type"]);
        await newsroom.PostAsync($"/api/articles/{article["id"]}/deliveries/none/retry", new { }, HttpStatusCode.NotFound);
        Assert.Equal(2, receiver.Calls.Count);
    }

    [Fact]
    public async Task Channels_can_be_listed_tried_and_seen_in_the_preview()
    {
        await using var receiver = await FakeService.StartAsync(_ => new ServiceAnswer(204, "", []));
        await using var newsroom = await Newsroom.OpenAsync(
            "--Channels:0:Kind=webhook", "--Channels:0:Name=hook", $"--Channels:0:Url={receiver.BaseUrl}in", Secret, "--Channels:0:ProfileUrl=https://example.org/us",
            "--Channels:1:Kind=instagram", "--Channels:1:ProfileUrl=https://example.org/pictures", "--Channels:2:Kind=outbox");

        var listed = await newsroom.GetAsync("/api/channels");
        Assert.Equal(["hook", "outbox"], listed["items"]!.AsArray().Select(channel => (string?)channel!["name"]));
        Assert.DoesNotContain("whsec", listed.ToJsonString(), StringComparison.Ordinal);

        var tested = await newsroom.PostAsync("/api/channels/hook/test", new { }, HttpStatusCode.OK);
        Assert.Equal("sent", (string?)tested["state"]);
        Assert.Single(receiver.Calls);
        await newsroom.PostAsync("/api/channels/nobody/test", new { }, HttpStatusCode.NotFound);

        var preview = await newsroom.PostAsync(
            "/api/preview", new { title = "Titre", body = "Texte.", announce = new { channels = new[] { "outbox" }, text = new { outbox = "Lisez ceci" } } }, HttpStatusCode.OK);
        var post = Assert.Single(preview["channels"]!.AsArray())!;
        Assert.StartsWith("Lisez ceci", (string?)post["text"], StringComparison.Ordinal);
        Assert.Equal("graphemes", (string?)post["unit"]);
        Assert.Single(receiver.Calls);
    }

    [Fact]
    public async Task The_proof_that_a_network_wants_lies_at_the_sites_root_and_the_feed_names_its_hub()
    {
        await using var newsroom = await Newsroom.OpenAsync(
            "--Channels:0:Kind=indexnow", "--Channels:0:Key=abcdef0123456789", "--Channels:0:BaseUrl=http://127.0.0.1:9",
            "--Channels:1:Kind=websub", "--Channels:1:Url=http://127.0.0.1:9/hub");

        Assert.Equal("abcdef0123456789", await newsroom.ReadAsync("/abcdef0123456789.txt"));
        await newsroom.ShowsAsync("/atom.xml", "<link rel=\"hub\" href=\"http://127.0.0.1:9/hub\"");
    }

    [Fact]
    public async Task A_message_that_fails_every_time_is_kept_and_replayed()
    {
        await using var newsroom = await Newsroom.OpenAsync("--AzureFunctionsJobHost:extensions:queues:visibilityTimeout=00:00:00");
        await newsroom.Service<IQueueStore>().SendAsync("announce", "{\"articleId\":\"no id\",\"channel\":\"outbox\"}", TimeSpan.Zero, Stop);

        await Newsroom.EventuallyAsync(async () => (await newsroom.GetAsync("/api/poison"))["items"]!.AsArray().Count == 1, "the message is kept");
        var kept = (await newsroom.GetAsync("/api/poison"))["items"]![0]!;
        Assert.Equal(("announce", true), ((string?)kept["queue"], ((string)kept["text"]!).Contains("no id", StringComparison.Ordinal)));

        await newsroom.PostAsync($"/api/poison/{kept["id"]}/replay", new { }, HttpStatusCode.Accepted);
        await newsroom.PostAsync($"/api/poison/{new string('0', 32)}/replay", new { }, HttpStatusCode.NotFound);
        await Newsroom.EventuallyAsync(
            async () => (await newsroom.GetAsync("/api/poison"))["items"]!.AsArray() is [var again] && (string?)again!["failedAt"] != (string?)kept["failedAt"],
            "it fails again, and is kept once");
    }

    [Fact]
    public async Task A_discarded_message_is_gone_and_nothing_is_left_to_replay()
    {
        await using var newsroom = await Newsroom.OpenAsync("--AzureFunctionsJobHost:extensions:queues:visibilityTimeout=00:00:00");
        await newsroom.Service<IQueueStore>().SendAsync("announce", "{\"articleId\":\"no id\",\"channel\":\"outbox\"}", TimeSpan.Zero, Stop);
        await Newsroom.EventuallyAsync(async () => (await newsroom.GetAsync("/api/poison"))["items"]!.AsArray().Count == 1, "the message is kept");
        var id = (string)(await newsroom.GetAsync("/api/poison"))["items"]![0]!["id"]!;
        var editor = (string)(await newsroom.PostAsync("/api/tokens", new { name = "Desk", roles = new[] { "editor", "moderator" } }))["token"]!;

        Assert.Equal(HttpStatusCode.Unauthorized, await DiscardAsync(null));
        Assert.Equal(HttpStatusCode.Forbidden, await DiscardAsync(editor));
        Assert.Single((await newsroom.GetAsync("/api/poison"))["items"]!.AsArray());

        Assert.Equal(HttpStatusCode.NoContent, await DiscardAsync(Newsroom.AdminToken));
        Assert.Equal(HttpStatusCode.NotFound, await DiscardAsync(Newsroom.AdminToken));
        await newsroom.PostAsync($"/api/poison/{id}/replay", new { }, HttpStatusCode.NotFound);
        await newsroom.SettledAsync();
        Assert.Empty((await newsroom.GetAsync("/api/poison"))["items"]!.AsArray());
        await newsroom.HealthyAsync();
        Assert.DoesNotContain("no id", Assert.Single(newsroom.Log.Lines, line => line.Contains("was discarded", StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal)), StringComparison.Ordinal);

        async Task<HttpStatusCode> DiscardAsync(string? token)
        {
            using var answer = await newsroom.CallAsync(token, HttpMethod.Delete, $"/api/poison/{id}");
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("there is no kind 'myspace'", "--Channels:0:Kind=myspace")]
    [InlineData("another channel has that Name", "--Channels:0:Kind=outbox", "--Channels:1:Kind=outbox")]
    [InlineData("Token is missing", "--Channels:0:Kind=mastodon", "--Channels:0:BaseUrl=https://mastodon.example")]
    [InlineData("Name must be", "--Channels:0:Kind=outbox", "--Channels:0:Name=a/b")]
    [InlineData("Newsletter__Digest", "--Newsletter:Digest=hourly")]
    [InlineData("SendGrid__EventWebhookPublicKey", "--SendGrid:EventWebhookPublicKey=none")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string complaint, params string[] settings)
    {
        var failure = await Assert.ThrowsAsync<SettingException>(() => Newsroom.OpenAsync(settings));
        Assert.Contains(complaint, failure.Message, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> DeliveriesAsync(Newsroom newsroom, JsonNode article) =>
        (await newsroom.GetAsync($"/api/articles/{article["id"]}/deliveries"))["items"]!;

    private static async Task<JsonNode> SettledAsync(Newsroom newsroom, JsonNode article, string channel, string state)
    {
        JsonNode? delivery = null;
        await Newsroom.EventuallyAsync(
            async () => (string?)(delivery = (await DeliveriesAsync(newsroom, article)).AsArray().FirstOrDefault(item => (string?)item!["channel"] == channel))?["state"] == state,
            $"{channel} is {state}");
        return delivery!;
    }

    private static IEnumerable<string> Announcements(Newsroom newsroom) =>
        Directory.EnumerateFiles(Path.Combine(newsroom.DataFolder, "outbox", "announcements"), "*.json").Select(File.ReadAllText);
}
