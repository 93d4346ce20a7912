using System.Globalization;
using System.Text.Json;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;
using Pressroom.Articles;

namespace Pressroom.Announcements.Facebook;

/// <summary>Posts to a Facebook Page: a message, and the link that Facebook makes a card of.</summary>
/// <remarks>Graph API, "Pages API: Posts". Nothing there makes a repeat harmless, so what may be out is looked for among the page's
/// posts (<c>pages_read_engagement</c>) and never sent again.</remarks>
internal sealed class FacebookChannel : IChannel
{
    // A payload has at most 30,000 characters; the network takes twice as much.
    private const int MostPayload = 30_000;

    private readonly Graph graph;
    private readonly string page;
    private readonly int mostCharacters;

    private FacebookChannel(string name, Graph graph, string page, int mostCharacters) =>
        (Name, this.graph, this.page, this.mostCharacters) = (name, graph, page, mostCharacters);

    public string Name { get; }

    public string Kind => "facebook";

    public bool CanSettle => true;

    /// <summary>Needs <c>PageId</c> and <c>Token</c>, a page access token; <c>GraphVersion</c>, <c>BaseUrl</c> and <c>MaxCharacters</c> can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static FacebookChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider _)
    {
        var version = settings.Optional("GraphVersion") ?? "v25.0";
        var graph = new Graph(outbound, "Facebook", $"{settings.Root("https://graph.facebook.com")}/{version}", settings.Required("Token"));
        return new FacebookChannel(settings.Name, graph, settings.Required("PageId"), settings.Limit("MaxCharacters", 63_206));
    }

    public ComposedPost Compose(Announcement announcement)
    {
        var message = announcement.OwnText ?? string.Join("\n\n", new[] { announcement.Title, announcement.Summary }
            .Where(part => !string.IsNullOrWhiteSpace(part))
            .Select(part => Bidi.Directed(part!, announcement.Language)));
        message = Cutting.Fit(message, mostCharacters, text => text.Length);
        var link = new FacebookPost("", announcement.Url, announcement.Language);
        var room = MostPayload - Wire.Write(link).Length;
        message = Cutting.Fit(message, room, text => Wire.Write(text).Length);
        return new ComposedPost($"{message}\n\n{announcement.Url}", message.Length, mostCharacters, "characters", Wire.Write(link with { Message = message }));
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var post = Wire.Read<FacebookPost>(attempt.Payload);
        var withoutCard = attempt.Progress;
        var form = withoutCard is null
            ? new Dictionary<string, string> { ["message"] = post.Message, ["link"] = post.Link }
            : new Dictionary<string, string> { ["message"] = WithLink(post) };
        switch (await graph.PostAsync($"{page}/feed", form, cancellation))
        {
            case GraphAnswer.Done done when done.Text("id") is { } id:
                return Sent(id, withoutCard);
            case GraphAnswer.Done:
                return await FindAsync(attempt, cancellation) ?? new SendOutcome.Sent(null, null, "Facebook took it, but its answer was cut: it cannot be changed from here.");
            case GraphAnswer.Refused { Code: 506 } same:
                // Their memory of a post that we are not sure of: it is out. At a first try it can only be somebody else's.
                return await FindAsync(attempt, cancellation)
                    ?? (SendOutcome)(attempt.Number > 1
                        ? new SendOutcome.Sent(null, null, "Facebook says that it has this post already; it cannot be changed from here.")
                        : new SendOutcome.Refused(same.Reason));
            case GraphAnswer.Refused refused when withoutCard is null && IsAboutLink(refused):
                return new SendOutcome.Progressed($"without its link card: {refused.Reason}", TimeSpan.Zero);
            case GraphAnswer.Refused refused:
                return new SendOutcome.Refused(refused.Reason);
            case GraphAnswer.Later later:
                return new SendOutcome.TryLater(later.After, later.Reason);
            case GraphAnswer.Lost lost:
                return new SendOutcome.Unknown(lost.Reason);
            case var other:
                throw new InvalidOperationException($"Facebook answered {other.GetType().Name}.");
        }
    }

    public async Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) =>
        await FindAsync(attempt, cancellation)
        ?? new SendOutcome.Unknown("Facebook gave no answer when it was sent, and the page's posts do not show it.");

    public async Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation)
    {
        if (post.RemoteId is null)
        {
            return new ChangeOutcome.NotSupported();
        }

        var message = new Dictionary<string, string> { ["message"] = Wire.Read<FacebookPost>(now.Payload).Message };
        return (await graph.PostAsync(post.RemoteId, message, cancellation)).AsEdit();
    }

    public async Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation) => post.RemoteId is null
        ? new ChangeOutcome.NotSupported()
        : (await graph.DeleteAsync(post.RemoteId, cancellation)).AsDeletion();

    private async Task<SendOutcome?> FindAsync(Attempt attempt, CancellationToken cancellation)
    {
        var post = Wire.Read<FacebookPost>(attempt.Payload);
        var since = attempt.QueuedAt.AddMinutes(-5).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        if (await graph.GetAsync($"{page}/feed?fields=id,message,attachments{{unshimmed_url}}&limit=100&since={since}", cancellation) is not GraphAnswer.Done done)
        {
            return null;
        }

        foreach (var candidate in done.Items)
        {
            if (candidate.Text("id") is { } id && IsOf(post, candidate))
            {
                return Sent(id, attempt.Progress);
            }
        }

        return null;
    }

    // Two articles may go out with the same words of an editor's; then the card tells them apart.
    private static bool IsOf(FacebookPost post, JsonElement candidate)
    {
        var message = candidate.Text("message") ?? "";
        if (Words.AreSame(message, WithLink(post)))
        {
            return true;
        }

        var cards = candidate.TryGetProperty("attachments", out var attachments)
            ? new GraphAnswer.Done(attachments).Items.Select(card => card.Text("unshimmed_url")).OfType<string>().ToList()
            : [];
        return Words.AreSame(message, post.Message) && (cards.Count == 0 || cards.Contains(post.Link, StringComparer.OrdinalIgnoreCase));
    }

    private static SendOutcome.Sent Sent(string id, string? note) => new(id, $"https://www.facebook.com/{id}", note);

    private static string WithLink(FacebookPost post) => $"{post.Message}\n\n{Bidi.Isolated(post.Link, post.Language)}";

    // 1500: "The url you supplied is invalid"; the subcodes: the page behind the link could not be read.
    private static bool IsAboutLink(GraphAnswer.Refused refused) => refused.Code == 1500 || refused.Subcode is 1609005 or 1609008;
}

internal sealed record FacebookPost(string Message, string Link, Language Language);
