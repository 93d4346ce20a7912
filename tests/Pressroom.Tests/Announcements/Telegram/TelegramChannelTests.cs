using System.Text.Json;
using Pressroom.Announcements;
using Pressroom.Announcements.Telegram;

namespace Pressroom.Tests.Announcements.Telegram;

public sealed class TelegramChannelTests : IAsyncLifetime
{
    private const string Token = "900:s3cret-Token_1";
    private readonly Dictionary<long, JsonElement> messages = [];
    private FakeService service = null!;
    private TelegramChannel channel = null!;

    private static Announcement Plain => Sample.English with { Image = null };

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(Telegram);
        channel = Channel(service.BaseUrl);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task A_message_has_a_bold_headline_a_link_and_its_preview()
    {
        var outcome = await new Delivery(channel, Plain).SendAsync();

        Assert.Equal(new SendOutcome.Sent("-1001234/1", "https://t.me/ournews/1"), outcome);
        var call = Assert.Single(service.Calls);
        Assert.Equal($"/bot{Token}/sendMessage", call.Path);
        Assert.Equal("@ournews", call.Json.GetProperty("chat_id").GetString());
        var text = call.Json.GetProperty("text").GetString()!;
        Assert.StartsWith("Harbour <reopens> & ferries return\n\nAfter nine weeks", text, StringComparison.Ordinal);
        Assert.EndsWith("\n\n#Harbour #CityLife", text, StringComparison.Ordinal);
        Assert.Equal(
            [("bold", Plain.Title), ("text_link", Plain.Url)],
            Entities(call.Json.GetProperty("entities"), text));
        Assert.Equal(Plain.Url, call.Json.GetProperty("link_preview_options").GetProperty("url").GetString());
        Assert.False(call.Json.TryGetProperty("parse_mode", out _));
    }

    [Fact]
    public async Task A_picture_goes_with_a_caption()
    {
        await new Delivery(channel, Sample.English).SendAsync();

        var call = Assert.Single(service.Calls);
        Assert.Equal($"/bot{Token}/sendPhoto", call.Path);
        Assert.Equal(Sample.English.Image!.Url, call.Json.GetProperty("photo").GetString());
        Assert.Equal([("bold", Plain.Title), ("text_link", Plain.Url)], Entities(call.Json.GetProperty("caption_entities"), call.Json.GetProperty("caption").GetString()!));
    }

    [Theory]
    [InlineData(true, 1_024)]
    [InlineData(false, 4_096)]
    public void A_text_is_counted_in_UTF_16_units(bool picture, int limit)
    {
        var post = channel.Compose(Sample.English with { Image = picture ? Sample.English.Image : null, Summary = string.Concat(Enumerable.Repeat("👨‍👩‍👧‍👦 family ", 500)) });

        Assert.InRange(post.Length, limit - 40, limit);
        Assert.Equal((post.Text.Length, limit, "characters"), (post.Length, post.Limit, post.Unit));
    }

    [Fact]
    public void An_Arabic_message_keeps_its_direction_and_isolates_its_link()
    {
        var post = channel.Compose(Sample.Arabic);

        Assert.StartsWith("\u200FOPEC ترفع", post.Text, StringComparison.Ordinal);
        Assert.Contains($"\u2066{Sample.Arabic.Url}\u2069", post.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bad Request: wrong file identifier/HTTP URL specified")]
    [InlineData("Bad Request: failed to get HTTP URL content")]
    public async Task A_picture_that_Telegram_cannot_fetch_is_left_out_and_the_post_says_so(string description)
    {
        service.FailNext("POST", 400, JsonSerializer.Serialize(new { ok = false, error_code = 400, description }));

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Sample.English).SendAsync());

        Assert.Equal($"without its picture: Telegram answered: {description} (status 400).", sent.Note);
        Assert.True(Assert.Single(messages).Value.TryGetProperty("text", out _));
    }

