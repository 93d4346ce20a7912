using System.Net;
using System.Text.Json.Nodes;
using Pressroom.Tests.Announcements;

namespace Pressroom.Tests.Flows;

public sealed class TellingMachinesTests
{
    [Fact]
    public async Task A_hub_is_told_of_every_change_of_an_article_and_of_its_end()
    {
        await using var hub = await FakeService.StartAsync(_ => new ServiceAnswer(204));
        await using var newsroom = await Newsroom.OpenAsync("--Channels:0:Kind=websub", $"--Channels:0:Url={hub.BaseUrl}");
        var article = await newsroom.PublishAsync("News");
        await ToldAsync(hub, 1);
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{article["id"]}", new { body = "Another text." });
        await ToldAsync(hub, 2);
        await newsroom.SendAsync(HttpMethod.Delete, $"/api/articles/{article["id"]}", null, HttpStatusCode.NoContent);
        await ToldAsync(hub, 3);
    }

    [Fact]
    public async Task What_a_network_quotes_of_our_settings_is_in_no_reason()
    {
        const string token = "s3cret-77";
        await using var mastodon = await FakeService.StartAsync(call => call.Method == "POST"
            ? new ServiceAnswer(422, $$"""{"error":"The token S3cret-77 may not post."}""")
            : new ServiceAnswer(404));
        await using var newsroom = await Newsroom.OpenAsync("--Channels:0:Kind=mastodon", $"--Channels:0:BaseUrl={mastodon.BaseUrl}", $"--Channels:0:Token={token}");
        var article = await newsroom.PublishAsync("News");
        await Newsroom.EventuallyAsync(async () => await DeliveryAsync(newsroom, article) is { } line && (string)line["state"]! == "failed", "it is refused");
        var reason = (string)(await DeliveryAsync(newsroom, article))!["reason"]!;
        Assert.Contains("may not post", reason, StringComparison.Ordinal);
        Assert.DoesNotContain(token, reason, StringComparison.OrdinalIgnoreCase);
    }

    private static Task ToldAsync(FakeService hub, int times) =>
        Newsroom.EventuallyAsync(() => Task.FromResult(hub.Calls.Count == times), $"the hub is told {times} times");

    private static async Task<JsonNode?> DeliveryAsync(Newsroom newsroom, JsonNode article) =>
        (await newsroom.GetAsync($"/api/articles/{article["id"]}/deliveries"))["items"]!.AsArray().SingleOrDefault();
}
