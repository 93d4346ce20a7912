using System.Net;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.LocalHost;

/// <summary>HEAD, which RFC 9110, section 9.1, wants of every server that has GET.</summary>
public sealed class HeadTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_has_GET_answers_HEAD_with_the_same_status_and_headers_and_no_body()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = $"/api/articles/{(await newsroom.PublishAsync("Shown"))["id"]}";
        using var found = await newsroom.Editor.GetAsync(article, Stop);
        await CheckAsync("/api/health");
        await CheckAsync("/api/openapi.json");
        await CheckAsync("/api/docs");
        await CheckAsync("/api/articles?limit=1");
        await CheckAsync(article);
        await CheckAsync(article, HttpStatusCode.NotModified, ("If-None-Match", found.Headers.ETag!.Tag));
        await CheckAsync(article + "/comments");
        await CheckAsync("/api/subscribers/check-mail");
        await CheckAsync("/api/articles/0", HttpStatusCode.NotFound);
        await CheckAsync("/api/articles?limit=0", HttpStatusCode.BadRequest);
        await CheckAsync("/api/moderate?token=x", HttpStatusCode.BadRequest);
        await CheckAsync("/api/nothing-here", HttpStatusCode.NotFound);
        await CheckAsync("/api/backup");

        using var post = await newsroom.CallAsync(Newsroom.AdminToken, HttpMethod.Head, "/api/preview");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        using var nobody = await newsroom.CallAsync(null, HttpMethod.Head, article);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);

        async Task CheckAsync(string path, HttpStatusCode status = HttpStatusCode.OK, params (string Name, string Value)[] headers)
        {
            using var get = await newsroom.CallAsync(Newsroom.AdminToken, HttpMethod.Get, path, null, headers);
            using var head = await newsroom.CallAsync(Newsroom.AdminToken, HttpMethod.Head, path, null, headers);
            Assert.Equal((path, status, status), (path, get.StatusCode, head.StatusCode));
            Assert.Equal(HeadersOf(get), HeadersOf(head));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
        }
    }

    // An archive's name has the moment in it, and what is sent as it is made has no length.
    private static IEnumerable<string> HeadersOf(HttpResponseMessage answer) => answer.Headers.Concat(answer.Content.Headers)
        .Where(header => header.Key is not ("Date" or "Transfer-Encoding" or "Content-Disposition"))
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
        .Order(StringComparer.Ordinal);
}
