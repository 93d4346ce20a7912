using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Tests.Newsletters;

public sealed class EventTests
{
    [Fact]
    public async Task Each_event_counts_once_in_any_order_and_however_often_it_comes()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(200);
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        var now = desk.Time.GetUtcNow();
        var events = new List<MailEvent>();
        foreach (var (batch, recipient, i) in desk.Transport.Mails.Select((mail, i) => (mail.Batch.Id, mail.Recipient.Id, i)))
        {
            events.Add(Make($"p{i}", MailEventKind.Processed, batch, recipient, now));
            events.Add(i < 10 ? Make($"b{i}", MailEventKind.Bounced, batch, recipient, now, suppresses: true) : Make($"d{i}", MailEventKind.Delivered, batch, recipient, now));
            if (i is >= 10 and < 60)
            {
                events.Add(Make($"o{i}", MailEventKind.Opened, batch, recipient, now));
                events.Add(Make($"o{i}-again", MailEventKind.Opened, batch, recipient, now.AddHours(1)));
                events.Add(Make($"m{i}", MailEventKind.Opened, batch, recipient, now) with { IsMachine = true });
            }

            if (i is >= 10 and < 30)
            {
                events.Add(Make($"c{i}", MailEventKind.Clicked, batch, recipient, now));
            }

            if (i is >= 60 and < 63)
            {
                events.Add(Make($"s{i}", MailEventKind.Complained, batch, recipient, now, suppresses: true));
            }
        }

