using System.Net;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.WebSub;

/// <summary>Tells a WebSub hub that the home feed has changed; the hub then tells the feed's subscribers.</summary>
/// <remarks>The ping is PubSubHubbub 0.4's; some hubs read <c>hub.url</c> and some <c>hub.topic</c>. One too many makes a hub look at a
/// feed that has nothing new, so that whatever is in doubt is sent again, and every change of an article is a ping.</remarks>
internal sealed class WebSubChannel : IChannel
{
    private readonly Outbound outbound;
    private readonly Uri hub;

    private WebSubChannel(string name, Outbound outbound, Uri hub) => (Name, this.outbound, this.hub) = (name, outbound, hub);

    public string Name { get; }

    public string Kind => "websub";

    public bool CanSettle => true;

    public bool TellsOfEveryChange => true;

    /// <summary>Needs <c>Url</c>, the hub's.</summary>
    /// <exception cref="SettingException">The key is missing or wrong.</exception>
    public static WebSubChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider _) =>
        new(settings.Name, outbound, settings.RequiredAddress("Url"));

    public ComposedPost Compose(Announcement announcement) =>
        new(announcement.FeedUrl, announcement.FeedUrl.Length, null, "characters", announcement.FeedUrl);

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation) =>
        await PingAsync(attempt.Payload, cancellation) is var ended and not CallOutcome.Answered { IsSuccess: true }
            ? ended.AsFailure("The hub", Complaint, answered => answered.RetryAfter)
            : new SendOutcome.Sent(null, null);

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) => SendAsync(attempt, cancellation);

    public Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation) => ChangeAsync(now.Payload, cancellation);

    public Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation) => ChangeAsync(post.Payload, cancellation);

    private async Task<ChangeOutcome> ChangeAsync(string topic, CancellationToken cancellation) =>
        (await PingAsync(topic, cancellation)).AsChange(Complaint, answered => answered.RetryAfter);

    private async Task<CallOutcome> PingAsync(string topic, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, hub)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["hub.mode"] = "publish", ["hub.url"] = topic, ["hub.topic"] = topic }),
        };
        return await outbound.CallAsync(request, cancellation);
    }

    private static string Complaint(CallOutcome.Answered answered) => answered.Status == HttpStatusCode.TooManyRequests
        ? "The hub wants fewer pings."
        : $"The hub did not take it (status {(int)answered.Status}).";
}
