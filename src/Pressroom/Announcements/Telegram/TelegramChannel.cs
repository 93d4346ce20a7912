using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Telegram;

/// <summary>Posts to a Telegram channel or group as a bot: the picture with a caption where the article has one, else a text with the link's preview.</summary>
/// <remarks>Bot API, <c>sendMessage</c>, <c>sendPhoto</c>, which Telegram fetches itself. A repeat would be a second message, and a bot
/// cannot read what it sent: what may be out stays unknown. The token is part of every address, so no address is in any reason.</remarks>
internal sealed partial class TelegramChannel : IChannel
{
    private readonly Outbound outbound;
    private readonly string methods;
    private readonly string chat;
    private readonly bool withPicture;
    private readonly (int Text, int Caption) most;

    private TelegramChannel(string name, Outbound outbound, string methods, string chat, bool withPicture, (int, int) most) =>
        (Name, this.outbound, this.methods, this.chat, this.withPicture, this.most) = (name, outbound, methods, chat, withPicture, most);

    public string Name { get; }

    public string Kind => "telegram";

    /// <summary>Needs <c>Token</c>, the bot's, and <c>ChatId</c> (<c>@channel</c> or a number); <c>Picture</c> (false: text and preview
    /// alone), <c>BaseUrl</c>, <c>MaxCharacters</c> and <c>MaxCaption</c> can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static TelegramChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider _)
    {
        var (token, chat) = (settings.Required("Token"), settings.Required("ChatId"));
        if (!BotToken().IsMatch(token))
        {
            throw settings.Wrong("Token", "is no bot's token: a number, a colon and letters");
        }

        if (!ChatName().IsMatch(chat))
        {
            throw settings.Wrong("ChatId", "is neither @channel nor a chat's number");
        }

        return new TelegramChannel(
            settings.Name, outbound, $"{settings.Root("https://api.telegram.org")}/bot{token}", chat, settings.Flag("Picture", otherwise: true),
            (settings.Limit("MaxCharacters", 4_096), settings.Limit("MaxCaption", 1_024)));
    }

