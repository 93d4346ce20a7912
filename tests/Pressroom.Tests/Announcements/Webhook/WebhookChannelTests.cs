using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Announcements;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Tests.Announcements.Webhook;

public sealed class WebhookChannelTests : IAsyncLifetime
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Next = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 24, 7, 0, 0, TimeSpan.Zero));

    // A receiver as Standard Webhooks has it: it knows each id once.
    private readonly Dictionary<string, ServiceCall> events = [];
    private FakeService service = null!;
    private WebhookChannel channel = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(call =>
        {
            events.TryAdd(call.Headers["webhook-id"], call);
            return new ServiceAnswer(200, "thanks");
        });
        channel = Channel(service.BaseUrl);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public void The_signature_is_that_of_the_check_value() => Assert.Equal(
        "v1,BWy17FPvrvgB9B8Tq0JOg4pHYngeNOMHSr/OYzFsrg0=",
        WebhookSecret.ParseOrNull(Secret)!.Sign("msg_p5jXN8AQM9LWM0D4loKWxlek", "1614265330", """{"test": 2432232314}"""));

    [Fact]
    public async Task An_event_says_what_was_published_and_is_signed_over_its_bytes()
    {
        var outcome = await new Delivery(channel, Sample.Arabic).SendAsync();

        var call = Assert.Single(events).Value;
        Assert.Equal(new SendOutcome.Sent(call.Headers["webhook-id"], null), outcome);
        Assert.Equal("application/json", call.Headers["Content-Type"]);
        Assert.Equal(time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), call.Headers["webhook-timestamp"]);
        Assert.DoesNotContain('.', call.Headers["webhook-id"]);
        Assert.Equal(Signature(Secret, call), call.Headers["webhook-signature"]);
        Assert.Equal("article.published", call.Json.GetProperty("type").GetString());
        Assert.Equal(time.GetUtcNow(), call.Json.GetProperty("timestamp").GetDateTimeOffset());
        var data = call.Json.GetProperty("data");
        Assert.Equal((Sample.Arabic.ArticleId.Value, Sample.Arabic.Title, Sample.Arabic.Url, "ar", "rtl"), (
            data.GetProperty("id").GetString(), data.GetProperty("title").GetString(), data.GetProperty("url").GetString(),
            data.GetProperty("language").GetString(), data.GetProperty("direction").GetString()));
    }

    [Fact]
    public async Task While_a_secret_is_changed_both_sign()
    {
        await new Delivery(Channel(service.BaseUrl, ("SecretNext", Next)), Sample.English).SendAsync();

        var call = Assert.Single(events).Value;
        Assert.Equal($"{Signature(Secret, call)} {Signature(Next, call)}", call.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task An_event_whose_answer_never_came_is_sent_again_under_its_id_with_the_time_of_the_attempt()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync());
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.IsType<SendOutcome.Sent>(await delivery.ResumeAsync());
        Assert.True(channel.CanSettle);

        Assert.Single(events);
        var calls = service.Calls.ToList();
        Assert.Equal(2, calls.Count);
        Assert.Equal(calls[0].Headers["webhook-id"], calls[1].Headers["webhook-id"]);
        Assert.Equal(calls[0].Body, calls[1].Body);
        Assert.NotEqual(calls[0].Headers["webhook-timestamp"], calls[1].Headers["webhook-timestamp"]);
        Assert.Equal(Signature(Secret, calls[1]), calls[1].Headers["webhook-signature"]);
    }

    [Fact]
    public async Task A_cut_answer_is_an_event_that_arrived()
    {
        service.CutNext("POST");

        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.Single(events);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(502)]
    public async Task Whatever_is_no_success_is_tried_again(int status)
    {
        service.FailNext("POST", status, "", ("Location", "http://127.0.0.1:1/elsewhere"));
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Single(events);
        Assert.Equal(2, service.Calls.Count);
    }

    [Fact]
    public async Task It_is_tried_again_on_the_schedule_and_not_before_the_endpoint_wants_it()
    {
        service.FailNext("POST", 503);
        service.FailNext("POST", 429, "", ("Retry-After", "3600"));
        service.FailNext("POST", 504, "", ("Retry-After", "1"));
        var delivery = new Delivery(channel, Sample.English);

        Assert.InRange((await AfterAsync()).TotalSeconds, 5, 5.5);
        Assert.Equal(3600, (await AfterAsync()).TotalSeconds);
        Assert.InRange((await AfterAsync()).TotalMinutes, 30, 33);

        async Task<TimeSpan> AfterAsync() => Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After!.Value;
    }

    [Fact]
    public async Task After_ten_tries_the_endpoint_is_given_up()
    {
        var delivery = new Delivery(channel, Sample.English);
        for (var tries = 1; tries < 10; tries++)
        {
            service.FailNext("POST", 500);
            Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        }

        service.FailNext("POST", 500);
        Assert.Equal("The endpoint did not take it (status 500). It was tried 10 times.", Assert.IsType<SendOutcome.Refused>(await delivery.SendAsync()).Reason);
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_asked_to_be_removed()
    {
        service.FailNext("POST", 410);

        Assert.StartsWith("The endpoint asked to be removed", Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English).SendAsync()).Reason, StringComparison.Ordinal);
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
    public async Task Edits_and_deletions_are_events_of_their_own()
    {
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());
        var cancellation = TestContext.Current.CancellationToken;
        var edited = channel.Compose(Sample.English with { Title = "Harbour open" });
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, edited, cancellation));
        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, edited, cancellation));
        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, channel.Compose(Sample.English with { Title = "Harbour open" }), cancellation));
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));

        Assert.Equal(
            ["article.published", "article.updated", "article.updated", "article.deleted"],
            events.Values.Select(call => call.Json.GetProperty("type").GetString()));
        Assert.Equal("Harbour open", events.Values.ElementAt(1).Json.GetProperty("data").GetProperty("title").GetString());
        var deleted = events.Values.Last().Json.GetProperty("data");
        Assert.Equal((Sample.English.ArticleId.Value, Sample.English.Url), (deleted.GetProperty("id").GetString(), deleted.GetProperty("url").GetString()));
        Assert.All(events.Values, call => Assert.Equal(Signature(Secret, call), call.Headers["webhook-signature"]));
    }

    [Fact]
    public void A_body_is_kept_small()
    {
        var post = channel.Compose(Sample.Arabic with { Summary = string.Concat(Enumerable.Repeat("\"كلمات\" ", 5_000)), OwnText = "Own" });

        Assert.InRange(post.Length, 19_900, 20_000);
        Assert.Equal((Encoding.UTF8.GetByteCount(post.Payload), 20_000, "bytes"), (post.Length, post.Limit, post.Unit));
    }

    [Theory]
    [InlineData("Secret", null, "is missing")]
    [InlineData("Secret", "whsec_c2hvcnQ=", "is no secret of Standard Webhooks")]
    [InlineData("Secret", "not base64!", "is no secret of Standard Webhooks")]
    [InlineData("SecretNext", "whsec_c2hvcnQ=", "is no secret of Standard Webhooks")]
    [InlineData("Url", "news.example", "is no absolute http(s) address")]
    [InlineData("MaxBytes", "many", "is no whole number above 0")]
    public void Wrong_settings_are_named_and_not_repeated(string key, string? value, string complaint)
    {
        var values = new Dictionary<string, string> { ["Url"] = "https://news.example/hook", ["Secret"] = Secret };
        values.Remove(key);
        if (value is not null)
        {
            values[key] = value;
        }

        var failure = Assert.Throws<SettingException>(() => WebhookChannel.Create(
            Sample.Settings("webhook", null, [.. values.Select(pair => (pair.Key, pair.Value))]), service.Outbound, time));

        Assert.StartsWith($"Channel 'our webhook': {key} {complaint}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value ?? "?", failure.Message, StringComparison.Ordinal);
    }

    private WebhookChannel Channel(Uri host, params (string, string)[] more) => WebhookChannel.Create(
        Sample.Settings("webhook", null, [("Url", new Uri(host, "/hook").AbsoluteUri), ("Secret", Secret), .. more]), service.Outbound, time);

    private static string Signature(string secret, ServiceCall call)
    {
        using var hmac = new HMACSHA256(Convert.FromBase64String(secret["whsec_".Length..]));
        return "v1," + Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes($"{call.Headers["webhook-id"]}.{call.Headers["webhook-timestamp"]}.{call.Body}")));
    }
}
