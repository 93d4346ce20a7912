using Pressroom.Tests.Flows;

namespace Pressroom.Tests.LocalHost;

public sealed class SecurityHeaderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_answer_says_how_little_a_browser_may_do_with_it()
    {
        await using var newsroom = await Newsroom.OpenAsync(["--Site:BaseUrl=https://news.example", "--Site:ApiBaseUrl=https://news.example/api"]);
        await newsroom.PublishAsync("Shown");
        await newsroom.SettledAsync();
        await newsroom.HealthyAsync();
        foreach (var (method, address, status) in new[]
        {
            ("GET", "/api/health", 200), ("GET", "/", 200), ("GET", "/feed.xml", 200), ("GET", "/nothing-here", 404), ("POST", "/", 405), ("GET", "/api/articles", 401),
            ("PUT", "/api/articles", 405), ("GET", "/api/nothing-here", 404), ("GET", "/api/moderate?token=x", 400), ("GET", "/api/docs", 200),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), address);
            using var answer = await newsroom.Reader.SendAsync(request, Stop);

            Assert.True(status == (int)answer.StatusCode, $"{method} {address}: {answer.StatusCode}");
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Contains("frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.NotEmpty(Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.Equal("max-age=31536000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        }
    }

    [Fact]
    public async Task A_site_without_https_does_not_ask_for_it()
    {
        await using var newsroom = await Newsroom.OpenAsync([]);
        using var answer = await newsroom.Reader.GetAsync(new Uri("/api/health", UriKind.Relative), Stop);

        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }
}
