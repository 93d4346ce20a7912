using System.Text.Json;
using Pressroom.Announcements;
using Pressroom.Announcements.Slack;

namespace Pressroom.Tests.Announcements.Slack;

public sealed class SlackChannelTests : IAsyncLifetime
{
    private readonly List<JsonElement> messages = [];
    private FakeService service = null!;
    private SlackChannel channel = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(call =>
        {
            messages.Add(call.Json);
            return new ServiceAnswer(200, "ok");
        });
        channel = Channel(service.BaseUrl);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task A_message_has_blocks_and_a_text_for_notifications_with_its_three_characters_escaped()
    {
        Assert.Equal(new SendOutcome.Sent(null, null), await new Delivery(channel, Sample.English).SendAsync());

        var message = Assert.Single(messages);
        var section = message.GetProperty("blocks")[0];
        Assert.Equal(
            $"*<{Sample.English.Url}|Harbour &lt;reopens&gt; &amp; ferries return>*\nAfter nine weeks of work, the first ferry left at dawn.",
            section.GetProperty("text").GetProperty("text").GetString());
        Assert.Equal("mrkdwn", section.GetProperty("text").GetProperty("type").GetString());
        Assert.Equal(Sample.English.Image!.Url, section.GetProperty("accessory").GetProperty("image_url").GetString());
        Assert.Equal(Sample.English.Image.Alt, section.GetProperty("accessory").GetProperty("alt_text").GetString());
        Assert.Equal($"Harbour &lt;reopens&gt; &amp; ferries return\n<{Sample.English.Url}>", message.GetProperty("text").GetString());
    }

    [Fact]
    public async Task An_Arabic_message_keeps_its_direction_and_isolates_the_link()
    {
        await new Delivery(channel, Sample.Arabic).SendAsync();

        var message = Assert.Single(messages);
        Assert.StartsWith($"\u200F*<{Sample.Arabic.Url}|OPEC ترفع الإنتاج>*\n", message.GetProperty("blocks")[0].GetProperty("text").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal($"\u200FOPEC ترفع الإنتاج\n\u2066<{Sample.Arabic.Url}>\u2069", message.GetProperty("text").GetString());
    }

    [Fact]
    public void An_own_text_takes_the_place_of_title_and_summary_and_the_link_stays()
    {
        var post = channel.Compose(Sample.English with { OwnText = "Ferries & <!channel>" });

        var blocks = JsonSerializer.Deserialize<JsonElement>(post.Payload).GetProperty("blocks");
        Assert.Equal("Ferries &amp; &lt;!channel&gt;", blocks[0].GetProperty("text").GetProperty("text").GetString());
        Assert.Equal($"<{Sample.English.Url}|The Example>", blocks[1].GetProperty("elements")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void A_section_is_cut_by_its_escaped_length()
    {
        var small = Channel(service.BaseUrl, ("MaxCharacters", "150"), ("MaxText", "70"));

        var post = small.Compose(Sample.English with { Summary = string.Concat(Enumerable.Repeat("R&D ", 200)) });

        var message = JsonSerializer.Deserialize<JsonElement>(post.Payload);
        var section = message.GetProperty("blocks")[0].GetProperty("text").GetProperty("text").GetString()!;
        Assert.Equal((section.Length, 150, "characters"), (post.Length, post.Limit, post.Unit));
        Assert.InRange(section.Length, 140, 150);
        Assert.EndsWith("R&amp;D…", section, StringComparison.Ordinal);
        Assert.InRange(message.GetProperty("text").GetString()!.Length, 55, 70);
    }

    [Theory]
    [InlineData(400, "invalid_payload")]
    [InlineData(403, "action_prohibited")]
    [InlineData(404, "no_service")]
    [InlineData(410, "channel_is_archived")]
    public async Task A_bare_word_is_final(int status, string word)
    {
        service.FailNext("POST", status, word);

        var refused = Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English with { Image = null }).SendAsync());

        Assert.Equal($"Slack did not take it: {word}.", refused.Reason);
    }

    [Fact]
    public async Task Words_that_are_not_Slacks_are_not_repeated()
    {
        service.FailNext("POST", 401, "https://hooks.slack.example/services/secret is not known");

        Assert.Equal("Slack did not take it: status 401.", Assert.IsType<SendOutcome.Refused>(await new Delivery(channel, Sample.English).SendAsync()).Reason);
    }

    [Fact]
    public async Task A_picture_that_Slack_cannot_fetch_is_left_out_and_the_post_says_so()
    {
        service.FailNext("POST", 400, "invalid_blocks");

        Assert.Equal(
            new SendOutcome.Sent(null, null, "without its picture: Slack did not take it: invalid_blocks."),
            await new Delivery(channel, Sample.English).SendAsync());

        Assert.False(Assert.Single(messages).GetProperty("blocks")[0].TryGetProperty("accessory", out _));
    }

    [Fact]
    public async Task A_limit_and_trouble_pass_and_the_message_is_sent_once()
    {
        service.FailNext("POST", 429, "rate_limited", ("Retry-After", "30"));
        service.FailNext("POST", 500, "rollup_error");
        var delivery = new Delivery(channel, Sample.English);

        Assert.Equal(TimeSpan.FromSeconds(30), Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).After);
        Assert.Equal("Slack did not take it: rollup_error.", Assert.IsType<SendOutcome.TryLater>(await delivery.SendAsync()).Reason);
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

    [Fact]
    public async Task A_message_is_neither_edited_nor_deleted()
    {
        IChannel slack = channel;
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());

        Assert.IsType<ChangeOutcome.NotSupported>(await slack.EditAsync(post, delivery.Post, TestContext.Current.CancellationToken));
        Assert.IsType<ChangeOutcome.NotSupported>(await slack.DeleteAsync(post, TestContext.Current.CancellationToken));
    }

    private SlackChannel Channel(Uri host, params (string, string)[] more) => SlackChannel.Create(
        Sample.Settings("slack", null, [("Url", new Uri(host, "/services/T0/B0/s3cret").AbsoluteUri), .. more]), service.Outbound, TimeProvider.System);
}
