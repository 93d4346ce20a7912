using System.Text.Json;
using Pressroom.Announcements;
using Pressroom.Announcements.Facebook;

namespace Pressroom.Tests.Announcements.Facebook;

public sealed class FacebookChannelTests : IAsyncLifetime
{
    private const string Token = "EAAGpagetoken0123456789";
    private readonly Dictionary<string, (string Message, string? Link)> posts = [];
    private FakeService service = null!;
    private FacebookChannel channel = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(Page);
        channel = Channel(service.BaseUrl);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task A_post_has_the_message_and_the_link_and_the_token_is_in_no_address()
    {
        var outcome = await new Delivery(channel, Sample.English).SendAsync();

        Assert.Equal(new SendOutcome.Sent("777_1", "https://www.facebook.com/777_1"), outcome);
        var call = Assert.Single(service.Calls);
        Assert.Equal("/v25.0/777/feed", call.Path);
        Assert.Equal($"Bearer {Token}", call.Headers["Authorization"]);
        Assert.DoesNotContain(Token, call.Path + call.Query, StringComparison.Ordinal);
        Assert.Equal("Harbour <reopens> & ferries return\n\nAfter nine weeks of work, the first ferry left at dawn.", call.Form["message"]);
        Assert.Equal(Sample.English.Url, call.Form["link"]);
    }

    [Fact]
    public async Task An_Arabic_headline_that_begins_with_a_Latin_name_keeps_its_direction()
    {
        await new Delivery(channel, Sample.Arabic).SendAsync();

        Assert.Equal("\u200FOPEC ترفع الإنتاج\n\nقررت المنظمة زيادة الإنتاج ابتداء من الشهر المقبل.", Assert.Single(service.Calls).Form["message"]);
    }

    [Fact]
    public void A_message_is_cut_to_the_limit_of_the_settings_between_words()
    {
        var post = Channel(service.BaseUrl, ("MaxCharacters", "50")).Compose(Sample.English);

        Assert.Equal((47, 50, "characters"), (post.Length, post.Limit, post.Unit));
        Assert.StartsWith("Harbour <reopens> & ferries return\n\nAfter nine…\n", post.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_own_text_still_fits_a_payload()
    {
        var post = channel.Compose(Sample.English with { OwnText = string.Concat(Enumerable.Repeat("\"quoted\"\n", 6_000)) });

        Assert.InRange(post.Payload.Length, 29_900, 30_000);
    }

    [Theory]
    [InlineData(400, 190, "needs a new token", true)]
    [InlineData(403, 200, "lacks a permission", true)]
    [InlineData(403, 10, "lacks a permission", true)]
    [InlineData(400, 100, "Some words of theirs", true)]
    [InlineData(400, 368, "blocked", true)]
    [InlineData(500, 190, "needs a new token", true)]
    [InlineData(500, 1, "Some words of theirs", false)]
    [InlineData(400, 2, "Some words of theirs", false)]
    [InlineData(400, 4, "fewer calls", false)]
    [InlineData(400, 32, "fewer calls", false)]
    [InlineData(400, 341, "limit of the application", false)]
    [InlineData(400, 613, "fewer calls", false)]
    public async Task Error_codes_are_told_apart(int status, int code, string words, bool final)
    {
        service.FailNext("POST", status, Error(code));

        var outcome = await new Delivery(channel, Sample.English).SendAsync();

        var reason = final ? Assert.IsType<SendOutcome.Refused>(outcome).Reason : Assert.IsType<SendOutcome.TryLater>(outcome).Reason;
        Assert.Contains(words, reason, StringComparison.Ordinal);
        Assert.Contains($"(code {code}).", reason, StringComparison.Ordinal);
        Assert.Empty(posts);
    }

    [Fact]
    public async Task An_error_that_calls_itself_transient_is_tried_later()
    {
        service.FailNext("POST", 400, """{"error":{"message":"Odd","code":99999,"is_transient":true}}""");

        Assert.IsType<SendOutcome.TryLater>(await new Delivery(channel, Sample.English).SendAsync());
    }

    [Fact]
    public async Task A_quoted_token_and_an_address_are_left_out_of_the_reason()
    {
        service.FailNext("POST", 400, $$$"""{"error":{"message":"Malformed token {{{Token}}}x of https://secret.example/?a=b for ann@example.org","code":2500}}""");

        var reason = Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English).SendAsync()).Reason;

        Assert.Equal("Facebook answered: Malformed token …x of … for … (code 2500).", reason);
    }

