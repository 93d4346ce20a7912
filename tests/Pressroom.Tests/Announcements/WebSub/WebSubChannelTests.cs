using Pressroom.Announcements;
using Pressroom.Announcements.WebSub;

namespace Pressroom.Tests.Announcements.WebSub;

public sealed class WebSubChannelTests : IAsyncLifetime
{
    private readonly HashSet<string> topicsToFetch = [];
    private FakeService service = null!;
    private WebSubChannel channel = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(call =>
        {
            topicsToFetch.Add(call.Form["hub.topic"]);
            return new ServiceAnswer(202, "accepted");
        });
        channel = Channel(service.BaseUrl);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task A_ping_names_the_feed_in_both_ways()
    {
        Assert.Equal(new SendOutcome.Sent(null, null), await new Delivery(channel, Sample.English).SendAsync());

        var call = Assert.Single(service.Calls);
        Assert.Equal(("POST", "/hub"), (call.Method, call.Path));
        Assert.Equal("application/x-www-form-urlencoded", call.Headers["Content-Type"]);
        Assert.Equal(("publish", Sample.English.FeedUrl, Sample.English.FeedUrl), (call.Form["hub.mode"], call.Form["hub.url"], call.Form["hub.topic"]));
    }

    [Fact]
    public async Task A_ping_whose_answer_never_came_is_repeated()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.ResumeAsync());
        Assert.True(channel.CanSettle);

        Assert.Equal([Sample.English.FeedUrl], topicsToFetch);
        Assert.Equal(2, service.Calls.Count);
    }

    [Fact]
    public async Task A_limit_and_trouble_pass()
    {
        service.FailNext("POST", 429, "", ("Retry-After", "40"));
        service.FailNext("POST", 503);
        var delivery = new Delivery(channel, Sample.English);

        Assert.Equal(TimeSpan.FromSeconds(40), Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After);
        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    public async Task A_refusal_is_final(int status)
    {
        service.FailNext("POST", status, "unknown topic");

        Assert.Equal($"The hub did not take it (status {status}).", Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English).SendAsync()).Reason);
    }

    [Fact]
    public async Task A_cut_answer_is_a_ping_that_arrived()
    {
        service.CutNext("POST");

        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English).SendAsync());
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
    public async Task Edits_and_deletions_are_pings_too()
    {
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());

        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, delivery.Post, TestContext.Current.CancellationToken));
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, TestContext.Current.CancellationToken));

        Assert.Equal(3, service.Calls.Count);
    }

    private WebSubChannel Channel(Uri host) => WebSubChannel.Create(
        Sample.Settings("websub", null, ("Url", new Uri(host, "/hub").AbsoluteUri)), service.Outbound, TimeProvider.System);
}
