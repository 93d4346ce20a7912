using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace Pressroom.Access;

/// <summary>Recognises people by the access tokens of an OpenID Connect issuer: signed JSON Web Tokens (RFC 7519, RFC 9068) whose keys the issuer
/// publishes (OpenID Connect Discovery 1.0). A token counts until it expires; nothing of it is kept.</summary>
public sealed class OpenIdConnect
{
    private const int MostLength = 16 * 1024;
    private const int MostNameLength = 100;

    // Not those with a shared secret, and not "none": a published key must not become one.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly OpenIdConnectSettings settings;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MostLength };
    private readonly TokenValidationParameters wanted;
    private readonly Lock gate = new();
    private Task asking = Task.CompletedTask;

    /// <summary>Takes the tokens of the settings' issuer, whose keys it asks for when the first token comes, and again when they change.</summary>
    public OpenIdConnect(OpenIdConnectSettings settings, HttpClient http, TimeProvider time)
    {
        this.settings = settings;
        var documents = new HttpDocumentRetriever(http) { RequireHttps = settings.Authority.Scheme == Uri.UriSchemeHttps };
        wanted = new TokenValidationParameters
        {
            ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
                settings.ConfigurationAddress, new OpenIdConnectConfigurationRetriever(), documents, new OpenIdConnectConfigurationValidator()),
            ValidAudience = settings.Audience,
            ValidAlgorithms = Algorithms,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromMinutes(1),
            LifetimeValidator = (from, until, _, parameters) => IsInForce(from, until, parameters.ClockSkew, time.GetUtcNow().UtcDateTime),
        };
    }

    /// <summary>Whether it looks like a token of an issuer, and not like one of ours.</summary>
    public static bool MayBe(string token) => token.Length <= MostLength && token.Count(c => c == '.') == 2;

    /// <summary>Who the issuer says is calling.</summary>
    /// <returns>Null where the token is not the issuer's, not meant for us, not in force, or names nobody.</returns>
    /// <exception cref="IssuerUnreachableException">The issuer's keys are not known and cannot be asked for.</exception>
    public async Task<Caller?> RecogniseAsync(string token, CancellationToken cancellation)
    {
        try
        {
            await KeysAsync().WaitAsync(cancellation);
        }
        catch (Exception unreachable) when (unreachable is InvalidOperationException or IOException or HttpRequestException)
        {
            throw new IssuerUnreachableException(unreachable);
        }

        var result = await handler.ValidateTokenAsync(token, wanted);
        return result is { IsValid: true, SecurityToken: JsonWebToken valid } && !NeedsMore(valid)
            && result.ClaimsIdentity.FindFirst(JwtRegisteredClaimNames.Sub)?.Value is { Length: > 0 } subject
            ? new Caller(IdOf(result.Issuer, subject), NameOf(result.ClaimsIdentity), RolesOf(valid))
            : null;
    }

    // Whoever comes while the issuer is being asked waits for the same answer: otherwise it is asked for each of them in turn.
    private Task KeysAsync()
    {
        lock (gate)
        {
            return asking = asking.IsCompleted ? wanted.ConfigurationManager.GetBaseConfigurationAsync(CancellationToken.None) : asking;
        }
    }

    // RFC 7515, section 4.1.11: what a token says must be understood makes it invalid for whoever does not; and we know no extension.
    private static bool NeedsMore(JsonWebToken token) => token.TryGetHeaderValue<object>("crit", out _);

    private static bool IsInForce(DateTime? from, DateTime? until, TimeSpan skew, DateTime now) => until is { } end && now < end + skew && !(from - skew > now);

    private static string IdOf(string issuer, string subject) =>
        Caller.PersonPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{subject}")).AsSpan(0, 16));

    // It goes into histories that others read, and an address must not; some issuers give one as a name.
    private static string NameOf(ClaimsIdentity person) =>
        person.FindFirst(JwtRegisteredClaimNames.Name)?.Value.Trim() is { Length: > 0 and <= MostNameLength } name
            && !name.Contains('@', StringComparison.Ordinal) && !name.Any(UnicodeText.IsUnfitForLine)
            ? name
            : "editor";

    // A text may be several with spaces between, as a scope is. What is in a list is one: a group's name may well have a role's word in it.
    private List<Role> RolesOf(JsonWebToken token)
    {
        using var claims = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        var claim = claims.RootElement.TryGetProperty(settings.RolesClaim, out var found) ? found : default;
        var names = claim.ValueKind switch
        {
            JsonValueKind.String when claim.GetString()! is var text => settings.Roles.ContainsKey(text) ? [text] : text.Split(' '),
            JsonValueKind.Array => claim.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.String).Select(entry => entry.GetString()!),
            _ => Enumerable.Empty<string>(),
        };
        return [.. names.Where(settings.Roles.ContainsKey).Select(name => settings.Roles[name]).Distinct()];
    }
}

/// <summary>The OpenID Connect issuer cannot be asked for its keys.</summary>
public sealed class IssuerUnreachableException(Exception inner) : Exception("The OpenID Connect issuer cannot be asked for its keys.", inner);
