using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Pressroom.Tests.Announcements;
using Pressroom.Tests.Flows;
using Pressroom.Tests.Newsletters.Mail;

namespace Pressroom.Tests.Telemetry;

/// <summary>Nothing secret and no address leaves in what a host exports: all bytes of all signals are looked through.</summary>
public sealed class DiscretionTests
{
    private const string Whisper = "whispered";
    private const string Hush = "hushhush";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_token_no_secret_of_a_channel_and_nobodys_address_is_exported()
    {
        await using var collector = await Collector.StartAsync();
        await using var network = await FakeService.StartAsync(
            call => new ServiceAnswer(call.Path.Contains("slack", StringComparison.Ordinal) ? 500 : 404, $"{{\"error\":\"{call.Path} {call.Query}\"}}", []));
        await using var sendGrid = await FakeSendGrid.StartAsync();
        var nobody = FakeService.NobodyThere(out var taken);
        using var port = taken;
        var folder = Directory.CreateTempSubdirectory("pressroom-");
        using var host = await ChildHost.StartAsync(
            folder.FullName,
            [
                .. collector.Settings, ("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_BLRP_SCHEDULE_DELAY", "200"), ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
                ("AzureFunctionsJobHost__logging__logLevel__default", "Debug"), ("AzureFunctionsJobHost__logging__logLevel__Microsoft", "Debug"),
                .. Channel(0, "telegram", ("BaseUrl", network.BaseUrl.AbsoluteUri.TrimEnd('/')), ("Token", $"123456789:{Hush}-AAEhBP0av28bGxBYyQ0Xy5zJ6VxT9kLm2Nq"), ("ChatId", "@news")),
                .. Channel(1, "discord", ("Url", $"{network.BaseUrl}{Hush}/discord?key={Hush}")),
                .. Channel(2, "slack", ("Url", $"{network.BaseUrl}{Hush}/slack?key={Hush}")),
                .. Channel(3, "teams", ("Url", $"{nobody}{Hush}/teams?key={Hush}")),
                ("SendGrid__ApiKey", FakeSendGrid.ApiKey), ("SendGrid__BaseUrl", sendGrid.BaseUrl.AbsoluteUri), ("Mail__From", $"{Whisper}-desk@news.example"),
            ]);
        await host.SendAsync(HttpMethod.Post, "/api/articles", new { title = "Told to many", body = "Text.", status = "published" });
        sendGrid.FailNext(500, $"{{\"errors\":[{{\"message\":\"{FakeSendGrid.ApiKey} {Whisper}@example.net\"}}]}}");
        await AskAsync(HttpMethod.Post, "/api/subscribers", JsonContent.Create(new { email = $"{Whisper}@example.net" }));
        await AskAsync(HttpMethod.Post, "/api/subscribers", JsonContent.Create(new { email = $"{Whisper}-2@example.net" }));

        // Signed links, a look at a person, a token that is none, and queries that nobody asked for.
        await ChildHost.UntilAsync(() => Task.FromResult(!sendGrid.Delivered.IsEmpty), "a mail has come");
        var link = new Uri(Regex.Match(sendGrid.Delivered.First().Text, "http\\S+confirm\\?token=\\S+").Value).PathAndQuery;
        await AskAsync(HttpMethod.Get, link);
        await AskAsync(HttpMethod.Post, link, new FormUrlEncodedContent([]));
        await AskAsync(HttpMethod.Get, $"/api/people?email={Whisper}@example.net");
        await AskAsync(HttpMethod.Get, $"/?key={Hush}");
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Hush);
        await AskAsync(HttpMethod.Get, $"/api/tokens?key={Hush}");

        string[] wanted = ["announce telegram", "announce discord", "announce slack", "announce teams", "send mail", "/api/tokens"];
        await ChildHost.UntilAsync(() => Task.FromResult(wanted.All(collector.All("traces").Contains) && collector.All("metrics").Length > 0 && collector.All("logs").Contains("to channel {Channel}", StringComparison.Ordinal)), "all is exported");
        host.Kill();

        Assert.Contains("url.full", collector.All("traces"), StringComparison.Ordinal);
        Assert.Contains("Article {Article} to channel {Channel}", collector.All("logs"), StringComparison.Ordinal);
        string[] secrets = [Whisper, Hush, FakeSendGrid.ApiKey, Newsroom.AdminToken, link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..]];
        foreach (var signal in new[] { "traces", "metrics", "logs" })
        {
            Assert.All(secrets, secret => Assert.True(Around(collector.All(signal), secret) is not { } telling, $"It is in {signal}: {Around(collector.All(signal), secret)}"));
        }

        folder.Delete(recursive: true);

        async Task AskAsync(HttpMethod method, string address, HttpContent? content = null)
        {
            using var request = new HttpRequestMessage(method, address) { Content = content };
            using var answer = await host.Client.SendAsync(request, Stop);
        }
    }

    private static string? Around(string text, string secret) =>
        text.IndexOf(secret, StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? text[Math.Max(0, at - 80)..Math.Min(text.Length, at + 80)] : null;

    private static IEnumerable<(string Name, string Value)> Channel(int number, string kind, params (string Key, string Value)[] own) =>
        own.Prepend((Key: "Kind", Value: kind)).Select(pair => ($"Channels__{number}__{pair.Key}", pair.Value));
}
