using Pressroom.Articles;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Tests.Newsletters;

public sealed class SendingTests
{
    [Fact]
    public async Task Twenty_thousand_subscribers_get_an_issue_once_each_in_full_calls()
    {
        await using var desk = NewsletterDesk.Open();
        var all = await desk.SeedAsync(20_000);
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();

        Assert.Equal(all.Select(subscriber => subscriber.Address!.Value.Value).Order(), desk.Transport.Addresses.Order());
        Assert.InRange(desk.Transport.Calls.Average(call => call.Recipients.Count), 600, 1_000);
        var sent = await desk.FindAsync(issue.Id);
        Assert.Equal((NewsletterState.Sent, 20_000, 20_000, desk.Time.GetUtcNow()), (sent.State, sent.Total, sent.Tally.Sent, sent.FinishedAt));
        Assert.All(desk.Transport.Mails.DistinctBy(mail => mail.Batch.Id), mail => Assert.StartsWith(issue.Id + ".", mail.Batch.Id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Nobody_is_left_out_whatever_a_call_takes(int mostRecipients)
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = mostRecipients });
        var all = await desk.SeedAsync(230);
        await desk.StartLetterAsync();
        await desk.PumpAsync();
        Assert.Equal(all.Select(subscriber => subscriber.Address!.Value.Value).Order(), desk.Transport.Addresses.Order());
    }

    [Fact]
    public async Task An_issue_goes_to_its_audience_alone()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(3, "fr", "fr");
        await desk.SeedAsync(3, "ar", "ar");
        await desk.SeedAsync(2, "fr-CA", "ca");
        await desk.SeedAsync(4, "fr", "sport");
        for (var i = 0; i < 4; i++)
        {
            var id = (await desk.FindAsync($"sport{i}@example.net"))!.Id;
            await desk.Subscribers.ChangeAsync(id, known => known with { Sections = i < 2 ? ["sport"] : ["culture"] }, TestContext.Current.CancellationToken);
        }

