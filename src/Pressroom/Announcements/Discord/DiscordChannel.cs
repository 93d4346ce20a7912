using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Discord;

/// <summary>Posts a card to a Discord channel by its webhook.</summary>
/// <remarks>Discord, "Webhook" and "Message" resources. A repeat would be a second message, and a webhook cannot list its messages: what
/// may be out stays unknown. A webhook that is gone is never called again (10,000 refusals in ten minutes ban the address).</remarks>
internal sealed class DiscordChannel : IChannel
{
    private const int UnknownMessage = 10008;

    private readonly Outbound outbound;
    private readonly Uri webhook;
    private readonly DiscordLimits most;

    private DiscordChannel(string name, Outbound outbound, Uri webhook, DiscordLimits most) =>
        (Name, this.outbound, this.webhook, this.most) = (name, outbound, webhook, most);

    public string Name { get; }

    public string Kind => "discord";

    /// <summary>Needs <c>Url</c>, the webhook's, which is a secret; <c>MaxCharacters</c> (of an editor's own text), <c>MaxTitle</c>,
    /// <c>MaxDescription</c>, <c>MaxFooter</c> and <c>MaxEmbed</c> can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static DiscordChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider _) =>
        new(settings.Name, outbound, settings.RequiredAddress("Url"), new DiscordLimits(
            Content: settings.Limit("MaxCharacters", 2_000),
            Title: settings.Limit("MaxTitle", 256),
            Description: settings.Limit("MaxDescription", 4_096),
            Footer: settings.Limit("MaxFooter", 2_048),
            Embed: settings.Limit("MaxEmbed", 6_000)));

