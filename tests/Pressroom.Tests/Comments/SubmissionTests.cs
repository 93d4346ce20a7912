using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Comments;

/// <summary>What readers send, and what they are told, over HTTP.</summary>
public sealed class SubmissionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_comment_is_held_then_approved_and_then_everybody_can_read_it_but_for_the_address()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Low tide");
        var sent = await SubmitAsync(newsroom, article, new { name = "Ann", email = "ann@example.net", body = "Well *said*." });
        Assert.Equal("held", (string?)sent["status"]);
        Assert.Empty((await ReadListAsync(newsroom, article))["items"]!.AsArray());

        var held = Assert.Single((await newsroom.GetAsync("/api/comments?status=held"))["items"]!.AsArray())!;
        Assert.Equal(
            ((string?)sent["id"], "Ann", "ann@example.net", "Well *said*.", (string?)article["id"], (string?)article["url"]),
            ((string?)held["id"], (string?)held["name"], (string?)held["email"], (string?)held["body"], (string?)held["articleId"], (string?)held["articleUrl"]));

        var approved = await newsroom.PostAsync($"/api/comments/{sent["id"]}/approve", new { }, HttpStatusCode.OK);
        Assert.Equal("approved", (string?)approved["status"]);
        var decision = Assert.Single(approved["history"]!.AsArray())!;
        Assert.Equal(("admin", "held", "approved"), ((string?)decision["by"], (string?)decision["from"], (string?)decision["to"]));
        Assert.Empty((await newsroom.GetAsync("/api/comments?status=held"))["items"]!.AsArray());
        Assert.Single((await newsroom.GetAsync($"/api/comments?status=approved&article={article["id"]}"))["items"]!.AsArray());
        Assert.Empty((await newsroom.GetAsync($"/api/comments?article={new string('0', 32)}"))["items"]!.AsArray());

        var list = await ReadListAsync(newsroom, article);
        var published = Assert.Single(list["items"]!.AsArray())!;
        Assert.Equal(((string?)sent["id"], "Ann"), ((string?)published["id"], (string?)published["name"]));
        Assert.Equal($"{article["url"]}#comment-{sent["id"]}", (string?)published["url"]);
        Assert.DoesNotContain("example.net", list.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task Published_comments_come_a_page_at_a_time_the_oldest_first()
    {
        await using var newsroom = await Newsroom.OpenAsync("--Comments:Moderation=none");
        var article = await newsroom.PublishAsync("Low tide");
        var sent = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            var comment = await SubmitAsync(newsroom, article, new { name = "Ann", email = "ann@example.net", body = $"Comment {number}." });
            Assert.Equal("approved", (string?)comment["status"]);
            sent.Add((string)comment["id"]!);
        }

        var read = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = JsonNode.Parse(await newsroom.Reader.GetStringAsync($"/api/articles/{article["id"]}/comments?limit=2{cursor}", Stop))!;
            read.AddRange(page["items"]!.AsArray().Select(item => (string)item!["id"]!));
            cursor = page["cursor"] is { } next ? "&cursor=" + next : null;
        }

        Assert.Equal(sent, read);
    }

    [Theory]
    [InlineData("fr", "Merci")]
    [InlineData("ar", "شكرًا")]
    public async Task A_form_leads_to_an_honest_page_in_the_articles_language_with_the_way_back(string language, string thanks)
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Marée basse", new { language });
        using var answer = await PostFormAsync(newsroom, article, ("name", "Ann"), ("email", "ann@example.net"), ("body", "Bien dit."), ("notify", "on"), ("website", ""), ("parentId", ""));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        using var page = await newsroom.Reader.GetAsync(answer.Headers.Location!.PathAndQuery, Stop);
        var html = await page.Content.ReadAsStringAsync(Stop);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains($"<html lang=\"{language}\"", html, StringComparison.Ordinal);
        Assert.Contains(thanks, html, StringComparison.Ordinal);
        Assert.Contains($"href=\"{article["url"]}\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_multipart_form_is_read_as_well()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Low tide");
        using var form = new MultipartFormDataContent { { new StringContent("Ann"), "name" }, { new StringContent("ann@example.net"), "email" }, { new StringContent("Well said."), "body" } };
        using var answer = await newsroom.Reader.PostAsync($"/api/articles/{article["id"]}/comments", form, Stop);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(1, await CountAsync(newsroom));
    }

    [Theory]
    [InlineData("name", "", "Please give your name.")]
    [InlineData("email", "ann at example", "This is no e-mail address.")]
    [InlineData("email", "ann@example.net\r\nBcc: all@example.net", "This is no e-mail address.")]
    [InlineData("body", " \u200B ", "Please write something.")]
    [InlineData("parentId", "00000000000070008000000000000000", "is not there any more")]
    public async Task A_form_that_cannot_be_taken_comes_back_with_what_was_typed(string field, string value, string complaint)
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Low tide");
        var typed = new Dictionary<string, string> { ["name"] = "Ann <b>", ["email"] = "ann@example.net", ["body"] = "Well said.\nTwice." };
        typed[field] = value;
        using var answer = await PostFormAsync(newsroom, article, [.. typed.Select(pair => (pair.Key, pair.Value))]);
        var html = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Equal((HttpStatusCode.BadRequest, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Contains(complaint, html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        if (field != "body")
        {
            Assert.Contains("Well said.\nTwice.", html, StringComparison.Ordinal);
        }

        Assert.Equal(0, await CountAsync(newsroom));
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { "{\"name\":\"Ann\",\"email\":\"ann@example.net\",\"body\":\"Nul\\u0000l\"}", "body" },
        { "{\"name\":\"An\\u0000n\",\"email\":\"ann@example.net\",\"body\":\"x\"}", "name" },
        { "{\"name\":\"Ann\\u202Eevil\",\"email\":\"ann@example.net\",\"body\":\"x\"}", "name" },
        { "{\"name\":\"Ann\\r\\nBcc: x@example.net\\u0007\",\"email\":\"ann@example.net\",\"body\":\"x\"}", "name" },
        { "{\"name\":\"Ann\",\"email\":\"ann@example.net\\r\\nBcc: x@example.net\",\"body\":\"x\"}", "email" },
        { "{\"name\":\"Ann\",\"email\":\"ann@example.net\",\"body\":\"\\ud800\"}", "body" },
        { "{\"name\":\"Ann\",\"email\":\"ann@example.net\",\"body\":\"x\",\"status\":\"approved\"}", "status" },
        { "{\"name\":\"Ann\",\"email\":\"ann@example.net\",\"body\":[\"x\"]}", "body" },
        { "{\"name\":\"Ann\",\"email\":\"ann@example.net\",\"body\":\"x\",\"parentId\":\"../x\"}", "parentId" },
        { "{\"name\":\"Ann\",\"email\":\"ann@example.net\",\"body\":\"x\",\"parentId\":\"00000000000070008000000000000000\"}", "parentId" },
        { "{\"name\":\"" + new string('n', 500) + "\",\"email\":\"ann@example.net\",\"body\":\"x\"}", "name" },
        { "{\"name\":\"" + string.Concat(Enumerable.Repeat("é", 101)) + "\",\"email\":\"ann@example.net\",\"body\":\"x\"}", "name" },
        { "{\"name\":\"Ann\",\"email\":\"ann@example.net\",\"body\":\"" + new string('b', 10_001) + "\"}", "body" },
        { "{\"name\":\"Ann\",\"email\":\"ann@example.net\",\"body\":\"" + new string('<', 10_000) + "\"}", "body" },
        { "{\"name\":\"Ann\",\"email\":\"ann@example.net\"}", "body" },
    };

    [Fact]
    public async Task What_is_hostile_or_broken_is_refused_by_its_field_and_not_stored()
    {
        await using var newsroom = await Newsroom.OpenAsync("--Comments:LimitPerPrefix=0");
        var article = await newsroom.PublishAsync("Low tide");
        foreach (var (json, field) in Hostile.Select(row => row.Data))
        {
            await RefusesAsync(newsroom, article, json, "application/json", field);
        }

        foreach (var (form, field) in Forms)
        {
            await RefusesAsync(newsroom, article, form, "application/x-www-form-urlencoded", field);
        }

        Assert.Equal(0, await CountAsync(newsroom));
        Assert.Empty(newsroom.Log.Errors);
    }

    // What no browser sends.
    private static (string Form, string Field)[] Forms =>
    [
        ("name=Ann&email=ann%40example.net&body=%FF%FE", "body"),
        ("name=%C3%28&email=ann%40example.net&body=x", "name"),
        ("name=Ann&email=ann%40example.net&body=nul%00l", "body"),
        ("name=Ann&email=ann%40example.net&body=x&status=approved", "status"),
        ("name=Ann&name=Bob&email=ann%40example.net&body=x", "name"),
    ];

    private static async Task RefusesAsync(Newsroom newsroom, JsonNode article, string body, string type, string field)
    {
        using var content = new StringContent(body, type == "application/json" ? Encoding.UTF8 : Encoding.ASCII, type);
        using var answer = await newsroom.Reader.PostAsync($"/api/articles/{article["id"]}/comments", content, Stop);
        var problem = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{body}: {answer.StatusCode} {problem}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(JsonNode.Parse(problem)!["errors"]![field]);
    }

    [Fact]
    public async Task Too_much_is_refused_before_it_is_read()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Low tide");
        foreach (var type in new[] { "application/json", "application/x-www-form-urlencoded" })
        {
            using var content = new StringContent("body=" + new string('x', 400_000), Encoding.ASCII, type);
            using var answer = await newsroom.Reader.PostAsync($"/api/articles/{article["id"]}/comments", content, Stop);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        }
    }

    [Fact]
    public async Task What_fills_in_the_hidden_field_gets_the_usual_answer_and_is_stored_nowhere()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Low tide");
        var sent = await SubmitAsync(newsroom, article, new { name = "Bot", email = "bot@example.net", body = "Buy.", website = "https://spam.example" });
        Assert.Equal("held", (string?)sent["status"]);
        using var answer = await PostFormAsync(newsroom, article, ("name", "Bot"), ("email", "bot@example.net"), ("body", "Buy."), ("website", "x"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Contains("status=held", answer.Headers.Location!.Query, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(newsroom));
        Assert.Null((await newsroom.GetAsync("/api/people?email=bot@example.net"))["comments"]);
    }

    [Theory]
    [InlineData("one-click")]
    [InlineData(null)]
    public async Task A_double_click_is_one_comment_and_another_text_is_another(string? submissionId)
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Low tide");
        var clicks = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SubmitAsync(newsroom, article, new { name = "Ann", email = "ann@example.net", body = "Once.", submissionId })));
        var id = Assert.Single(clicks.Select(click => (string?)click["id"]).Distinct());
        Assert.Equal(id, (string?)(await SubmitAsync(newsroom, article, new { name = "Ann", email = "ann@example.net", body = "Once.", submissionId }))["id"]);
        Assert.NotEqual(id, (string?)(await SubmitAsync(newsroom, article, new { name = "Ann", email = "ann@example.net", body = "Twice.", submissionId }))["id"]);
        Assert.NotEqual(id, (string?)(await SubmitAsync(newsroom, article, new { name = "Bob", email = "bob@example.net", body = "Once.", submissionId }))["id"]);
        Assert.Equal(3, await CountAsync(newsroom));
        Assert.Equal(2, (await newsroom.GetAsync("/api/people?email=ann@example.net"))["comments"]!["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task Nobody_comments_on_what_readers_cannot_see_nor_answers_a_comment_of_another_article()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Low tide");
        var other = await newsroom.PublishAsync("High tide");
        var draft = await newsroom.PublishAsync("Draft", new { status = "draft" });
        var comment = new { name = "Ann", email = "ann@example.net", body = "Well said." };
        await SubmitAsync(newsroom, draft, comment, HttpStatusCode.NotFound);
        await SubmitAsync(newsroom, new JsonObject { ["id"] = "no-id" }, comment, HttpStatusCode.NotFound);
        foreach (var path in new[] { "comments", "comments/form" })
        {
            using var answer = await newsroom.Reader.GetAsync($"/api/articles/{draft["id"]}/{path}", Stop);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        var first = await SubmitAsync(newsroom, other, comment);
        var problem = await SubmitAsync(newsroom, article, new { name = "Ann", email = "ann@example.net", body = "Yes.", parentId = (string?)first["id"] }, HttpStatusCode.BadRequest);
        Assert.NotNull(problem["errors"]!["parentId"]);
        await SubmitAsync(newsroom, other, new { name = "Ann", email = "ann@example.net", body = "Yes.", parentId = (string?)first["id"] });
    }

    [Fact]
    public async Task Closed_comments_take_none_until_they_are_opened()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Low tide");
        var comment = new { name = "Ann", email = "ann@example.net", body = "Well said." };
        Assert.True((bool)(await newsroom.PostAsync($"/api/articles/{article["id"]}/comments/close", new { }, HttpStatusCode.OK))["closed"]!);
        var problem = await SubmitAsync(newsroom, article, comment, HttpStatusCode.Forbidden);
        Assert.Equal("urn:pressroom:problem:comments-closed", (string?)problem["type"]);
        using var page = await PostFormAsync(newsroom, article, ("name", "Ann"), ("email", "ann@example.net"), ("body", "x"));
        Assert.Equal((HttpStatusCode.Forbidden, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.Equal(0, await CountAsync(newsroom));
        await newsroom.PostAsync($"/api/articles/{article["id"]}/comments/open", new { }, HttpStatusCode.OK);
        await SubmitAsync(newsroom, article, comment);
        await newsroom.PostAsync("/api/articles/no-id/comments/close", new { }, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Old_articles_take_none_where_the_newsroom_wants_that()
    {
        await using var newsroom = await Newsroom.OpenAsync("--Comments:CloseAfterDays=30");
        var comment = new { name = "Ann", email = "ann@example.net", body = "Well said." };
        var old = await newsroom.PublishAsync("Old", new { publishAt = DateTimeOffset.UtcNow.AddDays(-31) });
        var young = await newsroom.PublishAsync("Young", new { publishAt = DateTimeOffset.UtcNow.AddDays(-29) });
        await SubmitAsync(newsroom, old, comment, HttpStatusCode.Forbidden);
        await SubmitAsync(newsroom, young, comment);
    }

    [Fact]
    public async Task A_flood_from_one_network_is_turned_away_while_others_get_through()
    {
        await using var newsroom = await Newsroom.OpenAsync(ShiftedClock.AtAWindowsBeginning().Set, "--Comments:LimitPerPrefix=5");
        var article = await newsroom.PublishAsync("Low tide");
        using var flooding = ClientFrom("127.7.7.1", newsroom.Reader.BaseAddress!);
        using var neighbour = ClientFrom("127.7.7.200", newsroom.Reader.BaseAddress!);
        using var other = ClientFrom("127.8.8.1", newsroom.Reader.BaseAddress!);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => StatusAsync(number % 2 == 0 ? flooding : neighbour, $"Flood {number}.")));
        Assert.Equal(5, statuses.Count(status => status == HttpStatusCode.Accepted));
        Assert.Equal(35, statuses.Count(status => status == HttpStatusCode.TooManyRequests));
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(other, "Calm."));

        using var form = new FormUrlEncodedContent([new("name", "Ann"), new("email", "ann@example.net"), new("body", "Still <b> here")]);
        using var page = await flooding.PostAsync($"/api/articles/{article["id"]}/comments", form, Stop);
        Assert.Equal((HttpStatusCode.TooManyRequests, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.InRange(page.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 600);
        Assert.Contains("Still &lt;b&gt; here", await page.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(6, await CountAsync(newsroom));

        async Task<HttpStatusCode> StatusAsync(HttpClient client, string body)
        {
            using var answer = await client.PostAsJsonAsync($"/api/articles/{article["id"]}/comments", new { name = "Ann", email = "ann@example.net", body }, Stop);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task An_article_takes_so_many_and_no_more()
    {
        await using var newsroom = await Newsroom.OpenAsync(ShiftedClock.AtAWindowsBeginning().Set, "--Comments:LimitPerArticle=3");
        var article = await newsroom.PublishAsync("Low tide");
        var other = await newsroom.PublishAsync("High tide");
        for (var number = 0; number < 5; number++)
        {
            await SubmitAsync(newsroom, article, new { name = "Ann", email = "ann@example.net", body = $"Comment {number}." }, number < 3 ? HttpStatusCode.Accepted : HttpStatusCode.TooManyRequests);
        }

        await SubmitAsync(newsroom, other, new { name = "Ann", email = "ann@example.net", body = "Elsewhere." });
    }

    [Fact]
    public async Task The_form_has_a_token_and_a_name_for_the_submission_for_script_of_any_site()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Low tide");
        using var answer = await newsroom.Reader.GetAsync($"/api/articles/{article["id"]}/comments/form", Stop);
        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var form = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!;
        await SubmitAsync(newsroom, article, new { name = "Ann", email = "ann@example.net", body = "x", token = (string?)form["token"], submissionId = (string?)form["submissionId"] });
    }

    private static async Task<JsonNode> SubmitAsync(Newsroom newsroom, JsonNode article, object comment, HttpStatusCode expected = HttpStatusCode.Accepted)
    {
        using var answer = await newsroom.Reader.PostAsJsonAsync($"/api/articles/{article["id"]}/comments", comment, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private static async Task<HttpResponseMessage> PostFormAsync(Newsroom newsroom, JsonNode article, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await newsroom.Reader.PostAsync($"/api/articles/{article["id"]}/comments", form, Stop);
    }

    private static async Task<JsonNode> ReadListAsync(Newsroom newsroom, JsonNode article) =>
        JsonNode.Parse(await newsroom.Reader.GetStringAsync($"/api/articles/{article["id"]}/comments", Stop))!;

    private static async Task<int> CountAsync(Newsroom newsroom) => (await newsroom.GetAsync("/api/comments?limit=100"))["items"]!.AsArray().Count;

    private static HttpClient ClientFrom(string address, Uri host) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri(host.GetLeftPart(UriPartial.Authority).Replace("localhost", "127.0.0.1", StringComparison.Ordinal)),
    };
}
