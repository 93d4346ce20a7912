using Microsoft.AspNetCore.Http;
using Pressroom.Comments;
using Pressroom.Functions.Comments;
using Pressroom.Tests.Newsletters;

namespace Pressroom.Tests.Comments;

public sealed class BanTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_banned_address_is_spam_from_any_network_and_is_not_told()
    {
        await using var desk = CommentDesk.Open(("Comments:Moderation", "none"));
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article);
        var ban = await BanAsync(desk, new { comment = id.Value, by = "address" });
        Assert.Equal(StatusCodes.Status201Created, ban.Status);
        Assert.DoesNotContain("example.net", ban.Body, StringComparison.Ordinal);
        Assert.Equal(CommentStatus.Spam, await StatusOfAsync(desk, article, "ANN@example.net", "Again.", from: "198.51.100.1"));
        Assert.Equal(CommentStatus.Approved, await StatusOfAsync(desk, article, "bob@example.net", "Again."));

        var listed = await desk.CallAsync<BanFunctions>((functions, request) => functions.List(request, Stop), NewsletterDesk.AsAdmin);
        var banId = (string)Assert.Single(listed.Json["items"]!.AsArray())!["id"]!;
        Assert.Equal(204, (await desk.CallAsync<BanFunctions>((functions, request) => functions.Lift(request, banId, Stop), NewsletterDesk.AsAdmin)).Status);
        Assert.Equal(404, (await desk.CallAsync<BanFunctions>((functions, request) => functions.Lift(request, banId, Stop), NewsletterDesk.AsAdmin)).Status);
        Assert.Equal(CommentStatus.Approved, await StatusOfAsync(desk, article, "ann@example.net", "Free."));
    }

    [Fact]
    public async Task A_banned_network_is_spam_until_the_ban_ends()
    {
        await using var desk = CommentDesk.Open(("Comments:Moderation", "none"));
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article);
        Assert.Equal(201, (await BanAsync(desk, new { comment = id.Value, by = "prefix", until = desk.Time.GetUtcNow().AddHours(1) })).Status);
        Assert.Equal(CommentStatus.Spam, await StatusOfAsync(desk, article, "bob@example.net", "One.", from: "192.0.2.200"));
        Assert.Equal(CommentStatus.Spam, await StatusOfAsync(desk, article, "bob@example.net", "Two.", from: "::ffff:192.0.2.1"));
        Assert.Equal(CommentStatus.Approved, await StatusOfAsync(desk, article, "bob@example.net", "Three.", from: "192.0.3.1"));
        desk.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(CommentStatus.Approved, await StatusOfAsync(desk, article, "bob@example.net", "Four.", from: "192.0.2.200"));
    }

    [Theory]
    [InlineData("cheap pills", "Get CHEAP\n pills now", true)]
    [InlineData("ass", "A class of its own", false)]
    [InlineData("ass", "What an ass!", true)]
    [InlineData("赌场", "最好的赌场在线", true)]
    [InlineData("كازينو", "أفضل كازينو هنا", true)]
    public async Task Banned_words_are_found_whole(string words, string body, bool isSpam)
    {
        await using var desk = CommentDesk.Open(("Comments:Moderation", "none"));
        var article = await desk.PublishAsync();
        Assert.Equal(201, (await BanAsync(desk, new { words })).Status);
        Assert.Equal(isSpam ? CommentStatus.Spam : CommentStatus.Approved, await StatusOfAsync(desk, article, "ann@example.net", body));
    }

    [Fact]
    public async Task A_ban_says_what_it_goes_by()
    {
        await using var desk = CommentDesk.Open();
        var article = await desk.PublishAsync();
        var id = (await desk.SubmitAsync(article)).Value;
        foreach (var bad in new object[]
        {
            new { }, new { words = "x", comment = id }, new { comment = id }, new { by = "address" }, new { comment = id, by = "name" }, new { words = "x", until = "2020-01-01T00:00:00Z" },
            new { comment = CommentId.New(desk.Time).Value, by = "address" }, new { comment = "none", by = "prefix" }, new { words = new string('x', 201) },
        })
        {
            Assert.Equal(400, (await BanAsync(desk, bad)).Status);
        }
    }

    private static Task<Reply> BanAsync(CommentDesk desk, object ban) =>
        desk.CallAsync<BanFunctions>((functions, request) => functions.Add(request, Stop), NewsletterDesk.AsAdmin + NewsletterDesk.Json(ban));

    private static async Task<CommentStatus> StatusOfAsync(CommentDesk desk, Pressroom.Articles.ArticleId article, string email, string body, string from = "203.0.113.1")
    {
        var reply = await desk.TrySubmitAsync(article, new { name = "Ann", email, body }, from);
        var status = (await desk.FindAsync(article, CommentId.Parse((string)reply.Json["id"]!))).Status;
        Assert.Equal(status == CommentStatus.Approved ? "approved" : "held", (string?)reply.Json["status"]);
        return status;
    }
}