        var random = new Random(3);
        var count = desk.Get<CountEvents>();
        for (var round = 0; round < 3; round++)
        {
            foreach (var some in events.OrderBy(_ => random.Next()).Chunk(70))
            {
                await count.RunAsync(some, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal(new NewsletterFigures(190, 10, 3, 0, 50, 20), await count.FiguresAsync(issue.Id, TestContext.Current.CancellationToken));
        var shown = await desk.EditorAsync((functions, request) => functions.Get(request, issue.Id.Value, default));
        Assert.Equal((190, 50), ((int)shown.Json["figures"]!["delivered"]!, (int)shown.Json["figures"]!["opened"]!));
    }

    [Fact]
    public async Task The_same_events_from_many_calls_at_once_count_once()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(50);
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        var events = desk.Transport.Mails.Select((mail, i) => Delivered(i, mail.Batch.Id, mail.Recipient.Id)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => desk.Get<CountEvents>().RunAsync(events, TestContext.Current.CancellationToken))));
        Assert.Equal(50, (await desk.Get<CountEvents>().FiguresAsync(issue.Id, TestContext.Current.CancellationToken)).Delivered);
    }

    [Fact]
    public async Task Bounces_complaints_and_unsubscribes_end_a_subscription_and_a_complaint_weighs_most()
    {
        await using var desk = NewsletterDesk.Open();
        var all = await desk.SeedAsync(4);
        var now = desk.Time.GetUtcNow();
        await desk.Get<CountEvents>().RunAsync(
            [
                Make("1", MailEventKind.Complained, null, all[0].Id.Value, now, suppresses: true),
                Make("2", MailEventKind.Bounced, null, all[0].Id.Value, now, suppresses: true),
                Make("3", MailEventKind.Bounced, "elsewhere", all[1].Id.Value, now, suppresses: true),
                Make("4", MailEventKind.Unsubscribed, null, all[2].Id.Value, now, suppresses: true),
                Make("5", MailEventKind.Blocked, null, all[3].Id.Value, now),
                Make("6", MailEventKind.Dropped, null, "no id", now, suppresses: true),
            ],
            TestContext.Current.CancellationToken);
        Assert.Equal(Suppression.Complaint, (await desk.FindAsync("reader0@example.net"))!.Suppression);
        Assert.Equal(Suppression.Bounce, (await desk.FindAsync("reader1@example.net"))!.Suppression);
        Assert.Equal(SubscriberState.Unsubscribed, (await desk.FindAsync("reader2@example.net"))!.State);
        Assert.Equal(SubscriberState.Confirmed, (await desk.FindAsync("reader3@example.net"))!.State);

        await desk.StartLetterAsync();
        await desk.PumpAsync();
        Assert.Equal(["reader3@example.net"], desk.Transport.Addresses);
    }

    [Fact]
    public async Task An_old_event_does_not_end_a_newer_subscription()
    {
        await using var desk = NewsletterDesk.Open();
        var subscriber = (await desk.SeedAsync(1))[0];
        await desk.Get<CountEvents>().RunAsync(
            [Make("1", MailEventKind.Bounced, null, subscriber.Id.Value, subscriber.ConfirmedAt!.Value.AddMinutes(-1), suppresses: true)], TestContext.Current.CancellationToken);
        Assert.Equal(SubscriberState.Confirmed, (await desk.FindAsync("reader0@example.net"))!.State);
    }

    [Fact]
    public async Task Any_event_settles_a_batch_of_unknown_outcome()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 2 });
        await desk.SeedAsync(4);
        desk.Transport.OnCall = (_, batch, _) =>
        {
            desk.Transport.TakeOver(batch);
            return Task.FromResult<MailOutcome?>(new MailOutcome.Unknown("The connection broke."));
        };
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        Assert.Equal((0, 4), ((await desk.FindAsync(issue.Id)).Tally.Sent, (await desk.FindAsync(issue.Id)).Tally.Unknown));

        var (batch, recipient) = desk.Transport.Mails.First();
        await desk.Get<CountEvents>().RunAsync([Make("1", MailEventKind.Processed, batch.Id, recipient.Id, desk.Time.GetUtcNow())], TestContext.Current.CancellationToken);
        Assert.Equal((2, 2), ((await desk.FindAsync(issue.Id)).Tally.Sent, (await desk.FindAsync(issue.Id)).Tally.Unknown));
    }

    [Fact]
    public async Task An_event_during_the_call_proves_it_even_if_its_answer_never_comes()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(4);
        desk.Transport.OnCall = async (_, batch, _) =>
        {
            desk.Transport.TakeOver(batch);
            await desk.Get<CountEvents>().RunAsync([Make("1", MailEventKind.Processed, batch.Id, batch.Recipients[0].Id, desk.Time.GetUtcNow())], TestContext.Current.CancellationToken);
            return new MailOutcome.Unknown("The connection broke.");
        };
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        Assert.Equal((4, 0), ((await desk.FindAsync(issue.Id)).Tally.Sent, (await desk.FindAsync(issue.Id)).Tally.Unknown));
    }

    [Fact]
    public async Task An_event_of_no_batch_of_ours_is_not_counted()
    {
        await using var desk = NewsletterDesk.Open();
        var subscriber = (await desk.SeedAsync(1))[0];
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        await desk.Get<CountEvents>().RunAsync(
            [
                Make("1", MailEventKind.Delivered, $"{issue.Id}.00-00009", subscriber.Id.Value, desk.Time.GetUtcNow()),
                Make("2", MailEventKind.Delivered, "letter-x", subscriber.Id.Value, desk.Time.GetUtcNow()),
                Make("3", MailEventKind.Delivered, "../../x.00-00000", "/\\#?", desk.Time.GetUtcNow()),
                Make("4", MailEventKind.Delivered, $"{issue.Id}.00-00000", "/\\#?", desk.Time.GetUtcNow()),
            ],
            TestContext.Current.CancellationToken);
        Assert.Equal(NewsletterFigures.None, await desk.Get<CountEvents>().FiguresAsync(issue.Id, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sendgrids_call_is_counted_and_a_call_that_it_did_not_sign_is_not()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(1);
        var issue = await desk.StartLetterAsync();
        await desk.PumpAsync();
        var (batch, recipient) = desk.Transport.Mails.Single();
        var body = JsonSerializer.SerializeToUtf8Bytes(new[]
        {
            new
            {
                email = recipient.Address.Value,
                timestamp = desk.Time.GetUtcNow().ToUnixTimeSeconds(),
                @event = "spamreport",
                sg_event_id = "e1",
                batch = batch.Id,
                recipient = recipient.Id,
            },
        });
        var timestamp = desk.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToBase64String(NewsletterDesk.WebhookSigner.SignData(
            [.. Encoding.ASCII.GetBytes(timestamp), .. body], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

        Assert.Equal(400, (await desk.WebhookAsync(NewsletterDesk.Body("application/json", body))).Status);
        Assert.Equal(400, (await desk.WebhookAsync(Signed(signature, timestamp, [.. body, 0x20]))).Status);
        Assert.Equal(SubscriberState.Confirmed, (await desk.FindAsync("reader0@example.net"))!.State);
        for (var again = 0; again < 3; again++)
        {
            Assert.Equal(204, (await desk.WebhookAsync(Signed(signature, timestamp, body))).Status);
        }

        Assert.Equal(Suppression.Complaint, (await desk.FindAsync("reader0@example.net"))!.Suppression);
        Assert.Equal(1, (await desk.Get<CountEvents>().FiguresAsync(issue.Id, TestContext.Current.CancellationToken)).Complained);

        static Action<HttpRequest> Signed(string signature, string timestamp, byte[] body) => NewsletterDesk.Body("application/json", body) + (request =>
        {
            request.Headers[EventSignature.SignatureHeader] = signature;
            request.Headers[EventSignature.TimestampHeader] = timestamp;
        });
    }

    internal static MailEvent Delivered(int number, string batch, string recipient) =>
        Make(number.ToString(CultureInfo.InvariantCulture), MailEventKind.Delivered, batch, recipient, DateTimeOffset.UnixEpoch);

    private static MailEvent Make(string id, MailEventKind kind, string? batch, string? recipient, DateTimeOffset at, bool suppresses = false) =>
        new(id, kind, at, batch, recipient, null, null, null, false, suppresses);
}
