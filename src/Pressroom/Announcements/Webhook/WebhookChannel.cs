using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pressroom.Announcements.Text;

namespace Pressroom.Announcements.Webhook;

/// <summary>Tells an endpoint of anybody's about articles published, updated and deleted, signed as Standard Webhooks 1.0.0 has it.</summary>
/// <remarks>The id of an event stays the same however often it is sent, so that the receiver can drop repeats, and all that may have
/// arrived is sent again. Whatever is no 2xx is a failure that passes, but for 410, by which the endpoint asks to be left alone.</remarks>
internal sealed class WebhookChannel : IChannel
{
    private const int MostPayload = 30_000;

    // "Retry schedule". After the last, the endpoint is to be given up.
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private readonly Outbound outbound;
    private readonly TimeProvider time;
    private readonly Uri endpoint;
    private readonly IReadOnlyList<WebhookSecret> secrets;
    private readonly int mostBytes;

    private WebhookChannel(string name, Outbound outbound, TimeProvider time, Uri endpoint, IReadOnlyList<WebhookSecret> secrets, int mostBytes) =>
        (Name, this.outbound, this.time, this.endpoint, this.secrets, this.mostBytes) = (name, outbound, time, endpoint, secrets, mostBytes);

    public string Name { get; }

    public string Kind => "webhook";

    public bool CanSettle => true;

    /// <summary>Needs <c>Url</c> and <c>Secret</c>; while the secret is changed, <c>SecretNext</c> signs beside it. <c>MaxBytes</c> (of a
    /// body) can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static WebhookChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider time)
    {
        var endpoint = settings.RequiredAddress("Url");
        List<WebhookSecret> secrets = [SecretOf("Secret", settings.Required("Secret"))];
        if (settings.Optional("SecretNext") is { } next)
        {
            secrets.Add(SecretOf("SecretNext", next));
        }

        return new WebhookChannel(settings.Name, outbound, time, endpoint, secrets, Math.Min(settings.Limit("MaxBytes", 20_000), MostPayload));

        WebhookSecret SecretOf(string key, string text) =>
            WebhookSecret.ParseOrNull(text) ?? throw settings.Wrong(key, "is no secret of Standard Webhooks: whsec_ and 24 to 64 bytes in base64");
    }

    public ComposedPost Compose(Announcement announcement)
    {
        var now = time.GetUtcNow();
        var room = mostBytes - Encoding.UTF8.GetByteCount(Event(announcement, now, "", ""));
        var summary = announcement.Summary is null ? null : Cutting.Fit(announcement.Summary, room, Wire.BytesOf);
        room -= Wire.BytesOf(summary ?? "");
        var text = announcement.OwnText is null ? null : Cutting.Fit(announcement.OwnText, room, Wire.BytesOf);
        var body = Event(announcement, now, summary, text);
        var shown = string.Join("\n", new[] { announcement.Title, text ?? summary, announcement.Url }.OfType<string>());
        return new ComposedPost(shown, Encoding.UTF8.GetByteCount(body), mostBytes, "bytes", body);
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"msg_{attempt.ArticleId}_{attempt.QueuedAt.ToUnixTimeSeconds()}");
        return await CallAsync(id, attempt.Payload, cancellation) switch
        {
            CallOutcome.Answered { IsSuccess: true } => new SendOutcome.Sent(id, null),
            CallOutcome.Answered { Status: HttpStatusCode.Gone } => new SendOutcome.Refused(AskedToBeRemoved),
            CallOutcome.Answered answered => Again(attempt, answered.RetryAfter, Complaint(answered)),
            CallOutcome.NotSent notSent => Again(attempt, null, notSent.Reason),
            CallOutcome.Lost lost => new SendOutcome.Unknown(lost.Reason),
            var other => throw new InvalidOperationException($"A call ended as {other.GetType().Name}."),
        };
    }

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) => SendAsync(attempt, cancellation);

    /// <summary>A new event, <c>article.updated</c>. Should the ledger compose it twice, the receiver gets two that say the same.</summary>
    public async Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation)
    {
        var body = JsonNode.Parse(now.Payload)!;
        body["type"] = "article.updated";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(now.Payload)))[..16];
        return await ChangeAsync($"msg_{post.ArticleId}_updated_{hash}", body.ToJsonString(Wire.Json), cancellation);
    }

    public async Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation)
    {
        var data = JsonNode.Parse(post.Payload)!["data"]!;
        var body = Wire.Write(new { type = "article.deleted", timestamp = time.GetUtcNow(), data = new { id = (string?)data["id"], url = (string?)data["url"] } });
        var id = string.Create(CultureInfo.InvariantCulture, $"msg_{post.ArticleId}_deleted_{post.SentAt.ToUnixTimeSeconds()}");
        return await ChangeAsync(id, body, cancellation);
    }

    private async Task<ChangeOutcome> ChangeAsync(string id, string body, CancellationToken cancellation) => await CallAsync(id, body, cancellation) switch
    {
        CallOutcome.Answered { IsSuccess: true } => new ChangeOutcome.Done(),
        CallOutcome.Answered { Status: HttpStatusCode.Gone } => new ChangeOutcome.Refused(AskedToBeRemoved),
        CallOutcome.Answered answered => new ChangeOutcome.TryLater(answered.RetryAfter, Complaint(answered)),
        CallOutcome.NotSent notSent => new ChangeOutcome.TryLater(null, notSent.Reason),
        CallOutcome.Lost lost => new ChangeOutcome.TryLater(null, lost.Reason),
        var other => throw new InvalidOperationException($"A call ended as {other.GetType().Name}."),
    };

    private async Task<CallOutcome> CallAsync(string id, string body, CancellationToken cancellation)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = Wire.Body(body) };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", string.Join(' ', secrets.Select(secret => secret.Sign(id, timestamp, body))));
        return await outbound.CallAsync(request, cancellation);
    }

    private static SendOutcome Again(Attempt attempt, TimeSpan? retryAfter, string reason)
    {
        if (attempt.Number > Waits.Length)
        {
            return new SendOutcome.Refused($"{reason} It was tried {attempt.Number} times.");
        }

        // Up to a tenth longer, so that what failed together does not come back together.
        var wait = Waits[Math.Max(attempt.Number, 1) - 1] * (1 + (Random.Shared.NextDouble() / 10));
        return new SendOutcome.TryLater(retryAfter > wait ? retryAfter : wait, reason);
    }

    private const string AskedToBeRemoved = "The endpoint asked to be removed (status 410): take the channel out of the settings.";

    private static string Complaint(CallOutcome.Answered answered) => answered.Status == HttpStatusCode.TooManyRequests
        ? "The endpoint wants fewer calls."
        : $"The endpoint did not take it (status {(int)answered.Status}).";

    private static string Event(Announcement announcement, DateTimeOffset now, string? summary, string? text) => Wire.Write(new
    {
        type = "article.published",
        timestamp = now,
        data = new
        {
            id = announcement.ArticleId.Value,
            title = announcement.Title,
            summary,
            text,
            url = announcement.Url,
            language = announcement.Language.Tag,
            direction = announcement.Language.Direction,
            tags = announcement.Tags,
            image = announcement.Image,
            publishedAt = announcement.PublishedAt,
            site = announcement.SiteTitle,
        },
    });
}
