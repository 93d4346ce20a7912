using Pressroom.Comments;
using Pressroom.Comments.Spam;
using Pressroom.Storage;

namespace Pressroom.Tests.Comments;

/// <summary>How long spam is kept.</summary>
public sealed class ForgetSpamTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spam_is_deleted_after_thirty_days_with_all_that_is_held_of_its_author()
    {
        await using var desk = CommentDesk.Open();
        var article = await desk.PublishAsync();
        desk.Local.Find = comment => comment.Text == "Buy." ? [new SpamFinding("test", 9, "Spam.")] : [];
        var held = await desk.SubmitAsync(article);
        var spam = await desk.SubmitAsync(article, "bot@example.net", "Buy.");
        await desk.PumpAsync();
        await ForgetAfterAsync(desk, TimeSpan.FromDays(29));
        Assert.Equal([spam.Value], await desk.ListedAsync(CommentStatus.Spam));

        await ForgetAfterAsync(desk, TimeSpan.FromDays(2));
        Assert.Empty(await desk.ListedAsync(CommentStatus.Spam));
        Assert.Equal([held.Value], await desk.ListedAsync(CommentStatus.Held));
        foreach (var table in new[] { "comments", "commentqueue", "commenters" })
        {
            var rows = await desk.Get<ITableStore>().AllAsync(table, Stop).Select(row => row.Row + " " + string.Join(' ', row.Columns.Select(column => column.Value))).ToListAsync(Stop);
            Assert.NotEmpty(rows);
            Assert.DoesNotContain(rows, row => row.Contains(spam.Value, StringComparison.Ordinal) || row.Contains("bot@", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_thirty_days_begin_when_a_comment_becomes_spam_and_end_when_it_is_none()
    {
        await using var desk = CommentDesk.Open();
        var article = await desk.PublishAsync();
        var late = await desk.SubmitAsync(article, body: "First.");
        var undone = await desk.SubmitAsync(article, body: "Second.");
        await desk.PumpAsync();
        await DecideAsync(desk, undone, CommentStatus.Spam);
        desk.Time.Advance(TimeSpan.FromDays(20));
        await DecideAsync(desk, late, CommentStatus.Spam);
        await ForgetAfterAsync(desk, TimeSpan.FromDays(9));
        await DecideAsync(desk, undone, CommentStatus.Approved);
        await ForgetAfterAsync(desk, TimeSpan.FromDays(20));
        Assert.Equal([late.Value], await desk.ListedAsync(CommentStatus.Spam));
        Assert.Equal([undone.Value], await desk.PublishedAsync(article));

        await ForgetAfterAsync(desk, TimeSpan.FromDays(2));
        Assert.Empty(await desk.ListedAsync(CommentStatus.Spam));
        Assert.Equal([undone.Value], await desk.PublishedAsync(article));
    }

    [Fact]
    public async Task What_a_moderator_taught_the_filter_outlives_the_comment()
    {
        await using var desk = CommentDesk.Open();
        var article = await desk.PublishAsync();
        await DecideAsync(desk, await desk.SubmitAsync(article), CommentStatus.Spam);
        var decisions = await desk.Get<ITableStore>().AllAsync("spamdecisions", Stop).Select(row => row.Row).ToListAsync(Stop);
        Assert.NotEmpty(decisions);
        await ForgetAfterAsync(desk, TimeSpan.FromDays(31));
        Assert.Empty(await desk.ListedAsync(CommentStatus.Spam));
        Assert.Equal(decisions, await desk.Get<ITableStore>().AllAsync("spamdecisions", Stop).Select(row => row.Row).ToListAsync(Stop));
    }

    private static async Task DecideAsync(CommentDesk desk, CommentId id, CommentStatus status)
    {
        Assert.NotNull(await desk.Get<ModerateComment>().DecideAsync(id, status, "test", Stop));
        await desk.PumpAsync();
    }

    private static async Task ForgetAfterAsync(CommentDesk desk, TimeSpan wait)
    {
        desk.Time.Advance(wait);
        await desk.Get<ForgetSpam>().RunAsync(Stop);
        await desk.PumpAsync();
    }
}
