using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Access;

public sealed class OpenIdConnectTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_with_the_role_publishes_and_the_history_has_their_name()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync();
        var token = issuer.Sign("editor");

        using var made = await newsroom.CallAsync(token, HttpMethod.Post, "/api/articles", JsonContent.Create(new { title = "By Ada", body = "Text.", status = "published" }));

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var id = (await made.Content.ReadFromJsonAsync<JsonObject>(Stop))!["id"]!.GetValue<string>();
        var history = await newsroom.GetAsync($"/api/articles/{id}/revisions");
        Assert.Equal("Ada Reporter", history["items"]![0]!["savedBy"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_persons_roles_are_those_of_the_claim()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync();
        foreach (var (roles, articles, comments, tokens) in new[]
        {
            ("editor", 200, 403, 403), ("moderator", 403, 200, 403), ("editor moderator", 200, 200, 403), ("admin", 200, 200, 200), ("reader", 403, 403, 403), ("", 403, 403, 403),
        })
        {
            foreach (var claim in new object?[] { roles, roles.Split(' ') })
            {
                var token = issuer.Sign(claim);
                foreach (var (address, status) in new[] { ("/api/articles", articles), ("/api/comments", comments), ("/api/tokens", tokens) })
                {
                    Assert.True(await StatusAsync(newsroom, address, token) == status, $"'{roles}', {address}");
                }
            }
        }
    }

    [Fact]
    public async Task The_issuer_may_name_the_claim_and_the_roles_otherwise()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync("OpenIdConnect:RolesClaim=groups", "OpenIdConnect:EditorRole=News Desk");

        Assert.Equal(200, await StatusAsync(newsroom, "/api/articles", issuer.Sign(null, token => token.Claims["groups"] = "News Desk")));
        Assert.Equal(403, await StatusAsync(newsroom, "/api/articles", issuer.Sign("editor")));
    }

    private static (string What, Action<SecurityTokenDescriptor> Change)[] Forged =>
    [
        ("another issuer", token => token.Issuer = "https://issuer.example"),
        ("another audience", token => token.Audience = "api://another"),
        ("no audience", token => token.Audience = null),
        ("expired", token => token.Expires = DateTime.UtcNow.AddMinutes(-3)),
        ("never expires", token => token.Expires = null),
        ("not yet", token => token.NotBefore = DateTime.UtcNow.AddMinutes(30)),
        ("nobody", token => token.Claims.Remove("sub")),
        ("a key of the same name", token => token.SigningCredentials = new SigningCredentials(FakeIssuer.NewKey("one"), SecurityAlgorithms.RsaSha256)),
        ("unsigned", token => token.SigningCredentials = null),
        ("signed with a secret", token => token.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(new byte[64]) { KeyId = "one" }, SecurityAlgorithms.HmacSha256)),
    ];

    [Fact]
    public async Task A_token_that_the_issuer_did_not_give_for_here_and_now_is_refused()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync();
        foreach (var (what, change) in Forged)
        {
            Assert.Equal(200, await StatusAsync(newsroom, "/api/articles", issuer.Sign("editor")));
            Assert.True(await StatusAsync(newsroom, "/api/articles", issuer.Sign("editor", change)) == 401, what);
        }
    }

    [Fact]
    public async Task A_changed_token_is_refused()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync();
        var parts = issuer.Sign("editor").Split('.');
        var admin = Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(Base64UrlEncoder.Decode(parts[1]).Replace("editor", "admin", StringComparison.Ordinal)));

        Assert.Equal(401, await StatusAsync(newsroom, "/api/tokens", $"{parts[0]}.{admin}.{parts[2]}"));
        Assert.Equal(401, await StatusAsync(newsroom, "/api/tokens", $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{admin}."));
        Assert.Equal(401, await StatusAsync(newsroom, "/api/tokens", "a.b.c"));
        Assert.Equal(401, await StatusAsync(newsroom, "/api/tokens", ".."));
        Assert.Equal(401, await StatusAsync(newsroom, "/api/tokens", string.Join('.', parts[0], new string('A', 9_000), parts[2])));
    }

    [Fact]
    public async Task New_keys_of_the_issuer_are_asked_for_when_a_token_has_one_that_is_not_known()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync();
        Assert.Equal(200, await StatusAsync(newsroom, "/api/articles", issuer.Sign("editor")));

        issuer.Rotate();

        await Newsroom.EventuallyAsync(async () => await StatusAsync(newsroom, "/api/articles", issuer.Sign("editor")) == 200, "the new key is known");
    }

    [Fact]
    public async Task An_issuer_that_cannot_be_asked_is_an_outage_and_no_refusal_and_tokens_of_ours_are_taken_all_the_same()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await Newsroom.OpenAsync(issuer.Settings);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            issuer.Service.FailNext("GET", 500);
        }

        Assert.Equal(503, await StatusAsync(newsroom, "/api/articles", issuer.Sign("editor")));
        await newsroom.GetAsync("/api/articles");
        await Newsroom.EventuallyAsync(async () => await StatusAsync(newsroom, "/api/articles", issuer.Sign("editor")) == 200, "the issuer is asked again");
    }

    [Fact]
    public async Task An_issuer_that_never_answers_does_not_hold_a_call_up_for_long()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await Newsroom.OpenAsync([$"OpenIdConnect:Authority=http://{silent.LocalEndpoint}", $"OpenIdConnect:Audience={FakeIssuer.Audience}"]);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        Assert.Equal(503, await StatusAsync(newsroom, "/api/articles", issuer.Sign("editor")).WaitAsync(patience.Token));
    }

    [Fact]
    public async Task Keys_without_end_are_not_read()
    {
        await using var issuer = await Announcements.FakeService.StartAsync(_ => new Announcements.ServiceAnswer(200, "{\"issuer\":\"" + new string('x', 2 * 1024 * 1024) + "\"}"));
        await using var signing = await FakeIssuer.StartAsync();
        await using var newsroom = await Newsroom.OpenAsync([$"OpenIdConnect:Authority={issuer.BaseUrl.AbsoluteUri.TrimEnd('/')}", $"OpenIdConnect:Audience={FakeIssuer.Audience}"]);

        Assert.Equal(503, await StatusAsync(newsroom, "/api/articles", signing.Sign("editor")));
    }

    [Fact]
    public async Task An_idempotency_key_of_one_person_is_no_other_persons()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync();
        var article = new { title = "Once", body = "Text." };

        var first = await MakeAsync("person 7");
        Assert.Equal(first, await MakeAsync("person 7"));
        Assert.NotEqual(first, await MakeAsync("person 8"));

        async Task<string> MakeAsync(string subject)
        {
            using var made = await newsroom.CallAsync(
                issuer.Sign("editor", token => token.Claims["sub"] = subject), HttpMethod.Post, "/api/articles", JsonContent.Create(article), ("Idempotency-Key", "one-key"));
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
            return (await made.Content.ReadFromJsonAsync<JsonObject>(Stop))!["id"]!.GetValue<string>();
        }
    }

    [Fact]
    public async Task A_name_that_is_an_address_is_not_shown()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var newsroom = await issuer.OpenNewsroomAsync();
        using var made = await newsroom.CallAsync(
            issuer.Sign("editor", token => token.Claims["name"] = "ada@example.org"), HttpMethod.Post, "/api/articles", JsonContent.Create(new { title = "A", body = "B" }));

        var id = (await made.Content.ReadFromJsonAsync<JsonObject>(Stop))!["id"]!.GetValue<string>();
        Assert.DoesNotContain("ada@example.org", (await newsroom.GetAsync($"/api/articles/{id}/revisions")).ToJsonString(), StringComparison.Ordinal);
    }

    private static async Task<int> StatusAsync(Newsroom newsroom, string address, string token)
    {
        using var answer = await newsroom.CallAsync(token, HttpMethod.Get, address);
        return (int)answer.StatusCode;
    }
}
