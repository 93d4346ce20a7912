using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Tests.Newsletters;

/// <summary>What of an old issue is forgotten, and what stays.</summary>
public sealed class ForgetIssuesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_months_after_its_end_an_issue_keeps_its_figures_and_no_event()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(60);
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        var events = desk.Transport.Mails.Select((mail, i) => EventTests.Delivered(i, mail.Batch.Id, mail.Recipient.Id)).ToList();
        await desk.Get<CountEvents>().RunAsync(events, Stop);
        desk.Time.Advance(TimeSpan.FromDays(89));
        await desk.Get<ForgetIssues>().RunAsync(Stop);
        Assert.Equal(120, await CountAsync(desk, "mailevents", "event|", "person|"));

        desk.Time.Advance(TimeSpan.FromDays(3));
        await desk.Get<ForgetIssues>().RunAsync(Stop);
        Assert.Equal(0, await CountAsync(desk, "mailevents", "event|", "person|"));
        Assert.Equal(60, (await desk.Get<CountEvents>().FiguresAsync(issue.Id, Stop)).Delivered);

        // An event that comes again, or late, is not counted a second time.
        await desk.Get<CountEvents>().RunAsync(events, Stop);
        Assert.Equal(60, (await desk.Get<CountEvents>().FiguresAsync(issue.Id, Stop)).Delivered);
        Assert.Equal(0, await CountAsync(desk, "mailevents", "event|", "person|"));
    }

    [Fact]
    public async Task A_late_complaint_still_ends_the_subscription_and_a_late_event_still_settles_its_batch()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 2 });
        await desk.SeedAsync(4);
        desk.Transport.OnCall = (call, batch, _) =>
        {
            desk.Transport.TakeOver(batch);
            return Task.FromResult<MailOutcome?>(call == 1 ? new MailOutcome.Unknown("The connection broke.") : null);
        };
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        var (unknown, recipient) = desk.Transport.Mails.First();
        desk.Time.Advance(TimeSpan.FromDays(100));
        await desk.Get<ForgetIssues>().RunAsync(Stop);

        // Of a batch that may be sent again the recipients are kept.
        Assert.Equal(1, await CountAsync(desk, "newsletters", "recipients-"));
        await desk.Get<CountEvents>().RunAsync(
            [new MailEvent("late", MailEventKind.Complained, desk.Time.GetUtcNow(), unknown.Id, recipient.Id, null, null, null, false, Suppresses: true)], Stop);
        Assert.Equal(Suppression.Complaint, (await desk.FindAsync(recipient.Address.Value))!.Suppression);
        Assert.Equal((4, 0), ((await desk.FindAsync(issue.Id)).Tally.Sent, (await desk.FindAsync(issue.Id)).Tally.Unknown));

        await desk.Get<ForgetIssues>().RunAsync(Stop);
        Assert.Equal(0, await CountAsync(desk, "newsletters", "recipients-"));
    }

    [Fact]
    public async Task An_issue_that_is_under_way_keeps_everything_however_old_it_is()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 2 });
        await desk.SeedAsync(4);
        Newsletter? issue = null;
        desk.Transport.OnCall = async (call, _, _) =>
        {
            if (call == 1)
            {
                await desk.Get<ControlNewsletter>().PauseAsync(issue!.Id, Stop);
            }

            return null;
        };
        issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        var (batch, recipient) = desk.Transport.Mails.First();
        desk.Time.Advance(TimeSpan.FromDays(100));
        await desk.Get<CountEvents>().RunAsync([EventTests.Delivered(1, batch.Id, recipient.Id)], Stop);
        await desk.Get<ForgetIssues>().RunAsync(Stop);

        Assert.Equal(2, await CountAsync(desk, "mailevents", "event|", "person|"));
        Assert.Equal(1, (await desk.Get<CountEvents>().FiguresAsync(issue.Id, Stop)).Delivered);
        await desk.Get<ControlNewsletter>().ResumeAsync(issue.Id, Stop);
        await desk.PumpAsync();
        Assert.Equal(4, desk.Transport.Addresses.Distinct().Count());
    }

    private static async Task<int> CountAsync(NewsletterDesk desk, string table, params string[] prefixes) =>
        await desk.Get<ITableStore>().AllAsync(table, Stop).CountAsync(row => prefixes.Any(prefix => row.Row.StartsWith(prefix, StringComparison.Ordinal)), Stop);
}
