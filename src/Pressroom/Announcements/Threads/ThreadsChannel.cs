using Pressroom.Announcements.Facebook;
using Pressroom.Announcements.Text;
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
        var withPicture = settings.Flag("Picture", otherwise: false);
        return new ThreadsChannel(settings.Name, graph, containers, withPicture, (settings.Limit("MaxCharacters", 500), settings.Limit("MaxAltCharacters", 1_000)));
    }

    public ComposedPost Compose(Announcement announcement)
    {
        var link = "\n\n" + Bidi.Isolated(announcement.Url, announcement.Language);
        var picture = withPicture && Counting.ForThreads(link) <= most.Characters / 2 ? announcement.Image : null;
        var text = announcement.OwnText ?? string.Join("\n\n", new[] { announcement.Title, announcement.Summary }
            .Where(part => !string.IsNullOrWhiteSpace(part))
            .Select(part => Bidi.Directed(part!, announcement.Language)));
        text = picture is null
            ? Cutting.Fit(text, most.Characters, Counting.ForThreads)
            : Cutting.Fit(text, most.Characters - Counting.ForThreads(link), Counting.ForThreads) + link;
        var alt = picture?.Alt is { Length: > 0 } words ? Cutting.Fit(words, most.AltCharacters, fitted => fitted.Length) : null;
        var payload = Wire.Write(new ThreadsPost(text, announcement.Url, picture?.Url, alt));
        return new ComposedPost(picture is null ? $"{text}\n\n{announcement.Url}" : text, Counting.ForThreads(text), most.Characters, "characters", payload);
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
}

internal sealed record ThreadsPost(string Text, string Link, string? Picture, string? Alt);