    [Fact]
    public async Task The_time_in_the_body_is_waited_for()
    {
        service.FailNext("POST", 429, """{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}""");

        Assert.Equal(new SendOutcome.TryLater(TimeSpan.FromSeconds(35), "Telegram wants fewer messages."), await new Delivery(channel, Plain).SendAsync());
        Assert.Empty(messages);
    }

    [Fact]
    public async Task A_group_that_moved_is_followed_once()
    {
        service.FailNext("POST", 400, """{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1005678}}""");
        var delivery = new Delivery(Channel(service.BaseUrl, "-42"), Plain);

        Assert.Equal(new SendOutcome.Sent("-1005678/1", "https://t.me/c/5678/1"), await delivery.SendAsync());
        Assert.Equal(["-42", "-1005678"], service.Calls.Select(call => call.Json.GetProperty("chat_id").GetString()));
    }

    [Theory]
    [InlineData(400, true, "Telegram answered: Bad Request: chat not found (status 400).")]
    [InlineData(401, true, "Telegram does not accept the bot's token.")]
    [InlineData(403, true, "Telegram does not let the bot post there: it was removed, or may not post.")]
    [InlineData(404, true, "Telegram does not accept the bot's token.")]
    [InlineData(500, false, "Telegram answered: Bad Request: chat not found (status 500).")]
    public async Task Refusals_are_final_and_trouble_passes(int status, bool final, string reason)
    {
        service.FailNext("POST", status, """{"ok":false,"description":"Bad Request: chat not found"}""");

        Assert.Equal(final ? new SendOutcome.Refused(reason) : new SendOutcome.TryLater(null, reason), await new Delivery(channel, Sample.English).SendAsync());
    }

    [Fact]
    public async Task A_message_whose_answer_never_came_stays_unknown_and_is_never_sent_twice()
    {
        service.HangNext("POST");
        var delivery = new Delivery(channel, Plain);

        var reason = Assert.IsType<SendOutcome.Unknown>(await delivery.SendAsync()).Reason;
        Assert.IsType<SendOutcome.Unknown>(await delivery.ResumeAsync());

        Assert.DoesNotContain("s3cret", reason, StringComparison.Ordinal);
        Assert.False(((IChannel)channel).CanSettle);
        Assert.Single(messages);
    }

    [Fact]
    public async Task A_cut_answer_is_a_message_that_is_out()
    {
        service.CutNext("POST");

        var sent = Assert.IsType<SendOutcome.Sent>(await new Delivery(channel, Plain).SendAsync());

        Assert.Null(sent.RemoteId);
        Assert.NotNull(sent.Note);
        Assert.Single(messages);
    }

