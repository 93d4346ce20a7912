using System.Text.Json;
using System.Text.RegularExpressions;
using Pressroom.Announcements;
using Pressroom.Announcements.X;

namespace Pressroom.Tests.Announcements.X;

public sealed class XChannelTests : IAsyncLifetime
{
    private const string Duplicate = """{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403}""";
    private readonly Dictionary<string, string> posts = [];
    private FakeService service = null!;
    private XChannel channel = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(X);
        channel = Channel(service.BaseUrl);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task A_post_is_its_text_signed_for_the_account()
    {
        var outcome = await new Delivery(channel, Sample.English).SendAsync();

        Assert.Equal(new SendOutcome.Sent("p1", "https://x.com/i/web/status/p1"), outcome);
        var call = Assert.Single(service.Calls);
        Assert.Equal(("POST", "/2/tweets"), (call.Method, call.Path));
        Assert.Equal(
            """{"text":"Harbour <reopens> & ferries return\n\nAfter nine weeks of work, the first ferry left at dawn.\n\nhttps://news.example/2026/11/harbour-reopens/\n\n#Harbour #CityLife"}""",
            call.Body);
        Assert.Matches("""^OAuth oauth_consumer_key="ck", .*oauth_signature="[^"]+", oauth_signature_method="HMAC-SHA1", .*oauth_token="at", oauth_version="1.0"$""", call.Headers["Authorization"]);
        Assert.DoesNotContain("s3cret", call.Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_text_is_weighed()
    {
        var post = channel.Compose(Sample.English with { Summary = string.Concat(Enumerable.Repeat("渡轮 ", 200)) });

        Assert.InRange(post.Length, 270, 280);
        Assert.Equal((280, "weighted characters"), (post.Limit, post.Unit));
        Assert.Contains($"…\n\n{Sample.English.Url}\n\n#Harbour", post.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_Arabic_post_keeps_its_direction_and_isolates_its_link() =>
        Assert.Contains($"\n\n\u2066{Sample.Arabic.Url}\u2069\n\n#تغير_المناخ", channel.Compose(Sample.Arabic).Text, StringComparison.Ordinal);

    [Fact]
    public async Task The_windows_end_is_waited_for_and_the_days_where_that_is_used_up()
    {
        var now = DateTimeOffset.UtcNow;
        service.FailNext("POST", 429, "{}", ("x-rate-limit-reset", $"{now.AddMinutes(15).ToUnixTimeSeconds()}"));
        service.FailNext("POST", 429, "{}", ("x-rate-limit-reset", $"{now.AddMinutes(15).ToUnixTimeSeconds()}"),
            ("x-user-limit-24hour-remaining", "0"), ("x-user-limit-24hour-reset", $"{now.AddHours(20).ToUnixTimeSeconds()}"));
        var delivery = new Delivery(channel, Sample.English);

        Assert.InRange(Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After!.Value, TimeSpan.FromMinutes(12), TimeSpan.FromMinutes(15));
        Assert.InRange(Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After!.Value, TimeSpan.FromHours(19), TimeSpan.FromHours(20));
        Assert.Empty(posts);
    }

    [Theory]
    [InlineData(401, "{}", true, "X does not accept the keys and tokens.")]
    [InlineData(402, """{"title":"CreditsDepleted","detail":"x"}""", true, "X wants to be paid: the account has no credits left.")]
    [InlineData(403, """{"detail":"Your client app is not configured.","type":"https://api.twitter.com/2/problems/client-forbidden"}""", true, "X answered: Your client app is not configured (status 403).")]
    [InlineData(429, """{"detail":"Usage cap exceeded","type":"https://api.twitter.com/2/problems/usage-capped"}""", true, "X takes no more from the account: its plan or spending limit is used up.")]
    [InlineData(403, Duplicate, true, "X has a post with the same text already.")]
    [InlineData(500, "", false, "X did not take it (status 500).")]
    [InlineData(503, "", false, "X did not take it (status 503).")]
    public async Task Refusals_are_final_and_trouble_passes(int status, string body, bool final, string reason)
    {
        service.FailNext("POST", status, body);

        Assert.Equal(final ? new SendOutcome.Refused(reason) : new SendOutcome.TryLater(null, reason), await new Delivery(channel, Sample.English).SendAsync());
    }

    [Fact]
    public async Task A_post_whose_answer_never_came_is_found_among_the_accounts_and_not_sent_twice()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync());
        Assert.Equal(new SendOutcome.Sent("p1", "https://x.com/i/web/status/p1"), await delivery.ResumeAsync());

        Assert.Single(posts);
        Assert.Matches(@"^\?start_time=\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\dZ&max_results=20&exclude=replies,retweets&tweet\.fields=entities$", service.Calls.Last().Query);
    }

    [Fact]
    public async Task A_post_that_is_not_found_stays_unknown_and_is_never_sent_again()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Sample.English);
        await delivery.SendAsync();
        posts.Clear();

        Assert.IsType<SendOutcome.Unknown>(await delivery.ResumeAsync());
        service.FailNext("GET", 429);
        Assert.IsType<SendOutcome.Unknown>(await delivery.ResumeAsync());

        Assert.Single(service.Calls, call => call.Method == "POST");
    }

