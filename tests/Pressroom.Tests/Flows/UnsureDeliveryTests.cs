using System.Text.Json;
using System.Text.RegularExpressions;
using Pressroom.Articles;
using Pressroom.Storage;
using Pressroom.Tests.Announcements;

namespace Pressroom.Tests.Flows;

public sealed class UnsureDeliveryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_may_be_out_is_unknown_until_the_network_shows_it()
    {
        var link = "";
        await using var x = await FakeService.StartAsync(call =>
        {
            link = call.Method == "POST" ? Regex.Match(call.Json.GetProperty("text").GetString()!, "http\\S+").Value : link;
            return call.Path switch
            {
                "/2/tweets" => new ServiceAnswer(504),
                "/2/users/me" => new ServiceAnswer(200, """{"data":{"id":"7"}}"""),
                _ => new ServiceAnswer(200, JsonSerializer.Serialize(new { data = new[] { new { id = "9", entities = new { urls = new[] { new { expanded_url = link } } } } } })),
            };
        });
        await using var newsroom = await Newsroom.OpenAsync(
            "--Channels:0:Kind=x", $"--Channels:0:BaseUrl={x.BaseUrl}", "--Channels:0:ConsumerKey=a", "--Channels:0:ConsumerSecret=b", "--Channels:0:AccessToken=c", "--Channels:0:AccessTokenSecret=d");
        var article = await newsroom.PublishAsync("Perhaps out");
        await HasStateAsync(newsroom, (string)article["id"]!, "unknown", "sent"); // the first for a second or two, which a busy machine may not see
        Assert.Contains(newsroom.Log.Lines, line => line.EndsWith(", try 1: Unknown.", StringComparison.Ordinal));
        await HasStateAsync(newsroom, (string)article["id"]!, "sent");
        Assert.Single(x.Calls, call => call.Method == "POST");
    }

    [Fact]
    public async Task A_message_of_a_revision_that_comes_again_is_no_change_of_the_article()
    {
        await using var receiver = await FakeService.StartAsync(_ => new ServiceAnswer(200));
        await using var newsroom = await Newsroom.OpenAsync(
            "--Channels:0:Kind=webhook", $"--Channels:0:Url={receiver.BaseUrl}", "--Channels:0:Secret=whsec_" + Convert.ToBase64String(new byte[32]));
        var article = await newsroom.PublishAsync("Told once");
        await HasStateAsync(newsroom, (string)article["id"]!, "sent");
        await newsroom.Service<IQueueStore>().SendAsync(ArticleChanged.Queue, new ArticleChanged((string)article["id"]!, (int)article["revision"]!).ToJson(), TimeSpan.Zero, Stop);
        await newsroom.SettledAsync();
        Assert.Single(receiver.Calls);

        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{article["id"]}", new { title = "Told anew" });
        await Newsroom.EventuallyAsync(() => Task.FromResult(receiver.Calls.Count == 2), "the change is told");
    }

    private static Task HasStateAsync(Newsroom newsroom, string article, params IReadOnlyList<string> states) => Newsroom.EventuallyAsync(
        async () => (string?)(await newsroom.GetAsync($"/api/articles/{article}/deliveries"))["items"]!.AsArray().SingleOrDefault()?["state"] is { } state && states.Contains(state),
        $"it is {string.Join(" or ", states)}");
}
