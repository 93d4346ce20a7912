using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.LocalHost;

/// <summary>The headers of the answers that are not what was asked for.</summary>
public sealed class AnswerHeaderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_refusal_and_failure_says_how_little_a_browser_may_do_with_it_and_names_no_server()
    {
        await using var newsroom = await Newsroom.OpenAsync(ShiftedClock.AtAWindowsBeginning().Set, "--Access:LimitPerPrefix=3");
        var article = await newsroom.PublishAsync("Shown");
        var address = $"/api/articles/{article["id"]}";
        using var found = await newsroom.Editor.GetAsync(address, Stop);
        await CheckAsync(HttpStatusCode.NotModified, HttpMethod.Get, address, null, ("If-None-Match", found.Headers.ETag!.Tag));
        await CheckAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/api/articles", Json("{"));
        await CheckAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/api/articles/0");
        await CheckAsync(HttpStatusCode.MethodNotAllowed, HttpMethod.Delete, "/api/openapi.json");
        await CheckAsync(HttpStatusCode.PreconditionRequired, HttpMethod.Put, address, Json("{}"));
        await CheckAsync(HttpStatusCode.RequestEntityTooLarge, HttpMethod.Post, "/api/tokens", Json(new string(' ', 100_000)));
        await CheckAsync(HttpStatusCode.UnsupportedMediaType, HttpMethod.Post, "/api/articles", new StringContent("x"));
        await CheckAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, "/api/media?decorative=true", new ByteArrayContent([0xFF, 0xD8, 0xFF]) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } });
        for (var call = 0; call < 4; call++)
        {
            using var last = await newsroom.Reader.GetAsync(address + "/comments", Stop);
            Assert.Equal(call < 3 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, last.StatusCode);
            Check(last);
        }

        await newsroom.SettledAsync(); // what follows from the article would make the folder again
        Directory.Move(newsroom.DataFolder, newsroom.DataFolder + "-away");
        await CheckAsync(HttpStatusCode.InternalServerError, HttpMethod.Post, "/api/articles", Json("""{"title":"A","body":"B"}"""));
        Directory.Move(newsroom.DataFolder + "-away", newsroom.DataFolder);

        async Task CheckAsync(HttpStatusCode status, HttpMethod method, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
        {
            using var answer = await newsroom.CallAsync(Newsroom.AdminToken, method, path, body, headers);
            Assert.True(answer.StatusCode == status, $"{method} {path}: {answer.StatusCode}");
            Check(answer);
        }
    }

    private static HttpContent Json(string text) => new StringContent(text, Encoding.UTF8, "application/json");

    private static void Check(HttpResponseMessage answer)
    {
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.Empty(answer.Headers.Server);
        Assert.False(answer.Headers.Contains("X-Powered-By"));
        Assert.Equal(answer.StatusCode == HttpStatusCode.NotModified ? null : answer.IsSuccessStatusCode ? "application/json" : "application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }
}