    public ComposedPost Compose(Announcement announcement)
    {
        var picture = withPicture ? announcement.Image?.Url : null;
        var limit = picture is null ? most.Text : most.Caption;
        var text = PostText.Of(announcement, announcement.Url).Fit(limit, Counting.Utf16Units);
        var post = new TelegramPost(text, EntitiesOf(text, announcement), announcement.Url, picture);
        return new ComposedPost(text, text.Length, limit, "characters", Wire.Write(post));
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var post = Wire.Read<TelegramPost>(attempt.Payload);
        var step = attempt.Progress is { } progress ? Wire.Read<TelegramStep>(progress) : new TelegramStep();
        var to = step.MovedTo ?? chat;
        var withPhoto = post.Picture is not null && step.Note is null;
        var ended = withPhoto
            ? await CallAsync("sendPhoto", new { chat_id = to, photo = post.Picture, caption = post.Text, caption_entities = post.Entities }, cancellation)
            : await CallAsync("sendMessage", new { chat_id = to, text = post.Text, entities = post.Entities, link_preview_options = PreviewOf(post) }, cancellation);
        switch (ended)
        {
            case CallOutcome.Answered { IsSuccess: true } answered:
                return Sent(answered, step);
            // A group that became a supergroup has another number.
            case CallOutcome.Answered { Status: HttpStatusCode.BadRequest } moved when step.MovedTo is null && Parameter(moved, "migrate_to_chat_id") is { } newId:
                return Kept(step with { MovedTo = newId });
            case CallOutcome.Answered { Status: HttpStatusCode.BadRequest } refused when withPhoto && !IsAboutChat(refused):
                return Kept(step with { Note = $"without its picture: {Complaint(refused)}" });
            default:
                return ended.AsFailure("Telegram", Complaint, RetryAfter);
        }
    }

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) =>
        Task.FromResult<SendOutcome>(new SendOutcome.Unknown("Telegram gave no answer when it was sent, and cannot be asked whether it is out."));

    /// <summary>Changes the text or the caption; the picture stays.</summary>
    public async Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation)
    {
        if (IdsOf(post) is not var (to, message))
        {
            return new ChangeOutcome.NotSupported();
        }

        var changed = Wire.Read<TelegramPost>(now.Payload);
        var hasCaption = Wire.Read<TelegramPost>(post.Payload).Picture is not null;
        var ended = await EditAsync(hasCaption);
        // It went without its picture, or the other way round.
        if (ended is CallOutcome.Answered { Status: HttpStatusCode.BadRequest } other && (Says(other, "there is no caption") || Says(other, "there is no text")))
        {
            ended = await EditAsync(!hasCaption);
        }

        return ended switch
        {
            CallOutcome.Answered { Status: HttpStatusCode.BadRequest } same when Says(same, "message is not modified") => new ChangeOutcome.Done(),
            CallOutcome.Answered { Status: HttpStatusCode.BadRequest } gone when Says(gone, "message to edit not found") => new ChangeOutcome.NotSupported(),
            _ => ended.AsChange(Complaint, RetryAfter),
        };

        Task<CallOutcome> EditAsync(bool caption) => caption
            ? CallAsync("editMessageCaption", new { chat_id = to, message_id = message, caption = changed.Text, caption_entities = changed.Entities }, cancellation)
            : CallAsync(
                "editMessageText",
                new { chat_id = to, message_id = message, text = changed.Text, entities = changed.Entities, link_preview_options = PreviewOf(changed) },
                cancellation);
    }

    /// <summary>Deletes the message, which a bot without the right to delete may do for 48 hours.</summary>
    public async Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation)
    {
        if (IdsOf(post) is not var (to, message))
        {
            return new ChangeOutcome.NotSupported();
        }

        return await CallAsync("deleteMessage", new { chat_id = to, message_id = message }, cancellation) switch
        {
            CallOutcome.Answered { Status: HttpStatusCode.BadRequest } gone when Says(gone, "message to delete not found") => new ChangeOutcome.Done(),
            CallOutcome.Answered { Status: HttpStatusCode.BadRequest } late when Says(late, "can't be deleted") =>
                new ChangeOutcome.Refused("Telegram lets the bot delete a message for 48 hours only, unless it may delete messages in the channel."),
            var ended => ended.AsChange(Complaint, RetryAfter),
        };
    }

    private async Task<CallOutcome> CallAsync<T>(string method, T parameters, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{methods}/{method}") { Content = Wire.Body(Wire.Write(parameters)) };
        return await outbound.CallAsync(request, cancellation);
    }

    private SendOutcome.Sent Sent(CallOutcome.Answered answered, TelegramStep step)
    {
        if (Wire.ObjectOrNull(answered.Body) is not { } body || !body.TryGetProperty("result", out var message) || message.Text("message_id") is not { } id)
        {
            const string Cut = "Telegram took it, but its answer was cut: it cannot be changed from here.";
            return new SendOutcome.Sent(null, null, step.Note is null ? Cut : $"{step.Note} {Cut}");
        }

        var isIn = message.TryGetProperty("chat", out var where) ? where : default;
        var number = (isIn.ValueKind == JsonValueKind.Object ? isIn.Text("id") : null) ?? step.MovedTo ?? chat;
        var name = (isIn.ValueKind == JsonValueKind.Object ? isIn.Text("username") : null) ?? (chat[0] == '@' ? chat[1..] : null);
        var address = name is not null ? $"https://t.me/{name}/{id}"
            : number.StartsWith("-100", StringComparison.Ordinal) ? $"https://t.me/c/{number[4..]}/{id}"
            : null;
        return new SendOutcome.Sent($"{number}/{id}", address, step.Note);
    }

    // The headline in bold, and the page's address as a link that no app has to find.
    private static List<TelegramEntity> EntitiesOf(string text, Announcement announcement)
    {
        var entities = new List<TelegramEntity>();
        var headline = Bidi.Directed(announcement.Title, announcement.Language);
        if (announcement.OwnText is null && text.StartsWith(headline, StringComparison.Ordinal))
        {
            entities.Add(new TelegramEntity("bold", 0, headline.TrimEnd().Length, null));
        }

        var link = text.LastIndexOf(announcement.Url, StringComparison.Ordinal);
        if (link >= 0)
        {
            entities.Add(new TelegramEntity("text_link", link, announcement.Url.Length, announcement.Url));
        }

        return entities;
    }

    private static object PreviewOf(TelegramPost post) => new { url = post.Link, prefer_large_media = true };

    private static (string Chat, long Message)? IdsOf(SentPost post) =>
        post.RemoteId?.Split('/') is [var to, var id] && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var message) ? (to, message) : null;

    private static SendOutcome.Progressed Kept(TelegramStep step) => new(Wire.Write(step), TimeSpan.Zero);

    private static string? Parameter(CallOutcome.Answered answered, string name) =>
        Wire.ObjectOrNull(answered.Body) is { } body && body.TryGetProperty("parameters", out var parameters)
        && parameters.ValueKind == JsonValueKind.Object ? parameters.Text(name) : null;

    private static TimeSpan? RetryAfter(CallOutcome.Answered answered) =>
        int.TryParse(Parameter(answered, "retry_after"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : answered.RetryAfter;

    private static string? Description(CallOutcome.Answered answered) => Wire.ObjectOrNull(answered.Body)?.Text("description");

    private static bool Says(CallOutcome.Answered answered, string words) => Description(answered)?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsAboutChat(CallOutcome.Answered answered) => Says(answered, "chat not found") || Says(answered, "rights") || Says(answered, "PEER");

    private static string Complaint(CallOutcome.Answered answered) => answered.Status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.NotFound => "Telegram does not accept the bot's token.",
        HttpStatusCode.Forbidden => "Telegram does not let the bot post there: it was removed, or may not post.",
        HttpStatusCode.TooManyRequests => "Telegram wants fewer messages.",
        _ when Description(answered) is { } description => $"Telegram answered: {CallEnding.Quoted(description)} (status {(int)answered.Status}).",
        _ => $"Telegram did not take it (status {(int)answered.Status}).",
    };

    [GeneratedRegex("^[0-9]+:[A-Za-z0-9_-]+$")]
    private static partial Regex BotToken();

    [GeneratedRegex("^(@[A-Za-z0-9_]+|-?[0-9]+)$")]
    private static partial Regex ChatName();
}

/// <summary>What is sent. Entities take the place of markup, so nothing in the text has to be escaped.</summary>
internal sealed record TelegramPost(string Text, IReadOnlyList<TelegramEntity> Entities, string Link, string? Picture);

/// <summary>A stretch of the text, in UTF-16 units.</summary>
internal sealed record TelegramEntity(string Type, int Offset, int Length, string? Url);

/// <summary>How far a post is.</summary>
/// <param name="MovedTo">The chat's new number.</param>
/// <param name="Note">Why the picture is left out.</param>
internal sealed record TelegramStep(string? MovedTo = null, string? Note = null);
