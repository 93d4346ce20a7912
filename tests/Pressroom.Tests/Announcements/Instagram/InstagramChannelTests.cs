using Pressroom.Announcements;
using Pressroom.Announcements.Instagram;

namespace Pressroom.Tests.Announcements.Instagram;

public sealed class InstagramChannelTests : IAsyncLifetime
{
    private readonly FakeContainers instagram = new("/v25.0/", "media", "media_publish", "status_code", "media", "caption");
    private FakeService service = null!;
    private InstagramChannel channel = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(instagram.Answer);
        channel = Channel(service.BaseUrl);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task A_picture_is_published_in_steps_that_are_kept_in_between()
    {
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.Progressed>(await delivery.StepAsync());
        Assert.Equal(1, instagram.Made);
        Assert.IsType<SendOutcome.Progressed>(await delivery.StepAsync());
        Assert.Empty(instagram.Posts);
        Assert.Equal(new SendOutcome.Sent("m1", FakeContainers.Permalink("m1")), await delivery.StepAsync());

        var post = Assert.Single(instagram.Posts).Value;
        Assert.Equal(Sample.English.Image!.Url, post["image_url"]);
        Assert.Equal(Sample.English.Image.Alt, post["alt_text"]);
        Assert.Equal(
            $"Harbour <reopens> & ferries return\n\nAfter nine weeks of work, the first ferry left at dawn.\n\n{Sample.English.Url}\n\n#Harbour #CityLife",
            post["caption"]);
        Assert.DoesNotContain(service.Calls, call => (call.Path + call.Query).Contains("IGtoken", StringComparison.Ordinal));
    }

    [Fact]
    public void An_Arabic_caption_isolates_the_address_and_keeps_its_direction()
    {
        var caption = channel.Compose(Sample.Arabic).Text;

        Assert.StartsWith("\u200FOPEC", caption, StringComparison.Ordinal);
        Assert.Contains($"\n\n\u2066{Sample.Arabic.Url}\u2069\n\n", caption, StringComparison.Ordinal);
        Assert.EndsWith("#تغير_المناخ", caption, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_picture_it_is_refused_and_nothing_is_called()
    {
        var outcome = await new Delivery(channel, Sample.English with { Image = null }).SendAsync();

        Assert.Equal("Instagram takes no post without a picture, and the article has none.", Assert.IsType<SendOutcome.Refused>(outcome).Reason);
        Assert.Empty(service.Calls);
    }

    [Fact]
    public void A_long_caption_is_cut_before_its_address_and_its_hashtags_are_whole()
    {
        var small = Channel(service.BaseUrl, ("MaxCharacters", "160"), ("MaxAltCharacters", "10"));

        var post = small.Compose(Sample.English with { Summary = string.Concat(Enumerable.Repeat("words ", 100)), Tags = ["Harbour", new string('x', 80)] });

        Assert.InRange(post.Length, 150, 160);
        Assert.Equal(160, post.Limit);
        Assert.EndsWith($"words…\n\n{Sample.English.Url}", post.Text, StringComparison.Ordinal);
        Assert.Contains("A ferry…", post.Payload, StringComparison.Ordinal);
    }

    [Fact]
    public void Hashtags_of_an_own_text_count_towards_their_limit()
    {
        var post = Channel(service.BaseUrl, ("MaxHashtags", "2")).Compose(Sample.English with { OwnText = "Look #here", Tags = ["2026", "one", "two"] });

        Assert.Equal("Look #here\n\n#one", post.Text);
    }

    [Fact]
    public async Task A_container_that_is_not_ready_is_looked_at_once_a_minute()
    {
        instagram.Statuses.Enqueue("IN_PROGRESS");
        instagram.Statuses.Enqueue("IN_PROGRESS");
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Equal([TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.Zero], delivery.Delays);
        Assert.Single(instagram.Posts);
    }

    [Theory]
    [InlineData("ERROR")]
    [InlineData("EXPIRED")]
    public async Task A_container_that_failed_is_made_anew(string status)
    {
        instagram.Statuses.Enqueue(status);

        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.Equal((2, 1), (instagram.Made, instagram.Posts.Count));
    }

    [Fact]
    public async Task A_picture_that_fails_three_times_is_refused()
    {
        for (var times = 0; times < 3; times++)
        {
            instagram.Statuses.Enqueue("ERROR");
        }

        var refused = Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.Equal("Instagram could not use it: no reason was given.", refused.Reason);
        Assert.Equal((3, 0), (instagram.Made, instagram.Posts.Count));
    }

    [Fact]
    public async Task A_container_that_never_gets_ready_is_made_anew()
    {
        for (var looks = 0; looks < 7; looks++)
        {
            instagram.Statuses.Enqueue("IN_PROGRESS");
        }

        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.Equal((2, 1), (instagram.Made, instagram.Posts.Count));
    }

    [Fact]
    public async Task A_post_whose_answer_never_came_is_found_by_its_container_and_published_once()
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.HangNext("POST");

        Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync());
        Assert.Equal(new SendOutcome.Sent("m1", FakeContainers.Permalink("m1")), await delivery.ResumeAsync());
        Assert.True(channel.CanSettle);

        Assert.Single(instagram.Posts);
        Assert.Single(service.Calls, call => call.Path.EndsWith("media_publish", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sending_again_in_place_of_resuming_is_as_safe()
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.HangNext("POST");
        await delivery.SendAsync();

        Assert.Equal("m1", Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync()).RemoteId);

        Assert.Single(instagram.Posts);
    }

    [Fact]
    public async Task A_container_whose_answer_never_came_is_made_again_and_published_once()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.ResumeAsync());

