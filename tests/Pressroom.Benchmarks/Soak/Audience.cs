using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace Pressroom.Benchmarks.Soak;

/// <summary>The readers: they read, come again, lose their way, comment, subscribe and leave.</summary>
internal sealed class Audience(HttpClient reader, Newsroom newsroom, Mailbox mailbox, CallLog calls)
{
    private static readonly string[] Lists =
    [
        "/", "/language/en/", .. Enumerable.Range(0, 6).Select(number => $"/section/section-{number}/"),
        .. Enumerable.Range(0, 24).Select(number => $"/tag/topic-{number}/"), .. Enumerable.Range(0, 12).Select(number => $"/author/reporter-{number}/"),
    ];

    private static readonly string[] Feeds =
    [
        "/feed.xml", "/atom.xml", "/feed.json", "/sitemap.xml", "/news-sitemap.xml", "/robots.txt", "/section/section-1/feed.xml", "/tag/topic-3/atom.xml",
        "/author/reporter-5/feed.json",
    ];

    private readonly ConcurrentDictionary<string, string> seen = new(StringComparer.Ordinal);
    private int commented;
    private int signups;

    /// <summary>How many have asked to subscribe.</summary>
    public int Signups => signups;

    public async Task ReadPageAsync()
    {
        if (newsroom.Pick() is { } article && await SendAboutAsync("page", article, new(HttpMethod.Get, article.Path), HttpStatusCode.OK) is { } reply)
        {
            article.ETag = reply.ETag;
        }
    }

    public async Task ReadPageAgainAsync()
    {
        if (newsroom.Pick() is { ETag: { } version } article)
        {
            await SendAboutAsync("page, come again", article, Again(article.Path, version), HttpStatusCode.OK, HttpStatusCode.NotModified);
        }
    }

    public Task ReadListAsync() => calls.SendAsync("list", reader, new(HttpMethod.Get, Any(Lists)), HttpStatusCode.OK);

    public async Task ReadFeedAsync()
    {
        var path = Any(Feeds);
        var request = seen.TryGetValue(path, out var version) ? Again(path, version) : new(HttpMethod.Get, path);
        if (await calls.SendAsync("feed", reader, request, status => status is HttpStatusCode.OK or HttpStatusCode.NotModified) is { ETag: { } newer })
        {
            seen[path] = newer;
        }
    }

    public Task LoseTheWayAsync() => calls.SendAsync(
        "nothing there", reader, new(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/2026/11/no-such-{Random.Shared.Next()}/")), HttpStatusCode.NotFound);

    public async Task ReadCommentsAsync()
    {
        if (newsroom.Pick() is { } article)
        {
            await SendAboutAsync("comments read", article, new(HttpMethod.Get, $"/api/articles/{article.Id}/comments"), HttpStatusCode.OK);
        }
    }

    public async Task CommentAsync()
    {
        if (newsroom.Pick() is { } article)
        {
            await SendAboutAsync("comment, JSON", article, Comment(article, fields => JsonContent.Create(fields)), HttpStatusCode.Accepted);
        }
    }

    public async Task CommentByFormAsync()
    {
        if (newsroom.Pick() is { } article)
        {
            await SendAboutAsync("comment, form", article, Comment(article, fields => new FormUrlEncodedContent(fields)), HttpStatusCode.SeeOther);
        }
    }

    public async Task SignUpAsync()
    {
        var address = new Dictionary<string, string> { ["email"] = string.Create(CultureInfo.InvariantCulture, $"new.reader.{Guid.NewGuid():N}@example.net") };
        var reply = Random.Shared.Next(2) == 0
            ? await calls.SendAsync("subscribe, JSON", reader, new(HttpMethod.Post, "/api/subscribers") { Content = JsonContent.Create(address) }, HttpStatusCode.Accepted)
            : await calls.SendAsync("subscribe, form", reader, new(HttpMethod.Post, "/api/subscribers") { Content = new FormUrlEncodedContent(address) }, HttpStatusCode.SeeOther);
        if (reply is not null)
        {
            Interlocked.Increment(ref signups);
        }
    }

    public async Task ConfirmAsync()
    {
        if (mailbox.ToConfirm.TryDequeue(out var link))
        {
            await FollowAsync("confirm", link, null);
        }
    }

    public async Task UnsubscribeAsync()
    {
        if (mailbox.ToLeave.TryDequeue(out var link))
        {
            await FollowAsync("unsubscribe", link, new() { ["List-Unsubscribe"] = "One-Click" });
        }
    }

    private async Task FollowAsync(string kind, string link, Dictionary<string, string>? form)
    {
        await calls.SendAsync($"{kind}: look", reader, new(HttpMethod.Get, link), HttpStatusCode.OK);
        await calls.SendAsync(kind, reader, new(HttpMethod.Post, link) { Content = new FormUrlEncodedContent(form ?? []) }, HttpStatusCode.OK);
    }

    // An article that was taken back in that moment may be there or not.
    private Task<Reply?> SendAboutAsync(string kind, SoakArticle article, HttpRequestMessage request, params HttpStatusCode[] expected)
    {
        var changes = article.Changes;
        return calls.SendAsync(
            kind, reader, request, status => expected.Contains(status) || (status == HttpStatusCode.NotFound && (!article.IsLive || article.Changes != changes)));
    }

    private HttpRequestMessage Comment(SoakArticle article, Func<Dictionary<string, string>, HttpContent> content)
    {
        var number = Interlocked.Increment(ref commented);
        return new HttpRequestMessage(HttpMethod.Post, $"/api/articles/{article.Id}/comments")
        {
            Content = content(CommentBenchmark.Comment(number)),
        };
    }

    private static HttpRequestMessage Again(string path, string version)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("If-None-Match", version);
        return request;
    }

    private static string Any(string[] paths) => paths[Random.Shared.Next(paths.Length)];
}
