using System.Text;
using System.Text.Json;
using Pressroom.Announcements;
using Pressroom.Announcements.Teams;

namespace Pressroom.Tests.Announcements.Teams;

public sealed class TeamsChannelTests : IAsyncLifetime
{
    private readonly List<JsonElement> messages = [];
    private FakeService service = null!;
    private TeamsChannel channel = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(call =>
        {
            if (Encoding.UTF8.GetByteCount(call.Body) > 28 * 1024)
            {
                return new ServiceAnswer(413);
            }

            messages.Add(call.Json);
            return new ServiceAnswer(202);
        });
        channel = Channel(service.BaseUrl);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task A_message_is_an_adaptive_card_with_a_button()
    {
        Assert.Equal(new SendOutcome.Sent(null, null), await new Delivery(channel, Sample.English).SendAsync());

        Assert.Equal("?api-version=1&sig=s3cret", Assert.Single(service.Calls).Query);
        var message = Assert.Single(messages);
        Assert.Equal("message", message.GetProperty("type").GetString());
        var attachment = message.GetProperty("attachments")[0];
        Assert.Equal("application/vnd.microsoft.card.adaptive", attachment.GetProperty("contentType").GetString());
        var card = attachment.GetProperty("content");
        Assert.Equal(("AdaptiveCard", "1.4", "en", false), (
            card.GetProperty("type").GetString(), card.GetProperty("version").GetString(), card.GetProperty("lang").GetString(), card.GetProperty("rtl").GetBoolean()));
        Assert.Equal(Sample.English.Title, card.GetProperty("body")[0].GetProperty("inlines")[0].GetProperty("text").GetString());
        Assert.Equal(Sample.English.Image!.Alt, card.GetProperty("body")[1].GetProperty("altText").GetString());
        Assert.Equal(Sample.English.Summary, card.GetProperty("body")[2].GetProperty("inlines")[0].GetProperty("text").GetString());
        Assert.Equal(Sample.English.Url, card.GetProperty("actions")[0].GetProperty("url").GetString());
    }

    [Fact]
    public async Task An_Arabic_card_runs_from_right_to_left()
    {
        await new Delivery(channel, Sample.Arabic).SendAsync();

        var card = Assert.Single(messages).GetProperty("attachments")[0].GetProperty("content");
        Assert.True(card.GetProperty("rtl").GetBoolean());
        Assert.Equal("ar", card.GetProperty("lang").GetString());
        Assert.Equal("قراءة المقال", card.GetProperty("actions")[0].GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_long_text_is_cut_to_the_bytes_that_Teams_takes()
    {
        var delivery = new Delivery(channel, Sample.Arabic with { Summary = string.Concat(Enumerable.Repeat("كلمات ", 5_000)) });

        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.InRange(delivery.Post.Length, 27_900, 28_000);
        Assert.Equal((28_000, "bytes"), (delivery.Post.Limit, delivery.Post.Unit));
        Assert.Contains("كلمات…", delivery.Post.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_own_text_takes_the_place_of_title_and_summary_and_the_limit_can_be_set()
    {
        var post = Channel(service.BaseUrl, ("MaxBytes", "900")).Compose(Sample.English with { Image = null, OwnText = string.Concat(Enumerable.Repeat("words ", 500)) });

        Assert.InRange(post.Length, 880, 900);
        Assert.DoesNotContain("Harbour", JsonSerializer.Deserialize<JsonElement>(post.Payload).GetProperty("attachments")[0].GetProperty("content").GetProperty("body").GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(413)]
    public async Task Refusals_are_final(int status)
    {
        service.FailNext("POST", status, """{"error":{"message":"https://prod.logic.example/sig=s3cret"}}""");

        var refused = Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.DoesNotContain("s3cret", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_and_trouble_pass_and_the_message_is_sent_once()
    {
        service.FailNext("POST", 429, "", ("Retry-After", "20"));
        service.FailNext("POST", 502);
        var delivery = new Delivery(channel, Sample.English);

        Assert.Equal(TimeSpan.FromSeconds(20), Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After);
        Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync());
        Assert.IsType<SendOutcome.Sent>(await delivery.SendAsync());

        Assert.Single(messages);
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
    public async Task A_gateway_that_got_no_answer_leaves_it_unknown()
    {
        service.FailNext("POST", 504);

        Assert.IsType<SendOutcome.Unknown>(await new Delivery(channel, Sample.English).SendAsync());
    }

    [Fact]
    public async Task A_cut_answer_is_a_message_that_is_out()
    {
        service.CutNext("POST");

        Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.Single(messages);
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

    [Theory]
    [InlineData("https://contoso.webhook.office.com/webhookb2/x/IncomingWebhook/y/z")]
    [InlineData("https://webhook.office.com/webhookb2/x")]
    [InlineData("https://outlook.office.com/webhook/x/IncomingWebhook/y/z")]
    public void An_Office_365_connector_is_refused_by_the_settings(string url)
    {
        var failure = Assert.Throws<SettingException>(() => TeamsChannel.Create(Sample.Settings("teams", null, ("Url", url)), service.Outbound, TimeProvider.System));

        Assert.StartsWith("Channel 'our teams': Url is that of an Office 365 connector", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_neither_edited_nor_deleted()
    {
        IChannel teams = channel;
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());

        Assert.IsType<ChangeOutcome.NotSupported>(await teams.EditAsync(post, delivery.Post, TestContext.Current.CancellationToken));
        Assert.IsType<ChangeOutcome.NotSupported>(await teams.DeleteAsync(post, TestContext.Current.CancellationToken));
    }

    private TeamsChannel Channel(Uri host, params (string, string)[] more) => TeamsChannel.Create(
        Sample.Settings("teams", null, [("Url", new Uri(host, "/workflows/x/triggers/manual/paths/invoke?api-version=1&sig=s3cret").AbsoluteUri), .. more]), service.Outbound, TimeProvider.System);
}