    public ComposedPost Compose(Announcement announcement)
    {
        var message = DiscordMessage.Of(announcement, most);
        var payload = Wire.Write(message);
        var embed = message.Embeds[0];
        var text = string.Join("\n", new[]
        {
            announcement.OwnText is null ? announcement.Title : Cutting.Fit(announcement.OwnText, most.Content, DiscordMessage.Length),
            embed.Description is null ? null : announcement.Summary,
            announcement.Url,
        }.OfType<string>());
        return message.Content is { } content
            ? new ComposedPost(text, content.Length, most.Content, "characters", payload)
            : new ComposedPost(text, embed.Length, most.Embed, "characters", payload);
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var withoutPicture = attempt.Progress;
        var body = withoutPicture is null ? attempt.Payload : WithoutPicture(attempt.Payload);
        switch (await CallAsync(HttpMethod.Post, "", "wait=true", body, cancellation))
        {
            case CallOutcome.Answered { IsSuccess: true } answered:
                return await SentAsync(answered, withoutPicture, cancellation);
            case CallOutcome.Answered { Status: HttpStatusCode.BadRequest } bad when withoutPicture is null && HasPicture(attempt.Payload):
                return new SendOutcome.Progressed($"without its picture: {Complaint(bad)}", TimeSpan.Zero);
            case CallOutcome.Answered answered when IsGatewayTimeout(answered):
                return new SendOutcome.Unknown("Discord did not answer its own gateway in time.");
            case CallOutcome.Answered { IsTransient: true } answered:
                return new SendOutcome.TryLater(RetryAfter(answered), Complaint(answered));
            case CallOutcome.Answered answered:
                return new SendOutcome.Refused(Complaint(answered));
            case CallOutcome.NotSent notSent:
                return new SendOutcome.TryLater(null, notSent.Reason);
            case CallOutcome.Lost lost:
                return new SendOutcome.Unknown(lost.Reason);
            case var other:
                throw new InvalidOperationException($"A call ended as {other.GetType().Name}.");
        }
    }

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) =>
        Task.FromResult<SendOutcome>(new SendOutcome.Unknown("Discord gave no answer when it was sent, and cannot be asked whether it is out."));

    public async Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation)
    {
        if (post.RemoteId is null)
        {
            return new ChangeOutcome.NotSupported();
        }

        var ended = await CallAsync(HttpMethod.Patch, $"/messages/{post.RemoteId}", "", now.Payload, cancellation);
        if (ended is CallOutcome.Answered { Status: HttpStatusCode.BadRequest } && HasPicture(now.Payload))
        {
            ended = await CallAsync(HttpMethod.Patch, $"/messages/{post.RemoteId}", "", WithoutPicture(now.Payload), cancellation);
        }

        return IsGone(ended) ? new ChangeOutcome.NotSupported() : Changed(ended);
    }

    public async Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation)
    {
        if (post.RemoteId is null)
        {
            return new ChangeOutcome.NotSupported();
        }

        var ended = await CallAsync(HttpMethod.Delete, $"/messages/{post.RemoteId}", "", null, cancellation);
        return IsGone(ended) ? new ChangeOutcome.Done() : Changed(ended);
    }

    private async Task<SendOutcome> SentAsync(CallOutcome.Answered answered, string? note, CancellationToken cancellation)
    {
        var message = Wire.ObjectOrNull(answered.Body);
        if (message?.Text("id") is not { } id)
        {
            const string Lost = "Discord took it, but its answer was cut: it cannot be changed from here.";
            return new SendOutcome.Sent(null, null, note is null ? Lost : $"{note} {Lost}");
        }

        var server = await ServerAsync(cancellation);
        var channel = message.Value.Text("channel_id");
        return new SendOutcome.Sent(id, server is null || channel is null ? null : $"https://discord.com/channels/{server}/{channel}/{id}", note);
    }

    // The message names its channel only. It is out by now, and nothing that happens here may lose that, a stop of the host included.
    private async Task<string?> ServerAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            return await CallAsync(HttpMethod.Get, "", "", null, patience.Token) is CallOutcome.Answered { IsSuccess: true } answered
                ? Wire.ObjectOrNull(answered.Body)?.Text("guild_id")
                : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<CallOutcome> CallAsync(HttpMethod method, string path, string query, string? body, CancellationToken cancellation)
    {
        // The webhook's own query stays: thread_id says in which thread it posts.
        var address = new UriBuilder(webhook) { Path = webhook.AbsolutePath.TrimEnd('/') + path };
        address.Query = string.Join('&', new[] { webhook.Query.TrimStart('?'), query }.Where(part => part.Length > 0));
        using var request = new HttpRequestMessage(method, address.Uri) { Content = body is null ? null : Wire.Body(body) };
        return await outbound.CallAsync(request, cancellation);
    }

    // The message is gone, not the webhook.
    private static bool IsGone(CallOutcome ended) => ended is CallOutcome.Answered { Status: HttpStatusCode.NotFound } answered && Code(answered) == UnknownMessage;

    private static ChangeOutcome Changed(CallOutcome ended) => ended switch
    {
        CallOutcome.Answered { IsSuccess: true } => new ChangeOutcome.Done(),
        CallOutcome.Answered { IsTransient: true } answered => new ChangeOutcome.TryLater(RetryAfter(answered), Complaint(answered)),
        CallOutcome.Answered answered => new ChangeOutcome.Refused(Complaint(answered)),
        CallOutcome.NotSent notSent => new ChangeOutcome.TryLater(null, notSent.Reason),
        CallOutcome.Lost lost => new ChangeOutcome.TryLater(null, lost.Reason),
        _ => throw new InvalidOperationException($"A call ended as {ended.GetType().Name}."),
    };

    private static string Complaint(CallOutcome.Answered answered) => answered.Status switch
    {
        HttpStatusCode.NotFound => "Discord no longer has this webhook.",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "Discord does not accept this webhook's address.",
        HttpStatusCode.TooManyRequests => "Discord wants fewer calls.",
        _ => $"Discord did not take it (status {(int)answered.Status}{(Code(answered) is > 0 and var code ? $", code {code}" : "")}).",
    };

    private static int Code(CallOutcome.Answered answered) =>
        int.TryParse(Wire.ObjectOrNull(answered.Body)?.Text("code"), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;

    // The body has the time to the millisecond, the header in whole seconds; whichever is longer is safe.
    private static TimeSpan? RetryAfter(CallOutcome.Answered answered)
    {
        var inBody = double.TryParse(Wire.ObjectOrNull(answered.Body)?.Text("retry_after"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and < 1_000_000
            ? TimeSpan.FromSeconds(seconds)
            : (TimeSpan?)null;
        return answered.RetryAfter is { } inHeader && !(inBody > inHeader) ? inHeader : inBody;
    }

    // 504, and 524 of the network in front of Discord: the message was passed on, and no answer came.
    private static bool IsGatewayTimeout(CallOutcome.Answered answered) => (int)answered.Status is 504 or 524;

    private static bool HasPicture(string payload) => Wire.Read<DiscordMessage>(payload).Embeds[0].Image is not null;

    private static string WithoutPicture(string payload)
    {
        var message = JsonNode.Parse(payload)!;
        message["embeds"]![0]!.AsObject().Remove("image");
        return message.ToJsonString(Wire.Json);
    }
}
