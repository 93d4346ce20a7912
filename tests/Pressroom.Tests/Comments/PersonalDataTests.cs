using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Functions.Comments;
using Pressroom.Functions.People;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;
using Pressroom.Tests.Newsletters;

namespace Pressroom.Tests.Comments;

/// <summary>What is held of people, and that it goes.</summary>
public sealed class PersonalDataTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_is_told_all_that_is_held_of_them()
    {
        await using var desk = CommentDesk.Open();
        var article = await desk.PublishAsync();
        await desk.SubmitAsync(article, body: "My words.");
        await desk.SubmitAsync(article, "bob@example.net", "Others' words.", "Bob");
        await AddSubscriberAsync(desk, "ann@example.net");
        var reply = await PeopleAsync(desk, (functions, request) => functions.Export(request, Stop), "Ann@example.net");
        Assert.Equal("confirmed", (string?)reply.Json["subscription"]!["state"]);
        var comment = Assert.Single(reply.Json["comments"]!["items"]!.AsArray())!;
        Assert.Equal(("My words.", "192.0.2.0/24", "held"), ((string?)comment["text"], (string?)comment["network"], (string?)comment["status"]));
        Assert.DoesNotContain("Others", reply.Body, StringComparison.Ordinal);
        Assert.Equal(["email"], (await PeopleAsync(desk, (functions, request) => functions.Export(request, Stop), "nobody@example.net")).Json.AsObject().Select(field => field.Key));
        Assert.Equal(400, (await PeopleAsync(desk, (functions, request) => functions.Export(request, Stop), "no address")).Status);
    }

    [Fact]
    public async Task Erased_the_person_is_gone_and_the_thread_can_still_be_read()
    {
        await using var desk = CommentDesk.Open(("Comments:Moderation", "none"));
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article, body: "My words.");
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        var reply = await desk.SubmitAsync(article, "bob@example.net", "Indeed.", "Bob", parent: id);
        await AddSubscriberAsync(desk, "ann@example.net");
        Assert.True(EmailAddress.TryParse("Ann@example.net", out var asking));
        await desk.Get<Subscribe>().RunAsync(asking, Pressroom.Articles.Language.Parse("fr"), [], "form", Stop);
        await desk.PumpAsync();
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(204, (await PeopleAsync(desk, (functions, request) => functions.Erase(request, Stop), "ann@example.net")).Status);
            await desk.PumpAsync();
        }

        Assert.Equal(["email"], (await PeopleAsync(desk, (functions, request) => functions.Export(request, Stop), "ann@example.net")).Json.AsObject().Select(field => field.Key));
        var published = await desk.Get<PublishedComments>().ListAsync(article, Stop);
        Assert.Equal([("", "<p>My words.</p>"), ("Bob", "<p>Indeed.</p>")], published.Select(comment => (comment.Name, comment.Html)));
        Assert.Equal([id, reply], published.Select(comment => comment.Id));
        var kept = await desk.FindAsync(article, id);
        Assert.Equal((null, null), (kept.Person, kept.Submission));
        Assert.Null(await desk.Get<CommentQueue>().FindPersonAsync(id, Stop));
        Assert.Equal(["id", "Approved"], await Traces.OfAsync(desk, id, "ann@example.net"));
        Assert.Equal(["person", "person's comment", "origin", "id", "Approved"], await Traces.OfAsync(desk, reply, "bob@example.net"));
        Assert.Equal(200, (await desk.ModeratorAsync((functions, request) => functions.Reject(request, id.Value, Stop))).Status);
    }

    [Fact]
    public async Task A_deleted_articles_comments_go_with_it_though_it_be_killed_at_any_write()
    {
        var kills = 0;
        for (var fatal = 1; kills == fatal - 1; fatal++)
        {
            await using var desk = CommentDesk.Open(("Comments:Moderation", "none"));
            var (article, other) = (await desk.PublishAsync(), await desk.PublishAsync());
            var id = await desk.SubmitAsync(article);
            var reply = await desk.SubmitAsync(article, "bob@example.net", "Indeed.", "Bob", parent: id);
            var elsewhere = await desk.SubmitAsync(other, "bob@example.net", "There too.", "Bob");
            await desk.PumpAsync();
            Assert.True(await desk.Get<DeleteArticle>().RunAsync(article, _ => true, "Editor", Stop));

            kills += await CommentCrashTests.UntilKilledAsync(desk, fatal, () => desk.PumpAsync());
            await desk.PumpAsync(TimeSpan.FromMinutes(3));

            Assert.Empty(await Traces.OfAsync(desk, id, "ann@example.net"));
            Assert.Equal(["person"], await Traces.OfAsync(desk, reply, "bob@example.net"));
            Assert.Empty(await desk.Get<ITableStore>().QueryAsync("comments", article.Value, RowRange.All, 10, Stop));
            Assert.NotNull(await desk.FindAsync(other, elsewhere));
        }

        Assert.True(kills > 5, $"{kills}");
    }

    [Fact]
    public async Task Killed_at_any_write_an_erasure_that_is_repeated_is_whole()
    {
        var kills = 0;
        for (var fatal = 1; kills == fatal - 1; fatal++)
        {
            await using var desk = CommentDesk.Open(("Comments:Moderation", "none"));
            var article = await desk.PublishAsync();
            var ids = new[] { await desk.SubmitAsync(article, body: "One."), await desk.SubmitAsync(article, body: "Two.") };
            await desk.PumpAsync();
            var writes = 0;
            desk.OnWrite = () =>
            {
                if (++writes >= fatal)
                {
                    throw new Killed();
                }
            };
            try
            {
                await PeopleAsync(desk, (functions, request) => functions.Erase(request, Stop), "ann@example.net");
                await desk.PumpAsync();
            }
            catch (Killed)
            {
                kills++;
            }

            await desk.RestartAsync();
            await PeopleAsync(desk, (functions, request) => functions.Erase(request, Stop), "ann@example.net");
            await desk.PumpAsync();
            foreach (var id in ids)
            {
                Assert.Equal(["id", "Approved"], await Traces.OfAsync(desk, id, "ann@example.net"));
                Assert.Equal("", (await desk.FindAsync(article, id)).Name);
            }
        }

        Assert.InRange(kills, 8, 200);
    }

    [Fact]
    public async Task Where_a_comment_came_from_is_forgotten_after_thirty_days_even_if_the_host_was_down_for_a_month()
    {
        await using var desk = CommentDesk.Open();
        var article = await desk.PublishAsync();
        var old = await desk.SubmitAsync(article);
        desk.Time.Advance(TimeSpan.FromDays(30));
        await UpkeepAsync(desk);
        Assert.NotNull(await desk.Get<CommentOrigins>().FindAsync(old, Stop));
        desk.Time.Advance(TimeSpan.FromDays(31));
        var young = await desk.SubmitAsync(article, body: "Late.");
        await UpkeepAsync(desk);
        Assert.Null(await desk.Get<CommentOrigins>().FindAsync(old, Stop));
        Assert.NotNull(await desk.Get<CommentOrigins>().FindAsync(young, Stop));
        Assert.Equal("ann@example.net", (await desk.ModeratorAsync((functions, request) => functions.Get(request, old.Value, Stop))).Json["email"]!.ToString());

        static Task UpkeepAsync(CommentDesk desk) => new CommentUpkeepFunctions(desk.Get<CommentOrigins>(), desk.Get<Pressroom.Access.RateLimits>(), desk.Get<Pressroom.Comments.Spam.RepeatedText>(), desk.Get<ForgetSpam>())
            .Forget(new Microsoft.Azure.Functions.Worker.TimerInfo(), Stop);
    }

    private static Task<Reply> PeopleAsync(CommentDesk desk, Func<PeopleFunctions, Microsoft.AspNetCore.Http.HttpRequest, Task<Microsoft.AspNetCore.Http.IResult>> call, string email) =>
        desk.CallAsync(call, NewsletterDesk.AsAdmin + NewsletterDesk.Query("email=" + Uri.EscapeDataString(email)));

    private static async Task AddSubscriberAsync(CommentDesk desk, string email)
    {
        Assert.True(EmailAddress.TryParse(email, out var address));
        var subscriber = new Subscriber
        {
            Id = await desk.Get<SubscriberIds>().OfAsync(address, Stop),
            Address = address,
            State = SubscriberState.Confirmed,
            Language = Pressroom.Articles.Language.Parse("fr"),
            ConfirmedAt = desk.Time.GetUtcNow(),
        };
        Assert.NotNull(await desk.Get<SubscriberStore>().WriteAsync(subscriber, null, Stop));
    }
}
