using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pressroom.LocalHost;
using Pressroom.Newsletters.Mail;
using Pressroom.Tests.Announcements;
using Pressroom.Tests.Newsletters.Mail;

namespace Pressroom.Tests.Flows;

/// <summary>A whole run in which everything fails in every way, and everybody answers with what was said to them: nothing that is a secret
/// comes out in a log line at level Debug, in an anonymous answer, in a file of the site, or in the ledger.</summary>
public sealed class PrivacyTests
{
    // Every address begins with the one word and every secret holds the other, so that a piece of them is found too.
    private const string Whisper = "whisper";
    private const string Hush = "hush";

    // As long as the networks' own are: what they quote of them is known by that.
    private const string Token = Hush + "-AAEhBP0av28bGxBYyQ0Xy5zJ6VxT9kLm2Nq";

    private static readonly string[] Kinds = ["mastodon", "bluesky", "telegram", "x", "linkedin", "facebook", "instagram", "threads", "discord", "slack", "teams", "webhook", "websub"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_secret_is_in_a_log_line_an_anonymous_answer_the_site_or_the_ledger()
    {
        await using var networks = await SpitefulServer.StartAsync();
        await using var sendGrid = await FakeSendGrid.StartAsync();
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var nobody = FakeService.NobodyThere(out var taken);
        using var port = taken;
        await using var newsroom = await Newsroom.OpenAsync([
            .. Channels(networks.Url, nobody),
            "--AzureFunctionsJobHost:logging:logLevel:default=Debug",
            "--AzureFunctionsJobHost:logging:logLevel:Microsoft=Debug",
            "--SendGrid:ApiKey=" + FakeSendGrid.ApiKey,
            "--SendGrid:BaseUrl=" + sendGrid.BaseUrl,
            "--SendGrid:EventWebhookPublicKey=" + Convert.ToBase64String(signer.ExportSubjectPublicKeyInfo()),
            $"--Mail:From={Whisper}-desk@news.example",
        ]);
        var anonymous = new ConcurrentQueue<string>();
        var tokens = new List<string>();

        // Readers come, by JSON and by form; one confirms and leaves, others have tokens that are none.
        await AskAsync(HttpMethod.Post, "/api/subscribers", Json(new { email = $"{Whisper}-json@example.net" }));
        await AskAsync(HttpMethod.Post, "/api/subscribers", Json(new { email = $"{Whisper} no address" }));
        await AskAsync(HttpMethod.Post, "/api/subscribers", Json(new { email = $"{Whisper}-json@example.net", surprise = $"{Whisper}@example.net" }));
        await AskAsync(HttpMethod.Post, "/api/subscribers", new StringContent($"{{\"email\": \"{Whisper}@", Encoding.UTF8, "application/json"));
        await AskAsync(HttpMethod.Post, "/api/subscribers", Form(("email", $"{Whisper}-form@example.net")));
        await AskAsync(HttpMethod.Post, "/api/subscribers", Form(("email", $"{Whisper} is no address")));
        var confirm = await LinkAsync(sendGrid, $"{Whisper}-json@example.net", "confirm");
        await AskAsync(HttpMethod.Get, confirm, null, showsItsToken: true);
        await AskAsync(HttpMethod.Post, confirm, Form());
        await AskAsync(HttpMethod.Post, "/api/subscribers", Json(new { email = $"{Whisper}-json@example.net" }));
        foreach (var action in new[] { "confirm", "unsubscribe" })
        {
            var bad = $"/api/subscribers/{action}?token={Hush}.is-no-token";
            await AskAsync(HttpMethod.Get, bad, null);
            await AskAsync(HttpMethod.Post, bad, Form(("action", "save"), ("language", "en")));
            await AskAsync(HttpMethod.Post, confirm.Replace("confirm", action, StringComparison.Ordinal) + "x", Form());
        }

        var imported = await ImportAsync(newsroom, "email,language,sections,consentDate",
            $"{Whisper}-1@example.net,en,,2025-01-02", $"{Whisper}-2@example.net,en,,2025-01-02", $"{Whisper} bad,en,,2025-01-02", $"{Whisper}-3@example.net,en,,{Whisper}",
            $"{Whisper}-4@example.net,{Whisper}!,,2025-01-02", $"\"{Whisper}-5@example.net");
        Assert.Equal(2, (int)imported["added"]!);

        // The issue fails in each way too; SendGrid's complaint names the address and the key.
        sendGrid.FailNext(500, $"{{\"errors\":[{{\"message\":\"{FakeSendGrid.ApiKey} {Whisper}-1@example.net\"}}]}}");
        sendGrid.FailNext(400, $"{{\"errors\":[{{\"message\":\"{FakeSendGrid.ApiKey} to {Whisper}-1@example.net\",\"field\":\"from.{Whisper}-1@example.net\"}}]}}");
        sendGrid.DropNext();
        for (var issue = 0; issue < 3; issue++)
        {
            await newsroom.PublishAsync($"Issue {issue}", new { newsletter = true, announce = false });
        }

        var article = await newsroom.PublishAsync("To everybody", new { summary = "Short.", tags = new[] { "harbour" } });
        await newsroom.ShowsAsync("/", "To everybody");
        var ledger = new List<string>();
        await ChildHost.UntilAsync(
            async () =>
            {
                var lines = (await newsroom.GetAsync($"/api/articles/{article["id"]}/deliveries"))["items"]!.AsArray();
                ledger = lines.Select(line => line!.ToJsonString()).ToList();
                return lines.Count == Kinds.Length * Failures(networks.Url, nobody).Length
                    && lines.All(line => (int)line!["attempts"]! > 0 && (line["reason"] is not null || (string)line["state"]! == "sent"));
            },
            "every channel has been tried");

        // Operators test a channel, and ask with what is no token.
        foreach (var kind in Kinds)
        {
            ledger.Add((await newsroom.SendAsync(HttpMethod.Post, $"/api/channels/{kind}-401/test", new { })).ToJsonString());
        }

        newsroom.Reader.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Hush + "-is-no-token-of-ours-at-all");
        foreach (var path in new[] { "/api/subscribers", "/api/subscribers/export", "/api/newsletters", "/api/channels", "/api/tokens", "/api/poison", $"/api/articles/{article["id"]}/deliveries", $"/api/people?email={Whisper}-1@example.net" })
        {
            await AskAsync(HttpMethod.Get, path, null);
        }

        newsroom.Reader.DefaultRequestHeaders.Authorization = null;

        // Events, genuine and forged, well-formed and not.
        var events = JsonSerializer.Serialize(new object[]
        {
            new { email = $"{Whisper}-1@example.net", timestamp = 1_800_000_000, @event = "bounce", sg_event_id = "e1", reason = $"550 <{Whisper}-1@example.net> unknown", batch = "no-batch.00-00000", recipient = new string('a', 32) },
            new { email = $"{Whisper}-2@example.net", timestamp = "never", @event = Whisper, sg_event_id = Whisper },
        });
        await AskAsync(HttpMethod.Post, "/api/webhooks/sendgrid", Signed(signer, events));
        await AskAsync(HttpMethod.Post, "/api/webhooks/sendgrid", Signed(signer, "[{\"email\":\"" + Whisper));
        await AskAsync(HttpMethod.Post, "/api/webhooks/sendgrid", new StringContent(events, Encoding.UTF8, "application/json"));

        // One who got the issue leaves.
        await ChildHost.UntilAsync(() => Task.FromResult(sendGrid.Delivered.Any(mail => mail.Headers.ContainsKey("List-Unsubscribe"))), "an issue is out");
        var leave = PathOf(sendGrid.Delivered.First(mail => mail.Headers.ContainsKey("List-Unsubscribe")).Headers["List-Unsubscribe"].Trim('<', '>'));
        await AskAsync(HttpMethod.Get, leave, null, showsItsToken: true);
        await AskAsync(HttpMethod.Post, leave, Form(("List-Unsubscribe", "One-Click")));

        foreach (var path in new[] { "/", "/feed.xml", "/atom.xml", "/feed.json", "/sitemap.xml", "/api/health", PathOf((string)article["url"]!), "/nothing/here", "/api/nothing" })
        {
            await AskAsync(HttpMethod.Get, path, null);
        }

        Assert.True(networks.Calls > Kinds.Length, "The networks were called.");
        tokens.AddRange(sendGrid.Delivered.SelectMany(mail => Regex.Matches(mail.Text + mail.Html + string.Concat(mail.Headers.Values), "token=([A-Za-z0-9._~-]+)").Select(match => match.Groups[1].Value)));
        Assert.NotEmpty(tokens);
        await newsroom.StopAsync();

        AssertSilent("a log line", newsroom.Log.Lines);
        AssertSilent("an anonymous answer", anonymous);
        AssertSilent("the ledger", ledger);
        AssertSilent("the import's report", [imported.ToJsonString()]);
        AssertSilent("the site", Directory.EnumerateFiles(Path.Combine(newsroom.DataFolder, "site"), "*", SearchOption.AllDirectories).Select(file => file + " " + File.ReadAllText(file)));

        async Task AskAsync(HttpMethod method, string path, HttpContent? content, bool showsItsToken = false)
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var answer = await newsroom.Reader.SendAsync(request, Stop);
            var text = $"{method} {answer.StatusCode} {answer.Headers} {answer.Content.Headers} {await answer.Content.ReadAsStringAsync(Stop)}";

            // Who comes with a link finds it again in the form that acts.
            anonymous.Enqueue(showsItsToken ? text.Replace(Regex.Match(path, "token=(.+)").Groups[1].Value, "", StringComparison.Ordinal) : text);
        }

