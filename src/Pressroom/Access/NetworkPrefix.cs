using System.Net;
using System.Net.Sockets;

namespace Pressroom.Access;

/// <summary>The network that a client is in, as far as limits and bans go by it: /24 of IPv4, /64 of IPv6.</summary>
public readonly record struct NetworkPrefix
{
    private NetworkPrefix(string text) => Text = text;

    /// <summary>As in <c>192.0.2.0/24</c> and <c>2001:db8::/64</c>; <c>unknown</c> where the host does not tell.</summary>
    public string Text { get; }

    /// <summary>The network's first address, for services that judge by where a comment came from; null where it is not known.</summary>
    public string? Address => Text == Unknown ? null : Text[..Text.IndexOf('/', StringComparison.Ordinal)];

    private const string Unknown = "unknown";

    /// <summary>The network of an address.</summary>
    public static NetworkPrefix Of(IPAddress? address)
    {
        if (address is null)
        {
            return new NetworkPrefix(Unknown);
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        var (kept, length) = address.AddressFamily == AddressFamily.InterNetwork ? (3, 24) : (8, 64);
        Array.Clear(bytes, kept, bytes.Length - kept);
        return new NetworkPrefix($"{new IPAddress(bytes)}/{length}");
    }

    /// <summary>Reads it from our own storage.</summary>
    internal static NetworkPrefix Stored(string text) => new(text);

    /// <inheritdoc/>
    public override string ToString() => "…";
}
