using Pressroom.Announcements;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Threads;
using Pressroom.Tests.Announcements.Instagram;

namespace Pressroom.Tests.Announcements.Threads;

public sealed class ThreadsChannelTests : IAsyncLifetime
{
    private readonly FakeContainers threads = new("/v1.0/", "threads", "threads_publish", "status", "threads", "text");
    private FakeService service = null!;
    private ThreadsChannel channel = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(threads.Answer);
        channel = Channel(service.BaseUrl);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task A_post_is_a_text_with_a_link_card()
    {
        var delivery = new Delivery(channel, Sample.English);

        Assert.Equal(new SendOutcome.Sent("m1", FakeContainers.Permalink("m1")), await delivery.SendAsync());

        var post = Assert.Single(threads.Posts).Value;
        Assert.Equal("TEXT", post["media_type"]);
        Assert.Equal("Harbour <reopens> & ferries return\n\nAfter nine weeks of work, the first ferry left at dawn.", post["text"]);
        Assert.Equal(Sample.English.Url, post["link_attachment"]);
        Assert.Equal([TimeSpan.FromSeconds(30), TimeSpan.Zero], delivery.Delays);
        Assert.DoesNotContain(service.Calls, call => (call.Path + call.Query).Contains("IGtoken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_post_with_its_picture_has_the_link_in_the_text_isolated_where_the_text_runs_from_right_to_left()
    {
        await new Delivery(Channel(service.BaseUrl, ("Picture", "true")), Sample.Arabic).SendAsync();

        var post = Assert.Single(threads.Posts).Value;
        Assert.Equal(("IMAGE", Sample.Arabic.Image!.Url, Sample.Arabic.Image.Alt), (post["media_type"], post["image_url"], post["alt_text"]));
        Assert.StartsWith("\u200FOPEC", post["text"], StringComparison.Ordinal);
        Assert.EndsWith($"\n\n\u2066{Sample.Arabic.Url}\u2069", post["text"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_that_fails_is_left_out_and_the_post_says_so()
    {
        for (var times = 0; times < 3; times++)
        {
            threads.Statuses.Enqueue("ERROR");
        }

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(Channel(service.BaseUrl, ("Picture", "true")), Sample.English).SendAsync());

        Assert.Equal("without its picture: Threads could not use it: no reason was given.", sent.Note);
        Assert.Equal("TEXT", Assert.Single(threads.Posts).Value["media_type"]);
    }

    [Fact]
    public async Task A_picture_that_is_refused_is_left_out_and_the_post_says_so()
    {
        service.FailNext("POST", 400, FakeContainers.Error(100));

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(Channel(service.BaseUrl, ("Picture", "true")), Sample.English).SendAsync());

        Assert.StartsWith("without its picture: Threads answered", sent.Note, StringComparison.Ordinal);
        Assert.Equal("TEXT", Assert.Single(threads.Posts).Value["media_type"]);
    }

    [Theory]
    [InlineData("plain", 5)]
    [InlineData("e\u0301", 2)]
    [InlineData("سلام دنیا", 9)]
    [InlineData("你好", 2)]
    [InlineData("👋", 4)]
    [InlineData("👨‍👩‍👧‍👦", 25)]
    [InlineData("Hello, world! 👋", 18)]
    [InlineData("❤️", 6)]
    [InlineData("🇫🇷", 8)]
    [InlineData("1️⃣", 7)]
    public void An_emoji_counts_as_its_bytes(string text, int length) => Assert.Equal(length, Counting.ForThreads(text));

    [Fact]
    public void A_text_is_cut_by_that_count_and_never_inside_an_emoji_or_a_link()
    {
        var small = Channel(service.BaseUrl, ("MaxCharacters", "30"));

        var family = small.Compose(Sample.English with { OwnText = "abc 👨‍👩‍👧‍👦👨‍👩‍👧‍👦" });
        var link = small.Compose(Sample.English with { OwnText = "See https://news.example/a/very/long/address" });

        Assert.Equal((30, 30), (family.Length, family.Limit));
        Assert.StartsWith("abc 👨‍👩‍👧‍👦…\n", family.Text, StringComparison.Ordinal);
        Assert.StartsWith("See…\n", link.Text, StringComparison.Ordinal);
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

        Assert.Single(threads.Posts);
    }

    [Fact]
    public async Task A_cut_answer_to_publishing_is_a_post_that_is_out()
    {
        var delivery = new Delivery(channel, Sample.English);
        await delivery.StepAsync();
        await delivery.StepAsync();
        service.CutNext("POST");

        Assert.Equal(new SendOutcome.Sent("m1", FakeContainers.Permalink("m1")), await delivery.SendAsync());

        Assert.Single(threads.Posts);
    }

    [Fact]
    public async Task A_limit_of_calls_a_server_in_trouble_and_a_bad_token_are_told_apart()
    {
        var delivery = new Delivery(channel, Sample.English);

        service.FailNext("POST", 429, "", ("Retry-After", "60"));
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After);
        service.FailNext("POST", 503);
        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        service.FailNext("POST", 401, FakeContainers.Error(190));
        Assert.IsType<SendOutcome.Refused>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Single(threads.Posts);
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
    public async Task A_post_is_deleted_and_deleting_twice_is_harmless_and_it_is_not_edited()
    {
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());
        var cancellation = TestContext.Current.CancellationToken;

        Assert.IsType<ChangeOutcome.NotSupported>(await ((IChannel)channel).EditAsync(post, delivery.Post, cancellation));
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.Empty(threads.Posts);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
    }

    private ThreadsChannel Channel(Uri baseUrl, params (string, string)[] more) => ThreadsChannel.Create(
        Sample.Settings("threads", baseUrl, [("AccountId", "42"), ("Token", "IGtoken0123456789"), .. more]), service.Outbound, TimeProvider.System);
}
