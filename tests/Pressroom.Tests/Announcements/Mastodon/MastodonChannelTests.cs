using System.Net;
using System.Text.Json;
using Pressroom.Announcements;
using Pressroom.Announcements.Mastodon;
using Pressroom.Announcements.Pictures;
using Pressroom.Announcements.Text;

namespace Pressroom.Tests.Announcements.Mastodon;

public sealed class MastodonChannelTests : IAsyncLifetime
{
    private readonly Dictionary<string, JsonElement> statuses = [];
    private readonly Dictionary<string, string> byKey = [];
    private readonly FetchPicture pictures = new(reachesPrivateNetworks: true);
    private string instance = """{"configuration":{"statuses":{"max_characters":500,"characters_reserved_per_url":23},"media_attachments":{"description_limit":1500}}}""";
    private int processing;
    private ServiceAnswer picture = SamplePicture.Answer;
    private FakeService service = null!;
    private MastodonChannel channel = null!;

    private static Announcement Plain => Sample.English with { Image = null };

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(Mastodon);
        channel = Channel(service.BaseUrl);
    }

    public async ValueTask DisposeAsync()
    {
        pictures.Dispose();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_status_carries_text_language_visibility_and_a_key()
    {
        var outcome = await new Delivery(channel, Plain).SendAsync();

        Assert.Equal(new SendOutcome.Sent("s1", "https://social.example/@us/s1"), outcome);
        var call = Assert.Single(service.Calls, call => call.Method == "POST");
        Assert.Equal(("/api/v1/statuses", "Bearer t0ken"), (call.Path, call.Headers["Authorization"]));
        Assert.Matches("^[0-9a-f]{32}$", call.Headers["Idempotency-Key"]);
        Assert.Equal(
            "Harbour <reopens> & ferries return\n\nAfter nine weeks of work, the first ferry left at dawn.\n\nhttps://news.example/2026/11/harbour-reopens/\n\n#Harbour #CityLife",
            call.Json.GetProperty("status").GetString());
        Assert.Equal(("en", "public"), (call.Json.GetProperty("language").GetString(), call.Json.GetProperty("visibility").GetString()));
        Assert.False(call.Json.TryGetProperty("media_ids", out _));
    }

    [Fact]
    public void A_long_text_is_counted_as_Mastodon_counts_it()
    {
        var post = channel.Compose(Plain with { Summary = string.Concat(Enumerable.Repeat("ferries and more ferries ", 60)) });

        Assert.InRange(post.Length, 480, 500);
        Assert.True(Counting.Graphemes(post.Text) > 500);
        Assert.Equal((500, "characters"), (post.Limit, post.Unit));
        Assert.Contains("…\n\nhttps://news.example/2026/11/harbour-reopens/\n\n#Harbour", post.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_Arabic_status_keeps_its_direction_and_isolates_its_link() =>
        Assert.Contains($"\n\n\u2066{Sample.Arabic.Url}\u2069\n\n#تغير_المناخ", channel.Compose(Sample.Arabic).Text, StringComparison.Ordinal);

    [Fact]
    public void A_payload_of_the_longest_own_text_is_within_the_ledgers_limit() =>
        Assert.InRange(channel.Compose(Plain with { OwnText = new string('"', 60_000) }).Payload.Length, 1, 30_000);

    [Fact]
    public async Task An_instance_with_a_narrower_limit_gets_a_shorter_text()
    {
        instance = """{"configuration":{"statuses":{"max_characters":100,"characters_reserved_per_url":30}}}""";

        await new Delivery(channel, Plain).SendAsync();

        var text = Assert.Single(statuses).Value.GetProperty("status").GetString()!;
        Assert.InRange(Counting.ForMastodon(text, 30), 60, 100);
        Assert.Contains(Plain.Url, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_that_does_not_say_its_limits_is_posted_to_all_the_same()
    {
        service.FailNext("GET", 500);

        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Plain).SendAsync());
    }

    [Fact]
    public async Task A_picture_goes_up_with_its_description_and_is_waited_for()
    {
        processing = 2;
        var delivery = new Delivery(channel, Sample.English.WithPictureOf(service));

        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        var upload = service.Calls.Single(call => call.Path == "/api/v2/media");
        Assert.Contains("A ferry leaving the harbour at dawn", upload.Body, StringComparison.Ordinal);
        Assert.Contains("name=file", upload.Body, StringComparison.Ordinal);
        Assert.True(upload.Bytes.AsSpan().IndexOf(SamplePicture.Jpeg) > 0);
        Assert.Equal("m1", Assert.Single(statuses).Value.GetProperty("media_ids")[0].GetString());
        Assert.Equal([3, 3, 3, 0], delivery.Delays.Select(delay => (int)delay.TotalSeconds));
    }

    [Fact]
    public async Task A_picture_that_never_gets_ready_is_left_out()
    {
        processing = 100;

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English.WithPictureOf(service)).SendAsync());

        Assert.Equal("without its picture: Mastodon did not get it ready in time.", sent.Note);
    }

    [Fact]
    public async Task A_picture_that_cannot_be_fetched_is_left_out_and_the_post_says_so()
    {
        picture = new ServiceAnswer(404);

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English.WithPictureOf(service)).SendAsync());

        Assert.Equal("without its picture: its server answered with status 404.", sent.Note);
        Assert.False(Assert.Single(statuses).Value.TryGetProperty("media_ids", out _));
    }

    [Fact]
    public async Task A_picture_that_Mastodon_refuses_is_left_out_and_the_post_says_so()
    {
        service.FailNext("POST /api/v2/media", 422, """{"error":"Validation failed: File content type is invalid"}""");

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English.WithPictureOf(service)).SendAsync());

        Assert.Equal("without its picture: Mastodon answered: Validation failed: File content type is invalid (status 422).", sent.Note);
    }

    [Fact]
    public async Task A_picture_is_waited_for_three_times_and_a_refused_token_is_not_gone_around()
    {
        var delivery = new Delivery(channel, Sample.English.WithPictureOf(service));
        service.FailNext("POST /api/v2/media", 429, "", ("Retry-After", "60"));
        service.FailNext("POST /api/v2/media", 503);
        service.FailNext("POST /api/v2/media", 503);
        service.FailNext("POST /api/v2/media", 503);

        Assert.Equal(TimeSpan.FromMinutes(1), Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After);
        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        Assert.Equal(
            "without its picture: Mastodon did not take it (status 503).", Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync()).Note);

        service.FailNext("POST /api/v2/media", 401);
        Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English.WithPictureOf(service)).SendAsync());
    }

    [Fact]
    public async Task An_upload_whose_answer_never_came_is_repeated_and_posted_once()
    {
        service.HangNext("POST /api/v2/media");
        var delivery = new Delivery(channel, Sample.English.WithPictureOf(service));

        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Single(statuses);
    }

    [Fact]
    public async Task A_status_whose_answer_never_came_is_repeated_with_its_key_and_there_once()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Plain);

        Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync());
        Assert.Equal(new SendOutcome.Sent("s1", "https://social.example/@us/s1"), await delivery.ResumeAsync());

        Assert.Single(statuses);
    }

    [Fact]
    public async Task A_repeat_that_fails_leaves_it_unknown()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Plain);
        await delivery.SendAsync();

        service.FailNext("POST", 503);
        Assert.IsType<SendOutcome.Unknown>(await delivery.ResumeAsync());
        service.FailNext("POST", 401);
        Assert.IsType<SendOutcome.Unknown>(await delivery.ResumeAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.ResumeAsync());
        Assert.Single(statuses);
    }

    [Fact]
    public async Task After_the_hour_of_the_key_the_accounts_statuses_are_read_before_a_repeat()
    {
        var attempt = Late(Plain);
        await channel.SendAsync(attempt, TestContext.Current.CancellationToken);
        byKey.Clear();

        Assert.Equal(new SendOutcome.Sent("s1", "https://social.example/@us/s1"), await channel.ResumeAsync(attempt, TestContext.Current.CancellationToken));
        Assert.Single(statuses);

        statuses.Clear();
        Assert.IsType<SendOutcome.Sent>(await channel.ResumeAsync(attempt, TestContext.Current.CancellationToken));
        Assert.Single(statuses);
    }

    [Fact]
    public async Task What_a_proxy_called_a_failure_is_looked_for_after_the_hour_of_the_key()
    {
        var attempt = Late(Plain);
        await channel.SendAsync(attempt with { Number = 1 }, TestContext.Current.CancellationToken);
        byKey.Clear();

        Assert.Equal(new SendOutcome.Sent("s1", "https://social.example/@us/s1"), await channel.SendAsync(attempt, TestContext.Current.CancellationToken));
        Assert.Single(statuses);
    }

    [Theory]
    [InlineData("GET /api/v1/accounts/verify_credentials")]
    [InlineData("GET /api/v1/accounts/77/statuses")]
    public async Task After_the_hour_nothing_is_repeated_while_the_statuses_cannot_be_read(string call)
    {
        service.FailNext(call, 403);

        Assert.IsType<SendOutcome.Unknown>(await channel.ResumeAsync(Late(Plain), TestContext.Current.CancellationToken));

        Assert.Empty(statuses);
    }

    [Fact]
    public async Task A_cut_answer_is_asked_for_again()
    {
        service.CutNext("POST");

        Assert.Equal(new SendOutcome.Sent("s1", "https://social.example/@us/s1"), await new Delivery(channel, Plain).SendAsync());
        Assert.Single(statuses);
    }

    [Fact]
    public async Task The_named_time_is_waited_for()
    {
        service.FailNext("POST", 429, """{"error":"Too many requests"}""", ("Retry-After", "120"));
        service.FailNext("POST", 429, """{"error":"Too many requests"}""", ("X-RateLimit-Reset", DateTimeOffset.UtcNow.AddMinutes(4).ToString("O")));
        var delivery = new Delivery(channel, Plain);

        Assert.Equal(TimeSpan.FromMinutes(2), Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After);
        Assert.InRange(Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After!.Value, TimeSpan.FromMinutes(2.5), TimeSpan.FromMinutes(4.2));
        Assert.Empty(statuses);
    }

    [Theory]
    [InlineData(401, true, "Mastodon does not accept the token.")]
    [InlineData(403, true, "Mastodon does not permit it: the token lacks a scope, or the account is limited.")]
    [InlineData(422, true, "Mastodon answered: Validation failed: Text … is bad (status 422).")]
    [InlineData(500, false, "Mastodon answered: Validation failed: Text … is bad (status 500).")]
    public async Task Refusals_are_final_and_trouble_passes(int status, bool final, string reason)
    {
        service.FailNext("POST", status, """{"error":"Validation failed: Text https://x.example/secret is bad"}""");

        var outcome = await new Delivery(channel, Plain).SendAsync();

        Assert.Equal(final ? new SendOutcome.Refused(reason) : new SendOutcome.TryLater(null, reason), outcome);
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
    public async Task A_status_is_edited_with_its_picture_and_deleted_and_deleting_twice_is_harmless()
    {
        var delivery = new Delivery(channel, Sample.English.WithPictureOf(service));
        var post = delivery.Sent(await delivery.SendAsync());
        var cancellation = TestContext.Current.CancellationToken;

        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, channel.Compose(Plain with { Title = "Harbour open" }), cancellation));
        Assert.StartsWith("Harbour open\n", statuses["s1"].GetProperty("status").GetString(), StringComparison.Ordinal);
        Assert.Equal("m1", statuses["s1"].GetProperty("media_ids")[0].GetString());
        service.FailNext("PUT", 429, "", ("Retry-After", "3"));
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.IsType<ChangeOutcome.TryLater>(await channel.EditAsync(post, delivery.Post, cancellation)).After);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.Empty(statuses);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.IsType<ChangeOutcome.NotSupported>(await channel.EditAsync(post, delivery.Post, cancellation));
    }

    [Theory]
    [InlineData("BaseUrl is missing.", null, "Token", "t")]
    [InlineData("Token is missing.", "https://social.example", "Visibility", "public")]
    [InlineData("Visibility is neither public, unlisted nor private.", "https://social.example", "Visibility", "direct")]
    public void A_wrong_setting_is_named(string complaint, string? baseUrl, string key, string value)
    {
        var settings = Sample.Settings("mastodon", baseUrl is null ? null : new Uri(baseUrl), key == "Visibility" && value == "direct" ? [("Token", "t"), (key, value)] : [(key, value)]);

        var failure = Assert.Throws<SettingException>(() => MastodonChannel.Create(settings, service.Outbound, pictures, TimeProvider.System));

        Assert.Equal($"Channel 'our mastodon': {complaint}", failure.Message);
    }

    private MastodonChannel Channel(Uri host) =>
        MastodonChannel.Create(Sample.Settings("mastodon", host, ("Token", "t0ken")), service.Outbound, pictures, TimeProvider.System);

    private Attempt Late(Announcement announcement) => new(
        announcement.ArticleId, channel.Compose(announcement).Payload, null, 2, TimeProvider.System.GetUtcNow().AddHours(-2), TimeProvider.System.GetUtcNow().AddHours(-1));

    private ServiceAnswer Mastodon(ServiceCall call)
    {
        var id = call.Path.Split('/')[^1];
        switch (call.Method, call.Path)
        {
            case ("GET", "/api/v2/instance"):
                return new ServiceAnswer(200, instance);
            case ("GET", "/media/harbour.jpg"):
                return picture;
            case ("POST", "/api/v2/media"):
                return new ServiceAnswer(processing > 0 ? 202 : 200, """{"id":"m1","url":null}""");
            case ("GET", "/api/v1/media/m1"):
                return new ServiceAnswer(processing-- > 0 ? 206 : 200, """{"id":"m1"}""");
            case ("GET", "/api/v1/accounts/verify_credentials"):
                return new ServiceAnswer(200, """{"id":"77"}""");
            case ("GET", "/api/v1/accounts/77/statuses"):
                return new ServiceAnswer(200, call.Query.Contains("max_id", StringComparison.Ordinal) ? "[]" : JsonSerializer.Serialize(statuses.Select(Entity)));
            case ("POST", "/api/v1/statuses"):
                if (!byKey.TryGetValue(call.Headers["Idempotency-Key"], out var known))
                {
                    known = byKey[call.Headers["Idempotency-Key"]] = $"s{statuses.Count + 1}";
                    statuses.Add(known, call.Json);
                }

                return new ServiceAnswer(200, JsonSerializer.Serialize(Entity(KeyValuePair.Create(known, statuses[known]))));
            case var _ when !statuses.ContainsKey(id):
                return new ServiceAnswer(404, """{"error":"Record not found"}""");
            case ("GET", _):
                return new ServiceAnswer(200, JsonSerializer.Serialize(Entity(KeyValuePair.Create(id, statuses[id]))));
            case ("PUT", _):
                statuses[id] = call.Json;
                return new ServiceAnswer(200, JsonSerializer.Serialize(Entity(KeyValuePair.Create(id, statuses[id]))));
            case ("DELETE", _):
                statuses.Remove(id);
                return new ServiceAnswer(200, "{}");
            default:
                throw new InvalidOperationException($"Nobody expected {call.Method} {call.Path}.");
        }
    }

    private static object Entity(KeyValuePair<string, JsonElement> status) => new
    {
        id = status.Key,
        url = $"https://social.example/@us/{status.Key}",
        created_at = TimeProvider.System.GetUtcNow().AddHours(-1).ToString("O"),
        content = $"<p>{WebUtility.HtmlEncode(status.Value.GetProperty("status").GetString())}</p>",
        media_attachments = status.Value.TryGetProperty("media_ids", out var media) ? media.EnumerateArray().Select(item => new { id = item.GetString() }).ToArray() : [],
    };
}
