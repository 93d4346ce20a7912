using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Time.Testing;
using Pressroom.LocalHost.Site;
using Pressroom.Storage;

namespace Pressroom.Tests.LocalHost;

public sealed class SiteTests
{
    private const string Html = "text/html; charset=utf-8";
    private static readonly string LongPage = "<!doctype html><title>Long</title>" + string.Concat(Enumerable.Repeat("<p>All work and no play</p>", 200));

    private readonly TellingMemoryBlobs blobs = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_is_served_with_its_headers_and_again_from_memory()
    {
        await WriteAsync("2026/11/news/index.html", "<p>news</p>");
        await using var host = await StartAsync();

        foreach (var _ in Enumerable.Range(0, 3))
        {
            var answer = await host.Client.GetAsync("/2026/11/news/", Cancellation);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("<p>news</p>", await answer.Content.ReadAsStringAsync(Cancellation));
            Assert.Equal(Html, answer.Content.Headers.ContentType?.ToString());
            Assert.Equal("public, max-age=60", answer.Headers.CacheControl?.ToString());
            Assert.Equal(new DateTimeOffset(2026, 11, 24, 10, 30, 0, TimeSpan.Zero), answer.Content.Headers.LastModified);
            Assert.NotNull(answer.Headers.ETag);
            Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
            Assert.Equal(["strict-origin-when-cross-origin"], answer.Headers.GetValues("Referrer-Policy"));
            Assert.Equal(
                ["default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self' https://api.example.org; img-src 'self' https:; media-src 'self' https:; form-action 'self' https://api.example.org; base-uri 'none'; frame-ancestors 'none'"],
                answer.Headers.GetValues("Content-Security-Policy"));
            Assert.False(answer.Headers.Contains("Server"));
        }

        Assert.Equal(1, blobs.Reads);
    }

    [Fact]
    public async Task HEAD_has_the_headers_of_GET_and_no_body()
    {
        await WriteAsync("index.html", LongPage);
        await using var host = await StartAsync();

        var get = await host.Client.GetAsync("/", Cancellation);
        var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"), Cancellation);

        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task A_folder_without_its_slash_is_sent_to_the_one_with_it()
    {
        await WriteAsync("tag/caf\u00e9/index.html", "<p>coffee</p>");
        await using var host = await StartAsync();

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var answer = await host.Client.GetAsync("/tag/caf%C3%A9?page=2", Cancellation);

            Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
            Assert.Equal("/tag/caf%C3%A9/?page=2", answer.Headers.Location?.OriginalString);
        }
    }

    [Theory]
    [InlineData("/caf%C3%A9/")]
    [InlineData("/cafe%CC%81/")]
    public async Task A_percent_encoded_path_is_found_whether_composed_or_not(string path)
    {
        await WriteAsync("caf\u00e9/index.html", "<p>coffee</p>");
        await using var host = await StartAsync();

        Assert.Equal("<p>coffee</p>", await host.Client.GetStringAsync(path, Cancellation));
        Assert.Equal("<p>coffee</p>", await host.Client.GetStringAsync(path, Cancellation));
        Assert.Equal(1, blobs.Reads);
    }

