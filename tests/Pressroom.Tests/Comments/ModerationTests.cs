using Microsoft.AspNetCore.Http;
using Pressroom.Comments;
using Pressroom.Comments.Spam;
using Pressroom.Newsletters.Mail;
using Pressroom.Tests.Newsletters;

namespace Pressroom.Tests.Comments;

/// <summary>Scores, policies and moderators: by the API and by the link in the mail.</summary>
public sealed class ModerationTests
{
    private static readonly (string, string) Moderators = ("Mail:Moderators", "desk@example.org, night@example.org");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("all", 0, "held")]
    [InlineData("none", 0, "approved")]
    [InlineData("none", 3, "held")]
    [InlineData("none", 5, "spam")]
    [InlineData("all", 5, "spam")]
    [InlineData("first", 0, "held")]
    public async Task The_policy_and_the_score_decide_and_the_author_is_not_told_of_spam(string policy, double points, string expected)
    {
        await using var desk = CommentDesk.Open(("Comments:Moderation", policy));
        desk.Local.Find = _ => points == 0 ? [] : [new SpamFinding("test", points, "It says so.")];
        var article = await desk.PublishAsync();
        var reply = await desk.TrySubmitAsync(article, new { name = "Ann", email = "ann@example.net", body = "Well said." });
        Assert.Equal(expected == "approved" ? "approved" : "held", (string?)reply.Json["status"]);
        var id = CommentId.Parse((string)reply.Json["id"]!);
        await desk.PumpAsync();
        var comment = await desk.FindAsync(article, id);
        Assert.Equal(expected, comment.Status.ToString().ToLowerInvariant());
        Assert.Equal(points, comment.Score.Findings.Where(finding => finding.Signal == "test").Sum(finding => finding.Points));
        Assert.Equal(expected == "approved" ? [id.Value] : [], await desk.PublishedAsync(article));

        // Nobody decided, so nothing is learned from it but that it is out.
        Assert.Equal(expected == "held" ? [] : [(id.Value, (CommentStatus?)null, comment.Status)], desk.Decisions.Told);
    }

    [Fact]
    public async Task A_signal_sees_the_comment_the_network_and_what_the_forms_token_said()
    {
        await using var desk = CommentDesk.Open();
        var article = await desk.PublishAsync("fr");
        var token = (string?)(await desk.CallAsync<Pressroom.Functions.Comments.CommentFunctions>((functions, request) => functions.Form(request, article.Value, Stop))).Json["token"];
        await SubmitAsync("too fast");
        desk.Time.Advance(TimeSpan.FromSeconds(3));
        await SubmitAsync("in time");
        desk.Time.Advance(TimeSpan.FromHours(24));
        await SubmitAsync("too late");
        token = null;
        await SubmitAsync("without");
        token = "forged";
        await SubmitAsync("forged");
        Assert.Equal([FormToken.Wrong, FormToken.Fits, FormToken.Wrong, FormToken.Missing, FormToken.Wrong], desk.Local.Cases.Select(one => one.Form));
        var seen = desk.Local.Cases[0];
        Assert.Equal(("Ann", "ann@example.net", "too fast", "192.0.2.0"), (seen.Name, seen.Email, seen.Text, seen.RemoteAddress));
        Assert.Equal(("fr", article), (seen.ArticleLanguage.Tag, seen.Article));

        var other = await desk.PublishAsync();
        token = (string?)(await desk.CallAsync<Pressroom.Functions.Comments.CommentFunctions>((functions, request) => functions.Form(request, other.Value, Stop))).Json["token"];
        desk.Time.Advance(TimeSpan.FromMinutes(1));
        await SubmitAsync("of another article");
        Assert.Equal(FormToken.Wrong, desk.Local.Cases[^1].Form);

        async Task SubmitAsync(string body) =>
            Assert.Equal(202, (await desk.TrySubmitAsync(article, new { name = "Ann", email = "ann@example.net", body, token })).Status);
    }

    [Theory]
    [InlineData(0, false, "approved")]
    [InlineData(0, true, "held")]
    [InlineData(9, false, "spam")]
    public async Task Remote_signals_are_asked_after_the_answer_and_nothing_is_published_before_them(double points, bool doubt, string expected)
    {
        var remote = new TestSignal(isRemote: true) { Find = _ => [new SpamFinding("remote", points, "It says so.", doubt)] };
        await using var desk = await CommentDesk.OpenAsync(remote, ("Comments:Moderation", "none"));
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article);
        Assert.Empty(remote.Cases);
        Assert.Equal(CommentStatus.Held, (await desk.FindAsync(article, id)).Status);
        await desk.PumpAsync();
        await desk.RunAsync(ReviewComment.Queue, new CommentMessage(article.Value, id.Value).ToJson());
        var comment = await desk.FindAsync(article, id);
        Assert.Equal(expected, comment.Status.ToString().ToLowerInvariant());
        var seen = Assert.Single(remote.Cases);
        Assert.Equal(("ann@example.net", "192.0.2.0", "Well said."), (seen.Email, seen.RemoteAddress, seen.Text));
        Assert.Equal([id.Value], await desk.ListedAsync(comment.Status));
    }

    [Fact]
    public async Task A_moderator_who_is_faster_than_a_remote_signal_wins()
    {
        var remote = new TestSignal(isRemote: true) { Find = _ => [new SpamFinding("remote", 9, "It says so.")] };
        await using var desk = await CommentDesk.OpenAsync(remote, ("Comments:Moderation", "none"));
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article);
        await desk.Get<ModerateComment>().DecideAsync(id, CommentStatus.Approved, "Desk", Stop);
        await desk.PumpAsync();
        Assert.Equal(CommentStatus.Approved, (await desk.FindAsync(article, id)).Status);
    }

    [Fact]
    public async Task Who_confirmed_the_address_and_was_approved_once_is_known_from_then_on()
    {
        await using var desk = CommentDesk.Open(("Comments:Moderation", "first"));
        var article = await desk.PublishAsync("fr");
        var first = await desk.SubmitAsync(article);
        await desk.SubmitAsync(article, body: "And again.");
        await desk.PumpAsync();
        var (batch, recipient) = Assert.Single(desk.Transport.Mails);
        Assert.Equal(("ann@example.net", "fr"), (recipient.Address.Value, batch.Content.Language.Tag));
        var link = new Uri(recipient.Values.Values.Single());

        var shown = await desk.LinkAsync((functions, request) => functions.ShowConfirmation(request, Stop), NewsletterDesk.Query(link.Query[1..]));
        Assert.Contains("<button class=\"button\" name=\"action\" value=\"confirm\">Confirmer", shown.Body, StringComparison.Ordinal);
        await desk.Get<ModerateComment>().DecideAsync(first, CommentStatus.Approved, "Desk", Stop);
        await desk.PumpAsync();
        Assert.Equal("held", (string?)(await desk.TrySubmitAsync(article, new { name = "Ann", email = "ann@example.net", body = "Unconfirmed." })).Json["status"]);

        Assert.Equal(200, (await desk.LinkAsync((functions, request) => functions.Confirm(request, Stop), NewsletterDesk.Query(link.Query[1..]))).Status);
        Assert.Equal("approved", (string?)(await desk.TrySubmitAsync(article, new { name = "Ann", email = "Ann@Example.net", body = "Known." })).Json["status"]);
        Assert.Equal("held", (string?)(await desk.TrySubmitAsync(article, new { name = "Bob", email = "bob@example.net", body = "Unknown." })).Json["status"]);
        var forged = await desk.LinkAsync((functions, request) => functions.Confirm(request, Stop), NewsletterDesk.Query("token=forged"));
        Assert.Equal(400, forged.Status);
    }

    [Fact]
    public async Task Moderators_are_mailed_each_held_comment_once_with_its_text_its_score_and_links_that_act()
    {
        await using var desk = CommentDesk.Open(Moderators);
        desk.Local.Find = _ => [new SpamFinding("links", 1.5, "It has two links.")];
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article, body: "Well <said> & -linkUrl-.", name: "Ann B");
        await desk.PumpAsync();
        await desk.RunAsync(ReviewComment.Queue, new CommentMessage(article.Value, id.Value).ToJson());
        Assert.Equal(["desk@example.org", "night@example.org"], desk.Transport.Addresses);
        var content = desk.Transport.Mails.First().Batch.Content;
        Assert.Contains("Low tide", content.Subject, StringComparison.Ordinal);
        Assert.Contains("Well <said> & -linkUrl-.", content.Text, StringComparison.Ordinal);
        Assert.Contains("Well &lt;said&gt; &amp; -linkUrl-.", content.Html, StringComparison.Ordinal);
        foreach (var part in new[] { content.Text, content.Html })
        {
            Assert.Contains("Ann B", part, StringComparison.Ordinal);
            Assert.Contains("1.5", part, StringComparison.Ordinal);
            Assert.Contains("It has two links.", part, StringComparison.Ordinal);
            Assert.DoesNotContain("ann@example.net", part, StringComparison.Ordinal);
            Assert.All(new[] { "approve", "reject", "spam" }, action => Assert.Contains("action=" + action, part, StringComparison.Ordinal));
        }

        // What is decided already needs no mail, nor does spam.
        desk.Local.Find = _ => [new SpamFinding("test", 9, "Spam.")];
        await desk.SubmitAsync(article, body: "Buy.");
        await desk.PumpAsync();
        Assert.Equal(2, desk.Transport.Mails.Count);
        Assert.DoesNotContain(desk.Log.Lines, line => line.Contains("example.net", StringComparison.Ordinal) || line.Contains("Well <said>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_that_cannot_be_sent_now_is_sent_later_and_to_nobody_twice()
    {
        await using var desk = CommentDesk.Open(Moderators);
        var article = await desk.PublishAsync();
        desk.Transport.OnCall = (call, _, _) => Task.FromResult<MailOutcome?>(call <= 3 ? new MailOutcome.TryLater(null, "Busy.") : null);
        await desk.SubmitAsync(article);
        await desk.PumpAsync();
        Assert.Empty(desk.Transport.Mails);
        await desk.PumpAsync(TimeSpan.FromHours(1));
        Assert.Equal(["desk@example.org", "night@example.org"], desk.Transport.Addresses);
    }

    [Fact]
    public async Task A_mail_that_is_never_taken_ends_as_poison()
    {
        await using var desk = CommentDesk.Open(Moderators);
        var article = await desk.PublishAsync();
        desk.Transport.OnCall = (_, _, _) => Task.FromResult<MailOutcome?>(new MailOutcome.TryLater(null, "Busy."));
        var id = await desk.SubmitAsync(article);
        var last = new CommentMessage(article.Value, id.Value, Attempt: 10).ToJson();
        await Assert.ThrowsAsync<InvalidOperationException>(() => desk.RunAsync(ReviewComment.Queue, last));
    }

    [Fact]
    public async Task A_link_only_shows_until_a_button_is_pressed_and_again_is_only_what_is_asked()
    {
        await using var desk = CommentDesk.Open(Moderators);
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article, body: "Well <script>said</script>.");
        await desk.PumpAsync();
        var token = TokenOf(desk);

        for (var time = 0; time < 2; time++)
        {
            var shown = await ShowAsync(desk, token);
            Assert.Equal(200, shown.Status);
            Assert.Contains("waiting for a decision", shown.Body, StringComparison.Ordinal);
            Assert.Contains("value=\"approve\"", shown.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>said", shown.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("ann@example.net", shown.Body, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await desk.FindAsync(article, id)).Version);

        var done = await ActAsync(desk, token, "approve");
        Assert.Contains("Done:", done.Body, StringComparison.Ordinal);
        Assert.Contains("value=\"undo\"", done.Body, StringComparison.Ordinal);
        Assert.Equal([id.Value], await desk.PublishedAsync(article));
        Assert.Equal("a moderation link", (await desk.FindAsync(article, id)).History.Single().By);

        // Replayed, it shows what is, and does nothing twice.
        Assert.Contains("approved", (await ShowAsync(desk, token)).Body, StringComparison.Ordinal);
        await ActAsync(desk, token, "approve");
        Assert.Single((await desk.FindAsync(article, id)).History);
        await ActAsync(desk, token, "undo");
        Assert.Equal((CommentStatus.Held, 2), ((await desk.FindAsync(article, id)).Status, (await desk.FindAsync(article, id)).Version));
        Assert.Empty(await desk.PublishedAsync(article));
        Assert.Equal(400, (await ActAsync(desk, token, "delete")).Status);
    }

    [Fact]
    public async Task A_link_that_is_forged_changed_expired_or_for_something_else_does_nothing()
    {
        await using var desk = CommentDesk.Open(Moderators);
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article);
        await desk.PumpAsync();
        var token = TokenOf(desk);
        var form = desk.Get<CommentLinks>().FormToken(article);
        foreach (var bad in new[] { "", "forged", token[..^4] + "AAAA", form })
        {
            Assert.Equal(400, (await ShowAsync(desk, bad)).Status);
            Assert.Equal(400, (await ActAsync(desk, bad, "approve")).Status);
        }

        desk.Time.Advance(TimeSpan.FromDays(14) + TimeSpan.FromSeconds(1));
        Assert.Equal(400, (await ActAsync(desk, token, "approve")).Status);
        Assert.Equal(0, (await desk.FindAsync(article, id)).Version);
    }

    [Fact]
    public async Task Each_decision_is_told_moves_the_lists_and_can_be_undone()
    {
        await using var desk = CommentDesk.Open();
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article);
        foreach (var (call, expected) in new (Func<Pressroom.Functions.Comments.ModerationFunctions, HttpRequest, Task<IResult>>, CommentStatus)[]
        {
            ((functions, request) => functions.Spam(request, id.Value, Stop), CommentStatus.Spam),
            ((functions, request) => functions.Undo(request, id.Value, Stop), CommentStatus.Held),
            ((functions, request) => functions.Approve(request, id.Value, Stop), CommentStatus.Approved),
            ((functions, request) => functions.Reject(request, id.Value, Stop), CommentStatus.Rejected),
            ((functions, request) => functions.Undo(request, id.Value, Stop), CommentStatus.Approved),
        })
        {
            Assert.Equal(200, (await desk.ModeratorAsync(call)).Status);
            foreach (var status in Enum.GetValues<CommentStatus>())
            {
                Assert.Equal(status == expected ? [id.Value] : [], await desk.ListedAsync(status));
            }

            Assert.Equal(expected == CommentStatus.Approved ? [id.Value] : [], await desk.PublishedAsync(article));
            Assert.Equal(expected == CommentStatus.Approved ? 1 : 0, (await desk.Get<PublishedComments>().PageAsync(article, Stop)).Count);
        }

        await desk.PumpAsync();
        Assert.Equal(
            [
                (id.Value, CommentStatus.Held, CommentStatus.Spam), (id.Value, CommentStatus.Spam, CommentStatus.Held), (id.Value, CommentStatus.Held, CommentStatus.Approved),
                (id.Value, CommentStatus.Approved, CommentStatus.Rejected), (id.Value, CommentStatus.Rejected, CommentStatus.Approved),
            ],
            desk.Decisions.Told);
        Assert.Equal(404, (await desk.ModeratorAsync((functions, request) => functions.Approve(request, CommentId.New(desk.Time).Value, Stop))).Status);
        Assert.Equal(404, (await desk.ModeratorAsync((functions, request) => functions.Approve(request, "none", Stop))).Status);
    }

    [Fact]
    public async Task Of_several_moderators_at_once_the_last_wins_and_the_history_shows_all()
    {
        await using var desk = CommentDesk.Open();
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article);
        var moderate = desk.Get<ModerateComment>();
        var statuses = new[] { CommentStatus.Approved, CommentStatus.Rejected, CommentStatus.Spam };
        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => Task.Run(() => moderate.DecideAsync(id, statuses[number % 3], $"Moderator {number}", Stop))));
        await desk.PumpAsync();
        var comment = await desk.FindAsync(article, id);
        Assert.Equal(comment.Status, comment.History[^1].To);
        Assert.All(comment.History.Zip(comment.History.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.Equal([id.Value], await desk.ListedAsync(comment.Status));
        Assert.Equal(1, (await Task.WhenAll(Enum.GetValues<CommentStatus>().Select(desk.ListedAsync))).Sum(list => list.Count));
        Assert.Equal(comment.Status == CommentStatus.Approved ? 1 : 0, (await desk.Get<PublishedComments>().PageAsync(article, Stop)).Count);
    }

    [Fact]
    public async Task Many_are_decided_at_once_and_each_is_answered_for()
    {
        await using var desk = CommentDesk.Open(("Comments:LimitPerPrefix", "0"));
        var article = await desk.PublishAsync();
        var ids = new List<string>();
        for (var number = 0; number < 30; number++)
        {
            ids.Add((await desk.SubmitAsync(article, body: $"Comment {number}.")).Value);
        }

        var missing = CommentId.New(desk.Time).Value;
        var reply = await desk.ModeratorAsync((functions, request) => functions.ApproveMany(request, Stop), NewsletterDesk.Json(new { ids = (string[])[.. ids, missing, "none"] }));
        Assert.Equal(200, reply.Status);
        Assert.Equal([.. ids, missing, "none"], reply.Json["items"]!.AsArray().Select(item => (string?)item!["id"]));
        Assert.Equal([.. ids.Select(_ => "approved"), "not-found", "not-found"], reply.Json["items"]!.AsArray().Select(item => (string?)item!["outcome"]));
        Assert.Equal(30, (await desk.Get<PublishedComments>().PageAsync(article, Stop)).Count);
        Assert.Equal(30, (await desk.PublishedAsync(article)).Count);

        reply = await desk.ModeratorAsync((functions, request) => functions.DeleteMany(request, Stop), NewsletterDesk.Json(new { ids }));
        Assert.All(reply.Json["items"]!.AsArray(), item => Assert.Equal("deleted", (string?)item!["outcome"]));
        Assert.Equal(0, (await desk.Get<PublishedComments>().PageAsync(article, Stop)).Count);
        foreach (var bad in new object[] { new { }, new { ids = Array.Empty<string>() }, new { ids = Enumerable.Range(0, 101).Select(number => $"{number}") }, new { ids, more = 1 } })
        {
            Assert.Equal(400, (await desk.ModeratorAsync((functions, request) => functions.SpamMany(request, Stop), NewsletterDesk.Json(bad))).Status);
        }
    }

    [Fact]
    public async Task An_edit_keeps_what_was_there_and_is_refused_over_a_version_that_was_not_seen()
    {
        await using var desk = CommentDesk.Open(("Comments:Moderation", "none"));
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article, body: "Teh first.");
        var before = (await desk.Get<PublishedComments>().PageAsync(article, Stop)).Version;
        var reply = await EditAsync("The first.", "\"1\"");
        Assert.Equal(200, reply.Status);
        Assert.Equal("The first.", (string?)reply.Json["body"]);
        Assert.Equal("Teh first.", (string?)reply.Json["history"]!.AsArray()[^1]!["bodyBefore"]);
        Assert.Contains("The first.", (await desk.Get<PublishedComments>().ListAsync(article, Stop)).Single().Html, StringComparison.Ordinal);
        Assert.NotEqual(before, (await desk.Get<PublishedComments>().PageAsync(article, Stop)).Version);
        Assert.Equal(412, (await EditAsync("Blind.", "\"1\"")).Status);
        Assert.Equal(400, (await EditAsync(" ", "*")).Status);

        for (var number = 1; number < Comment.MostEdits; number++)
        {
            Assert.Equal(200, (await EditAsync($"Edit {number}. " + new string('x', 9_900), "*")).Status);
        }

        Assert.Equal(409, (await EditAsync("One too many.", "*")).Status);

        Task<Reply> EditAsync(string body, string seen) => desk.ModeratorAsync(
            (functions, request) => functions.Edit(request, id.Value, Stop), NewsletterDesk.Json(new { body }) + (request => request.Headers.IfMatch = seen));
    }

    [Fact]
    public async Task A_deleted_comment_leaves_nothing_but_its_replies()
    {
        await using var desk = CommentDesk.Open(("Comments:Moderation", "none"));
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article);
        var reply = await desk.SubmitAsync(article, "bob@example.net", "Indeed.", "Bob", parent: id);
        await desk.PumpAsync();
        Assert.Equal(204, (await desk.ModeratorAsync((functions, request) => functions.Delete(request, id.Value, Stop))).Status);
        Assert.Equal(404, (await desk.ModeratorAsync((functions, request) => functions.Get(request, id.Value, Stop))).Status);
        await desk.PumpAsync();
        Assert.Equal([reply.Value], await desk.PublishedAsync(article));
        Assert.Equal(id, (await desk.FindAsync(article, reply)).ParentId);
        Assert.Empty(await Traces.OfAsync(desk, id, "ann@example.net"));
        Assert.NotEqual(id, await desk.SubmitAsync(article));
    }

    [Fact]
    public async Task Only_moderators_decide()
    {
        await using var desk = CommentDesk.Open();
        var article = await desk.PublishAsync();
        var id = await desk.SubmitAsync(article);
        Assert.Equal(401, (await desk.CallAsync<Pressroom.Functions.Comments.ModerationFunctions>((functions, request) => functions.List(request, Stop))).Status);
        Assert.Equal(401, (await desk.CallAsync<Pressroom.Functions.Comments.ModerationFunctions>((functions, request) => functions.Approve(request, id.Value, Stop))).Status);
        Assert.Equal(401, (await desk.CallAsync<Pressroom.Functions.Comments.BanFunctions>((functions, request) => functions.List(request, Stop))).Status);
        Assert.Equal(401, (await desk.CallAsync<Pressroom.Functions.People.PeopleFunctions>((functions, request) => functions.Export(request, Stop), NewsletterDesk.Query("email=ann@example.net"))).Status);
        var (_, editor) = await desk.Get<Pressroom.Access.Tokens>().MakeAsync("Desk", [Pressroom.Access.Role.Editor], Stop);
        Assert.Equal(403, (await desk.CallAsync<Pressroom.Functions.Comments.ModerationFunctions>(
            (functions, request) => functions.Approve(request, id.Value, Stop), request => request.Headers.Authorization = $"Bearer {editor}")).Status);
    }

    private static string TokenOf(CommentDesk desk)
    {
        var text = desk.Transport.Mails.First().Batch.Content.Text;
        var from = text.IndexOf("moderate?token=", StringComparison.Ordinal) + "moderate?token=".Length;
        return text[from..text.IndexOf('&', from)];
    }

    private static Task<Reply> ShowAsync(CommentDesk desk, string token) =>
        desk.LinkAsync((functions, request) => functions.Show(request, Stop), NewsletterDesk.Query("token=" + token));

    private static Task<Reply> ActAsync(CommentDesk desk, string token, string action) =>
        desk.LinkAsync((functions, request) => functions.Moderate(request, Stop), NewsletterDesk.Query("token=" + token) + NewsletterDesk.Form(("action", action)));
}