        Assert.Equal((2, 1), (instagram.Made, instagram.Posts.Count));
    }

    [Fact]
    public async Task A_cut_answer_to_publishing_is_a_post_that_is_out()
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.CutNext("POST");

        Assert.Equal(new SendOutcome.Sent("m1", FakeContainers.Permalink("m1")), await delivery.SendAsync());

        Assert.Single(instagram.Posts);
    }

    [Fact]
    public async Task A_cut_answer_to_making_a_container_makes_another()
    {
        service.CutNext("POST");
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Single(instagram.Posts);
    }

    [Fact]
    public async Task A_post_that_is_out_but_not_found_says_so()
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.HangNext("POST");
        await delivery.SendAsync();
        instagram.Posts["m1"] = new Dictionary<string, string> { ["caption"] = "Something else" };

        Assert.Equal(new SendOutcome.Sent(null, null, "Instagram says that it is out, but not where."), await delivery.ResumeAsync());
    }

    [Theory]
    [InlineData(503, 0)]
    [InlineData(401, 190)]
    [InlineData(400, 100)]
    public async Task While_its_container_cannot_be_read_what_may_be_out_is_unknown(int status, int code)
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.HangNext("POST");
        await delivery.SendAsync();
        service.FailNext("GET", status, code == 0 ? "" : FakeContainers.Error(code, 33));

        Assert.IsType<SendOutcome.Unknown>(await delivery.ResumeAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.ResumeAsync());

        Assert.Single(instagram.Posts);
    }

    [Fact]
    public async Task A_refusal_to_publish_what_is_published_already_is_no_failure()
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.HangNext("POST");
        await delivery.SendAsync();
        service.FailNext("GET", 200, """{"status_code":"FINISHED"}""");

        Assert.Equal("m1", Assert.IsType<SendOutcome.Sent>(await delivery.ResumeAsync()).RemoteId);

        Assert.Single(instagram.Posts);
    }

    [Fact]
    public async Task An_unreadable_permalink_is_only_a_missing_address()
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.FailNext("GET", 200, """{"status_code":"FINISHED"}""");
        service.FailNext("GET", 500);

        Assert.Equal(new SendOutcome.Sent("m1", null), await delivery.SendAsync());
    }

    [Fact]
    public async Task A_limit_of_calls_is_tried_after_its_time()
    {
        service.FailNext("POST", 429, "", ("Retry-After", "90"));
        var delivery = new Delivery(channel, Sample.English);

        Assert.Equal(TimeSpan.FromSeconds(90), Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After);
        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Single(instagram.Posts);
    }

    [Fact]
    public async Task A_server_in_trouble_while_publishing_is_tried_later_and_published_once()
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.FailNext("POST", 500, FakeContainers.Error(-1, 2207001));

        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Single(instagram.Posts);
    }

    [Fact]
    public async Task The_days_limit_is_tried_an_hour_later()
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.FailNext("POST", 400, FakeContainers.Error(9, 2207042));

        var later = Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());

        Assert.Equal(TimeSpan.FromHours(1), later.After);
        Assert.Contains("no more posts of this account today", later.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_is_not_yet_known_to_publishing_is_waited_for()
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.FailNext("POST", 400, FakeContainers.Error(9007, 2207027));

        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Equal(TimeSpan.FromMinutes(1), delivery.Delays[^1]);
    }

    [Fact]
    public async Task A_token_that_is_no_longer_good_is_refused()
    {
        service.FailNext("POST", 401, FakeContainers.Error(190));

        Assert.Equal("Instagram needs a new token (code 190).", Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English).SendAsync()).Reason);
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
    public async Task A_post_is_neither_edited_nor_deleted()
    {
        IChannel instagramChannel = channel;
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());

        Assert.IsType<ChangeOutcome.NotSupported>(await instagramChannel.EditAsync(post, delivery.Post, TestContext.Current.CancellationToken));
        Assert.IsType<ChangeOutcome.NotSupported>(await instagramChannel.DeleteAsync(post, TestContext.Current.CancellationToken));
    }

    private InstagramChannel Channel(Uri baseUrl, params (string, string)[] more) => InstagramChannel.Create(
        Sample.Settings("instagram", baseUrl, [("AccountId", "42"), ("Token", "IGtoken0123456789"), .. more]), service.Outbound, TimeProvider.System);
}
