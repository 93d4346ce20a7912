using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Comments;

/// <summary>A site with 200 comments and subscribers, and nobody's address anywhere that anybody may look.</summary>
public sealed class AddressWalkTests
{
    private const int People = 200;

    // Every address begins with this word, so that a piece of one is found too.
    private const string Whisper = "whisper";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_file_of_the_site_no_feed_no_anonymous_answer_and_no_log_line_has_an_address()
    {
        await using var newsroom = await Newsroom.OpenAsync("--Comments:Moderation=none", "--Comments:LimitPerPrefix=0", "--Mail:Moderators=desk@example.org");
        var article = await newsroom.PublishAsync("Low tide");
        var answers = new List<string>();
        var ids = new List<string>();
        for (var number = 0; number < People; number++)
        {
            using var answer = await newsroom.Reader.PostAsJsonAsync(
                $"/api/articles/{article["id"]}/comments",
                new { name = $"Reader {number}", email = $"{Whisper}{number}@example.net", body = $"Comment {number}.", notify = number % 2 == 0 },
                Stop);
            answers.Add(await answer.Content.ReadAsStringAsync(Stop));
            ids.Add((string)JsonNode.Parse(answers[^1])!["id"]!);
            using var subscribed = await newsroom.Reader.PostAsJsonAsync("/api/subscribers", new { email = $"{Whisper}{number}@example.net" }, Stop);
            answers.Add(await subscribed.Content.ReadAsStringAsync(Stop));
        }

        await newsroom.SendAsync(HttpMethod.Post, $"/api/comments/{ids[0]}/reject", new { });
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/comments/{ids[1]}", new { body = "Edited." });
        await newsroom.ShowsAsync("/feed.xml", "Low tide");
        foreach (var path in new[] { $"/api/articles/{article["id"]}/comments?limit=100", $"/api/articles/{article["id"]}/comments/form", $"/api/articles/{article["id"]}/comments/answer?status=held", "/api/comments", "/api/comments/" + ids[0], "/api/people?email=" + Whisper, "/api/moderate?token=" + ids[0], "/api/comments/confirm?token=x", new Uri((string)article["url"]!).AbsolutePath, "/feed.xml", "/atom.xml", "/feed.json" })
        {
            using var answer = await newsroom.Reader.GetAsync(path, Stop);
            answers.Add(await answer.Content.ReadAsStringAsync(Stop));
        }

        var listed = JsonNode.Parse(answers[People * 2])!["items"]!.AsArray();
        Assert.Equal(100, listed.Count);
        await newsroom.StopAsync();

        var files = Directory.EnumerateFiles(Path.Combine(newsroom.DataFolder, "site"), "*", SearchOption.AllDirectories).ToList();
        Assert.Contains(files, file => file.EndsWith("feed.xml", StringComparison.Ordinal));
        Assert.All(files, file => Assert.DoesNotContain(Whisper, File.ReadAllText(file), StringComparison.OrdinalIgnoreCase));
        Assert.All(answers, answer => Assert.DoesNotContain(Whisper, answer, StringComparison.OrdinalIgnoreCase));
        Assert.All(newsroom.Log.Lines, line => Assert.DoesNotContain(Whisper, line, StringComparison.OrdinalIgnoreCase));
    }
}