    [Fact]
    public async Task A_refused_connection_is_tried_later_and_its_reason_has_no_token()
    {
        var nobody = FakeService.NobodyThere(out var taken);
        using (taken)
        {
            var later = Assert.IsType<SendOutcome.TryLater>(await new Delivery(Channel(nobody), Plain).SendAsync());
            Assert.DoesNotContain("900", later.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_message_is_edited_and_deleted_and_deleting_twice_is_harmless()
    {
        var delivery = new Delivery(channel, Plain);
        var post = delivery.Sent(await delivery.SendAsync());
        var cancellation = TestContext.Current.CancellationToken;
        var now = channel.Compose(Plain with { Title = "Harbour open" });

        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, now, cancellation));
        Assert.StartsWith("Harbour open\n", messages[1].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, now, cancellation));
        service.FailNext("POST", 429, """{"parameters":{"retry_after":3}}""");
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.IsType<ChangeOutcome.TryLater>(await channel.EditAsync(post, delivery.Post, cancellation)).After);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.Empty(messages);
        Assert.IsType<ChangeOutcome.Done>(await channel.DeleteAsync(post, cancellation));
        Assert.IsType<ChangeOutcome.NotSupported>(await channel.EditAsync(post, now, cancellation));
    }

    [Fact]
    public async Task A_caption_is_edited_as_a_caption_and_as_a_text_where_the_picture_was_left_out()
    {
        var delivery = new Delivery(channel, Sample.English);
        var post = delivery.Sent(await delivery.SendAsync());
        service.FailNext("POST", 400, """{"description":"Bad Request: failed to get HTTP URL content"}""");
        var without = delivery.Sent(await delivery.SendAsync());
        var now = channel.Compose(Sample.English with { Title = "Harbour open" });

        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(post, now, TestContext.Current.CancellationToken));
        Assert.IsType<ChangeOutcome.Done>(await channel.EditAsync(without, now, TestContext.Current.CancellationToken));

        Assert.StartsWith("Harbour open", messages[1].GetProperty("caption").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("Harbour open", messages[2].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_more_than_48_hours_that_cannot_be_deleted_says_so()
    {
        var delivery = new Delivery(channel, Plain);
        var post = delivery.Sent(await delivery.SendAsync());
        service.FailNext("POST", 400, """{"description":"Bad Request: message can't be deleted for everyone"}""");

        var refused = Assert.IsType<ChangeOutcome.Refused>(await channel.DeleteAsync(post, TestContext.Current.CancellationToken));

        Assert.Contains("48 hours", refused.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Token is no bot's token: a number, a colon and letters.", "no token", "@ournews")]
    [InlineData("ChatId is neither @channel nor a chat's number.", Token, "our news")]
    [InlineData("ChatId is missing.", Token, "")]
    public void A_wrong_setting_is_named(string complaint, string token, string chat)
    {
        var failure = Assert.Throws<SettingException>(
            () => TelegramChannel.Create(Sample.Settings("telegram", null, ("Token", token), ("ChatId", chat)), service.Outbound, TimeProvider.System));

        Assert.Equal($"Channel 'our telegram': {complaint}", failure.Message);
    }

    private TelegramChannel Channel(Uri host, string chat = "@ournews") =>
        TelegramChannel.Create(Sample.Settings("telegram", host, ("Token", Token), ("ChatId", chat)), service.Outbound, TimeProvider.System);

    private static List<(string Type, string Text)> Entities(JsonElement entities, string text) => entities.EnumerateArray()
        .Select(entity => (entity.GetProperty("type").GetString()!, text.Substring(entity.GetProperty("offset").GetInt32(), entity.GetProperty("length").GetInt32())))
        .ToList();

    private ServiceAnswer Telegram(ServiceCall call)
    {
        Assert.StartsWith($"/bot{Token}/", call.Path, StringComparison.Ordinal);
        var method = call.Path.Split('/')[^1];
        var chat = call.Json.GetProperty("chat_id").GetString();
        if (method is "sendMessage" or "sendPhoto")
        {
            messages.Add(messages.Count + 1, call.Json);
            return new ServiceAnswer(200, JsonSerializer.Serialize(new
            {
                ok = true,
                result = new { message_id = messages.Count, chat = chat == "@ournews" ? (object)new { id = -1001234, username = "ournews" } : new { id = long.Parse(chat!, null) } },
            }));
        }

        var id = call.Json.GetProperty("message_id").GetInt64();
        if (!messages.TryGetValue(id, out var message))
        {
            return Bad(method == "deleteMessage" ? "message to delete not found" : "message to edit not found");
        }

        switch (method)
        {
            case "deleteMessage":
                messages.Remove(id);
                return new ServiceAnswer(200, """{"ok":true,"result":true}""");
            case "editMessageText" when !message.TryGetProperty("text", out var text):
                return Bad("there is no text in the message to edit");
            case "editMessageCaption" when !message.TryGetProperty("caption", out var caption):
                return Bad("there is no caption in the message to edit");
            case "editMessageText" when message.GetProperty("text").GetString() == call.Json.GetProperty("text").GetString():
                return Bad("message is not modified: specified new message content and reply markup are exactly the same");
            default:
                messages[id] = call.Json;
                return new ServiceAnswer(200, """{"ok":true,"result":{}}""");
        }

        static ServiceAnswer Bad(string description) => new(400, JsonSerializer.Serialize(new { ok = false, error_code = 400, description = $"Bad Request: {description}" }));
    }
}