    [Theory]
    [InlineData("/old/")]
    [InlineData("/old")]
    public async Task A_blob_that_has_moved_answers_with_where_to(string path)
    {
        var moved = new BlobContent("moved"u8.ToArray(), Html) { Metadata = new Dictionary<string, string> { ["redirect"] = "/2026/11/%D8%AE%D8%A8%D8%B1/" } };
        await blobs.WriteAsync(new("$web", "old/index.html"), moved, BlobCondition.None, Cancellation);
        await using var host = await StartAsync();

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var answer = await host.Client.GetAsync(path, Cancellation);

            Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
            Assert.Equal("/2026/11/%D8%AE%D8%A8%D8%B1/", answer.Headers.Location?.OriginalString);
        }
    }

    [Fact]
    public async Task What_is_not_there_gets_the_sites_own_page_and_no_cache_keeps_it()
    {
        await using var host = await StartAsync();
        Assert.Equal("There is nothing at this address.\n", await (await host.Client.GetAsync("/gone", Cancellation)).Content.ReadAsStringAsync(Cancellation));

        await WriteAsync("404.html", "<p>not here</p>");
        var answer = await host.Client.GetAsync("/gone", Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("<p>not here</p>", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Null(answer.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/404.html", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_client_that_has_the_page_is_told_so()
    {
        await WriteAsync("index.html", LongPage);
        await using var host = await StartAsync();
        var first = await host.Client.GetAsync("/", Cancellation);

        Assert.Equal(304, await StatusAsync(("If-None-Match", first.Headers.ETag!.Tag)));
        Assert.Equal(304, await StatusAsync(("If-None-Match", $"\"other\", W/{first.Headers.ETag!.Tag}")));
        Assert.Equal(304, await StatusAsync(("If-None-Match", "*")));
        Assert.Equal(200, await StatusAsync(("If-None-Match", "\"other\"")));
        Assert.Equal(304, await StatusAsync(("If-Modified-Since", "Tue, 24 Nov 2026 10:30:00 GMT")));
        Assert.Equal(304, await StatusAsync(("If-Modified-Since", "Wed, 25 Nov 2026 00:00:00 GMT")));
        Assert.Equal(200, await StatusAsync(("If-Modified-Since", "Tue, 24 Nov 2026 10:29:59 GMT")));
        Assert.Equal(200, await StatusAsync(("If-Modified-Since", "yesterday")));
        Assert.Equal(200, await StatusAsync(("If-Modified-Since", "Tue, 24 Nov 2026 10:30:00 GMT"), ("If-None-Match", "\"other\"")));

        await WriteAsync("index.html", LongPage + "!");
        Assert.Equal(200, await StatusAsync(("If-None-Match", first.Headers.ETag!.Tag)));
        await WriteAsync("index.html", LongPage);
        Assert.Equal(304, await StatusAsync(("If-None-Match", first.Headers.ETag!.Tag)));

        async Task<int> StatusAsync(params (string Name, string Value)[] headers)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/");
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            var answer = await host.Client.SendAsync(request, Cancellation);
            Assert.Equal("Accept-Encoding", answer.Headers.Vary.Single());
            Assert.NotNull(answer.Headers.ETag);
            Assert.Equal((int)answer.StatusCode == 304 ? 0 : answer.Content.Headers.ContentLength, (await answer.Content.ReadAsByteArrayAsync(Cancellation)).Length);
            return (int)answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("br;q=0.5, gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0", null)]
    [InlineData("gzip;q=0, *", "br")]
    [InlineData("*;q=0", null)]
    [InlineData("BR", "br")]
    [InlineData("identity", null)]
    [InlineData("bread, gzipped", null)]
    [InlineData("", null)]
    public async Task A_text_is_packed_as_the_client_likes_it(string acceptEncoding, string? contentEncoding)
    {
        await WriteAsync("index.html", LongPage);
        await using var host = await StartAsync();
        var tags = new HashSet<EntityTagHeaderValue> { (await host.Client.GetAsync("/", Cancellation)).Headers.ETag! };

        var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        var answer = await host.Client.SendAsync(request, Cancellation);

        Assert.Equal(contentEncoding is null ? [] : [contentEncoding], answer.Content.Headers.ContentEncoding);
        Assert.Equal("Accept-Encoding", answer.Headers.Vary.Single());
        Assert.Equal(contentEncoding is not null, tags.Add(answer.Headers.ETag!));
        var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        using var reader = new StreamReader(contentEncoding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        });
        Assert.Equal(LongPage, await reader.ReadToEndAsync(Cancellation));
        Assert.True(contentEncoding is null || answer.Content.Headers.ContentLength < LongPage.Length / 4);
    }

    [Theory]
    [InlineData("image/png", 5000)]
    [InlineData(Html, 1023)]
    public async Task Pictures_and_short_texts_are_left_as_they_are(string contentType, int length)
    {
        await blobs.WriteAsync(new("$web", "file"), new BlobContent(new byte[length], contentType), BlobCondition.None, Cancellation);
        await using var host = await StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/file") { Headers = { { "Accept-Encoding", "br, gzip" } } };

        var answer = await host.Client.SendAsync(request, Cancellation);

        Assert.Empty(answer.Content.Headers.ContentEncoding);
        Assert.Empty(answer.Headers.Vary);
        Assert.Equal(length, answer.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/%2E%2E%2Fsecret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/x/../../secret.txt")]
    [InlineData("/x/%2e%2e/%2e%2e/secret.txt")]
    [InlineData("/..%5Csecret.txt")]
    [InlineData("/..\\secret.txt")]
    [InlineData("/%252e%252e/secret.txt")]
    [InlineData("/%c0%ae%c0%ae/secret.txt")]
    [InlineData("/%e0%80%ae%e0%80%ae/secret.txt")]
    [InlineData("/%ed%a0%80/x")]
    [InlineData("/\uff0e\uff0e/secret.txt")]
    [InlineData("//secret.txt")]
    [InlineData("//evil.example.org/%2e%2e")]
    [InlineData("/x//y")]
    [InlineData("/x/./y")]
    [InlineData("/secret.txt%00.html")]
    [InlineData("/x%0d%0aSet-Cookie:%20a=b")]
    [InlineData("/%7f")]
    [InlineData("/file:///etc/passwd")]
    [InlineData("/data/../../../../../../etc/passwd")]
    [InlineData("/C:/secret.txt")]
    public async Task No_path_leads_out_of_the_site(string path)
    {
        await blobs.WriteAsync(new("secret", "secret.txt"), new BlobContent("TOP SECRET"u8.ToArray(), "text/plain"), BlobCondition.None, Cancellation);
        var asked = new List<BlobPath>();
        blobs.BeforeAnswer = blob =>
        {
            asked.Add(blob);
            return Task.CompletedTask;
        };
        await using var host = await StartAsync();

        var answer = await RawAsync(host.Address, $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Matches("^HTTP/1.1 (400|404) ", answer);
        Assert.DoesNotContain("TOP SECRET", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Location:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", answer.Split("\r\n\r\n")[0], StringComparison.Ordinal);
        Assert.All(asked, blob => Assert.Equal("$web", blob.Container));
        Assert.All(asked, blob => Assert.DoesNotContain("..", blob.Name.Split('/')));
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task A_path_that_is_too_long_to_be_a_blob_is_just_not_there()
    {
        await using var host = await StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/" + new string('a', 256), Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/" + string.Concat(Enumerable.Repeat("abc/", 300)), Cancellation)).StatusCode);
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task A_change_is_seen_at_once_in_every_answer_that_hangs_on_it()
    {
        await using var host = await StartAsync();
        Assert.Equal(404, await StatusAsync("/x"));

        await WriteAsync("x/index.html", "one");
        Assert.Equal((301, 200), (await StatusAsync("/x"), await StatusAsync("/x/")));
        await WriteAsync("x", "a file now");
        Assert.Equal((200, 200), (await StatusAsync("/x"), await StatusAsync("/x/")));
        await blobs.DeleteAsync(new("$web", "x"), Cancellation);
        Assert.Equal(301, await StatusAsync("/x"));
        await WriteAsync("x/index.html", "two");
        Assert.Equal("two", await host.Client.GetStringAsync("/x/", Cancellation));
        Assert.Equal("two", await host.Client.GetStringAsync("/x/index.html", Cancellation));
        await blobs.DeleteAsync(new("$web", "x/index.html"), Cancellation);
        Assert.Equal((404, 404, 404), (await StatusAsync("/x"), await StatusAsync("/x/"), await StatusAsync("/x/index.html")));

        async Task<int> StatusAsync(string path) => (int)(await host.Client.GetAsync(path, Cancellation)).StatusCode;
    }

    [Fact]
    public async Task A_change_during_a_reading_leaves_no_stale_answer()
    {
        await WriteAsync("x/index.html", "old");
        var (reading, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        blobs.BeforeAnswer = _ =>
        {
            blobs.BeforeAnswer = _ => Task.CompletedTask;
            reading.SetResult();
            return goOn.Task;
        };
        await using var host = await StartAsync();

        var early = host.Client.GetStringAsync("/x/", Cancellation);
        await reading.Task.WaitAsync(Cancellation);
        await WriteAsync("x/index.html", "new");
        Assert.Equal("new", await host.Client.GetStringAsync("/x/", Cancellation));
        goOn.SetResult();
        Assert.Equal("old", await early);
        Assert.Equal("new", await host.Client.GetStringAsync("/x/", Cancellation));
    }

    [Fact]
    public async Task Whoever_asks_after_a_write_never_gets_what_was_before_it()
    {
        await using var host = await StartAsync();
        using var done = new CancellationTokenSource();
        var written = 0;
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var atLeast = Volatile.Read(ref written);
                var answer = await host.Client.GetAsync("/n", Cancellation);
                var got = answer.StatusCode == HttpStatusCode.NotFound ? 0 : int.Parse(await answer.Content.ReadAsStringAsync(Cancellation), System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(got >= atLeast, $"read {got} after {atLeast} was written");
            }
        })).ToList();

        for (var number = 1; number <= 2000; number++)
        {
            await WriteAsync("n", $"{number}");
            Volatile.Write(ref written, number);
            if (number % 20 == 0)
            {
                await Task.Delay(1, Cancellation);
            }
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task Many_who_ask_at_once_cost_one_reading()
    {
        await WriteAsync("index.html", LongPage);
        var goOn = new TaskCompletionSource();
        blobs.BeforeAnswer = _ => goOn.Task;
        await using var host = await StartAsync();

        var asking = Enumerable.Range(0, 20).Select(_ => host.Client.GetStringAsync("/", Cancellation)).ToList();
        await Eventually.HoldsAsync(() => blobs.Reads == 1);
        goOn.SetResult();

        Assert.All(await Task.WhenAll(asking), page => Assert.Equal(LongPage, page));
        Assert.Equal(1, blobs.Reads);
    }

    [Fact]
    public async Task A_reading_that_fails_is_a_problem_once_and_leaves_nothing_behind()
    {
        await WriteAsync("index.html", "home");
        blobs.BeforeAnswer = _ => throw new IOException("no answer");
        await using var host = await StartAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, (await host.Client.GetAsync("/", Cancellation)).StatusCode);
        Assert.Single(host.Log.Errors);
        blobs.BeforeAnswer = _ => Task.CompletedTask;
        Assert.Equal("home", await host.Client.GetStringAsync("/", Cancellation));
    }

    [Fact]
    public async Task Where_others_write_too_own_changes_are_seen_at_once_and_theirs_after_a_second()
    {
        var time = new FakeTimeProvider();
        var shared = new TellingMemoryBlobs { IsAlone = false };
        await shared.WriteAsync(new BlobPath("$web", "index.html"), new BlobContent("one"u8.ToArray(), Html), BlobCondition.None, Cancellation);
        await using var host = await RunningHost.StartAsync(new() { Blobs = shared, Time = time });
        Assert.Equal("one", await host.Client.GetStringAsync("/", Cancellation));

        await shared.WriteAsync(new BlobPath("$web", "index.html"), new BlobContent("two"u8.ToArray(), Html), BlobCondition.None, Cancellation);
        Assert.Equal("two", await host.Client.GetStringAsync("/", Cancellation));

        shared.TellsNobody = true;
        await shared.WriteAsync(new BlobPath("$web", "index.html"), new BlobContent("three"u8.ToArray(), Html), BlobCondition.None, Cancellation);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("three", await host.Client.GetStringAsync("/", Cancellation));
    }

    [Fact]
    public async Task Without_word_of_changes_an_answer_is_good_for_a_second()
    {
        var time = new FakeTimeProvider();
        var silent = new MemoryBlobs();
        await silent.WriteAsync(new("$web", "index.html"), new BlobContent("one"u8.ToArray(), Html), BlobCondition.None, Cancellation);
        await using var host = await RunningHost.StartAsync(new() { Blobs = silent, Time = time });
        Assert.Equal("one", await host.Client.GetStringAsync("/", Cancellation));

        await silent.WriteAsync(new("$web", "index.html"), new BlobContent("two"u8.ToArray(), Html), BlobCondition.None, Cancellation);
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal("one", await host.Client.GetStringAsync("/", Cancellation));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("two", await host.Client.GetStringAsync("/", Cancellation));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", await host.Client.GetStringAsync("/", Cancellation));
        Assert.Equal(2, silent.Reads); // what has not changed is only looked at
    }

    [Fact]
    public async Task Mapped_addresses_come_before_the_site()
    {
        await WriteAsync("api/ping", "from the site");
        await using var host = await RunningHost.StartAsync(new() { Blobs = blobs, Functions = [typeof(Ping)] });

        Assert.Equal("from the function", await host.Client.GetStringAsync("/api/ping", Cancellation));
        Assert.Equal("from the function", await host.Client.GetStringAsync("/api/ping", Cancellation));
    }

    [Fact]
    public async Task The_cache_stays_in_its_bounds_and_keeps_what_is_asked_for()
    {
        var cache = new SiteCache(mostBytes: 100_000, freshFor: TimeSpan.FromHours(1), keptFor: TimeSpan.FromHours(1), TimeProvider.System);
        var read = new Dictionary<string, int>();
        SiteCache.Read page = (path, _) =>
        {
            read[path] = read.GetValueOrDefault(path) + 1;
            return Task.FromResult<SiteAnswer?>(SitePage.Of(new Blob(new BlobContent(new byte[path == "/huge" ? 50_000 : 4_000], "image/png"), new ETag("1"), DateTimeOffset.UnixEpoch), ""));
        };

        await cache.GetAsync("/popular", page);
        for (var number = 0; number < 100; number++)
        {
            Assert.NotNull(cache.Find("/popular"));
            await cache.GetAsync($"/{number}", page);
        }

        Assert.Equal(1, read["/popular"]);
        Assert.Null(cache.Find("/0"));
        Assert.NotNull(cache.Find("/99"));
        var kept = Enumerable.Range(0, 100).Count(number => cache.Find($"/{number}") is not null);
        Assert.InRange(kept, 15, 19);

        await cache.GetAsync("/huge", page);
        Assert.Null(cache.Find("/huge"));
        Assert.NotNull(cache.Find("/popular"));
    }

    [Fact]
    public async Task What_nobody_asks_for_leaves_the_cache()
    {
        var time = new FakeTimeProvider();
        var cache = new SiteCache(mostBytes: 100_000, freshFor: TimeSpan.FromSeconds(10), keptFor: TimeSpan.FromMinutes(2), time);
        var compared = new List<string>();
        SiteCache.Read page = (path, stale) =>
        {
            if (stale is not null)
            {
                compared.Add(path);
            }

            return Task.FromResult<SiteAnswer?>(SitePage.Of(new Blob(new BlobContent(new byte[4_000], "image/png"), new ETag("1"), DateTimeOffset.UnixEpoch), ""));
        };

        await cache.GetAsync("/left", page);
        for (var minute = 0; minute < 3; minute++)
        {
            await cache.GetAsync("/read", page);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        await cache.GetAsync("/new", page);
        await cache.GetAsync("/left", page);
        await cache.GetAsync("/read", page);
        Assert.Equal(["/read", "/read", "/read"], compared);
    }

    // The clock stands still, so that only a change makes an answer stale.
    private Task<RunningHost> StartAsync() => RunningHost.StartAsync(new() { Blobs = blobs, Time = new FakeTimeProvider() });

    private Task<ETag?> WriteAsync(string name, string text) =>
        blobs.WriteAsync(new("$web", name), new BlobContent(Encoding.UTF8.GetBytes(text), Html) { CacheControl = "public, max-age=60" }, BlobCondition.None, Cancellation);

    private static async Task<string> RawAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Cancellation);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), Cancellation);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync(Cancellation);
    }

    public sealed class Ping
    {
        [Function("Ping")]
#pragma warning disable CA1822 // Functions are methods of instances.
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ping")] HttpRequest request) => Results.Text("from the function");
#pragma warning restore CA1822
    }
}
