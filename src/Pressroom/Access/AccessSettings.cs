namespace Pressroom.Access;

/// <summary>Who may call, and how often.</summary>
/// <param name="AdminToken">The administrator's token; null on the embedded engine, which makes its own.</param>
/// <param name="SigningKey">What links are signed with; null on the embedded engine, which makes its own.</param>
/// <param name="LimitPerToken">How many calls a token, or a person who signed in, may make in ten minutes; 0 for any number.</param>
/// <param name="LimitPerPrefix">How many calls without a token a network (/24 of IPv4, /64 of IPv6) may make in ten minutes; 0 for any number.</param>
/// <param name="OpenIdConnect">Who else vouches for editors; null where nobody does.</param>
public sealed record AccessSettings(string? AdminToken, string? SigningKey, int LimitPerToken, int LimitPerPrefix, OpenIdConnectSettings? OpenIdConnect)
{
    /// <summary>The header in which a proxy of the operator's own says where a call came from; null where there is none. Only for a host that nobody
    /// reaches but through that proxy.</summary>
    public string? ClientAddressHeader { get; init; }

    internal static AccessSettings Read(SettingReader reader, bool isEmbedded) => new(
        reader.Secret("Pressroom:AdminToken", atLeast: 32, required: !isEmbedded),
        reader.Secret("Pressroom:SigningKey", atLeast: 32, required: !isEmbedded),
        reader.Number("Access:LimitPerToken", otherwise: 60_000, most: 100_000_000),
        reader.Number("Access:LimitPerPrefix", otherwise: 6_000, most: 100_000_000),
        OpenIdConnectSettings.Read(reader))
    {
        ClientAddressHeader = reader.Text("Access:ClientAddressHeader"),
    };
}

/// <summary>An OpenID Connect issuer whose access tokens are taken beside our own.</summary>
/// <param name="Authority">The issuer's address, where <c>/.well-known/openid-configuration</c> is below.</param>
/// <param name="Audience">Whom its tokens must be meant for: this application's id there.</param>
/// <param name="RolesClaim">The claim that names a person's roles: a text, a list, or texts with spaces between.</param>
/// <param name="Roles">What the issuer calls our roles.</param>
public sealed record OpenIdConnectSettings(Uri Authority, string Audience, string RolesClaim, IReadOnlyDictionary<string, Role> Roles)
{
    /// <summary>Where the issuer publishes how to reach it (OpenID Connect Discovery 1.0, section 4).</summary>
    public string ConfigurationAddress => Authority.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";

    internal static OpenIdConnectSettings? Read(SettingReader reader)
    {
        var authority = reader.Url("OpenIdConnect:Authority");
        if (authority is null)
        {
            return null;
        }

        if (authority is { Scheme: "http", IsLoopback: false })
        {
            reader.Reject("OpenIdConnect:Authority", "must begin with https://: its keys decide who gets in");
        }

        var roles = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var role in Enum.GetValues<Role>())
        {
            var key = $"OpenIdConnect:{role}Role";
            if (!roles.TryAdd(reader.Text(key) ?? role.Word(), role))
            {
                reader.Reject(key, "is another role's name too");
            }
        }

        return new OpenIdConnectSettings(authority, reader.Required("OpenIdConnect:Audience"), reader.Text("OpenIdConnect:RolesClaim") ?? "roles", roles);
    }
}
