using Pressroom.Announcements.Bluesky;
using Pressroom.Announcements.Discord;
using Pressroom.Announcements.Facebook;
using Pressroom.Announcements.IndexNow;
using Pressroom.Announcements.Instagram;
using Pressroom.Announcements.LinkedIn;
using Pressroom.Announcements.Mastodon;
using Pressroom.Announcements.Outbox;
using Pressroom.Announcements.Pictures;
using Pressroom.Announcements.Slack;
using Pressroom.Announcements.Teams;
using Pressroom.Announcements.Telegram;
using Pressroom.Announcements.Threads;
using Pressroom.Announcements.Webhook;
using Pressroom.Announcements.WebSub;
using Pressroom.Announcements.X;

namespace Pressroom.Announcements;

/// <summary>Every kind of channel there is, and how one is made from its settings: a new network is its folder and a line here.</summary>
internal static class ChannelKinds
{
    private const int LongestName = 64;

    private static readonly Dictionary<string, Func<ChannelSettings, ChannelTools, IChannel>> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mastodon"] = (settings, tools) => MastodonChannel.Create(settings, tools.Outbound, tools.Pictures, tools.Time),
        ["bluesky"] = (settings, tools) => BlueskyChannel.Create(settings, tools.Outbound, tools.Pictures, tools.Time),
        ["telegram"] = (settings, tools) => TelegramChannel.Create(settings, tools.Outbound, tools.Time),
        ["x"] = (settings, tools) => XChannel.Create(settings, tools.Outbound, tools.Time),
        ["linkedin"] = (settings, tools) => LinkedInChannel.Create(settings, tools.Outbound, tools.Pictures, tools.Time),
        ["facebook"] = (settings, tools) => FacebookChannel.Create(settings, tools.Outbound, tools.Time),
        ["instagram"] = (settings, tools) => InstagramChannel.Create(settings, tools.Outbound, tools.Time),
        ["threads"] = (settings, tools) => ThreadsChannel.Create(settings, tools.Outbound, tools.Time),
        ["discord"] = (settings, tools) => DiscordChannel.Create(settings, tools.Outbound, tools.Time),
        ["slack"] = (settings, tools) => SlackChannel.Create(settings, tools.Outbound, tools.Time),
        ["teams"] = (settings, tools) => TeamsChannel.Create(settings, tools.Outbound, tools.Time),
        ["webhook"] = (settings, tools) => WebhookChannel.Create(settings, tools.Outbound, tools.Time),
        ["websub"] = (settings, tools) => WebSubChannel.Create(settings, tools.Outbound, tools.Time),
        ["indexnow"] = (settings, tools) => IndexNowChannel.Create(settings, tools.Outbound, tools.Time),
        ["outbox"] = (settings, tools) => OutboxChannel.Create(settings, tools.OutboxFolder, tools.Time),
    };

    /// <summary>The channels of the settings, in their order.</summary>
    /// <remarks>Where there is only a <c>ProfileUrl</c> and nothing to log in with, the site links to the profile and nothing is announced there.</remarks>
    /// <exception cref="SettingException">A kind is unknown, a name is taken or cannot stand in an address, or a key of the kind's own is missing or wrong.</exception>
    public static Channels Create(IReadOnlyList<ChannelSettings> settings, ChannelTools tools)
    {
        var channels = new List<IChannel>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var one in settings)
        {
            if (!Kinds.TryGetValue(one.Kind, out var create))
            {
                throw new SettingException($"Channel '{one.Name}': there is no kind '{one.Kind}'. The kinds are {string.Join(", ", Kinds.Keys)}.");
            }

            if (one.Name.Length is 0 or > LongestName || !one.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            {
                throw new SettingException($"Channel '{one.Name}': Name must be 1 to {LongestName} letters, digits, '-', '_' or '.'.");
            }

            if (!names.Add(one.Name))
            {
                throw new SettingException($"Channel '{one.Name}': another channel has that Name.");
            }

            if (!one.IsLinkOnly)
            {
                channels.Add(new DiscreetChannel(create(one, tools), one));
            }
        }

        return new Channels(channels);
    }
}

/// <summary>What channels are made with.</summary>
internal sealed record ChannelTools(Outbound Outbound, FetchPicture Pictures, string OutboxFolder, TimeProvider Time);
