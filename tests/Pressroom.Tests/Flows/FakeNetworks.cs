using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pressroom.Tests.Flows;

/// <summary>Ten networks in one server. Each remembers every post that it took, and takes a repeat for the same post where the real one
/// does: by Mastodon's Idempotency-Key, Bluesky's record key and a webhook's message id. X, LinkedIn and Facebook can be asked for posts.</summary>
internal sealed partial class FakeNetworks : IAsyncDisposable
{
    public const string Site = "https://news.example";

    /// <summary>Those where what was in a call at the kill can be put right.</summary>
    public static readonly IReadOnlySet<string> Idempotent = new HashSet<string> { "mastodon", "bluesky", "webhook" };

    private readonly WebApplication server;
    private readonly ConcurrentDictionary<(string Network, string Key), string> known = new();
    private readonly ConcurrentQueue<Post> posts = new();
    private int last;

    private FakeNetworks(WebApplication server) => this.server = server;

    /// <summary>All posts, in the order in which they were taken.</summary>
    public IReadOnlyCollection<Post> Posts => posts;

    /// <summary>Calls that none of the articles gives reason for: edits, deletions, what no network knows.</summary>
    public ConcurrentQueue<string> Surprises { get; } = new();

    public static async Task<FakeNetworks> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var networks = new FakeNetworks(builder.Build());
        networks.server.Run(networks.AnswerAsync);
        await networks.server.StartAsync(TestContext.Current.CancellationToken);
        return networks;
    }

    /// <summary>The settings of ten channels, each named like its network.</summary>
    public IEnumerable<(string Name, string Value)> Settings()
    {
        var root = server.Urls.Single();
        var channels = new (string Kind, (string Key, string Value)[] Own)[]
        {
            ("mastodon", [("BaseUrl", $"{root}/mastodon"), ("Token", "token")]),
            ("bluesky", [("BaseUrl", $"{root}/bluesky"), ("Handle", "news.example"), ("AppPassword", "abcd-efgh")]),
            ("telegram", [("BaseUrl", $"{root}/telegram"), ("Token", "1:token"), ("ChatId", "@news")]),
            ("x", [("BaseUrl", $"{root}/x"), ("ConsumerKey", "a"), ("ConsumerSecret", "b"), ("AccessToken", "c"), ("AccessTokenSecret", "d")]),
            ("linkedin", [("BaseUrl", $"{root}/linkedin"), ("Token", "token"), ("Author", "urn:li:organization:1"), ("ReadsPosts", "true")]),
            ("facebook", [("BaseUrl", $"{root}/facebook"), ("Token", "token"), ("PageId", "1")]),
            ("discord", [("Url", $"{root}/discord")]),
            ("slack", [("Url", $"{root}/slack")]),
            ("teams", [("Url", $"{root}/teams")]),
            ("webhook", [("Url", $"{root}/webhook"), ("Secret", "whsec_" + Convert.ToBase64String(new byte[32]))]),
        };
        return channels.SelectMany((channel, index) =>
            channel.Own.Prepend((Key: "Kind", Value: channel.Kind)).Select(own => ($"Channels__{index}__{own.Key}", own.Value)));
    }

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    // Slow on both sides of taking the post, so that kills fall before and after it.
    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        string body;
        try
        {
            body = await reader.ReadToEndAsync(context.RequestAborted);
            await Task.Delay(Random.Shared.Next(40), context.RequestAborted);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            return;
        }

        var call = $"{context.Request.Method} {context.Request.Path}";
        var network = context.Request.Path.Value!.Split('/')[1];
        JsonNode? answer = (network, call) switch
        {
            ("mastodon", "POST /mastodon/api/v1/statuses") => Status(Take(network, body, context.Request.Headers["Idempotency-Key"])),
            ("bluesky", "POST /bluesky/xrpc/com.atproto.server.createSession") =>
                new JsonObject { ["did"] = "did:plc:1", ["accessJwt"] = "a", ["refreshJwt"] = "b" },
            ("bluesky", "POST /bluesky/xrpc/com.atproto.repo.putRecord") => Put(body),
            ("telegram", "POST /telegram/bot1:token/sendMessage") => new JsonObject
            {
                ["ok"] = true,
                ["result"] = new JsonObject { ["message_id"] = int.Parse(Take(network, body), CultureInfo.InvariantCulture), ["chat"] = new JsonObject { ["id"] = -1001, ["username"] = "news" } },
            },
            ("x", "POST /x/2/tweets") => new JsonObject { ["data"] = new JsonObject { ["id"] = Take(network, body) } },
            ("x", "GET /x/2/users/me") => new JsonObject { ["data"] = new JsonObject { ["id"] = "7" } },
            ("x", "GET /x/2/users/7/tweets") => new JsonObject
            {
                ["data"] = Latest(network, post => new JsonObject
                {
                    ["id"] = post.Id,
                    ["entities"] = new JsonObject { ["urls"] = new JsonArray(new JsonObject { ["expanded_url"] = post.Article }) },
                }),
            },
            ("linkedin", "POST /linkedin/rest/posts") => Share(context, body),
            ("linkedin", "GET /linkedin/rest/posts") => new JsonObject
            {
                ["elements"] = Latest(network, post => new JsonObject
                {
                    ["id"] = post.Id,
                    ["content"] = new JsonObject { ["article"] = new JsonObject { ["source"] = post.Article } },
                }),
            },
            ("facebook", "POST /facebook/v25.0/1/feed") => new JsonObject { ["id"] = "1_" + Take(network, WebUtility.UrlDecode(body)) },
            ("facebook", "GET /facebook/v25.0/1/feed") => new JsonObject
            {
                ["data"] = Latest(network, post => new JsonObject
                {
                    ["id"] = "1_" + post.Id,
                    ["message"] = post.Words,
                    ["attachments"] = new JsonObject { ["data"] = new JsonArray(new JsonObject { ["unshimmed_url"] = post.Article }) },
                }),
            },
            ("discord", "POST /discord") => new JsonObject { ["id"] = Take(network, body), ["channel_id"] = "2" },
            ("discord", "GET /discord") => new JsonObject { ["guild_id"] = "3" },
            ("slack", "POST /slack") or ("teams", "POST /teams") => Take(network, body),
            ("webhook", "POST /webhook") when (string?)JsonNode.Parse(body)!["type"] == "article.published" => Take(network, body, context.Request.Headers["webhook-id"]),
            _ => null,
        };
        if (answer is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            if (call != "GET /mastodon/api/v2/instance")
            {
                Surprises.Enqueue($"{call} {body}");
            }

            return;
        }

        try
        {
            await Task.Delay(Random.Shared.Next(40), context.RequestAborted);
            await context.Response.WriteAsync(network == "slack" ? "ok" : answer.ToJsonString(), context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // Killed.
        }
    }

    // A repeat under a known key is the same post.
    private string Take(string network, string body, string? key = null)
    {
        var id = Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture);
        if (key is not null && known.GetOrAdd((network, key), id) is var first && first != id)
        {
            return first;
        }

        var words = network == "facebook" ? Regex.Match(body, "message=(.*?)&link=", RegexOptions.Singleline).Groups[1].Value : "";
        posts.Enqueue(new Post(network, ArticleAddress().Match(body).Value, id, words));
        return id;
    }

    private JsonObject Put(string body)
    {
        var key = (string)JsonNode.Parse(body)!["rkey"]!;
        Take("bluesky", body, key);
        return new JsonObject { ["uri"] = $"at://did:plc:1/app.bsky.feed.post/{key}", ["cid"] = "x" };
    }

    private JsonObject Share(HttpContext context, string body)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers["x-restli-id"] = Take("linkedin", body);
        return new JsonObject();
    }

    private static JsonObject Status(string id) => new() { ["id"] = id, ["url"] = $"https://social.example/{id}" };

    private JsonArray Latest(string network, Func<Post, JsonNode> show) =>
        new(posts.Where(post => post.Network == network).Reverse().Take(20).Select(show).ToArray());

    [GeneratedRegex("https://news\\.example/[0-9]{4}/[0-9]{2}/[a-z0-9-]+/")]
    private static partial Regex ArticleAddress();

    /// <summary>A post about an article.</summary>
    internal sealed record Post(string Network, string Article, string Id, string Words);
}