    [Fact]
    public async Task A_gateway_that_got_no_answer_leaves_it_unknown()
    {
        service.FailNext("POST", 504);

        Assert.IsType<SendOutcome.Unknown>(await new Delivery(channel, Sample.English).SendAsync());
    }

    [Fact]
    public async Task A_repeat_that_is_refused_as_a_duplicate_is_a_post_that_is_out()
    {
        service.FailNext("POST", 503);
        service.FailNext("POST", 403, Duplicate);
        var delivery = new Delivery(channel, Sample.English);
        await delivery.SendAsync();
        posts.Add("p9", Sample.English.Url);

        Assert.Equal(new SendOutcome.Sent("p9", "https://x.com/i/web/status/p9"), await delivery.SendAsync());
        posts.Clear();
        service.FailNext("POST", 403, Duplicate);
        Assert.Null(Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync()).RemoteId);
    }

    [Fact]
    public async Task A_cut_answer_is_a_post_that_is_out_and_found()
    {
        service.CutNext("POST");

        Assert.Equal(new SendOutcome.Sent("p1", "https://x.com/i/web/status/p1"), await new Delivery(channel, Sample.English).SendAsync());
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
    public async Task A_post_is_deleted_and_deleting_twice_is_harmless_and_there_are_no_edits()
    {
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());
        var cancellation = TestContext.Current.CancellationToken;

        Assert.IsType<ChangeOutcome.NotSupported>(await ((IChannel)channel).EditAsync(post, delivery.Post, cancellation));
        service.FailNext("DELETE", 429, "", ("x-rate-limit-reset", $"{DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds()}"));
        Assert.NotNull(Assert.IsType<ChangeOutcome.TryLater>(await channel.DeleteAsync(post, cancellation)).After);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.Empty(posts);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
    }

    [Fact]
    public void A_missing_key_is_named()
    {
        var failure = Assert.Throws<SettingException>(() => XChannel.Create(
            Sample.Settings("x", null, ("ConsumerKey", "ck"), ("ConsumerSecret", "cs"), ("AccessToken", "at")), service.Outbound, TimeProvider.System));

        Assert.Equal("Channel 'our x': AccessTokenSecret is missing.", failure.Message);
    }

    private XChannel Channel(Uri host) => XChannel.Create(
        Sample.Settings("x", host, ("ConsumerKey", "ck"), ("ConsumerSecret", "s3cret"), ("AccessToken", "at"), ("AccessTokenSecret", "s3cret2")), service.Outbound, TimeProvider.System);

    private ServiceAnswer X(ServiceCall call)
    {
        switch (call.Method, call.Path)
        {
            case ("POST", "/2/tweets"):
                posts.Add($"p{posts.Count + 1}", Regex.Match(call.Json.GetProperty("text").GetString()!, @"https://\S+").Value);
                return new ServiceAnswer(201, JsonSerializer.Serialize(new { data = new { id = posts.Keys.Last(), text = "…" } }));
            case ("GET", "/2/users/me"):
                return new ServiceAnswer(200, """{"data":{"id":"77","username":"us"}}""");
            case ("GET", "/2/users/77/tweets"):
                return new ServiceAnswer(200, posts.Count == 0
                    ? """{"meta":{"result_count":0}}"""
                    : JsonSerializer.Serialize(new { data = posts.Select(post => new { id = post.Key, entities = new { urls = new[] { new { url = "https://t.co/x", expanded_url = post.Value } } } }) }));
            case ("DELETE", _):
                return posts.Remove(call.Path.Split('/')[^1])
                    ? new ServiceAnswer(200, """{"data":{"deleted":true}}""")
                    : new ServiceAnswer(404, """{"title":"Not Found Error"}""");
            default:
                throw new InvalidOperationException($"Nobody expected {call.Method} {call.Path}.");
        }
    }
}
