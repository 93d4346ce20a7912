using Pressroom.Announcements;
using Pressroom.Announcements.IndexNow;

namespace Pressroom.Tests.Announcements.IndexNow;

public sealed class IndexNowChannelTests : IAsyncLifetime
{
    private const string Key = "a1b2c3d4-KEY";
    private readonly HashSet<string> submitted = [];
    private FakeService service = null!;
    private IndexNowChannel channel = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(call =>
        {
            foreach (var url in call.Json.GetProperty("urlList").EnumerateArray().Select(url => url.GetString()!))
            {
                if (url.Split('/')[2] != call.Json.GetProperty("host").GetString())
                {
                    return new ServiceAnswer(422);
                }

                submitted.Add(url);
            }

            return new ServiceAnswer(202, "{}");
        });
        channel = Channel(service.BaseUrl);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task A_page_is_submitted_with_the_key_and_where_it_lies()
    {
        Assert.Equal(new SendOutcome.Sent(null, null), await new Delivery(channel, Sample.English).SendAsync());

        var call = Assert.Single(service.Calls);
        Assert.Equal(("POST", "/indexnow", "application/json"), (call.Method, call.Path, call.Headers["Content-Type"]));
        Assert.Equal(
            $$"""{"host":"news.example","key":"{{Key}}","keyLocation":"https://news.example/{{Key}}.txt","urlList":["{{Sample.English.Url}}"]}""", call.Body);
        Assert.Equal(new ProofFile($"{Key}.txt", Key), channel.Proof);
    }

    [Fact]
    public async Task A_site_in_a_folder_keeps_its_key_there_and_a_host_is_written_in_ASCII()
    {
        var press = Sample.English with { Url = "https://例え.example/press/2026/11/%D8%B3/", FeedUrl = "https://例え.example/press/atom.xml" };

        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, press).SendAsync());

        var json = Assert.Single(service.Calls).Json;
        Assert.Equal("xn--r8jz45g.example", json.GetProperty("host").GetString());
        Assert.Equal($"https://xn--r8jz45g.example/press/{Key}.txt", json.GetProperty("keyLocation").GetString());
        Assert.Equal(["https://xn--r8jz45g.example/press/2026/11/%D8%B3/"], submitted);
    }

    [Fact]
    public async Task A_submission_whose_answer_never_came_is_repeated()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Sample.English);

        Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.ResumeAsync());
        Assert.True(channel.CanSettle);

        Assert.Equal([Sample.English.Url], submitted);
        Assert.Equal(2, service.Calls.Count);
    }

    [Fact]
    public async Task A_cut_answer_is_a_submission_that_arrived()
    {
        service.CutNext("POST");

        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English).SendAsync());
    }

    [Theory]
    [InlineData(400, "status 400")]
    [InlineData(401, "status 401")]
    [InlineData(403, "did not find the key's file")]
    [InlineData(422, "not this site's")]
    public async Task A_refusal_is_final(int status, string words)
    {
        service.FailNext("POST", status);

        Assert.Contains(words, Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English).SendAsync()).Reason, StringComparison.Ordinal);
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
    public async Task Edits_and_deletions_are_submitted_too_with_the_address_that_was_left()
    {
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());
        submitted.Clear();
        var moved = channel.Compose(Sample.English with { Url = "https://news.example/2026/11/harbour-open/" });

        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, moved, TestContext.Current.CancellationToken));
        Assert.Equal(["https://news.example/2026/11/harbour-open/", Sample.English.Url], submitted);
        submitted.Clear();
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, TestContext.Current.CancellationToken));
        Assert.Equal([Sample.English.Url], submitted);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with space and more")]
    [InlineData("../../etc/passwd")]
    public void A_key_that_is_none_is_refused(string key)
    {
        var failure = Assert.Throws<SettingException>(() => IndexNowChannel.Create(Sample.Settings("indexnow", null, ("Key", key)), service.Outbound, TimeProvider.System));

        Assert.Equal("Channel 'our indexnow': Key is not 8 to 128 letters, digits and dashes.", failure.Message);
    }

    private IndexNowChannel Channel(Uri host) => IndexNowChannel.Create(Sample.Settings("indexnow", host, ("Key", Key)), service.Outbound, TimeProvider.System);
}
