using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pressroom.Tests.Announcements;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Access;

/// <summary>An OpenID Connect issuer: publishes its keys (OpenID Connect Discovery 1.0) and signs tokens with them.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    public const string Audience = "api://pressroom";

    private readonly FakeService service;
    private List<SecurityKey> keys;

    private FakeIssuer(FakeService service, List<SecurityKey> keys) => (this.service, this.keys) = (service, keys);

    public string Address => service.BaseUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>What makes a host take its tokens.</summary>
    public string[] Settings => [$"OpenIdConnect:Authority={Address}", $"OpenIdConnect:Audience={Audience}"];

    public FakeService Service => service;

    /// <summary>The key that signs.</summary>
    public SecurityKey Key => keys[0];

    /// <summary>What it answers instead; null for what an issuer answers.</summary>
    public Func<string, ServiceAnswer?> Instead { get; set; } = _ => null;

    public static async Task<FakeIssuer> StartAsync()
    {
        FakeIssuer? issuer = null;
        var service = await FakeService.StartAsync(call => issuer!.Answer(call));
        return issuer = new FakeIssuer(service, [NewKey("one")]);
    }

    public static RsaSecurityKey NewKey(string id) => new(RSA.Create(2048)) { KeyId = id };

    /// <summary>From now on others sign.</summary>
    public void Rotate() => keys = [NewKey("two")];

    /// <summary>Publishes a key of elliptic curves beside the one that signs.</summary>
    public ECDsaSecurityKey PublishCurve(string id)
    {
        var key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = id };
        keys.Add(key);
        return key;
    }

    /// <summary>A token that counts for an hour, with what a test changes of it.</summary>
    public string Sign(object? roles, Action<SecurityTokenDescriptor>? change = null)
    {
        var now = DateTime.UtcNow;
        var token = new SecurityTokenDescriptor
        {
            Issuer = Address,
            Audience = Audience,
            NotBefore = now.AddMinutes(-1),
            Expires = now.AddHours(1),
            Claims = new Dictionary<string, object> { ["sub"] = "person 7", ["name"] = "Ada Reporter" },
            SigningCredentials = new SigningCredentials(keys[0], SecurityAlgorithms.RsaSha256),
        };
        if (roles is not null)
        {
            token.Claims["roles"] = roles;
        }

        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    /// <summary>A newsroom that knows its keys.</summary>
    public async Task<Newsroom> OpenNewsroomAsync(params string[] more)
    {
        var newsroom = await Newsroom.OpenAsync([.. Settings, .. more]);
        await IsKnownToAsync(newsroom);
        return newsroom;
    }

    /// <summary>Waits until the newsroom knows its keys: a host that gets no answer within seconds says so, which a busy machine may bring about.</summary>
    public Task IsKnownToAsync(Newsroom newsroom) => Newsroom.EventuallyAsync(
        async () =>
        {
            using var answer = await newsroom.CallAsync(Sign("editor"), HttpMethod.Get, "/api/articles");
            return answer.StatusCode != HttpStatusCode.ServiceUnavailable;
        },
        "the issuer's keys are known");

    public ValueTask DisposeAsync() => service.DisposeAsync();

    private ServiceAnswer Answer(ServiceCall call) => Instead(call.Path) ?? call.Path switch
    {
        "/.well-known/openid-configuration" => new ServiceAnswer(200, JsonSerializer.Serialize(new { issuer = Address, jwks_uri = Address + "/keys" })),
        "/keys" => new ServiceAnswer(200, JsonSerializer.Serialize(new { keys = keys.Select(Published) })),
        _ => new ServiceAnswer(404),
    };

    /// <summary>A key as issuers publish it (RFC 7517).</summary>
    public static object Published(SecurityKey key)
    {
        if (key is ECDsaSecurityKey { ECDsa: var curve })
        {
            var point = curve.ExportParameters(includePrivateParameters: false).Q;
            return new { kty = "EC", use = "sig", crv = "P-256", kid = key.KeyId, x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) };
        }

        var parts = ((RsaSecurityKey)key).Rsa.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", kid = key.KeyId, n = Base64UrlEncoder.Encode(parts.Modulus), e = Base64UrlEncoder.Encode(parts.Exponent) };
    }
}