        var pending = (await desk.SeedAsync(1, "fr", "late"))[0];
        await desk.Subscribers.ChangeAsync(pending.Id, known => known with { ConfirmedAt = desk.Time.GetUtcNow().AddSeconds(1) }, TestContext.Current.CancellationToken);
        var issue = await desk.StartLetterAsync("Sport", Language.Parse("fr"), "sport");
        await desk.PumpAsync();
        Assert.Equal(["ca0", "ca1", "fr0", "fr1", "fr2", "sport0", "sport1"], desk.Transport.Addresses.Select(address => address.Split('@')[0]).Order());
        Assert.Equal(7, (await desk.FindAsync(issue.Id)).Total);
    }

    [Fact]
    public async Task Who_unsubscribes_while_an_issue_is_under_way_gets_no_mail_from_a_later_batch()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 10 });
        var all = await desk.SeedAsync(50);
        var last = all.OrderBy(subscriber => subscriber.Id.Value, StringComparer.Ordinal).Last();
        desk.Transport.OnCall = async (call, _, _) =>
        {
            if (call == 2)
            {
                await desk.Subscribers.ChangeAsync(last.Id, known => known.Unsubscribed(desk.Time.GetUtcNow()), TestContext.Current.CancellationToken);
            }

            return null;
        };
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        Assert.Equal(49, desk.Transport.Addresses.Count);
        Assert.DoesNotContain(last.Address!.Value.Value, desk.Transport.Addresses);
        var sent = await desk.FindAsync(issue.Id);
        Assert.Equal((50, 49, 1), (sent.Total, sent.Tally.Sent, sent.Tally.Left));
    }

    [Fact]
    public async Task A_batch_that_is_tried_again_leaves_out_who_has_left_since()
    {
        await using var desk = NewsletterDesk.Open();
        var all = await desk.SeedAsync(5);
        desk.Transport.OnCall = async (call, _, _) =>
        {
            await desk.Subscribers.ChangeAsync(all[0].Id, known => known.Unsubscribed(desk.Time.GetUtcNow()), TestContext.Current.CancellationToken);
            return call == 1 ? new MailOutcome.TryLater(null, "Busy.") : null;
        };
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(4, desk.Transport.Addresses.Count);
        Assert.DoesNotContain("reader0@example.net", desk.Transport.Addresses);
        var sent = await desk.FindAsync(issue.Id);
        Assert.Equal((NewsletterState.Sent, 4, 1), (sent.State, sent.Tally.Sent, sent.Tally.Left));
    }

    [Fact]
    public async Task A_provider_that_wants_it_later_is_not_asked_before()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(3);
        var calls = new List<DateTimeOffset>();
        desk.Transport.OnCall = (call, _, _) =>
        {
            calls.Add(desk.Time.GetUtcNow());
            return Task.FromResult<MailOutcome?>(call == 1 ? new MailOutcome.TryLater(TimeSpan.FromMinutes(20), "Too many.") : null);
        };
        await desk.StartLetterAsync();
        await desk.PumpAsync(TimeSpan.FromMinutes(40));
        Assert.Equal(2, calls.Count);
        Assert.InRange(calls[1] - calls[0], TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(21));
        Assert.Equal(3, desk.Transport.Addresses.Count);
    }

    [Fact]
    public async Task A_provider_that_stays_away_ends_in_failure_and_a_person_can_send_again()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(3);
        desk.Transport.OnCall = (_, _, _) => Task.FromResult<MailOutcome?>(new MailOutcome.TryLater(null, "Busy."));
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync(TimeSpan.FromHours(12));
        var failed = await desk.FindAsync(issue.Id);
        Assert.Equal((NewsletterState.Sent, 0, 3), (failed.State, failed.Tally.Sent, failed.Tally.Failed));

        desk.Transport.OnCall = (_, _, _) => Task.FromResult<MailOutcome?>(null);
        var retry = await desk.EditorAsync((functions, request) => functions.Retry(request, issue.Id.Value, "00-00000", default), NewsletterDesk.Json(new { }));
        Assert.Equal(202, retry.Status);
        Assert.Equal("queued", (string?)retry.Json["state"]);
        await desk.PumpAsync();
        Assert.Equal(3, desk.Transport.Addresses.Count);
        Assert.Equal((3, 0), ((await desk.FindAsync(issue.Id)).Tally.Sent, (await desk.FindAsync(issue.Id)).Tally.Failed));
        Assert.Equal(409, (await desk.EditorAsync((functions, request) => functions.Retry(request, issue.Id.Value, "00-00000", default), NewsletterDesk.Json(new { }))).Status);
        Assert.Equal(404, (await desk.EditorAsync((functions, request) => functions.Retry(request, issue.Id.Value, "00-00001", default), NewsletterDesk.Json(new { }))).Status);
    }

    [Fact]
    public async Task A_refused_batch_fails_with_its_reason_and_the_next_goes_on()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 2 });
        await desk.SeedAsync(6);
        desk.Transport.OnCall = (call, _, _) => Task.FromResult<MailOutcome?>(call == 2 ? new MailOutcome.Refused("The sender is not verified.") : null);
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        Assert.Equal(4, desk.Transport.Addresses.Count);
        var shown = await desk.EditorAsync((functions, request) => functions.Get(request, issue.Id.Value, default));
        Assert.Equal((4, 2), ((int)shown.Json["sent"]!, (int)shown.Json["failed"]!));
        var batches = shown.Json["batches"]!["items"]!.AsArray();
        Assert.Equal(["sent", "failed", "sent"], batches.Select(batch => (string)batch!["state"]!));
        Assert.Equal("The sender is not verified.", (string?)batches[1]!["reason"]);
        Assert.DoesNotContain("example.net", shown.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_that_are_refused_for_good_are_suppressed()
    {
        await using var desk = NewsletterDesk.Open();
        var all = await desk.SeedAsync(3);
        desk.Transport.OnCall = (_, _, _) => Task.FromResult<MailOutcome?>(new MailOutcome.Accepted("m", [all[1].Id.Value]));
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        Assert.Equal((SubscriberState.Suppressed, Suppression.Bounce), ((await desk.FindAsync("reader1@example.net"))!.State, (await desk.FindAsync("reader1@example.net"))!.Suppression));
        Assert.Equal((2, 1), ((await desk.FindAsync(issue.Id)).Tally.Sent, (await desk.FindAsync(issue.Id)).Tally.Failed));
    }

    [Fact]
    public async Task A_call_without_an_answer_is_unknown_and_never_repeated_by_itself()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 2 });
        await desk.SeedAsync(6);
        desk.Transport.OnCall = async (call, batch, cancellation) =>
        {
            if (call == 1)
            {
                desk.Transport.TakeOver(batch);
                desk.Time.Advance(TimeSpan.FromMinutes(5));
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            return call == 2 ? new MailOutcome.Unknown("The connection broke.") : null;
        };
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync(TimeSpan.FromHours(12));
        Assert.Equal(3, desk.Transport.Calls.Count);
        var sent = await desk.FindAsync(issue.Id);
        Assert.Equal((NewsletterState.Sent, 2, 4), (sent.State, sent.Tally.Sent, sent.Tally.Unknown));
    }

    [Fact]
    public async Task A_transport_that_repeats_safely_is_asked_again_after_a_call_without_an_answer()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { RepeatsSafely = true });
        await desk.SeedAsync(6);
        desk.Transport.OnCall = (call, batch, _) =>
        {
            desk.Transport.TakeOver(batch);
            return Task.FromResult<MailOutcome?>(call < 3 ? new MailOutcome.Unknown("The connection broke.") : null);
        };
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(6, desk.Transport.Mails.Count);
        Assert.Equal((NewsletterState.Sent, 6), ((await desk.FindAsync(issue.Id)).State, (await desk.FindAsync(issue.Id)).Tally.Sent));
    }

    [Fact]
    public async Task A_paused_issue_stands_still_and_goes_on_where_it_was()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 10 });
        await desk.SeedAsync(100);
        var issue = await desk.StartLetterAsync();
        desk.Transport.OnCall = async (call, _, _) =>
        {
            if (call == 3)
            {
                Assert.Equal(200, (await desk.EditorAsync((functions, request) => functions.Pause(request, issue.Id.Value, default), NewsletterDesk.Json(new { }))).Status);
            }

            return null;
        };
        await desk.PumpAsync(TimeSpan.FromHours(1));
        Assert.Equal(30, desk.Transport.Addresses.Count);
        var shown = await desk.EditorAsync((functions, request) => functions.Get(request, issue.Id.Value, default));
        Assert.Equal(("paused", 30, 100), ((string)shown.Json["status"]!, (int)shown.Json["sent"]!, (int)shown.Json["total"]!));

        await desk.EditorAsync((functions, request) => functions.Resume(request, issue.Id.Value, default), NewsletterDesk.Json(new { }));
        await desk.EditorAsync((functions, request) => functions.Resume(request, issue.Id.Value, default), NewsletterDesk.Json(new { }));
        await desk.PumpAsync();
        Assert.Equal(100, desk.Transport.Addresses.Distinct().Count());
        Assert.Equal(100, desk.Transport.Addresses.Count);
        Assert.Equal(NewsletterState.Sent, (await desk.FindAsync(issue.Id)).State);
        Assert.Equal(409, (await desk.EditorAsync((functions, request) => functions.Pause(request, issue.Id.Value, default), NewsletterDesk.Json(new { }))).Status);
    }

    [Fact]
    public async Task An_issue_paused_before_it_was_counted_starts_when_it_is_resumed()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(3);
        var issue = await desk.StartLetterAsync();
        var control = desk.Get<ControlNewsletter>();
        await control.PauseAsync(issue.Id, TestContext.Current.CancellationToken);
        await desk.PumpAsync();
        Assert.Empty(desk.Transport.Calls);
        await control.ResumeAsync(issue.Id, TestContext.Current.CancellationToken);
        await desk.PumpAsync();
        Assert.Equal(3, desk.Transport.Addresses.Count);
    }

    [Fact]
    public async Task A_cancelled_issue_sends_nothing_more()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 10 });
        await desk.SeedAsync(100);
        var issue = await desk.StartLetterAsync();
        desk.Transport.OnCall = async (call, _, _) =>
        {
            if (call == 3)
            {
                await desk.Get<ControlNewsletter>().CancelAsync(issue.Id, TestContext.Current.CancellationToken);
            }

            return null;
        };
        await desk.PumpAsync(TimeSpan.FromHours(1));
        Assert.Equal(30, desk.Transport.Addresses.Count);
        Assert.Equal(409, (await desk.EditorAsync((functions, request) => functions.Resume(request, issue.Id.Value, default), NewsletterDesk.Json(new { }))).Status);
        await desk.PumpAsync(TimeSpan.FromHours(1));
        Assert.Equal(30, desk.Transport.Addresses.Count);
    }

    [Fact]
    public async Task Messages_that_come_again_and_again_send_nothing_again()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 10 });
        await desk.SeedAsync(50);
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        for (var batch = 0; batch < 8; batch++)
        {
            await desk.RunAsync(SendNewsletter.Queue, new SendNewsletterMessage(issue.Id.Value, 0, batch).ToJson());
        }

        await desk.RunAsync(StartNewsletter.Queue, new StartNewsletterMessage(issue.Id.Value).ToJson());
        await desk.PumpAsync(TimeSpan.FromHours(1));
        Assert.Equal(50, desk.Transport.Addresses.Count);
        Assert.Equal(5, desk.Transport.Calls.Count);
    }

    [Fact]
    public async Task An_editor_composes_tests_and_sends_and_a_repeated_request_sends_once()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(2);
        var test = await desk.EditorAsync(
            (functions, request) => functions.Send(request, default), NewsletterDesk.Json(new { subject = "Essai", body = "Un *texte*.", testTo = "Chef@example.net" }));
        Assert.Equal((200, "sent"), (test.Status, (string)test.Json["status"]!));
        Assert.Equal(["Chef@example.net"], desk.Transport.Addresses);
        Assert.Empty((await desk.EditorAsync((functions, request) => functions.List(request, default))).Json["items"]!.AsArray());

        Action<Microsoft.AspNetCore.Http.HttpRequest> once = NewsletterDesk.Json(new { subject = "Lettre", body = "Un *texte*." }) + (request => request.Headers["Idempotency-Key"] = "k");
        var first = await desk.EditorAsync((functions, request) => functions.Send(request, default), once);
        var again = await desk.EditorAsync((functions, request) => functions.Send(request, default), once);
        Assert.Equal(201, first.Status);
        Assert.Equal(first.Body, again.Body);
        Assert.Equal($"https://api.example.org/api/newsletters/{first.Json["id"]}", first.Location);
        await desk.PumpAsync();
        Assert.Equal(3, desk.Transport.Addresses.Count);
        var listed = Assert.Single((await desk.EditorAsync((functions, request) => functions.List(request, default))).Json["items"]!.AsArray());
        Assert.Equal(("letter", "sent", 2, 2), ((string)listed!["kind"]!, (string)listed["status"]!, (int)listed["total"]!, (int)listed["sent"]!));
        Assert.Equal(400, (await desk.EditorAsync((functions, request) => functions.Send(request, default), NewsletterDesk.Json(new { subject = "", body = "x", testTo = "x" }))).Status);
    }

    [Fact]
    public async Task An_issue_whose_messages_were_given_up_goes_on_by_itself_and_not_before_the_provider_wants_it()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 10 });
        await desk.SeedAsync(30);
        var issue = await desk.StartLetterAsync();
        await desk.LoseMessagesAsync();
        await desk.Get<StartNewsletter>().WatchAsync(TestContext.Current.CancellationToken);
        await desk.PumpAsync();
        Assert.Empty(desk.Transport.Calls);

        desk.Time.Advance(TimeSpan.FromMinutes(11));
        desk.Transport.OnCall = (call, _, _) => Task.FromResult<MailOutcome?>(call == 2 ? new MailOutcome.TryLater(TimeSpan.FromMinutes(30), "Busy.") : null);
        await desk.Get<StartNewsletter>().WatchAsync(TestContext.Current.CancellationToken);
        await desk.PumpAsync();
        await desk.LoseMessagesAsync();
        for (var minutes = 0; minutes < 45; minutes += 5)
        {
            Assert.Equal(2, desk.Transport.Calls.Count);
            desk.Time.Advance(TimeSpan.FromMinutes(5));
            if (minutes < 25)
            {
                // Whoever looks before the time finds that it has not come.
                await desk.RunAsync(SendNewsletter.Queue, new SendNewsletterMessage(issue.Id.Value, 0, 1).ToJson());
                await desk.LoseMessagesAsync();
            }
        }

        await desk.Get<StartNewsletter>().WatchAsync(TestContext.Current.CancellationToken);
        await desk.PumpAsync();
        Assert.Equal(30, desk.Transport.Addresses.Distinct().Count());
        Assert.Equal(30, desk.Transport.Addresses.Count);
        Assert.Equal(NewsletterState.Sent, (await desk.FindAsync(issue.Id)).State);
    }

    [Fact]
    public async Task The_newest_issue_is_listed_first()
    {
        await using var desk = NewsletterDesk.Open();
        for (var i = 0; i < 5; i++)
        {
            await desk.StartLetterAsync($"Lettre {i}");
            desk.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var first = await desk.EditorAsync((functions, request) => functions.List(request, default), NewsletterDesk.Query("limit=3"));
        var second = await desk.EditorAsync((functions, request) => functions.List(request, default), NewsletterDesk.Query($"limit=3&cursor={first.Json["cursor"]}"));
        Assert.Equal(
            ["Lettre 4", "Lettre 3", "Lettre 2", "Lettre 1", "Lettre 0"],
            first.Json["items"]!.AsArray().Concat(second.Json["items"]!.AsArray()).Select(item => (string)item!["subject"]!));
        Assert.Null(second.Json["cursor"]);
    }
}
