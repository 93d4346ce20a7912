using System.Text.Json;
using Pressroom.Announcements;
using Pressroom.Announcements.Discord;

namespace Pressroom.Tests.Announcements.Discord;

public sealed class DiscordChannelTests : IAsyncLifetime
{
    private const string Webhook = "/api/webhooks/900/s3cret";
    private readonly Dictionary<string, string> messages = [];
    private bool isDeleted;
    private CancellationTokenSource? stop;
    private FakeService service = null!;
    private DiscordChannel channel = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(Discord);
        channel = Channel(service.BaseUrl);
    }

    public async ValueTask DisposeAsync()
    {
        stop?.Dispose();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_a_card_that_calls_nobody()
    {
        var outcome = await new Delivery(channel, Sample.English).SendAsync();

        Assert.Equal(new SendOutcome.Sent("m1", "https://discord.com/channels/55/66/m1"), outcome);
        var call = service.Calls.First();
        Assert.Equal(("POST", Webhook, "?wait=true"), (call.Method, call.Path, call.Query));
        Assert.Equal(0, call.Json.GetProperty("allowed_mentions").GetProperty("parse").GetArrayLength());
        Assert.False(call.Json.TryGetProperty("content", out _));
        var embed = call.Json.GetProperty("embeds")[0];
        Assert.Equal(@"Harbour \<reopens> & ferries return", embed.GetProperty("title").GetString());
        Assert.Equal(Sample.English.Url, embed.GetProperty("url").GetString());
        Assert.Equal(Sample.English.Summary, embed.GetProperty("description").GetString());
        Assert.Equal(Sample.English.Image!.Url, embed.GetProperty("image").GetProperty("url").GetString());
        Assert.Equal("The Example", embed.GetProperty("footer").GetProperty("text").GetString());
        Assert.Equal(Sample.English.PublishedAt, embed.GetProperty("timestamp").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_thread_of_the_webhooks_address_is_kept()
    {
        var inThread = DiscordChannel.Create(Sample.Settings("discord", null, ("Url", $"{service.BaseUrl}{Webhook[1..]}?thread_id=7")), service.Outbound, TimeProvider.System);
        var delivery = new Delivery(inThread, Sample.English);

        await inThread.DeleteAsync(delivery.Sent(await delivery.SendAsync()), TestContext.Current.CancellationToken);

        Assert.Equal(["?thread_id=7&wait=true", "?thread_id=7", "?thread_id=7"], service.Calls.Select(call => call.Query));
    }

    [Fact]
    public void Text_reads_as_it_was_typed_and_addresses_stay_links()
    {
        var post = channel.Compose(Sample.English with { OwnText = "# 5 * 3 _is_ [x] ~ `a` | <@&1>\n- see https://news.example/a_b_c*d \\" });

        Assert.Equal(
            "\\# 5 \\* 3 \\_is\\_ \\[x\\] \\~ \\`a\\` \\| \\<@&1>\n\\- see https://news.example/a_b_c*d \\\\",
            Json(post).GetProperty("content").GetString());
    }

    [Fact]
    public void An_own_text_takes_the_place_of_the_summary_and_is_counted_against_its_limit()
    {
        var post = Channel(service.BaseUrl, ("MaxCharacters", "20")).Compose(Sample.English with { OwnText = "Ferries sail again from the harbour" });

        Assert.Equal((19, 20), (post.Length, post.Limit));
        Assert.Equal("Ferries sail again…", Json(post).GetProperty("content").GetString());
        Assert.False(Json(post).GetProperty("embeds")[0].TryGetProperty("description", out _));
    }

    [Fact]
    public void A_card_keeps_each_limit_and_the_limit_of_all_backslashes_included()
    {
        var post = channel.Compose(Sample.English with
        {
            Title = string.Concat(Enumerable.Repeat("*_", 300)),
            Summary = string.Concat(Enumerable.Repeat("**** ", 2_000)),
            SiteTitle = new string('s', 2_000),
        });

        var embed = Json(post).GetProperty("embeds")[0];
        Assert.InRange(embed.GetProperty("title").GetString()!.Length, 250, 256);
        Assert.InRange(embed.GetProperty("description").GetString()!.Length, 3_700, 4_096);
        Assert.Equal((6_000, "characters"), (post.Limit, post.Unit));
        Assert.InRange(post.Length, 5_900, 6_000);
    }

    [Fact]
    public void An_Arabic_card_keeps_its_direction() =>
        Assert.Equal("\u200FOPEC ترفع الإنتاج", Json(channel.Compose(Sample.Arabic)).GetProperty("embeds")[0].GetProperty("title").GetString());

    [Fact]
    public async Task The_longer_of_header_and_body_is_waited_for()
    {
        service.FailNext("POST", 429, """{"message":"You are being rate limited.","retry_after":1.75,"global":false}""", ("Retry-After", "1"));
        service.FailNext("POST", 429, """{"message":"You are being rate limited.","retry_after":0.5,"global":true}""", ("Retry-After", "65"));
        var delivery = new Delivery(channel, Sample.English);

        Assert.Equal(TimeSpan.FromSeconds(1.75), Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After);
        Assert.Equal(TimeSpan.FromSeconds(65), Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After);
        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Single(messages);
    }

    [Fact]
    public async Task A_webhook_that_is_gone_is_final()
    {
        isDeleted = true;

        Assert.Equal("Discord no longer has this webhook.", Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English).SendAsync()).Reason);
        Assert.Single(service.Calls);
    }

    [Theory]
    [InlineData(401, true)]
    [InlineData(403, true)]
    [InlineData(500, false)]
    [InlineData(502, false)]
    public async Task Refusals_are_final_and_trouble_passes(int status, bool final)
    {
        service.FailNext("POST", status, """{"message":"x","code":0}""");

        var outcome = await new Delivery(channel, Sample.English).SendAsync();

        Assert.Equal(final ? typeof(SendOutcome.Refused) : typeof(SendOutcome.TryLater), outcome.GetType());
        Assert.Empty(messages);
    }

    [Theory]
    [InlineData(504)]
    [InlineData(524)]
    public async Task A_gateway_that_got_no_answer_leaves_it_unknown(int status)
    {
        service.FailNext("POST", status);

        Assert.IsType<SendOutcome.Unknown>(await new Delivery(channel, Sample.English).SendAsync());
    }

    [Fact]
    public async Task A_picture_that_Discord_refuses_is_left_out_and_the_post_says_so()
    {
        service.FailNext("POST", 400, """{"message":"Invalid Form Body","code":50035,"errors":{"embeds":{}}}""");

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.Equal("without its picture: Discord did not take it (status 400, code 50035).", sent.Note);
        Assert.DoesNotContain("image", Assert.Single(messages).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Discord_refuses_without_a_picture_too_is_final()
    {
        service.FailNext("POST", 400, """{"code":50035}""");

        Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English with { Image = null }).SendAsync());
    }

    [Fact]
    public async Task A_message_whose_answer_never_came_stays_unknown_and_is_never_sent_twice()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Unknown>(await delivery.ResumeAsync());
        Assert.False(((IChannel)channel).CanSettle);

        Assert.Single(messages);
    }

    [Fact]
    public async Task A_cut_answer_is_a_message_that_is_out()
    {
        service.CutNext("POST");

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.Null(sent.RemoteId);
        Assert.NotNull(sent.Note);
        Assert.Single(messages);
    }

    [Fact]
    public async Task An_unreadable_webhook_is_only_a_missing_address()
    {
        service.FailNext("GET", 500);

        Assert.Equal(new SendOutcome.Sent("m1", null), await new Delivery(channel, Sample.English).SendAsync());
    }

    [Fact]
    public async Task A_host_that_stops_while_it_asks_for_the_address_still_knows_that_the_message_is_out()
    {
        stop = new CancellationTokenSource();
        var attempt = new Attempt(Sample.English.ArticleId, channel.Compose(Sample.English).Payload, null, 1, Sample.English.PublishedAt, null);

        Assert.Equal(new SendOutcome.Sent("m1", null), await channel.SendAsync(attempt, stop.Token));
    }

    [Fact]
    public async Task The_time_out_of_the_client_leaves_it_unknown()
    {
        using var hasty = new HttpClient { Timeout = TimeSpan.FromMilliseconds(200) };
        service.HangNext("POST");
        var impatient = DiscordChannel.Create(
            Sample.Settings("discord", null, ("Url", new Uri(service.BaseUrl, Webhook).AbsoluteUri)), new Outbound(hasty, TimeProvider.System), TimeProvider.System);

        Assert.Equal("No answer came in time.", Assert.IsType<SendOutcome.Unknown>(await new Delivery(impatient, Sample.English).SendAsync()).Reason);
    }

    [Fact]
    public async Task A_refused_connection_is_tried_later()
    {
        var nobody = FakeService.NobodyThere(out var taken);
        using (taken)
        {
            Assert.IsType<SendOutcome.TryLater>(await new Delivery(Channel(nobody), Sample.English).SendAsync());
        }
    }

    [Fact]
    public async Task A_message_is_edited_and_deleted_and_deleting_twice_is_harmless()
    {
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());
        var cancellation = TestContext.Current.CancellationToken;

        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, channel.Compose(Sample.English with { Title = "Harbour open" }), cancellation));
        Assert.Contains("Harbour open", messages["m1"], StringComparison.Ordinal);
        service.FailNext("PATCH", 400, """{"code":50035}""");
        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, delivery.Post, cancellation));
        Assert.DoesNotContain("image", messages["m1"], StringComparison.Ordinal);
        service.FailNext("PATCH", 429, """{"retry_after":3}""");
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.IsType<ChangeOutcome.TryLater>(await channel.EditAsync(post, delivery.Post, cancellation)).After);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.Empty(messages);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.IsType<ChangeOutcome.NotSupported>(await channel.EditAsync(post, delivery.Post, cancellation));
        isDeleted = true;
        Assert.IsType<ChangeOutcome.Refused>(await channel.DeleteAsync(post, cancellation));
    }

    [Fact]
    public void A_missing_address_is_named()
    {
        var failure = Assert.Throws<SettingException>(() => DiscordChannel.Create(Sample.Settings("discord", null), service.Outbound, TimeProvider.System));

        Assert.Equal("Channel 'our discord': Url is missing.", failure.Message);
    }

    private DiscordChannel Channel(Uri host, params (string, string)[] more) => DiscordChannel.Create(
        Sample.Settings("discord", null, [("Url", new Uri(host, Webhook).AbsoluteUri), .. more]), service.Outbound, TimeProvider.System);

    private static JsonElement Json(ComposedPost post) => JsonSerializer.Deserialize<JsonElement>(post.Payload);

    private ServiceAnswer Discord(ServiceCall call)
    {
        if (isDeleted)
        {
            return new ServiceAnswer(404, """{"message":"Unknown Webhook","code":10015}""");
        }

        var id = call.Path.Split('/')[^1];
        switch (call.Method)
        {
            case "GET" when stop is not null:
                stop.Cancel();
                call.Aborted.WaitHandle.WaitOne();
                return new ServiceAnswer(500);
            case "GET":
                return new ServiceAnswer(200, """{"id":"900","type":1,"guild_id":"55","channel_id":"66"}""");
            case "POST":
                messages.Add($"m{messages.Count + 1}", call.Body);
                return call.Query.Contains("wait=true", StringComparison.Ordinal)
                    ? new ServiceAnswer(200, JsonSerializer.Serialize(new { id = messages.Keys.Last(), channel_id = "66" }))
                    : new ServiceAnswer(204);
            case var _ when !messages.ContainsKey(id):
                return new ServiceAnswer(404, """{"message":"Unknown Message","code":10008}""");
            case "PATCH":
                messages[id] = call.Body;
                return new ServiceAnswer(200, JsonSerializer.Serialize(new { id, channel_id = "66" }));
            default:
                messages.Remove(id);
                return new ServiceAnswer(204);
        }
    }
}
