using System.Globalization;

namespace Pressroom.Announcements.Webhook;

/// <summary>Reads a channel's own keys. What is wrong is named by the channel and the key; the value may be a secret and is not.</summary>
internal static class OwnValues
{
    public static string Required(this ChannelSettings settings, string key) =>
        settings.Optional(key) ?? throw settings.Wrong(key, "is missing");

    public static string? Optional(this ChannelSettings settings, string key) =>
        settings.Values.TryGetValue(key, out var text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    /// <summary>A limit of the network, which an operator can set when the network moves it.</summary>
    public static int Limit(this ChannelSettings settings, string key, int otherwise)
    {
        if (settings.Optional(key) is not { } text)
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? limit
            : throw settings.Wrong(key, "is no whole number above 0");
    }

    /// <summary>A choice between two.</summary>
    public static bool Flag(this ChannelSettings settings, string key, bool otherwise)
    {
        if (settings.Optional(key) is not { } text)
        {
            return otherwise;
        }

        return bool.TryParse(text, out var flag) ? flag : throw settings.Wrong(key, "is neither true nor false");
    }

    /// <summary>An address that may carry its secret in path or query.</summary>
    public static Uri RequiredAddress(this ChannelSettings settings, string key) =>
        Uri.TryCreate(settings.Required(key), UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw settings.Wrong(key, "is no absolute http(s) address");

    /// <summary>Where the network's API is, without a slash at its end.</summary>
    public static string Root(this ChannelSettings settings, string otherwise) =>
        settings.BaseUrl?.AbsoluteUri.TrimEnd('/') ?? otherwise;

    public static SettingException Wrong(this ChannelSettings settings, string key, string complaint) =>
        new($"Channel '{settings.Name}': {key} {complaint}.");
}
