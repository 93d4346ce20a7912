using System.Text;
using System.Text.RegularExpressions;
using Pressroom.Announcements.Facebook;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Instagram;

/// <summary>Posts the article's picture with a caption to a professional Instagram account.</summary>
/// <remarks>Instagram Platform, "Content Publishing". Instagram fetches the picture itself, and takes JPEG. It has no posts without a
/// picture, no change of a caption and no deletion from outside.</remarks>
internal sealed partial class InstagramChannel : IChannel
{
    private readonly Containers containers;
    private readonly (int Characters, int Hashtags, int AltCharacters) most;

    private InstagramChannel(string name, Containers containers, (int, int, int) most) => (Name, this.containers, this.most) = (name, containers, most);

    public string Name { get; }

    public string Kind => "instagram";

    public bool CanSettle => true;

    /// <summary>Needs <c>AccountId</c> and <c>Token</c>; <c>GraphVersion</c>, <c>BaseUrl</c> (https://graph.facebook.com for a token of
    /// Facebook Login), <c>MaxCharacters</c>, <c>MaxHashtags</c> and <c>MaxAltCharacters</c> can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static InstagramChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider _)
    {
        var version = settings.Optional("GraphVersion") ?? "v25.0";
        var graph = new Graph(outbound, "Instagram", $"{settings.Root("https://graph.instagram.com")}/{version}", settings.Required("Token"));
        var names = new ContainerNames("media", "media_publish", "status_code", "status", "media", "caption");
        var containers = new Containers(graph, "Instagram", settings.Required("AccountId"), names, firstLook: TimeSpan.FromSeconds(10));
        return new InstagramChannel(settings.Name, containers,
            (settings.Limit("MaxCharacters", 2_200), settings.Limit("MaxHashtags", 30), settings.Limit("MaxAltCharacters", 1_000)));
    }

    public ComposedPost Compose(Announcement announcement)
    {
        var caption = Caption(announcement);
        var alt = announcement.Image?.Alt is { Length: > 0 } text ? Cutting.Fit(text, most.AltCharacters, fitted => fitted.Length) : null;
        var payload = Wire.Write(new InstagramPost(caption, announcement.Image?.Url, alt));
        return new ComposedPost(caption, caption.Length, most.Characters, "characters", payload);
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var post = Wire.Read<InstagramPost>(attempt.Payload);
        if (post.Image is null)
        {
            return new SendOutcome.Refused("Instagram takes no post without a picture, and the article has none.");
        }

        var form = new Dictionary<string, string> { ["image_url"] = post.Image, ["caption"] = post.Caption };
        if (post.Alt is { } alt)
        {
            form["alt_text"] = alt;
        }

        return await containers.NextAsync(attempt, new ContainerForms(form, null, post.Caption), cancellation);
    }

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) => SendAsync(attempt, cancellation);

    private string Caption(Announcement announcement)
    {
        var caption = new StringBuilder(announcement.OwnText is { } own
            ? Cutting.Fit(own, most.Characters, text => text.Length)
            : Composed(announcement));
        var hashtags = HashtagsIn().Count(caption.ToString());
        var separator = "\n\n";
        foreach (var hashtag in Hashtags.Of(announcement.Tags))
        {
            if (hashtags < most.Hashtags && caption.Length + separator.Length + hashtag.Length <= most.Characters)
            {
                caption.Append(separator).Append(hashtag);
                separator = " ";
                hashtags++;
            }
        }

        return caption.ToString();
    }

    // The address is not to be followed from a caption, but to be read, and it makes the caption this article's alone.
    private string Composed(Announcement announcement)
    {
        var link = "\n\n" + Bidi.Isolated(announcement.Url, announcement.Language);
        if (link.Length > most.Characters / 2)
        {
            link = "";
        }

        var text = string.Join("\n\n", new[] { announcement.Title, announcement.Summary }
            .Where(part => !string.IsNullOrWhiteSpace(part))
            .Select(part => Bidi.Directed(part!, announcement.Language)));
        return Cutting.Fit(text, most.Characters - link.Length, fitted => fitted.Length) + link;
    }

    [GeneratedRegex(@"#[\p{L}\p{M}\p{Nd}_]")]
    private static partial Regex HashtagsIn();
}

internal sealed record InstagramPost(string Caption, string? Image, string? Alt);
