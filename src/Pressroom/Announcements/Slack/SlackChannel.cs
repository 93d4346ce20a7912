using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Slack;

/// <summary>Posts to a Slack channel by an incoming webhook.</summary>
/// <remarks>Slack, "Sending messages using incoming webhooks". The answer is a bare word and has no message id: a message cannot be
/// changed, nor be asked for, and what may be out stays unknown.</remarks>
internal sealed partial class SlackChannel : IChannel
{
    private readonly Outbound outbound;
    private readonly Uri webhook;
    private readonly (int Section, int Text) most;

    private SlackChannel(string name, Outbound outbound, Uri webhook, (int, int) most) => (Name, this.outbound, this.webhook, this.most) = (name, outbound, webhook, most);

    public string Name { get; }

    public string Kind => "slack";

    /// <summary>Needs <c>Url</c>, the webhook's, which is a secret; <c>MaxCharacters</c> (of a section) and <c>MaxText</c> (of the text for
    /// notifications) can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static SlackChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider _) =>
        new(settings.Name, outbound, settings.RequiredAddress("Url"), (settings.Limit("MaxCharacters", 3_000), settings.Limit("MaxText", 4_000)));

    public ComposedPost Compose(Announcement announcement)
    {
        var language = announcement.Language;
        var summary = string.IsNullOrWhiteSpace(announcement.Summary) ? null : Bidi.Directed(announcement.Summary, language);
        var address = Escaped(announcement.Url);
        string section, shown;
        if (announcement.OwnText is { } own)
        {
            shown = Cutting.Fit(own, most.Section, text => Escaped(text).Length);
            section = Escaped(shown);
        }
        else
        {
            // The title is the link: "*<address|title>*", and a mark that turns the line goes before it.
            var title = Cutting.Fit(announcement.Title, most.Section - address.Length - 6, text => Escaped(text).Length);
            var mark = Bidi.Directed(title, language)[..^title.Length];
            var heading = $"{mark}*<{address}|{Escaped(title)}>*";
            var words = summary is null ? "" : Cutting.Fit(summary, most.Section - heading.Length - 1, text => Escaped(text).Length);
            section = words.Length == 0 ? heading : $"{heading}\n{Escaped(words)}";
            shown = words.Length == 0 ? title : $"{title}\n{words}";
        }

        var link = "\n" + Bidi.Isolated($"<{address}>", language);
        var fallback = Cutting.Fit(announcement.OwnText ?? Bidi.Directed(announcement.Title, language), most.Text - link.Length, text => Escaped(text).Length);
        var body = new
        {
            text = Escaped(fallback) + link,
            unfurl_links = false,
            blocks = new object[]
            {
                new { type = "section", text = new { type = "mrkdwn", text = section, verbatim = true }, accessory = Picture(announcement) },
                new { type = "context", elements = new[] { new { type = "mrkdwn", text = Source(announcement, address), verbatim = true } } },
            },
        };
        return new ComposedPost($"{shown}\n{announcement.Url}", section.Length, most.Section, "characters", Wire.Write(body));
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var withoutPicture = attempt.Progress;
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook)
        {
            Content = Wire.Body(withoutPicture is null ? attempt.Payload : WithoutPicture(attempt.Payload)),
        };
        return await outbound.CallAsync(request, cancellation) switch
        {
            CallOutcome.Answered { IsSuccess: true } => new SendOutcome.Sent(null, null, withoutPicture),
            // Slack fetches the picture before it takes the message.
            CallOutcome.Answered { Status: HttpStatusCode.BadRequest } bad when withoutPicture is null && HasPicture(attempt.Payload) =>
                new SendOutcome.Progressed($"without its picture: {Complaint(bad)}", TimeSpan.Zero),
            CallOutcome.Answered { Status: HttpStatusCode.GatewayTimeout } => new SendOutcome.Unknown("Slack did not answer its own gateway in time."),
            CallOutcome.Answered { IsTransient: true } answered => new SendOutcome.TryLater(answered.RetryAfter, Complaint(answered)),
            CallOutcome.Answered answered => new SendOutcome.Refused(Complaint(answered)),
            CallOutcome.NotSent notSent => new SendOutcome.TryLater(null, notSent.Reason),
            CallOutcome.Lost lost => new SendOutcome.Unknown(lost.Reason),
            var other => throw new InvalidOperationException($"A call ended as {other.GetType().Name}."),
        };
    }

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) =>
        Task.FromResult<SendOutcome>(new SendOutcome.Unknown("Slack gave no answer when it was sent, and cannot be asked whether it is out."));

    private static object? Picture(Announcement announcement) => announcement.Image is { Url.Length: <= 3_000 } image
        ? new { type = "image", image_url = image.Url, alt_text = Cutting.Fit(image.Alt is { Length: > 0 } alt ? alt : announcement.Title, 2_000, text => text.Length) }
        : null;

    private static string Source(Announcement announcement, string address)
    {
        var site = Escaped(Cutting.Fit(announcement.SiteTitle, 200, text => text.Length));
        return announcement.OwnText is null ? site : $"<{address}|{site}>";
    }

    // "Formatting text": three characters are control characters, nothing else is.
    private static string Escaped(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Complaint(CallOutcome.Answered answered) => answered.Status == HttpStatusCode.TooManyRequests
        ? "Slack wants fewer messages."
        : $"Slack did not take it: {(BareWord().IsMatch(answered.Body) ? answered.Body.Trim() : $"status {(int)answered.Status}")}.";

    private static bool HasPicture(string payload) => JsonNode.Parse(payload)!["blocks"]![0]!["accessory"] is not null;

    private static string WithoutPicture(string payload)
    {
        var message = JsonNode.Parse(payload)!;
        message["blocks"]![0]!.AsObject().Remove("accessory");
        return message.ToJsonString(Wire.Json);
    }

    [GeneratedRegex(@"^\s*[a-z_]{1,60}\s*$")]
    private static partial Regex BareWord();
}
