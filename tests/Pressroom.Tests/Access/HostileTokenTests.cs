using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Pressroom.Access;
using Pressroom.Tests.Announcements;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Access;

/// <summary>Tokens as attackers make them, and issuers that do not keep to their role.</summary>
public sealed class HostileTokenTests
{
    private const string DocumentPath = "/.well-known/openid-configuration";
    private const string KeysPath = "/keys";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static (string What, Func<Attack, string> Forge)[] Forgeries =>
    [
        ("alg none", attack => Unsigned(attack, "none")),
        ("alg None", attack => Unsigned(attack, "None")),
        ("alg empty", attack => Unsigned(attack, "")),
        ("alg of no name", attack => $"{Part(new { typ = "JWT", kid = "one" })}.{Claims(attack)}."),
        ("alg none with a signature", attack => Unsigned(attack, "none") + "AAAA"),
        ("HS256 with the modulus", attack => WithSecret(attack, attack.Issuers.ExportParameters(false).Modulus!)),
        ("HS256 with the key's DER", attack => WithSecret(attack, attack.Issuers.ExportSubjectPublicKeyInfo())),
        ("HS256 with the key's PEM", attack => WithSecret(attack, Encoding.ASCII.GetBytes(attack.Issuers.ExportSubjectPublicKeyInfoPem()))),
        ("HS256 with the published key", attack => WithSecret(attack, JsonSerializer.SerializeToUtf8Bytes(Published(attack.Issuers, "one")))),
        ("the attacker's key", attack => Signed(attack, attack.Mine, new { alg = "RS256", kid = "one" })),
        ("the attacker's key by no name", attack => Signed(attack, attack.Mine, new { alg = "RS256" })),
        ("jwk", attack => Signed(attack, attack.Mine, new { alg = "RS256", kid = "mine", jwk = Published(attack.Mine, "mine") })),
        ("jku", attack => Signed(attack, attack.Mine, new { alg = "RS256", kid = "mine", jku = attack.There + "keys" })),
        ("x5u", attack => Signed(attack, attack.Mine, new { alg = "RS256", kid = "mine", x5u = attack.There + "certificate" })),
        ("x5c", attack => Signed(attack, attack.Mine, new { alg = "RS256", kid = "mine", x5c = new[] { Certificate(attack) } })),
        ("x5t", attack => Signed(attack, attack.Mine, new { alg = "RS256", x5t = "one" })),
        ("kid as a path", attack => Signed(attack, attack.Mine, new { alg = "RS256", kid = "../../../../dev/null" })),
        ("kid as a query", attack => Signed(attack, attack.Mine, new { alg = "RS256", kid = "one' OR '1'='1" })),
        ("kid without end", attack => Signed(attack, attack.Mine, new { alg = "RS256", kid = new string('k', 10_000) })),
        ("kid as a list", attack => Signed(attack, attack.Mine, new { alg = "RS256", kid = new[] { "one" } })),
        ("ES256 with the attacker's curve", attack => WithCurve(attack, ECDsa.Create(ECCurve.NamedCurves.nistP256))),
        ("ES256 with nothing for a signature", attack => $"{Part(new { alg = "ES256", kid = "curve" })}.{Claims(attack)}.{Base64UrlEncoder.Encode(new byte[64])}"),
        ("an extension that must be understood", attack => Signed(attack, attack.Issuers, new { alg = "RS256", kid = "one", crit = new[] { "exp" }, exp = 1 })),
        ("an encrypted token", attack => $"{Part(new { alg = "RSA-OAEP", enc = "A128CBC-HS256", kid = "one" })}.AAAA.AAAA.AAAA.AAAA"),
        ("a header that is no object", attack => Signed(attack, attack.Mine, new[] { "alg" })),
    ];

    [Fact]
    public async Task A_forged_token_opens_nothing_and_nobody_is_asked_for_its_keys()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        issuer.PublishCurve("curve");
        using var mine = RSA.Create(2048);
        await using var attacker = await FakeService.StartAsync(_ => new ServiceAnswer(200, JsonSerializer.Serialize(new { keys = new[] { Published(mine, "mine") } })));
        await using var newsroom = await issuer.OpenNewsroomAsync();

        var attack = new Attack(issuer.Address, ((RsaSecurityKey)issuer.Key).Rsa, mine, attacker.BaseUrl.AbsoluteUri);
        var asked = issuer.Service.Calls.Count(call => call.Path == KeysPath);
        foreach (var (what, forge) in Forgeries)
        {
            using var answer = await newsroom.CallAsync(forge(attack), HttpMethod.Get, "/api/articles");
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{what}: {answer.StatusCode}");
        }

