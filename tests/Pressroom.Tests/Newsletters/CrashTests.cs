using Pressroom.Newsletters.Issues;

namespace Pressroom.Tests.Newsletters;

/// <summary>The process ends at every single write of an issue, and before and after every mail; a new one goes on.</summary>
public sealed class CrashTests
{
    private const int Readers = 7;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Killed_at_any_write_nobody_gets_an_issue_twice_and_nobody_is_left_out(bool repeatsSafely, bool reports)
    {
        var kills = 0;
        for (var fatal = 1; kills == fatal - 1; fatal++)
        {
            var transport = new RecordingTransport { MostRecipients = 3, RepeatsSafely = repeatsSafely, Reports = reports };
            await using var desk = NewsletterDesk.Open(transport);
            await desk.SeedAsync(Readers);
            var seed = Guid.NewGuid();
            var writes = 0;
            desk.OnWrite = () =>
            {
                if (++writes == fatal)
                {
                    throw new Killed();
                }
            };
            await RunAsync(desk, seed, () => kills++);
            desk.OnWrite = () => { };
            await SettleAsync(desk, NewsletterId.Letter(seed), $"killed at write {fatal}");
        }

        Assert.InRange(kills, 15, 500);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_in_the_midst_of_a_call_the_batch_is_unknown_or_safely_repeated(bool repeatsSafely)
    {
        foreach (var isTaken in new[] { false, true })
        {
            for (var fatal = 1; fatal <= 3; fatal++)
            {
                var transport = new RecordingTransport { MostRecipients = 3, RepeatsSafely = repeatsSafely };
                await using var desk = NewsletterDesk.Open(transport);
                await desk.SeedAsync(Readers);
                transport.OnCall = (call, batch, _) =>
                {
                    if (call != fatal)
                    {
                        return Task.FromResult<Pressroom.Newsletters.Mail.MailOutcome?>(null);
                    }

                    if (isTaken)
                    {
                        transport.TakeOver(batch);
                    }

                    throw new Killed();
                };
                var seed = Guid.NewGuid();
                var kills = 0;
                await RunAsync(desk, seed, () => kills++);
                Assert.Equal(1, kills);
                var issue = await desk.FindAsync(NewsletterId.Letter(seed));
                Assert.Equal(NewsletterState.Sent, issue.State);
                Assert.Equal(repeatsSafely, issue.Tally.Unknown == 0);
                await SettleAsync(desk, issue.Id, $"killed in call {fatal}, taken: {isTaken}");
            }
        }
    }

    [Fact]
    public async Task Of_a_transport_that_tells_of_each_only_the_one_it_was_at_is_unsure()
    {
        for (var fatal = 1; fatal <= Readers; fatal++)
        {
            var transport = new RecordingTransport { MostRecipients = 3, Reports = true };
            await using var desk = NewsletterDesk.Open(transport);
            await desk.SeedAsync(Readers);
            var isKilled = false;
            transport.OnRecipient = number =>
            {
                if (number == fatal && !isKilled)
                {
                    isKilled = true;
                    throw new Killed();
                }
            };
            var seed = Guid.NewGuid();
            await RunAsync(desk, seed, () => { });
            var issue = await desk.FindAsync(NewsletterId.Letter(seed));
            Assert.Equal((Readers - 1, 1), (issue.Tally.Sent, issue.Tally.Unknown));
            await SettleAsync(desk, issue.Id, $"killed at recipient {fatal}");
        }
    }

    [Fact]
    public async Task Where_other_processes_may_live_a_claim_is_respected_until_its_time_is_up()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(2);
        var issue = await desk.StartLetterAsync();
        desk.Transport.OnCall = (_, _, _) => throw new Killed();
        await Assert.ThrowsAsync<Killed>(() => desk.PumpAsync());

        // The same process: as far as it can know, the call is still under way.
        desk.Transport.OnCall = (_, _, _) => Task.FromResult<Pressroom.Newsletters.Mail.MailOutcome?>(null);
        await desk.RunAsync(SendNewsletter.Queue, new SendNewsletterMessage(issue.Id.Value, 0, 0).ToJson());
        Assert.Equal(BatchState.Sending, (await desk.Newsletters.FindBatchAsync(issue.Id, new BatchName(0, 0), TestContext.Current.CancellationToken))!.Batch.State);
        await desk.PumpAsync(TimeSpan.FromMinutes(6));
        Assert.Equal(BatchState.Unknown, (await desk.Newsletters.FindBatchAsync(issue.Id, new BatchName(0, 0), TestContext.Current.CancellationToken))!.Batch.State);
        Assert.Single(desk.Transport.Calls);
    }

    // The editor sends the letter again until it is accepted, and the host starts again whenever it was killed.
    private static async Task RunAsync(NewsletterDesk desk, Guid seed, Action onKilled)
    {
        while (true)
        {
            try
            {
                await desk.Get<SendLetter>().StartAsync(seed, new Letter("Sujet", "Texte.", null, []), TestContext.Current.CancellationToken);
                await desk.PumpAsync(TimeSpan.FromMinutes(10));
                return;
            }
            catch (Killed)
            {
                onKilled();
                await desk.RestartAsync();
            }
        }
    }

    // The provider's events settle what it took over; of the rest a person decides.
    private static async Task SettleAsync(NewsletterDesk desk, NewsletterId id, string when)
    {
        Assert.Equal(desk.Transport.Addresses.Count, desk.Transport.Addresses.Distinct().Count());
        var events = desk.Transport.Mails.Select((mail, number) => EventTests.Delivered(number, mail.Batch.Id, mail.Recipient.Id)).ToList();
        if (!desk.Transport.Reports)
        {
            await desk.Get<CountEvents>().RunAsync(events, TestContext.Current.CancellationToken);
        }

        await foreach (var stored in desk.Newsletters.AllBatchesAsync(id, TestContext.Current.CancellationToken))
        {
            if (stored.Batch.State == BatchState.Unknown && !desk.Transport.Reports)
            {
                await desk.Get<ControlNewsletter>().RetryAsync(id, stored.Batch.Name, TestContext.Current.CancellationToken);
            }
        }

        await desk.PumpAsync(TimeSpan.FromMinutes(10));
        var issue = await desk.FindAsync(id);
        Assert.True(issue.State == NewsletterState.Sent, when);
        var unsure = desk.Transport.Reports ? issue.Tally.Unknown : 0;
        Assert.True(issue.Tally.Unknown == unsure && issue.Tally.Sent + unsure == Readers, $"{when}: {issue.Tally}");
        var addresses = desk.Transport.Addresses;
        Assert.True(addresses.Count == addresses.Distinct().Count(), $"{when}: somebody got it twice");
        Assert.True(addresses.Count >= Readers - unsure && addresses.Count <= Readers, $"{when}: {addresses.Count} mails, {unsure} unsure");
    }
}
