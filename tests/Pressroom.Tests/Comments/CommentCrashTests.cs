using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Tests.Newsletters;

namespace Pressroom.Tests.Comments;

/// <summary>The process ends at every single write of a comment and of a decision, and a new one goes on.</summary>
public sealed class CommentCrashTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("all")]
    [InlineData("none")]
    public async Task Killed_at_any_write_a_comment_is_whole_or_leaves_nothing(string policy)
    {
        var outcomes = new HashSet<bool>();
        var kills = 0;
        for (var fatal = 1; kills == fatal - 1; fatal++)
        {
            await using var desk = CommentDesk.Open(("Comments:Moderation", policy), ("Mail:Moderators", "desk@example.org"));
            var article = await desk.PublishAsync();
            await desk.PumpAsync();
            CommentId? answered = null;
            kills += await UntilKilledAsync(desk, fatal, async () => answered = await desk.SubmitAsync(article));
            await desk.PumpAsync();
            var listed = await AllListedAsync(desk);
            outcomes.Add(listed.Count > 0);
            if (answered is { } promised)
            {
                Assert.Equal([promised.Value], listed);
            }

            await CheckAsync(desk, article, listed);
            if (policy == "all" && listed.Count > 0)
            {
                Assert.NotEmpty(desk.Transport.Mails);
            }
        }

        Assert.InRange(kills, 8, 200);
        Assert.Equal(2, outcomes.Count);
    }

    [Fact]
    public async Task Killed_at_any_write_decisions_are_made_with_all_that_follows_or_not_made()
    {
        var kills = 0;
        for (var fatal = 1; kills == fatal - 1; fatal++)
        {
            await using var desk = CommentDesk.Open();
            var article = await desk.PublishAsync();
            var ids = new[] { await desk.SubmitAsync(article, body: "One."), await desk.SubmitAsync(article, body: "Two.") };
            await desk.PumpAsync();
            var moderate = desk.Get<ModerateComment>();
            var answered = new Dictionary<CommentId, CommentStatus?>();
            kills += await UntilKilledAsync(desk, fatal, async () =>
            {
                answered[ids[0]] = (await moderate.DecideAsync(ids[0], CommentStatus.Approved, "Desk", Stop))!.Status;
                answered[ids[1]] = (await moderate.DecideAsync(ids[1], CommentStatus.Approved, "Desk", Stop))!.Status;
                answered[ids[0]] = null;
                answered[ids[0]] = (await moderate.DecideAsync(ids[0], CommentStatus.Spam, "Desk", Stop))!.Status;
                answered.Remove(ids[1]);
                if (await moderate.DeleteAsync(ids[1], Stop))
                {
                    answered[ids[1]] = null;
                }
            });
            await desk.PumpAsync();
            foreach (var (id, status) in answered.Where(promise => promise.Value is not null))
            {
                Assert.Equal(status, (await desk.FindAsync(article, id)).Status);
            }

            if (answered.TryGetValue(ids[1], out var gone) && gone is null)
            {
                Assert.Null(await desk.Get<CommentStore>().FindAsync(article, ids[1], Stop));
            }

            var listed = await AllListedAsync(desk);
            await CheckAsync(desk, article, listed);
            foreach (var id in listed.Select(CommentId.Parse))
            {
                // Each decision that was made has been told.
                foreach (var change in (await desk.FindAsync(article, id)).History)
                {
                    Assert.Contains((id.Value, (CommentStatus?)change.From, change.To), desk.Decisions.Told);
                }
            }
        }

        Assert.InRange(kills, 20, 300);
    }

    internal static async Task<int> UntilKilledAsync(CommentDesk desk, int fatal, Func<Task> work)
    {
        var writes = 0;
        desk.OnWrite = () =>
        {
            if (Interlocked.Increment(ref writes) >= fatal)
            {
                throw new Killed();
            }
        };
        try
        {
            await work();
            await desk.PumpAsync();
            return 0;
        }
        catch (Killed)
        {
            return 1;
        }
        finally
        {
            await desk.RestartAsync();
        }
    }

    private static async Task<IReadOnlyList<string>> AllListedAsync(CommentDesk desk) =>
        [.. (await desk.Get<CommentQueue>().ListAsync(null, null, 100, Stop)).Select(comment => comment.Id.Value)];

    // Everything that speaks of comments says the same.
    private static async Task CheckAsync(CommentDesk desk, ArticleId article, IReadOnlyList<string> listed)
    {
        var approved = new List<string>();
        foreach (var id in listed.Select(CommentId.Parse))
        {
            var comment = await desk.FindAsync(article, id);
            Assert.Equal(["person", "person's comment", "origin", "id", comment.Status.ToString()], await Traces.OfAsync(desk, id, "ann@example.net"));
            if (comment.Status == CommentStatus.Approved)
            {
                approved.Add(id.Value);
            }
        }

        Assert.Equal(approved.Order(), (await desk.PublishedAsync(article)).Order());
        Assert.Equal(approved.Count, (await desk.Get<PublishedComments>().PageAsync(article, Stop)).Count);
        Assert.True(Pressroom.Newsletters.EmailAddress.TryParse("ann@example.net", out var address));
        var person = await desk.Get<Pressroom.Newsletters.Subscribers.SubscriberIds>().OfAsync(address, Stop);
        var known = await desk.Get<Commenters>().FindAsync(person, Stop);
        Assert.Equal(listed.Count > 0, known is not null);
        Assert.Equal(approved.Count, known?.ApprovedCount ?? 0);
        Assert.Equal(listed.Order(), (await desk.Get<Commenters>().CommentsAsync(person, Stop).ToListAsync(Stop)).Select(comment => comment.Id.Value).Order());
    }
}
