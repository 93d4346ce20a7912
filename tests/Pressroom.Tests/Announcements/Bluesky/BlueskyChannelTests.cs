using System.Text;
using System.Text.Json;
using CsCheck;
using Pressroom.Announcements;
using Pressroom.Announcements.Bluesky;
using Pressroom.Announcements.Pictures;
using Pressroom.Announcements.Text;
using Pressroom.Articles;

namespace Pressroom.Tests.Announcements.Bluesky;

public sealed class BlueskyChannelTests : IAsyncLifetime
{
    private const string Sign = "/xrpc/com.atproto.server.createSession";
    private const string Refresh = "/xrpc/com.atproto.server.refreshSession";
    private const string Put = "/xrpc/com.atproto.repo.putRecord";
    private const string Upload = "/xrpc/com.atproto.repo.uploadBlob";
    private readonly Dictionary<string, JsonElement> records = [];
    private readonly FetchPicture pictures = new(reachesPrivateNetworks: true);
    private int sessions;
    private ServiceAnswer picture = SamplePicture.Answer;
    private FakeService service = null!;
    private BlueskyChannel channel = null!;

    private static Announcement Plain => Sample.English with { Image = null };

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(Bluesky);
        channel = Channel(service.BaseUrl);
    }

    public async ValueTask DisposeAsync()
    {
        pictures.Dispose();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_record_is_put_under_a_key_of_its_own()
    {
        var delivery = new Delivery(channel, Plain);
        var sent = Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        var call = service.Calls.Last();
        Assert.Equal((Put, "Bearer access1"), (call.Path, call.Headers["Authorization"]));
        Assert.Equal(("did:plc:us", "app.bsky.feed.post"), (call.Json.GetProperty("repo").GetString(), call.Json.GetProperty("collection").GetString()));
        var key = call.Json.GetProperty("rkey").GetString()!;
        Assert.Matches("^[2-7a-j][2-7a-z]{12}$", key);
        Assert.Equal(new SendOutcome.Sent($"at://did:plc:us/app.bsky.feed.post/{key}", $"https://bsky.app/profile/did:plc:us/post/{key}"), sent);
        var record = call.Json.GetProperty("record");
        Assert.Equal(
            "Harbour <reopens> & ferries return\n\nAfter nine weeks of work, the first ferry left at dawn.\n\nnews.example/2026/11/harbour-reopens\n\n#Harbour #CityLife",
            record.GetProperty("text").GetString());
        Assert.Equal("en", record.GetProperty("langs")[0].GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", record.GetProperty("createdAt").GetString());
        var card = record.GetProperty("embed").GetProperty("external");
        Assert.Equal((Plain.Url, Plain.Title, Plain.Summary), (card.GetProperty("uri").GetString(), card.GetProperty("title").GetString(), card.GetProperty("description").GetString()));
        Assert.Equal(
            [("news.example/2026/11/harbour-reopens", Plain.Url), ("#Harbour", "Harbour"), ("#CityLife", "CityLife")],
            Facets(record));
    }

    [Fact]
    public void Facets_count_in_bytes()
    {
        var facets = BlueskyFacets.Of("سلام https://example.com/سلام #خبر ok", "news.example", "https://news.example/");

        Assert.Equal(
            ["9-37", "38-45"],
            facets.Select(facet => $"{facet!["index"]!["byteStart"]}-{facet["index"]!["byteEnd"]}"));
        Assert.Equal("خبر", (string?)facets[1]!["features"]![0]!["tag"]);
    }

    [Fact]
    public void Facets_cover_whole_links_and_hashtags_in_order_and_none_another()
    {
        Gen.Select(Gen.String[Gen.Char["aé م你#/.:\u2066\u2069 \n"], 0, 60], Gen.Int[0, 60]).Sample((noise, at) =>
        {
            var text = noise.Insert(Math.Min(at, noise.Length), " https://a.example/b #tag news.example/x ");
            var bytes = Encoding.UTF8.GetBytes(text);
            var end = 0;
            var covered = new List<string>();
            foreach (var facet in BlueskyFacets.Of(text, "news.example/x", "https://news.example/x"))
            {
                var (from, to) = ((int)facet!["index"]!["byteStart"]!, (int)facet["index"]!["byteEnd"]!);
                Assert.True(from >= end && to > from && to <= bytes.Length);
                end = to;
                covered.Add(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, from, to - from));
            }

            return covered.Contains("https://a.example/b") && covered.Contains("#tag") && covered.Contains("news.example/x");
        });
    }

    [Fact]
    public void Hashtags_inside_links_and_numbers_are_no_facets() =>
        Assert.Equal(
            ["https://a.example/b#c", "x"],
            BlueskyFacets.Of("see https://a.example/b#c, #42 and a#b #x", "-", "-").Select(facet => (string?)(facet!["features"]![0]!["uri"] ?? facet["features"]![0]!["tag"])));

    [Fact]
    public void An_Arabic_record_marks_its_isolated_link_and_hashtag()
    {
        var record = Record(channel.Compose(Sample.Arabic));

        Assert.Equal("ar", record.GetProperty("langs")[0].GetString());
        Assert.Equal([("#تغير_المناخ", "تغير_المناخ")], Facets(record).Skip(1));
        Assert.Equal(Sample.Arabic.Url, Facets(record)[0].Target);
        Assert.Contains("\u2066news.example/2026/11/أوبك\u2069", record.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_own_text_that_names_the_page_shows_its_address_shortened_and_linked()
    {
        var record = Record(channel.Compose(Plain with { OwnText = $"Read {Plain.Url} now" }));
        var longer = Record(channel.Compose(Plain with { OwnText = $"Read {Plain.Url}more/ now" }));

        Assert.Equal([(Plain.Url + "more/", Plain.Url + "more/")], Facets(longer));
        Assert.Equal("Read news.example/2026/11/harbour-reopens now", record.GetProperty("text").GetString());
        Assert.Equal([("news.example/2026/11/harbour-reopens", Plain.Url)], Facets(record));
    }

    [Theory]
    [InlineData("ferries and more ferries ")]
    [InlineData("你好吗")]
    [InlineData("👨‍👩‍👧‍👦")]
    public void A_text_keeps_both_limits(string part)
    {
        var post = channel.Compose(Plain with { Summary = string.Concat(Enumerable.Repeat(part, 400)) });

        Assert.InRange(post.Length, 100, 300);
        Assert.InRange(Counting.Utf8Bytes(post.Text), 250, 3_000);
        Assert.Equal((300, "graphemes"), (post.Limit, post.Unit));
        Assert.InRange(post.Payload.Length, 1, 30_000);
    }

    [Fact]
    public void Articles_of_the_same_second_and_channels_of_the_same_article_have_different_keys()
    {
        var other = BlueskyChannel.Create(
            Sample.Settings("bluesky", service.BaseUrl, ("Handle", "h"), ("AppPassword", "p")) with { Name = "other" }, service.Outbound, pictures, TimeProvider.System);
        var keys = Enumerable.Range(0, 500).Select(_ => Key(channel.Compose(Plain with { ArticleId = ArticleId.New(TimeProvider.System) })))
            .Append(Key(channel.Compose(Plain))).Append(Key(other.Compose(Plain))).ToList();

        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Equal(Key(channel.Compose(Plain)), Key(channel.Compose(Plain with { Title = "Harbour open" })));
    }

    [Fact]
    public async Task The_cards_picture_is_uploaded_first_and_named_in_the_record()
    {
        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English.WithPictureOf(service)).SendAsync());

        var upload = service.Calls.Single(call => call.Path == Upload);
        Assert.Equal("image/jpeg", upload.Headers["Content-Type"]);
        Assert.Equal(SamplePicture.Jpeg, upload.Bytes);
        Assert.Equal("bafyblob", Card().GetProperty("thumb").GetProperty("ref").GetProperty("$link").GetString());
    }

    [Fact]
    public async Task A_picture_that_is_too_large_is_left_out_and_the_post_says_so()
    {
        picture = new ServiceAnswer(200) { Bytes = [.. SamplePicture.Jpeg, .. new byte[1_000_000]] };

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English.WithPictureOf(service)).SendAsync());

        Assert.StartsWith("without its picture: it has more than 1", sent.Note, StringComparison.Ordinal);
        Assert.False(Card().TryGetProperty("thumb", out _));
    }

    [Theory]
    [InlineData($"POST {Upload}", "InvalidMimeType")]
    [InlineData($"POST {Put}", "BlobNotFound")]
    public async Task A_picture_that_Bluesky_refuses_is_left_out_and_the_post_says_so(string call, string error)
    {
        service.FailNext(call, 400, JsonSerializer.Serialize(new { error, message = "…" }));

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English.WithPictureOf(service)).SendAsync());

        Assert.Equal($"without its picture: Bluesky did not take it ({error}, status 400).", sent.Note);
        Assert.False(Card().TryGetProperty("thumb", out _));
    }

    [Fact]
    public async Task A_record_whose_answer_never_came_is_put_again_the_same_and_is_there_once()
    {
        service.HangNext($"POST {Put}");
        var delivery = new Delivery(channel, Sample.English.WithPictureOf(service));

        Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.ResumeAsync());

        Assert.Single(records);
        Assert.Single(service.Calls.Where(call => call.Path == Put).Select(call => call.Body).Distinct());
    }

    [Fact]
    public async Task A_cut_answer_is_a_record_whose_place_is_known()
    {
        service.CutNext($"POST {Put}");

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Plain).SendAsync());

        Assert.Equal($"at://did:plc:us/app.bsky.feed.post/{records.Keys.Single()}", sent.RemoteId);
    }

    [Fact]
    public async Task A_session_is_kept_and_renewed_once_when_it_has_expired()
    {
        await new Delivery(channel, Plain).SendAsync();
        service.FailNext($"POST {Put}", 400, """{"error":"ExpiredToken","message":"Token has expired"}""");

        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Plain).SendAsync());

        Assert.Equal([Sign, Put, Put, Refresh, Put], service.Calls.Select(call => call.Path));
        Assert.Equal("Bearer refresh1", service.Calls.Single(call => call.Path == Refresh).Headers["Authorization"]);
        Assert.Equal("Bearer access2", service.Calls.Last().Headers["Authorization"]);
    }

    [Fact]
    public async Task A_session_that_cannot_be_renewed_is_begun_anew_and_a_second_refusal_is_final()
    {
        await new Delivery(channel, Plain).SendAsync();
        service.FailNext($"POST {Put}", 401, """{"error":"AuthMissing"}""");
        service.FailNext($"POST {Refresh}", 400, """{"error":"ExpiredToken"}""");
        service.FailNext($"POST {Put}", 401, """{"error":"AuthMissing"}""");

        Assert.Equal(
            new SendOutcome.Refused("Bluesky does not accept the handle and the app password."), await new Delivery(channel, Plain).SendAsync());
        Assert.Equal([Sign, Put, Put, Refresh, Sign, Put], service.Calls.Select(call => call.Path));
    }

    [Fact]
    public async Task A_wrong_password_is_final_and_nothing_is_put()
    {
        service.FailNext($"POST {Sign}", 401, """{"error":"AuthenticationRequired","message":"Invalid identifier or password"}""");

        Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Plain).SendAsync());
        Assert.Single(service.Calls);
    }

    [Fact]
    public async Task Signing_in_without_an_answer_is_nothing_that_may_be_out()
    {
        service.HangNext($"POST {Sign}");

        Assert.IsType<SendOutcome.TryLater>(await new Delivery(channel, Plain).SendAsync());
        Assert.Empty(records);
    }

    [Fact]
    public async Task The_named_time_is_waited_for()
    {
        service.FailNext($"POST {Put}", 429, """{"error":"RateLimitExceeded"}""", ("ratelimit-reset", $"{DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeSeconds()}"));

        var later = Assert.IsType<SendOutcome.TryLater>(await new Delivery(channel, Plain).SendAsync());

        Assert.InRange(later.After!.Value, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(10));
    }

    [Theory]
    [InlineData(400, """{"error":"InvalidRequest"}""", true)]
    [InlineData(400, """{"error":"AccountTakedown"}""", true)]
    [InlineData(500, """{"error":"InternalServerError"}""", false)]
    [InlineData(502, "<html>", false)]
    public async Task Refusals_are_final_and_trouble_passes(int status, string body, bool final)
    {
        service.FailNext($"POST {Put}", status, body);

        Assert.Equal(final ? typeof(SendOutcome.Refused) : typeof(SendOutcome.TryLater), (await new Delivery(channel, Plain).SendAsync()).GetType());
    }

    [Fact]
    public async Task A_refused_connection_is_tried_later()
    {
        var nobody = FakeService.NobodyThere(out var taken);
        using (taken)
        {
            Assert.IsType<SendOutcome.TryLater>(await new Delivery(Channel(nobody), Plain).SendAsync());
        }
    }

    [Fact]
    public async Task A_record_is_deleted_and_deleting_twice_is_harmless_and_edits_are_not_shown()
    {
        var delivery = new Delivery(channel, Plain);
        var post = delivery.Sent(await delivery.SendAsync());
        var cancellation = TestContext.Current.CancellationToken;

        Assert.IsType<ChangeOutcome.NotSupported>(await ((IChannel)channel).EditAsync(post, delivery.Post, cancellation));
        service.FailNext("POST", 503);
        Assert.IsType<ChangeOutcome.TryLater>(await channel.DeleteAsync(post, cancellation));
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.Empty(records);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
    }

    [Fact]
    public void A_missing_key_is_named()
    {
        var failure = Assert.Throws<SettingException>(
            () => BlueskyChannel.Create(Sample.Settings("bluesky", null, ("Handle", "us.example")), service.Outbound, pictures, TimeProvider.System));

        Assert.Equal("Channel 'our bluesky': AppPassword is missing.", failure.Message);
    }

    private BlueskyChannel Channel(Uri host) =>
        BlueskyChannel.Create(Sample.Settings("bluesky", host, ("Handle", "@us.example"), ("AppPassword", "pass-word")), service.Outbound, pictures, TimeProvider.System);

    private JsonElement Card() => Assert.Single(records).Value.GetProperty("embed").GetProperty("external");

    private static string Key(ComposedPost post) => JsonSerializer.Deserialize<JsonElement>(post.Payload).GetProperty("key").GetString()!;

    private static JsonElement Record(ComposedPost post) =>
        JsonSerializer.Deserialize<JsonElement>(JsonSerializer.Deserialize<JsonElement>(post.Payload).GetProperty("record").GetString()!);

    private static List<(string Text, string Target)> Facets(JsonElement record)
    {
        var bytes = Encoding.UTF8.GetBytes(record.GetProperty("text").GetString()!);
        return record.GetProperty("facets").EnumerateArray().Select(facet =>
        {
            var index = facet.GetProperty("index");
            var feature = facet.GetProperty("features")[0];
            return (
                Encoding.UTF8.GetString(bytes[index.GetProperty("byteStart").GetInt32()..index.GetProperty("byteEnd").GetInt32()]),
                (feature.TryGetProperty("uri", out var uri) ? uri : feature.GetProperty("tag")).GetString()!);
        }).ToList();
    }

    private ServiceAnswer Bluesky(ServiceCall call)
    {
        switch (call.Path)
        {
            case "/media/harbour.jpg":
                return picture;
            case Sign when call.Json.GetProperty("identifier").GetString() == "us.example" && call.Json.GetProperty("password").GetString() == "pass-word":
            case Refresh:
                sessions++;
                return new ServiceAnswer(200, JsonSerializer.Serialize(new { did = "did:plc:us", handle = "us.example", accessJwt = $"access{sessions}", refreshJwt = $"refresh{sessions}" }));
            case Upload:
                return new ServiceAnswer(200, """{"blob":{"$type":"blob","ref":{"$link":"bafyblob"},"mimeType":"image/jpeg","size":12}}""");
            case Put:
                records[call.Json.GetProperty("rkey").GetString()!] = call.Json.GetProperty("record");
                return new ServiceAnswer(200, JsonSerializer.Serialize(new { uri = $"at://did:plc:us/app.bsky.feed.post/{call.Json.GetProperty("rkey").GetString()}", cid = "bafy" }));
            case "/xrpc/com.atproto.repo.deleteRecord":
                records.Remove(call.Json.GetProperty("rkey").GetString()!);
                return new ServiceAnswer(200, "{}");
            default:
                throw new InvalidOperationException($"Nobody expected {call.Method} {call.Path}.");
        }
    }
}