    [Fact]
    public async Task Retry_After_is_honoured()
    {
        service.FailNext("POST", 429, "", ("Retry-After", "120"));

        var later = Assert.IsType<SendOutcome.TryLater>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.Equal(TimeSpan.FromMinutes(2), later.After);
    }

    [Fact]
    public async Task The_minutes_to_regain_access_are_honoured()
    {
        service.FailNext("POST", 400, Error(32), ("X-Business-Use-Case-Usage", """{"777":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":17}]}"""));

        var later = Assert.IsType<SendOutcome.TryLater>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.Equal(TimeSpan.FromMinutes(17), later.After);
    }

    [Fact]
    public async Task A_server_in_trouble_is_tried_later_and_then_takes_the_post_once()
    {
        service.FailNext("POST", 503, "<html>");
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Single(posts);
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
    public async Task A_post_whose_answer_never_came_is_found_among_the_pages_posts()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync());
        Assert.Equal(new SendOutcome.Sent("777_1", "https://www.facebook.com/777_1"), await delivery.ResumeAsync());
        Assert.True(channel.CanSettle);

        Assert.Single(posts);
    }

    [Fact]
    public async Task A_gateway_that_got_no_answer_leaves_it_unknown()
    {
        service.FailNext("POST", 504, "<html>");

        Assert.IsType<SendOutcome.Unknown>(await new Delivery(channel, Sample.English).SendAsync());
    }

    [Fact]
    public async Task A_post_that_is_not_found_stays_unknown_and_is_not_sent_again()
    {
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.Unknown>(await delivery.ResumeAsync());

        Assert.DoesNotContain(service.Calls, call => call.Method == "POST");
    }

    [Fact]
    public async Task A_page_that_cannot_be_asked_leaves_it_unknown()
    {
        service.FailNext("GET", 503);

        Assert.IsType<SendOutcome.Unknown>(await new Delivery(channel, Sample.English).ResumeAsync());
    }

    [Fact]
    public async Task Another_articles_post_with_the_same_own_text_is_not_taken_for_it()
    {
        await new Delivery(channel, Sample.English with { OwnText = "Breaking" }).SendAsync();

        var other = await new Delivery(channel, Sample.English with { OwnText = "Breaking", Url = "https://news.example/2026/11/other/" }).ResumeAsync();

        Assert.IsType<SendOutcome.Unknown>(other);
    }

    [Fact]
    public async Task The_refusal_of_a_repeat_is_evidence_that_it_is_out()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Sample.English);
        await delivery.SendAsync();

        var outcome = await delivery.SendAsync();

        Assert.Equal("777_1", Assert.IsType<SendOutcome.Sent>(outcome).RemoteId);
        Assert.Single(posts);
    }

    [Fact]
    public async Task The_refusal_of_a_repeat_is_evidence_even_where_the_post_cannot_be_found()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Sample.English);
        await delivery.SendAsync();
        service.FailNext("POST", 400, Error(506));
        service.FailNext("GET", 503);

        Assert.NotNull(Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync()).Note);
    }

    [Fact]
    public async Task The_same_post_at_a_first_try_is_refused()
    {
        service.FailNext("POST", 400, Error(506));

        Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English).SendAsync());
    }

    [Fact]
    public async Task A_cut_answer_is_a_post_that_is_out()
    {
        service.CutNext("POST");

        Assert.Equal(new SendOutcome.Sent("777_1", "https://www.facebook.com/777_1"), await new Delivery(channel, Sample.English).SendAsync());

        Assert.Single(posts);
    }

    [Fact]
    public async Task A_link_that_cannot_be_read_goes_into_the_message_instead_of_a_card()
    {
        service.FailNext("POST", 400, Error(100, 1609005));

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.Arabic).SendAsync());

        Assert.StartsWith("without its link card: Facebook answered: Some words of theirs", sent.Note, StringComparison.Ordinal);
        Assert.EndsWith($"\n\n\u2066{Sample.Arabic.Url}\u2069", Assert.Single(posts.Values).Message, StringComparison.Ordinal);
        Assert.Null(posts.Values.Single().Link);
    }

    [Fact]
    public async Task A_post_is_edited_and_deleted_and_deleting_twice_is_harmless()
    {
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());
        var cancellation = TestContext.Current.CancellationToken;

        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, channel.Compose(Sample.English with { Title = "Harbour open" }), cancellation));
        Assert.StartsWith("Harbour open\n", posts["777_1"].Message, StringComparison.Ordinal);

        service.FailNext("DELETE", 200, """{"success":false}""");
        Assert.IsType<ChangeOutcome.TryLater>(await channel.DeleteAsync(post, cancellation));
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.Empty(posts);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.IsType<ChangeOutcome.NotSupported>(await channel.EditAsync(post, delivery.Post, cancellation));
    }

    [Theory]
    [InlineData("PageId")]
    [InlineData("Token")]
    public void A_missing_key_is_named(string key)
    {
        var settings = Sample.Settings("facebook", null, [.. new[] { ("PageId", "777"), ("Token", Token) }.Where(value => value.Item1 != key)]);

        var failure = Assert.Throws<SettingException>(() => FacebookChannel.Create(settings, service.Outbound, TimeProvider.System));

        Assert.Equal($"Channel 'our facebook': {key} is missing.", failure.Message);
    }

    private FacebookChannel Channel(Uri baseUrl, params (string, string)[] more) => FacebookChannel.Create(
        Sample.Settings("facebook", baseUrl, [("PageId", "777"), ("Token", Token), .. more]), service.Outbound, TimeProvider.System);

    private static string Error(int code, int subcode = 0) =>
        JsonSerializer.Serialize(new { error = new { message = "Some words of theirs.", type = "OAuthException", code, error_subcode = subcode, fbtrace_id = "x" } });

    private ServiceAnswer Page(ServiceCall call)
    {
        if (call.Headers.GetValueOrDefault("Authorization") != $"Bearer {Token}")
        {
            return new ServiceAnswer(401, Error(190));
        }

        var id = call.Path["/v25.0/".Length..];
        switch (call.Method, id)
        {
            case ("POST", "777/feed"):
                var post = (call.Form["message"], call.Form.GetValueOrDefault("link"));
                if (posts.Count > 0 && posts.Values.Last() == post)
                {
                    return new ServiceAnswer(400, Error(506));
                }

                posts.Add($"777_{posts.Count + 1}", post);
                return new ServiceAnswer(200, JsonSerializer.Serialize(new { id = posts.Keys.Last() }));
            case ("GET", "777/feed"):
                return new ServiceAnswer(200, JsonSerializer.Serialize(new
                {
                    data = posts.Select(item => new { id = item.Key, message = item.Value.Message, attachments = new { data = new[] { new { unshimmed_url = item.Value.Link } } } }),
                }));
            case (_, _) when !posts.ContainsKey(id):
                return new ServiceAnswer(400, Error(100, 33));
            case ("POST", _):
                posts[id] = (call.Form["message"], posts[id].Link);
                return new ServiceAnswer(200, """{"success":true}""");
            case ("DELETE", _):
                posts.Remove(id);
                return new ServiceAnswer(200, """{"success":true}""");
            default:
                return new ServiceAnswer(405);
        }
    }
}
