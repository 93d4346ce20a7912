using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetVips;

namespace Pressroom.Benchmarks.Soak;

/// <summary>The editors and moderators, and what they know of their articles.</summary>
internal sealed class Newsroom(HttpClient editor, CallLog calls)
{
    private const int MostShown = 256;
    private const int MostDecided = 100;

    private readonly ConcurrentQueue<SoakArticle> live = new();
    private readonly ConcurrentQueue<SoakArticle> drafts = new();
    private readonly ConcurrentDictionary<string, SoakArticle> all = new(StringComparer.Ordinal);
    private readonly SoakArticle?[] shown = new SoakArticle?[MostShown];
    private int written;
    private int uploaded;
    private string? picture;

    public IEnumerable<SoakArticle> Articles => all.Values;

    /// <summary>A live one of the newest; null where the first that was looked at is not.</summary>
    public SoakArticle? Pick() => shown[Random.Shared.Next(Math.Min(MostShown, Math.Max(1, written)))] is { IsLive: true } article ? article : null;

    public async Task PublishNewAsync()
    {
        if (await CreateAsync("create, published", "published") is { } article)
        {
            Show(article);
        }
    }

    public async Task DraftAsync()
    {
        if (await CreateAsync("create, draft", "draft") is { } article)
        {
            drafts.Enqueue(article);
        }
    }

    public async Task PublishDraftAsync()
    {
        if (drafts.TryDequeue(out var article)
            && await calls.SendAsync("publish", editor, new(HttpMethod.Post, $"/api/articles/{article.Id}/publish"), HttpStatusCode.OK) is { } reply)
        {
            article.Path = PathIn(reply);
            Show(article);
        }
    }

    public async Task EditAsync()
    {
        if (!live.TryDequeue(out var article))
        {
            return;
        }

        var change = new { summary = $"Seen again for the {article.Changes}th time, and put right.", body = ArticleNode(article.Number)["body"] };
        var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/articles/{article.Id}") { Content = JsonContent.Create(change) };
        await calls.SendAsync("edit", editor, request, HttpStatusCode.OK);
        article.Changed();
        live.Enqueue(article);
    }

    public async Task UnpublishAsync()
    {
        if (live.TryDequeue(out var article))
        {
            article.TakeBack();
            await calls.SendAsync("unpublish", editor, new(HttpMethod.Post, $"/api/articles/{article.Id}/unpublish"), HttpStatusCode.OK);
            drafts.Enqueue(article);
        }
    }

    public async Task DeleteAsync()
    {
        if (live.TryDequeue(out var article))
        {
            article.TakeBack();
            await calls.SendAsync("delete", editor, new(HttpMethod.Delete, $"/api/articles/{article.Id}"), HttpStatusCode.NoContent);
        }
    }

    public async Task UploadAsync()
    {
        using var file = new ByteArrayContent(Jpeg(Interlocked.Increment(ref uploaded)));
        file.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        var form = new MultipartFormDataContent { { file, "file", "harbour.jpg" }, { new StringContent("Boats in the harbour"), "alt" } };
        if (await calls.SendAsync("picture uploaded", editor, new(HttpMethod.Post, "/api/media") { Content = form }, HttpStatusCode.Created) is { } reply)
        {
            picture = (string)JsonNode.Parse(reply.Body)!["url"]!;
        }
    }

    /// <summary>Looks at what is held, and approves it all at once but every twentieth, which is spam. How many there were.</summary>
    public async Task<int> ModerateAsync()
    {
        if (await calls.SendAsync("comments held, listed", editor, new(HttpMethod.Get, $"/api/comments?status=held&limit={MostDecided}"), HttpStatusCode.OK) is not { } reply)
        {
            return 0;
        }

        var held = JsonNode.Parse(reply.Body)!["items"]!.AsArray().ToDictionary(comment => (string)comment!["id"]!, comment => (string)comment!["articleId"]!);
        var spam = held.Keys.Where((_, number) => number % 20 == 19).ToList();
        await DecideAsync("approve", held.Keys.Except(spam), held);
        await DecideAsync("spam", spam, held);
        return held.Count;
    }

    private async Task DecideAsync(string decision, IEnumerable<string> ids, Dictionary<string, string> articles)
    {
        var chosen = ids.ToList();
        if (chosen.Count == 0)
        {
            return;
        }

        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/comments/{decision}") { Content = JsonContent.Create(new { ids = chosen }) };
        if (await calls.SendAsync($"comments in bulk: {decision}", editor, request, HttpStatusCode.OK) is not { } reply)
        {
            return;
        }

        foreach (var outcome in JsonNode.Parse(reply.Body)!["items"]!.AsArray().Where(outcome => (string)outcome!["outcome"]! == "approved"))
        {
            if (all.TryGetValue(articles[(string)outcome!["id"]!], out var article))
            {
                article.Approve();
            }
        }
    }

    private async Task<SoakArticle?> CreateAsync(string kind, string status)
    {
        var number = Interlocked.Increment(ref written) - 1;
        var content = ArticleNode(number);
        content["status"] = status;
        content["image"] = picture is { } url ? new JsonObject { ["url"] = url } : null;
        if (await calls.SendAsync(kind, editor, new(HttpMethod.Post, "/api/articles") { Content = JsonContent.Create(content) }, HttpStatusCode.Created) is not { } reply)
        {
            return null;
        }

        var article = new SoakArticle((string)JsonNode.Parse(reply.Body)!["id"]!, number) { Path = PathIn(reply) };
        all[article.Id] = article;
        return article;
    }

    private void Show(SoakArticle article)
    {
        article.IsLive = true;
        shown[article.Number % MostShown] = article;
        live.Enqueue(article);
    }

    private static JsonObject ArticleNode(int number) => JsonSerializer.SerializeToNode(Article.Sample(number, archived: false))!.AsObject();

    // A draft has none yet.
    private static string PathIn(Reply reply) => (string?)JsonNode.Parse(reply.Body)!["url"] is { } url ? new Uri(url).AbsolutePath : "";

    // Each another one: the same file is the same picture.
    private static byte[] Jpeg(int seed)
    {
        using var clouds = Image.Perlin(1_600, 1_200, cellSize: 200, uchar: true, seed: seed);
        using var colours = clouds.Bandjoin(clouds, clouds).Copy(interpretation: Enums.Interpretation.Srgb);
        return colours.JpegsaveBuffer(q: 80);
    }
}

/// <summary>An article, as its editors know it.</summary>
internal sealed class SoakArticle(string id, int number)
{
    private int changes;
    private int approved;
    private volatile bool isLive;

    public string Id => id;

    public int Number => number;

    public string Path { get; set; } = "";

    public int Changes => Volatile.Read(ref changes);

    /// <summary>How many of its comments were approved.</summary>
    public int Approved => Volatile.Read(ref approved);

    /// <summary>Whether a reader must find it: from the answer that published it until the call that takes it back.</summary>
    public bool IsLive
    {
        get => isLive;
        set
        {
            Changed();
            isLive = value;
        }
    }

    public string? ETag { get; set; }

    public void Changed() => Interlocked.Increment(ref changes);

    public void Approve() => Interlocked.Increment(ref approved);

    public void TakeBack() => IsLive = false;
}
