using Pressroom.Articles;

namespace Pressroom.Announcements;

/// <summary>The configured channels.</summary>
public sealed class Channels
{
    private readonly Dictionary<string, IChannel> byName;

    /// <summary>Takes the channels in the order of the settings.</summary>
    public Channels(IEnumerable<IChannel> channels)
    {
        All = channels.ToList();
        byName = All.ToDictionary(channel => channel.Name, StringComparer.Ordinal);
    }

    /// <summary>All of them, in the order of the settings.</summary>
    public IReadOnlyList<IChannel> All { get; }

    /// <summary>The channel of that name.</summary>
    public IChannel? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Those that an article is to be announced on.</summary>
    public IEnumerable<IChannel> ChosenBy(Announce announce) => announce switch
    {
        { Enabled: false } => [],
        { Channels: { } names } => All.Where(channel => names.Contains(channel.Name, StringComparer.Ordinal)),
        _ => All,
    };
}
