using System.Net;
using System.Text;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Teams;

/// <summary>Posts an Adaptive Card to Microsoft Teams by a workflow's "When a Teams webhook request is received" trigger.</summary>
/// <remarks>The answer, 202, says that the workflow has started and no more: a post cannot be changed, nor be asked for, and what may be
/// out stays unknown. Office 365 connectors (webhook.office.com) are being shut and are refused.</remarks>
internal sealed class TeamsChannel : IChannel
{
    private const int MostPayload = 30_000;

    private readonly Outbound outbound;
    private readonly Uri workflow;
    private readonly int mostBytes;

    private TeamsChannel(string name, Outbound outbound, Uri workflow, int mostBytes) => (Name, this.outbound, this.workflow, this.mostBytes) = (name, outbound, workflow, mostBytes);

    public string Name { get; }

    public string Kind => "teams";

    /// <summary>Needs <c>Url</c>, the workflow's, which is a secret; <c>MaxBytes</c> (of the whole message; 28 KB) can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static TeamsChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider _)
    {
        var workflow = settings.RequiredAddress("Url");
        if (IsConnector(workflow))
        {
            throw settings.Wrong("Url", "is that of an Office 365 connector, which Microsoft is shutting down: make a workflow with \"When a Teams webhook request is received\" in Teams and use its address");
        }

        return new TeamsChannel(settings.Name, outbound, workflow, Math.Min(settings.Limit("MaxBytes", 28_000), MostPayload));
    }

    public ComposedPost Compose(Announcement announcement)
    {
        string? title = announcement.Title;
        var text = string.IsNullOrWhiteSpace(announcement.Summary) ? null : announcement.Summary;
        if (announcement.OwnText is { } own)
        {
            (title, text) = (null, own);
        }

        // What is left of the limit beside an empty card is the text's, and the headline's before that.
        var frame = Bytes(Card(announcement, null, "…"));
        title = title is null ? null : Cutting.Fit(title, (mostBytes - frame) / 2, Wire.BytesOf);
        var room = mostBytes - Bytes(Card(announcement, title, "…"));
        text = text is null ? null : Cutting.Fit(text, room, Wire.BytesOf);
        var body = Card(announcement, title, text);
        return new ComposedPost(string.Join("\n", new[] { title, text, announcement.Url }.OfType<string>()), Bytes(body), mostBytes, "bytes", body);
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, workflow) { Content = Wire.Body(attempt.Payload) };
        return await outbound.CallAsync(request, cancellation) switch
        {
            CallOutcome.Answered { IsSuccess: true } => new SendOutcome.Sent(null, null),
            CallOutcome.Answered { Status: HttpStatusCode.GatewayTimeout } => new SendOutcome.Unknown("Teams did not answer its own gateway in time."),
            CallOutcome.Answered { IsTransient: true } answered => new SendOutcome.TryLater(answered.RetryAfter, Complaint(answered.Status)),
            CallOutcome.Answered answered => new SendOutcome.Refused(Complaint(answered.Status)),
            CallOutcome.NotSent notSent => new SendOutcome.TryLater(null, notSent.Reason),
            CallOutcome.Lost lost => new SendOutcome.Unknown(lost.Reason),
            var other => throw new InvalidOperationException($"A call ended as {other.GetType().Name}."),
        };
    }

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) =>
        Task.FromResult<SendOutcome>(new SendOutcome.Unknown("Teams gave no answer when it was sent, and cannot be asked whether it is out."));

    // Runs of a RichTextBlock are plain text; a TextBlock would read Markdown.
    private static string Card(Announcement announcement, string? title, string? text)
    {
        var body = new List<object>();
        if (title is not null)
        {
            body.Add(new { type = "RichTextBlock", inlines = new[] { new { type = "TextRun", text = title, size = "Large", weight = "Bolder" } } });
        }

        if (announcement.Image is { } image)
        {
            body.Add(new { type = "Image", url = image.Url, altText = Cutting.Fit(image.Alt ?? "", 1_000, alt => alt.Length) });
        }

        if (text is not null)
        {
            body.Add(new { type = "RichTextBlock", inlines = new[] { new { type = "TextRun", text } } });
        }

        body.Add(new { type = "RichTextBlock", inlines = new[] { new { type = "TextRun", text = announcement.SiteTitle, size = "Small", isSubtle = true } } });
        var card = new Dictionary<string, object>
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["lang"] = announcement.Language.Primary,
            // Of schema 1.5, which clients of 1.4 pass over.
            ["rtl"] = announcement.Language.IsRightToLeft,
            ["fallbackText"] = announcement.Url,
            ["body"] = body,
            ["actions"] = new[] { new { type = "Action.OpenUrl", title = ReadTheArticle(announcement.Language.Primary), url = announcement.Url } },
        };
        return Wire.Write(new
        {
            type = "message",
            attachments = new[] { new { contentType = "application/vnd.microsoft.card.adaptive", content = card } },
        });
    }

    private static string ReadTheArticle(string language) => language switch
    {
        "fr" => "Lire l’article",
        "ar" => "قراءة المقال",
        _ => "Read the article",
    };

    private static int Bytes(string body) => Encoding.UTF8.GetByteCount(body);

    private static string Complaint(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => "Teams no longer has this workflow.",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "Teams does not accept this workflow's address.",
        HttpStatusCode.RequestEntityTooLarge => "Teams finds it too large.",
        HttpStatusCode.TooManyRequests => "Teams wants fewer messages.",
        _ => $"Teams did not take it (status {(int)status}).",
    };

    private static bool IsConnector(Uri address) =>
        address.Host.Equals("webhook.office.com", StringComparison.OrdinalIgnoreCase)
        || address.Host.EndsWith(".webhook.office.com", StringComparison.OrdinalIgnoreCase)
        || (address.Host.Equals("outlook.office.com", StringComparison.OrdinalIgnoreCase) && address.AbsolutePath.StartsWith("/webhook", StringComparison.OrdinalIgnoreCase));
}