        void AssertSilent(string where, IEnumerable<string> texts)
        {
            var telling = texts.FirstOrDefault(text =>
                text.Contains(Whisper, StringComparison.OrdinalIgnoreCase) || text.Contains(Hush, StringComparison.OrdinalIgnoreCase)
                || text.Contains(FakeSendGrid.ApiKey, StringComparison.Ordinal) || text.Contains(Newsroom.AdminToken, StringComparison.Ordinal)
                || tokens.Any(token => text.Contains(token, StringComparison.Ordinal)));
            Assert.True(telling is null, $"It is in {where}: {telling}");
        }
    }

    [Theory]
    [InlineData("telegram", "Token", "hush")]
    [InlineData("webhook", "Secret", "hush")]
    [InlineData("slack", "Url", "hush/services/hush")]
    [InlineData("teams", "Url", "https://x.webhook.office.com/hush")]
    public void A_setting_that_is_wrong_is_not_repeated(string kind, string key, string value)
    {
        var folder = Directory.CreateTempSubdirectory("pressroom-");
        var wrong = Assert.Throws<SettingException>(() =>
        {
            var app = LocalHostApp.Build(
                [
                    $"--Pressroom:DataFolder={folder.FullName}", $"--Channels:0:Kind={kind}", "--Channels:0:Url=https://news.example/hook", "--Channels:0:ChatId=@news",
                    $"--Channels:0:{key}={value}",
                ],
                folder.FullName, logging => logging.ClearProviders());
            app.Services.GetService(typeof(Pressroom.Announcements.Channels));
        });
        Assert.Contains(key, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Hush, wrong.Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    // Each kind of network, failing in each way.
    private static IEnumerable<string> Channels(string spiteful, Uri nobody)
    {
        var number = 0;
        foreach (var kind in Kinds)
        {
            foreach (var (failure, root) in Failures(spiteful, nobody))
            {
                foreach (var (key, value) in Own(kind, root).Prepend(("Name", $"{kind}-{failure}")).Prepend(("Kind", kind)))
                {
                    yield return string.Create(CultureInfo.InvariantCulture, $"--Channels:{number}:{key}={value}");
                }

                number++;
            }
        }
    }

    private static (string Name, string Root)[] Failures(string spiteful, Uri nobody) =>
    [
        .. new[] { "400", "401", "403", "404", "410", "422", "429", "500", "504", "redirect", "cut", "drop", "nonsense" }.Select(failure => (failure, $"{spiteful}/{failure}")),
        ("refused", nobody.AbsoluteUri.TrimEnd('/')),
        ("tls", spiteful.Replace("http:", "https:", StringComparison.Ordinal)),
        ("nowhere", "http://nowhere.invalid"),
    ];

    private static (string Key, string Value)[] Own(string kind, string root) => kind switch
    {
        "mastodon" => [("BaseUrl", root), ("Token", Token + "-mastodon")],
        "bluesky" => [("BaseUrl", root), ("Handle", "news.example"), ("AppPassword", Hush + "-bluesky")],
        "telegram" => [("BaseUrl", root), ("Token", $"123456789:{Token}"), ("ChatId", "@news")],
        "x" => [("BaseUrl", root), ("ConsumerKey", Token + "-a"), ("ConsumerSecret", Token + "-b"), ("AccessToken", Token + "-c"), ("AccessTokenSecret", Token + "-d")],
        "linkedin" => [("BaseUrl", root), ("Token", Token + "-linkedin"), ("Author", "urn:li:organization:1"), ("ReadsPosts", "true")],
        "facebook" => [("BaseUrl", root), ("Token", Token + "-facebook"), ("PageId", "1")],
        "instagram" or "threads" => [("BaseUrl", root), ("Token", Token + "-meta"), ("AccountId", "1")],
        "webhook" => [("Url", $"{root}/{Hush}/path?key={Hush}"), ("Secret", "whsec_" + Convert.ToBase64String(Encoding.ASCII.GetBytes(Hush + new string('-', 28))))],
        "websub" => [("Url", $"{root}/hub")], // The feeds name it.
        _ => [("Url", $"{root}/{Hush}/path?key={Hush}")],
    };

    private static async Task<JsonNode> ImportAsync(Newsroom newsroom, params string[] lines)
    {
        using var content = new StringContent(string.Join('\n', lines), Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));
        using var answer = await newsroom.Editor.PostAsync("/api/subscribers/import", content, Stop);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!;
    }

    private static async Task<string> LinkAsync(FakeSendGrid sendGrid, string address, string action)
    {
        await ChildHost.UntilAsync(() => Task.FromResult(sendGrid.Delivered.Any(mail => mail.To == address)), "the mail has come");
        return PathOf(Regex.Match(sendGrid.Delivered.First(mail => mail.To == address).Text, $"http\\S+{action}\\?token=\\S+").Value);
    }

    private static string PathOf(string address) => new Uri(address).PathAndQuery;

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static StringContent Signed(ECDsa signer, string body)
    {
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var content = new StringContent(body, Encoding.UTF8, "application/json");
        content.Headers.Add(EventSignature.TimestampHeader, timestamp);
        content.Headers.Add(EventSignature.SignatureHeader, Convert.ToBase64String(signer.SignData(
            Encoding.UTF8.GetBytes(timestamp + body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
        return content;
    }

    /// <summary>Fails as the path's first part says, and repeats in every field of its answer what it was told: address, headers, body.</summary>
    private sealed class SpitefulServer : IAsyncDisposable
    {
        private readonly WebApplication server;
        private int calls;

        private SpitefulServer(WebApplication server) => this.server = server;

        public string Url => server.Urls.Single();

        public int Calls => Volatile.Read(ref calls);

        public static async Task<SpitefulServer> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var spiteful = new SpitefulServer(builder.Build());
            spiteful.server.Run(spiteful.AnswerAsync);
            await spiteful.server.StartAsync(Stop);
            return spiteful;
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();

        private async Task AnswerAsync(HttpContext context)
        {
            Interlocked.Increment(ref calls);
            var request = context.Request;
            using var reader = new StreamReader(request.Body);
            var told = $"{request.Method} {request.Scheme}://{request.Host}{request.Path}{request.QueryString} {request.Headers.Authorization} {await reader.ReadToEndAsync(Stop)}";
            var failure = request.Path.Value!.Split('/')[1];
            if (failure == "drop")
            {
                context.Abort();
                return;
            }

            var response = context.Response;
            response.StatusCode = failure switch
            {
                "redirect" => 302,
                "cut" or "nonsense" => 200,
                _ => int.Parse(failure, CultureInfo.InvariantCulture),
            };
            response.Headers.Location = $"https://{Hush}.invalid/";
            response.Headers["X-Message"] = Hush;
            var body = failure == "nonsense" ? "<html>" + WebUtility.HtmlEncode(told) : JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["error"] = request.Headers.Authorization.ToString() is $"Bearer {Token}-facebook" or $"Bearer {Token}-meta"
                    ? new { message = told, error_user_msg = told, code = 999, type = told }
                    : told,
                ["errors"] = new[] { new { message = told, detail = told } },
                ["error_description"] = told,
                ["description"] = told,
                ["detail"] = told,
                ["message"] = told,
                ["title"] = told,
                ["code"] = told,
            });
            if (failure == "cut")
            {
                response.ContentLength = body.Length + 100;
                await response.WriteAsync(body, Stop);
                await response.Body.FlushAsync(Stop);
                context.Abort();
                return;
            }

            await response.WriteAsync(body, Stop);
        }
    }
}
