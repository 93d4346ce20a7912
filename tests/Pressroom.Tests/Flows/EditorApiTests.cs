using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Pressroom.Tests.Flows;

public sealed class EditorApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, int> BadArticles => new()
    {
        { """{"title":"","body":"x"}""", "title", 400 },
        { """{"title":"   ","body":"x"}""", "title", 400 },
        { """{"body":"x"}""", "title", 400 },
        { """{"title":"a\u0000b","body":"x"}""", "title", 400 },
        { """{"title":"\ud800","body":"x"}""", "title", 400 },
        { """{"title":7,"body":"x"}""", "title", 400 },
        { """{"title":"\u200b\u2060 \u00a0","body":"x"}""", "title", 400 },
        { """{"title":"x"}""", "body", 400 },
        { """{"title":"x","body":"","status":"published"}""", "body", 400 },
        { """{"title":"x","body":["y"]}""", "body", 400 },
        { """{"title":"x","body":"<script>alert(1)</script><!-- y -->","status":"published"}""", "body", 400 },
        { """{"title":"x","body":"<style>y</style>","format":"html","status":"scheduled","publishAt":"2190-01-01T00:00:00Z"}""", "body", 400 },
        { """{"title":"x","body":"y","colour":"red"}""", "colour", 400 },
        { """{"title":"x","body":"y","image":{"url":"https://e.org/a.jpg","size":3}}""", "image.size", 400 },
        { """{"title":"x","body":"y","image":{"url":"javascript:alert(1)"}}""", "image.url", 400 },
        { """{"title":"x","body":"y","source":{"name":"n","url":"ftp://e.org"}}""", "source.url", 400 },
        { """{"title":"x","body":"y","publishAt":"yesterday"}""", "publishAt", 400 },
        { """{"title":"x","body":"y","publishAt":"2026-02-30T10:00:00Z"}""", "publishAt", 400 },
        { """{"title":"x","body":"y","publishAt":"2026-02-03T10:00:00"}""", "publishAt", 400 },
        { """{"title":"x","body":"y","publishAt":"0001-01-01T00:00:00Z"}""", "publishAt", 400 },
        { """{"title":"x","body":"y","status":"scheduled"}""", "publishAt", 400 },
        { """{"title":"x","body":"y","status":"scheduled","publishAt":"2020-01-01T00:00:00Z"}""", "publishAt", 400 },
        { """{"title":"x","body":"y","status":"published","publishAt":"2190-01-01T00:00:00Z"}""", "publishAt", 400 },
        { """{"title":"x","body":"y","status":"live"}""", "status", 400 },
        { """{"title":"x","body":"y","language":"klingonese"}""", "language", 400 },
        { """{"title":"x","body":"y","language":"qq"}""", "language", 400 },
        { """{"title":"x","body":"y","slug":"../../etc/passwd"}""", "slug", 400 },
        { """{"title":"x","body":"y","slug":"a/b"}""", "slug", 400 },
        { """{"title":"x","body":"y","slug":"a--b"}""", "slug", 400 },
        { """{"title":"x","body":"y","slug":"taken"}""", "slug", 409 },
        { """{"title":"x","body":"y","section":"***"}""", "section", 400 },
        { """{"title":"x","body":"y","tags":["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q"]}""", "tags", 400 },
        { """{"title":"x","body":"y","tags":[""]}""", "tags", 400 },
        { """{"title":"x","body":"y","tags":"news"}""", "tags", 400 },
        { """{"title":"x","body":"y","tags":["a\u202eb"]}""", "tags", 400 },
        { """{"title":"x","body":"y","announce":{"text":{"mastodon":"EMOJI"}}}""".Replace("EMOJI", string.Concat(Enumerable.Repeat(@"\ud83d\ude42", 7_000)), StringComparison.Ordinal), "announce.text", 400 },
        { """{"title":"x","body":"y","announce":{"text":{"NAME":"z"}}}""".Replace("NAME", new string('n', 40_000), StringComparison.Ordinal), "announce.text", 400 },
        { """{"title":"x","body":"y","translationOf":"nobody"}""", "translationOf", 400 },
        { """{"title":"x","body":"y","translationOf":"00000000000000000000000000000000"}""", "translationOf", 400 },
        { """{"title":"x","body":"y","format":"rtf"}""", "format", 400 },
        { """{"title":"x","body":"y","newsletter":"yes"}""", "newsletter", 400 },
        { """{"title":"x","title":"z","body":"y"}""", "$", 400 },
        { """{"title":"x","body":"y","\ud800":1}""", "$", 400 },
        { """{"title":"x","body":"y","source":{"name":"n","\udfff":1}}""", "$", 400 },
        { """{"title":"x","body":"y","announce":{"text":{"\ud800":"z"}}}""", "$", 400 },
        { """{"title":"x","body":"y",}""", "$", 400 },
        { """{"title":"x","body":""", "$", 400 },
        { """["title"]""", "$", 400 },
        { "\"\xFF\xFE\"", "$", 400 },
    };

    [Fact]
    public async Task Bad_articles_are_refused_by_the_field_and_nothing_is_stored()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await newsroom.PostAsync("/api/articles", new { title = "Taken", body = "x", slug = "taken" });
        foreach (var (json, field, status) in BadArticles.Select(row => row.Data))
        {
            using var answer = await newsroom.Editor.PostAsync("/api/articles", Json(json), Stop);
            var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!;
            Assert.True(status == (int)answer.StatusCode, $"{json}: {answer.StatusCode} {problem}");
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal(status, (int)problem["status"]!);
            Assert.StartsWith("urn:pressroom:problem:", (string?)problem["type"], StringComparison.Ordinal);
            Assert.True(problem["errors"]!.AsObject().ContainsKey(field), $"{json}: {problem}");
        }

        Assert.Single((await newsroom.GetAsync("/api/articles"))["items"]!.AsArray());
        Assert.Single(Directory.GetDirectories(Path.Combine(newsroom.DataFolder, "articles")));
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task Every_wrong_field_is_named_at_once()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var problem = await newsroom.PostAsync("/api/articles", new { title = "", body = "x", language = "??", slug = "!", extra = 1 }, HttpStatusCode.BadRequest);
        Assert.Equal(["extra", "language", "slug", "title"], problem["errors"]!.AsObject().Select(error => error.Key));
    }

    [Theory]
    [InlineData(1024 * 1024 + 1)]
    [InlineData(5 * 1024 * 1024)]
    public async Task A_body_over_the_limit_is_refused(int length)
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var problem = await newsroom.PostAsync("/api/articles", new { title = "Long", body = new string('x', length) }, HttpStatusCode.RequestEntityTooLarge);
        Assert.True(problem["errors"]!.AsObject().ContainsKey("body"));
        Assert.Empty((await newsroom.GetAsync("/api/articles"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_body_of_exactly_the_limit_is_published()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var paragraph = string.Concat(Enumerable.Repeat("كلمات ", 100)) + "\n\n";
        var body = string.Concat(Enumerable.Repeat(paragraph, 1024 * 1024 / Encoding.UTF8.GetByteCount(paragraph)));
        var article = await newsroom.PublishAsync("Long read", new { body, language = "ar" });
        Assert.True((await newsroom.ReadAsync(PublishingTests.PathOf(article)))!.Length > 500_000);
    }

    [Fact]
    public async Task Script_is_stripped_from_what_readers_get()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        const string hostile = "<p onclick=\"alert(1)\">Text<script>alert(2)</script><a href=\"javascript:alert(3)\">x</a><img src=x onerror=alert(4)></p>";
        foreach (var format in new[] { "html", "markdown" })
        {
            var article = await newsroom.PublishAsync($"<script>alert('{format}')</script>", new { body = hostile, format, summary = "\"><script>alert(5)</script>" });
            await newsroom.ShowsAsync("/feed.xml", PublishingTests.PathOf(article));
            foreach (var address in new[] { PublishingTests.PathOf(article), "/", "/feed.xml", "/atom.xml", "/feed.json" })
            {
                // A JSON Feed's title is plain text, so that it says what the editor typed.
                var page = address == "/feed.json"
                    ? string.Concat(JsonNode.Parse((await newsroom.ReadAsync(address))!)!["items"]!.AsArray().Select(item => (string?)item!["content_html"]))
                    : await newsroom.ReadAsync(address);
                Assert.DoesNotContain("<script>alert", page, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("onclick", page, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("onerror", page, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("javascript:", page, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public async Task Replacing_needs_the_version_that_it_replaces()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("First", new { summary = "S", tags = new[] { "t" } });
        var address = $"/api/articles/{article["id"]}";
        var replacement = new { title = "Second", body = "New." };

        await newsroom.SendAsync(HttpMethod.Put, address, replacement, HttpStatusCode.PreconditionRequired);
        await newsroom.SendAsync(HttpMethod.Put, address, replacement, HttpStatusCode.PreconditionFailed, ifMatch: "\"7\"");
        await newsroom.SendAsync(HttpMethod.Put, address, replacement, HttpStatusCode.PreconditionFailed, ifMatch: "W/\"1\"");
        await newsroom.SendAsync(HttpMethod.Put, address, replacement, ifMatch: "\"1\"");
        await newsroom.SendAsync(HttpMethod.Put, address, replacement, HttpStatusCode.PreconditionFailed, ifMatch: "\"1\"");

        var now = await newsroom.GetAsync(address);
        Assert.Equal(("Second", "New.", "published", "first"), ((string?)now["title"], (string?)now["body"], (string?)now["status"], (string?)now["slug"]));
        Assert.Null(now["summary"]);
        Assert.Empty(now["tags"]!.AsArray());

        await newsroom.SendAsync(HttpMethod.Patch, address, new { summary = "Again" }, HttpStatusCode.PreconditionFailed, ifMatch: "\"1\"");
        await newsroom.SendAsync(HttpMethod.Delete, address, null, HttpStatusCode.PreconditionFailed, ifMatch: "\"1\"");
        await newsroom.SendAsync(HttpMethod.Delete, address, null, HttpStatusCode.NoContent, ifMatch: "\"2\"");
    }

    [Fact]
    public async Task An_article_that_has_not_changed_is_not_sent_again()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Same");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/articles/{article["id"]}");
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"1\""));
        using var answer = await newsroom.Editor.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.Equal("\"1\"", answer.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task A_repeated_post_with_its_key_makes_one_article_and_gets_the_same_answer()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SendWithKeyAsync(newsroom, "k-1", """{"title":"Once","body":"x","status":"published"}""")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.Status));
        Assert.Single(answers.Select(answer => answer.Body).Distinct());
        Assert.Single((await newsroom.GetAsync("/api/articles"))["items"]!.AsArray());

        var id = (string)JsonNode.Parse(answers[0].Body)!["id"]!;
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{id}", new { title = "Changed" });
        Assert.Equal(answers[0], await SendWithKeyAsync(newsroom, "k-1", """{"title":"Once","body":"x","status":"published"}"""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendWithKeyAsync(newsroom, "k-1", """{"title":"Other","body":"x"}""")).Status);
        Assert.Equal(HttpStatusCode.Created, (await SendWithKeyAsync(newsroom, "k-2", """{"title":"Once","body":"x"}""")).Status);
    }

    [Fact]
    public async Task Tokens_open_what_their_roles_allow_until_they_are_revoked()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(newsroom, null, HttpMethod.Get, "/api/articles"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(newsroom, "prt_0123456789abcdef_00", HttpMethod.Get, "/api/articles"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(newsroom, "prt_../../x_y", HttpMethod.Get, "/api/articles"));

        var editor = await newsroom.PostAsync("/api/tokens", new { name = "Desk", roles = new[] { "editor" } });
        var moderator = await newsroom.PostAsync("/api/tokens", new { name = "Comments", roles = new[] { "moderator" } });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(newsroom, (string)editor["token"]!, HttpMethod.Get, "/api/articles"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(newsroom, (string)editor["token"]!, HttpMethod.Get, "/api/tokens"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(newsroom, (string)moderator["token"]!, HttpMethod.Get, "/api/articles"));

        var list = await newsroom.GetAsync("/api/tokens");
        Assert.Equal(2, list["items"]!.AsArray().Count);
        Assert.DoesNotContain((string)editor["token"]!, list.ToJsonString(), StringComparison.Ordinal);
        await newsroom.SendAsync(HttpMethod.Delete, $"/api/tokens/{editor["id"]}", null, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(newsroom, (string)editor["token"]!, HttpMethod.Get, "/api/articles"));
        await newsroom.PostAsync("/api/tokens", new { name = "x", roles = new[] { "king" } }, HttpStatusCode.BadRequest);
        await newsroom.PostAsync("/api/tokens", new { name = "x", roles = Array.Empty<string>() }, HttpStatusCode.BadRequest);
        Assert.DoesNotContain(newsroom.Log.Lines, line => line.Contains((string)editor["token"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lists_filter_and_page()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        for (var number = 1; number <= 25; number++)
        {
            await newsroom.PublishAsync($"Piece {number}", new
            {
                status = number % 2 == 0 ? "published" : "draft",
                section = number % 5 == 0 ? "Fünf" : "Rest",
                tags = new[] { number % 3 == 0 ? "Drei" : "Andere" },
                author = "Amina Haddad",
                language = number <= 20 ? "de" : "fr",
            });
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await newsroom.GetAsync($"/api/articles?limit=7{(cursor is null ? "" : "&cursor=" + cursor)}");
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["title"]!));
            cursor = (string?)page["cursor"];
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Range(1, 25).Reverse().Select(number => $"Piece {number}"), seen);

        Assert.Equal(12, await CountAsync(newsroom, "status=published"));
        Assert.Equal(5, await CountAsync(newsroom, "section=F%C3%BCnf"));
        Assert.Equal(4, await CountAsync(newsroom, "tag=drei&status=published"));
        Assert.Equal(5, await CountAsync(newsroom, "language=fr"));
        Assert.Equal(25, await CountAsync(newsroom, "author=amina-haddad"));
        Assert.Equal(2, await CountAsync(newsroom, "author=Amina%20Haddad&language=fr&status=published"));
        foreach (var bad in new[] { "limit=0", "limit=101", "limit=x", "cursor=***", "status=live", "language=??", "tag=***" })
        {
            await newsroom.SendAsync(HttpMethod.Get, $"/api/articles?{bad}", null, HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task History_keeps_every_revision_and_brings_one_back()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("One", new { body = "First text." });
        var address = $"/api/articles/{article["id"]}";
        await newsroom.SendAsync(HttpMethod.Patch, address, new { title = "Two", body = "Second text." });
        var restored = await newsroom.PostAsync($"{address}/revisions/1/restore", new { }, HttpStatusCode.OK);
        Assert.Equal(("One", 3), ((string?)restored["title"], (int)restored["revision"]!));
        Assert.Contains("First text.", await newsroom.ReadAsync(PublishingTests.PathOf(article)), StringComparison.Ordinal);

        var history = (await newsroom.GetAsync($"{address}/revisions"))["items"]!.AsArray();
        Assert.Equal(["created", "edited", "restored revision 1"], history.Select(item => (string?)item!["change"]));
        Assert.All(history, item => Assert.Equal("admin", (string?)item!["savedBy"]));
        Assert.Equal("Second text.", (string?)(await newsroom.GetAsync($"{address}/revisions/2"))["body"]);
        foreach (var none in new[] { "0", "4", "x", "99999999999" })
        {
            await newsroom.SendAsync(HttpMethod.Get, $"{address}/revisions/{none}", null, HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A_preview_shows_the_page_and_stores_nothing()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var preview = await newsroom.PostAsync("/api/preview", new { title = "Draft of mine", body = "Some **text**." }, HttpStatusCode.OK);
        Assert.Contains("<strong>text</strong>", (string)preview["html"]!, StringComparison.Ordinal);
        Assert.Contains("noindex", (string)preview["html"]!, StringComparison.Ordinal);
        Assert.Empty((await newsroom.GetAsync("/api/articles"))["items"]!.AsArray());
        var created = await newsroom.PublishAsync("Draft of mine");
        Assert.Equal("draft-of-mine", (string?)created["slug"]);
    }

    [Theory]
    [InlineData("markdown", ">", 5_000)]
    [InlineData("markdown", "[", 20_000)]
    [InlineData("html", "<b>", 500)]
    [InlineData("html", "<p>x", 30_000)]
    public async Task A_body_that_no_article_has_is_refused_in_a_preview_too(string format, string piece, int times)
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var content = new { title = "Deep", body = string.Concat(Enumerable.Repeat(piece, times)), format };
        foreach (var address in new[] { "/api/preview", "/api/articles" })
        {
            var problem = await newsroom.PostAsync(address, content, HttpStatusCode.BadRequest);
            Assert.Equal(["body"], problem["errors"]!.AsObject().Select(error => error.Key));
        }

        Assert.Empty(newsroom.Log.Errors);
    }

    [Theory]
    [InlineData(">", 3_900)]
    [InlineData("<b>", 1_000)]
    [InlineData("<p><b><i>", 400)]
    public async Task A_bio_that_cannot_be_rendered_is_refused(string piece, int times)
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var author = new { name = "Amina", bio = string.Concat(Enumerable.Repeat(piece, times)) };
        var problem = await newsroom.SendAsync(HttpMethod.Put, "/api/authors/amina", author, HttpStatusCode.BadRequest);
        Assert.Equal(["bio"], problem["errors"]!.AsObject().Select(error => error.Key));
        await newsroom.SendAsync(HttpMethod.Get, "/api/authors/amina", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task No_break_spaces_stay_in_titles_summaries_and_names()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync(
            " Le marché\u202f:\n  «\u202foui\u202f»\u00a0 ",
            new { summary = "Coût\u202f: 12\u202f500\u00a0dinars", section = "Vie\u00a0locale", tags = new[] { "Cap\u00a0Bon" }, source = new { name = "Agence\u00a0X" } });
        Assert.Equal("Le marché\u202f: «\u202foui\u202f»", (string?)article["title"]);
        Assert.Equal("Coût\u202f: 12\u202f500\u00a0dinars", (string?)article["summary"]);
        Assert.Equal("Vie\u00a0locale", (string?)article["section"]);
        Assert.Equal("Cap\u00a0Bon", (string?)article["tags"]![0]);
        Assert.Equal("Agence\u00a0X", (string?)article["source"]!["name"]);
        Assert.Equal("le-marché-oui", (string?)article["slug"]);
    }

    [Fact]
    public async Task Slugs_keep_their_script_and_never_collide()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        foreach (var (title, slug) in new[]
        {
            ("L’été à Tunis", "l-été-à-tunis"),
            ("الصحافة في خطر", "الصحافة-في-خطر"),
            ("Новости дня", "новости-дня"),
            ("東京の朝", "東京の朝"),
            ("e\u0301te\u0301", "été"),
            ("Same", "same"),
            ("same!", "same-2"),
            ("SAME?", "same-3"),
        })
        {
            Assert.Equal(slug, (string?)(await newsroom.PublishAsync(title))["slug"]);
        }

        var nameless = await newsroom.PublishAsync("!!!");
        Assert.StartsWith("article-", (string?)nameless["slug"], StringComparison.Ordinal);
        var many = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => newsroom.PublishAsync("Crowd")));
        Assert.Equal(12, many.Select(article => (string?)article["slug"]).Distinct().Count());
        var longest = await newsroom.PublishAsync(new string('ش', 300));
        Assert.NotNull(await newsroom.ReadAsync(PublishingTests.PathOf(longest)));
    }

    [Fact]
    public async Task Authors_are_kept_under_their_key_with_their_version()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await newsroom.SendAsync(HttpMethod.Put, "/api/authors/Not%20A%20Key", new { name = "x" }, HttpStatusCode.BadRequest);
        await newsroom.SendAsync(HttpMethod.Put, "/api/authors/amina", new { name = "" }, HttpStatusCode.BadRequest);
        await newsroom.SendAsync(HttpMethod.Put, "/api/authors/amina", new { name = "Amina", bio = "B" }, HttpStatusCode.Created);
        await newsroom.SendAsync(HttpMethod.Put, "/api/authors/amina", new { name = "Amina H." }, HttpStatusCode.PreconditionRequired);
        using var read = await newsroom.Editor.GetAsync("/api/authors/amina", Stop);
        await newsroom.SendAsync(HttpMethod.Put, "/api/authors/amina", new { name = "Amina H." }, ifMatch: read.Headers.ETag!.Tag);
        await newsroom.SendAsync(HttpMethod.Put, "/api/authors/amina", new { name = "Late" }, HttpStatusCode.PreconditionFailed, ifMatch: read.Headers.ETag!.Tag);
        Assert.Equal("Amina H.", (string?)(await newsroom.GetAsync("/api/authors/amina"))["name"]);
        await newsroom.SendAsync(HttpMethod.Get, "/api/authors/nobody", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Edits_at_the_same_time_are_all_kept()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Busy");
        var address = $"/api/articles/{article["id"]}";
        object[] edits = [new { summary = "S" }, new { section = "Desk" }, new { tags = new[] { "t" } }, new { author = "A" }];
        await Task.WhenAll(edits.Select(edit => newsroom.SendAsync(HttpMethod.Patch, address, edit)));
        var now = await newsroom.GetAsync(address);
        Assert.Equal(("S", "Desk", "t", "A"), ((string?)now["summary"], (string?)now["section"], (string?)now["tags"]![0], (string?)now["author"]));
        await newsroom.ShowsAsync("/section/desk/", "Busy");
        await newsroom.ShowsAsync("/author/a/", "Busy");
    }

    [Fact]
    public async Task What_the_api_does_not_have_is_a_problem_too()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await newsroom.SendAsync(HttpMethod.Get, "/api/nothing", null, HttpStatusCode.NotFound);
        await newsroom.SendAsync(HttpMethod.Put, "/api/articles", new { }, HttpStatusCode.MethodNotAllowed);
        using var form = await newsroom.Editor.PostAsync("/api/articles", new FormUrlEncodedContent([new("title", "x")]), Stop);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        using var lines = await newsroom.Editor.PostAsync("/api/articles", new StringContent("{}", Encoding.UTF8, "application/jsonl"), Stop);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, lines.StatusCode);
        await newsroom.HealthyAsync();
    }

    private static StringContent Json(string json) => new(json, Encoding.Latin1, new MediaTypeHeaderValue("application/json"));

    private static async Task<(HttpStatusCode Status, string Body)> SendWithKeyAsync(Newsroom newsroom, string key, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/articles") { Content = Json(json) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await newsroom.Editor.SendAsync(request, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task<HttpStatusCode> StatusAsync(Newsroom newsroom, string? token, HttpMethod method, string address)
    {
        using var answer = await newsroom.CallAsync(token, method, address);
        return answer.StatusCode;
    }

    private static async Task<int> CountAsync(Newsroom newsroom, string query) =>
        (await newsroom.GetAsync($"/api/articles?limit=100&{query}"))["items"]!.AsArray().Count;

    [Fact]
    public async Task A_title_with_a_sign_that_cannot_be_normalized_gets_a_slug_all_the_same()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Odd \uFFFE title");
        Assert.Equal("odd-title", (string?)article["slug"]);
    }
}
