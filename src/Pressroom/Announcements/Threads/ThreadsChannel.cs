using System.Globalization;
using System.Text;
using Pressroom.Announcements.Facebook;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Threads;

/// <summary>Posts to Threads: a text with the article's link card, or, where the operator wants it, the picture with the link in the text.</summary>
/// <remarks>Threads API, "Posts", "Troubleshooting" and "Delete posts". A post cannot be changed; 100 a day can be deleted.</remarks>
internal sealed class ThreadsChannel : IChannel
{
    private readonly Graph graph;
    private readonly Containers containers;
    private readonly bool withPicture;
    private readonly (int Characters, int AltCharacters) most;

    private ThreadsChannel(string name, Graph graph, Containers containers, bool withPicture, (int, int) most) =>
        (Name, this.graph, this.containers, this.withPicture, this.most) = (name, graph, containers, withPicture, most);

    public string Name { get; }

    public string Kind => "threads";

    public bool CanSettle => true;

    /// <summary>Needs <c>AccountId</c> and <c>Token</c>; <c>Picture</c> (true: the picture in place of the link card), <c>GraphVersion</c>,
    /// <c>BaseUrl</c>, <c>MaxCharacters</c> and <c>MaxAltCharacters</c> can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static ThreadsChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider _)
    {
        var version = settings.Optional("GraphVersion") ?? "v1.0";
        var graph = new Graph(outbound, "Threads", $"{settings.Root("https://graph.threads.net")}/{version}", settings.Required("Token"));
        var names = new ContainerNames("threads", "threads_publish", "status", "error_message", "threads", "text");
        // "Wait on average 30 seconds before publishing a Threads media container."
        var containers = new Containers(graph, "Threads", settings.Required("AccountId"), names, firstLook: TimeSpan.FromSeconds(30));
        if (!bool.TryParse(settings.Optional("Picture") ?? "false", out var withPicture))
        {
            throw settings.Wrong("Picture", "is neither true nor false");
        }

        return new ThreadsChannel(settings.Name, graph, containers, withPicture, (settings.Limit("MaxCharacters", 500), settings.Limit("MaxAltCharacters", 1_000)));
    }

    public ComposedPost Compose(Announcement announcement)
    {
        var link = "\n\n" + Wording.Isolated(announcement.Url, announcement.Language);
        var picture = withPicture && Length(link) <= most.Characters / 2 ? announcement.Image : null;
        var text = announcement.OwnText ?? string.Join("\n\n", new[] { announcement.Title, announcement.Summary }
            .Where(part => !string.IsNullOrWhiteSpace(part))
            .Select(part => Wording.Directed(part!, announcement.Language)));
        text = picture is null
            ? Wording.Fit(text, most.Characters, Length)
            : Wording.Fit(text, most.Characters - Length(link), Length) + link;
        var alt = picture?.Alt is { Length: > 0 } words ? Wording.Fit(words, most.AltCharacters, fitted => fitted.Length) : null;
        var payload = Wire.Write(new ThreadsPost(text, announcement.Url, picture?.Url, alt));
        return new ComposedPost(picture is null ? $"{text}\n\n{announcement.Url}" : text, Length(text), most.Characters, "characters", payload);
    }

    public Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var post = Wire.Read<ThreadsPost>(attempt.Payload);
        var asText = new Dictionary<string, string> { ["media_type"] = "TEXT", ["text"] = post.Text, ["link_attachment"] = post.Link };
        if (post.Picture is null)
        {
            return containers.NextAsync(attempt, new ContainerForms(asText, null, post.Text), cancellation);
        }

        var asPicture = new Dictionary<string, string> { ["media_type"] = "IMAGE", ["text"] = post.Text, ["image_url"] = post.Picture };
        if (post.Alt is { } alt)
        {
            asPicture["alt_text"] = alt;
        }

        return containers.NextAsync(attempt, new ContainerForms(asPicture, asText, post.Text), cancellation);
    }

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) => SendAsync(attempt, cancellation);

    public async Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation) => post.RemoteId is null
        ? new ChangeOutcome.NotSupported()
        : (await graph.DeleteAsync(post.RemoteId, cancellation)).AsDeletion();

    /// <summary>The length as Threads counts it: characters, but an emoji as its UTF-8 bytes.</summary>
    internal static int Length(string text)
    {
        var length = 0;
        var graphemes = StringInfo.GetTextElementEnumerator(text);
        while (graphemes.MoveNext())
        {
            var grapheme = graphemes.GetTextElement();
            length += IsEmoji(grapheme) ? Encoding.UTF8.GetByteCount(grapheme) : grapheme.EnumerateRunes().Count();
        }

        return length;
    }

    // Where it is arguable (arrows, dingbats), an emoji: a text too short is posted, one too long is refused.
    private static bool IsEmoji(string grapheme) => grapheme.EnumerateRunes().Any(rune => rune.Value
        is 0xFE0F or 0x20E3 or (>= 0x1F000 and <= 0x1FBFF) or (>= 0x2300 and <= 0x23FF) or (>= 0x2600 and <= 0x27BF) or (>= 0x2B00 and <= 0x2BFF));
}

internal sealed record ThreadsPost(string Text, string Link, string? Picture, string? Alt);