        Assert.Empty(attacker.Calls);
        Assert.InRange(issuer.Service.Calls.Count(call => call.Path == KeysPath) - asked, 0, 1); // unknown keys do not make us a burden to the issuer
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task A_key_of_elliptic_curves_that_the_issuer_publishes_signs_as_well()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        var curve = issuer.PublishCurve("curve");
        await using var newsroom = await issuer.OpenNewsroomAsync();

        Assert.Equal(200, await StatusAsync(newsroom, issuer.Sign("editor", token => token.SigningCredentials = new SigningCredentials(curve, SecurityAlgorithms.EcdsaSha256))));
    }

    private static (string What, object? Roles, int Status)[] Claimed =>
    [
        ("a list", new[] { "editor", "admin" }, 200),
        ("a list of one", new[] { "admin" }, 200),
        ("texts with a space between", "editor admin", 200),
        ("a group whose name has the word", new[] { "News admin desk", "editor" }, 403),
        ("one group whose name has the word", new[] { "News admin desk" }, 403),
        ("an object", new Dictionary<string, object> { ["admin"] = true }, 403),
        ("an object whose text has the word", new Dictionary<string, object> { ["note"] = "no admin here" }, 403),
        ("objects whose text has the word", new[] { new Dictionary<string, object> { ["note"] = "no admin here" } }, 403),
        ("a list in a list", new object[] { new[] { "admin" } }, 403),
        ("a number", 1, 403),
        ("truth", true, 403),
        ("other letters", "ADMIN", 403),
        ("nothing", null, 403),
    ];

    [Fact]
    public async Task A_role_is_a_whole_text_of_the_claim()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync();

        foreach (var (what, roles, status) in Claimed)
        {
            Assert.True(await StatusAsync(newsroom, issuer.Sign(roles), "/api/tokens") == status, what);
        }

        Assert.Empty(newsroom.Log.Errors);
    }

    [Theory]
    [InlineData("Ada\r\nReporter")]
    [InlineData("Ada \u202EretropeR")]
    [InlineData("Ada\0")]
    public async Task A_name_that_would_break_a_line_is_not_shown(string name)
    {
        await using var issuer = await FakeIssuer.StartAsync();
        using var http = new HttpClient();
        var access = new OpenIdConnect(Settings(issuer.Address), http, TimeProvider.System);

        Assert.Equal("editor", (await access.RecogniseAsync(issuer.Sign("editor", token => token.Claims["name"] = name), Stop))?.Name);
    }

    [Fact]
    public async Task A_token_of_a_hundred_kilobytes_is_refused()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync();
        var token = issuer.Sign(Enumerable.Range(0, 8_000).Select(number => $"group{number}").Append("editor").ToArray());

        Assert.InRange(await StatusAsync(newsroom, token), 401, 431);
        Assert.False(OpenIdConnect.MayBe(token));
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task Of_two_tokens_in_one_call_neither_counts()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync();
        var (good, bad) = ($"Authorization: Bearer {issuer.Sign("editor")}\r\n", "Authorization: Bearer nobodys\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(good), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 40", await AskAsync(good + bad), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 40", await AskAsync(bad + good), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 40", await AskAsync(good + good), StringComparison.Ordinal);

        async Task<string> AskAsync(string headers)
        {
            using var client = new TcpClient();
            var address = newsroom.Reader.BaseAddress!;
            await client.ConnectAsync(address.Host, address.Port, Stop);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /api/articles HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"), Stop);
            using var reader = new StreamReader(client.GetStream());
            return await reader.ReadToEndAsync(Stop);
        }
    }

    [Theory]
    [InlineData(DocumentPath, 302, "/keys")]
    [InlineData(DocumentPath, 500, "")]
    [InlineData(DocumentPath, 200, "<html>")]
    [InlineData(DocumentPath, 200, "{}")]
    [InlineData(DocumentPath, 200, "null")]
    [InlineData(DocumentPath, 200, "[]")]
    [InlineData(DocumentPath, 200, "{\"issuer\":\"http")]
    [InlineData(KeysPath, 307, DocumentPath)]
    [InlineData(KeysPath, 503, "")]
    [InlineData(KeysPath, 200, "<html>")]
    [InlineData(KeysPath, 200, "{\"keys\":[]}")]
    [InlineData(KeysPath, 200, "null")]
    public async Task An_issuer_that_does_not_say_its_keys_is_an_outage_until_it_does(string path, int status, string body)
    {
        await using var issuer = await FakeIssuer.StartAsync();
        issuer.Instead = asked => asked == path ? new ServiceAnswer(status, body, status is 302 or 307 ? [("Location", body)] : null) : null;
        await using var newsroom = await Newsroom.OpenAsync(issuer.Settings);

        Assert.Equal(503, await StatusAsync(newsroom, issuer.Sign("editor")));
        issuer.Instead = _ => null;
        await Newsroom.EventuallyAsync(async () => await StatusAsync(newsroom, issuer.Sign("editor")) == 200, "the issuer is asked again");
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task The_issuer_of_a_token_is_the_one_that_the_document_names()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        var document = JsonSerializer.Serialize(new { issuer = "https://sts.example/tenant/", jwks_uri = issuer.Address + KeysPath });
        issuer.Instead = path => path == DocumentPath ? new ServiceAnswer(200, document) : null;
        await using var newsroom = await issuer.OpenNewsroomAsync();

        Assert.Equal(200, await StatusAsync(newsroom, issuer.Sign("editor", token => token.Issuer = "https://sts.example/tenant/")));
        Assert.Equal(401, await StatusAsync(newsroom, issuer.Sign("editor")));
    }

    [Fact]
    public async Task Keys_are_not_fetched_in_the_open()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        var asked = new List<string>();
        using var handler = new Canned(address =>
        {
            asked.Add(address);
            return address.EndsWith("/keys", StringComparison.Ordinal)
                ? JsonSerializer.Serialize(new { keys = new[] { FakeIssuer.Published(issuer.Key) } })
                : JsonSerializer.Serialize(new { issuer = "https://issuer.example", jwks_uri = "http://issuer.example/keys" });
        });
        using var http = new HttpClient(handler);
        var access = new OpenIdConnect(Settings("https://issuer.example"), http, TimeProvider.System);

        await Assert.ThrowsAsync<IssuerUnreachableException>(() => access.RecogniseAsync(issuer.Sign("editor", token => token.Issuer = "https://issuer.example"), Stop));
        Assert.DoesNotContain(asked, address => address.StartsWith("http:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_who_wait_for_a_silent_issuer_wait_no_longer_than_one()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await Newsroom.OpenAsync([$"OpenIdConnect:Authority=http://{silent.LocalEndpoint}", $"OpenIdConnect:Audience={FakeIssuer.Audience}"]);

        var calls = Enumerable.Range(0, 40).Select(_ => StatusAsync(newsroom, issuer.Sign("editor")));

        Assert.All(await Task.WhenAll(calls).WaitAsync(TimeSpan.FromMinutes(1), Stop), status => Assert.Equal(503, status));
    }

    private static OpenIdConnectSettings Settings(string authority) =>
        new(new Uri(authority), FakeIssuer.Audience, "roles", new Dictionary<string, Role> { ["editor"] = Role.Editor });

    private static async Task<int> StatusAsync(Newsroom newsroom, string token, string address = "/api/articles")
    {
        using var answer = await newsroom.CallAsync(token, HttpMethod.Get, address);
        return (int)answer.StatusCode;
    }

    private static string Part(object json) => Base64UrlEncoder.Encode(JsonSerializer.SerializeToUtf8Bytes(json));

    private static string Claims(Attack attack) => Part(new
    {
        iss = attack.Issuer,
        aud = FakeIssuer.Audience,
        sub = "person 7",
        roles = "admin",
        exp = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(),
    });

    private static string Unsigned(Attack attack, string algorithm) => $"{Part(new { alg = algorithm, typ = "JWT", kid = "one" })}.{Claims(attack)}.";

    private static string WithSecret(Attack attack, byte[] secret)
    {
        var text = $"{Part(new { alg = "HS256", typ = "JWT", kid = "one" })}.{Claims(attack)}";
        return $"{text}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Signed(Attack attack, RSA key, object header)
    {
        var text = $"{Part(header)}.{Claims(attack)}";
        return $"{text}.{Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string WithCurve(Attack attack, ECDsa key)
    {
        using (key)
        {
            var text = $"{Part(new { alg = "ES256", kid = "curve" })}.{Claims(attack)}";
            return $"{text}.{Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
        }
    }

    private static object Published(RSA key, string id) => FakeIssuer.Published(new RsaSecurityKey(key) { KeyId = id });

    private static string Certificate(Attack attack)
    {
        var request = new CertificateRequest("CN=issuer.example", attack.Mine, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return Convert.ToBase64String(certificate.RawData);
    }

    /// <summary>What an attacker knows: of the issuer's key its public part, a key of his own, and where he publishes it.</summary>
    public sealed record Attack(string Issuer, RSA Issuers, RSA Mine, string There);

    private sealed class Canned(Func<string, string> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer(request.RequestUri!.AbsoluteUri)) });
    }
}
