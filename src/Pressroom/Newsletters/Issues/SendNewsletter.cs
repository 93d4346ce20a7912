using Microsoft.Extensions.Logging;
using Pressroom.Deliveries;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Newsletters.Writing;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Issues;

/// <summary>Sends the next batch of a lane, and says that there is one after it.</summary>
/// <remarks>
/// The ledger is written before and after each call. Killed in between, the batch is found <see cref="BatchState.Sending"/>: where the
/// transport repeats safely, those of its recipients who have not left are sent to again; otherwise it is <see cref="BatchState.Unknown"/>,
/// and the lane goes on behind it. A lane goes through its subscribers in the order of their ids, and each batch's place is written with
/// it, so nobody is in two batches. A message is only a hint to look: what is done depends on the rows.
/// </remarks>
public sealed partial class SendNewsletter(
    NewsletterStore newsletters, SubscriberStore subscribers, IMailTransport transport, SubscriberLinks links, FinishNewsletter finish, IQueueStore queues,
    HostIdentity host, TimeProvider time, ILogger<SendNewsletter> logger)
{
    /// <summary>The queue of batches.</summary>
    public const string Queue = "newsletter-send";

    private const int MostRecipients = 1_000;
    private const int MostAttempts = 12;

    // For a whole call, or, of a transport that tells of each recipient, from one to the next.
    private static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ClaimLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    /// <summary>Looks at the batch and does what is next; nothing while the issue is paused or cancelled.</summary>
    public async Task RunAsync(SendNewsletterMessage message, CancellationToken cancellation)
    {
        var id = NewsletterId.Parse(message.Newsletter);
        if (await newsletters.FindAsync(id, cancellation) is not { Newsletter: { State: NewsletterState.Sending or NewsletterState.Sent } issue })
        {
            return;
        }

        // Read before anything is claimed: after the claim only the call itself may fail, or it would have to be called unknown.
        var content = await newsletters.ReadContentAsync(id, cancellation);
        var name = new BatchName(message.Lane, message.Batch);
        var taken = await newsletters.FindBatchAsync(id, name, cancellation) is null ? await TakeNextAsync(issue, name, cancellation) : null;
        if (taken is TakenBatch.None)
        {
            await newsletters.EndLaneAsync(id, name.Lane, time.GetUtcNow(), cancellation);
            await finish.RunAsync(id, cancellation);
            return;
        }

        var step = taken is TakenBatch.Made made
            ? await SendAsync(issue, content, made.Stored, made.Recipients)
            : Step.LookAgain;
        while (step == Step.LookAgain)
        {
            step = await newsletters.FindBatchAsync(id, name, cancellation) is { } stored
                ? await StepAsync(issue, content, stored, cancellation)
                : Step.Wait;
        }

        if (step == Step.GoOn)
        {
            await GoOnAsync(issue, name, isFirstTry: taken is TakenBatch.Made, cancellation);
        }
    }

    private enum Step
    {
        LookAgain,
        GoOn,
        Wait,
    }

    private abstract record TakenBatch
    {
        /// <summary>The lane is at its end.</summary>
        public sealed record None : TakenBatch;

        /// <summary>This call has made it, and is to send it.</summary>
        public sealed record Made(StoredBatch Stored, IReadOnlyList<MailRecipient> Recipients) : TakenBatch;

        /// <summary>Another is there, or nothing may be made.</summary>
        public sealed record Other : TakenBatch;
    }

    private async Task<Step> StepAsync(Newsletter issue, MailContent content, StoredBatch stored, CancellationToken cancellation)
    {
        var batch = stored.Batch;
        switch (batch.State)
        {
            case BatchState.Queued when batch.RetryAt > time.GetUtcNow():
                await AskAsync(issue.Id, batch.Name, batch.RetryAt.Value - time.GetUtcNow());
                return Step.Wait;
            case BatchState.Queued:
                return await ClaimAsync(issue, content, stored, batch, cancellation);
            case BatchState.Sending when host.MayBeAtWork(batch.ClaimedBy, batch.LastTriedAt, time.GetUtcNow(), ClaimLimit):
                await AskAsync(issue.Id, batch.Name, batch.LastTriedAt!.Value + ClaimLimit - time.GetUtcNow());
                return Step.Wait;
            case BatchState.Sending:
                LogLeftBehind(issue.Id.Value, batch.Name.ToString());
                var left = LeftBehind(batch);
                return left.Marks.Has(RecipientMarks.Open)
                    ? await ClaimAsync(issue, content, stored, left, cancellation)
                    : await WriteAsync(issue.Id, left.Settled(), stored.ETag) is null ? Step.LookAgain : Step.GoOn;
            default:
                return Step.GoOn;
        }
    }

    // What a dead process left: the provider's events, or a transport that repeats safely, leave no doubt; else who was in the call is unsure.
    private NewsletterBatch LeftBehind(NewsletterBatch batch)
    {
        if (batch.IsProven)
        {
            return batch.Proven();
        }

        if (transport.RepeatsSafely)
        {
            return batch with { Marks = batch.Marks.With(RecipientMarks.InFlight, RecipientMarks.Open) };
        }

        var marks = batch.Marks.With(RecipientMarks.InFlight, RecipientMarks.Unsure);
        return batch with
        {
            Marks = batch.Reports ? marks : marks.With(RecipientMarks.Open, RecipientMarks.Unsure),
            Reason = "The process ended while it was sending.",
        };
    }

    // Who has left by now is not in it; who came after the issue was made neither.
    private async Task<TakenBatch> TakeNextAsync(Newsletter issue, BatchName name, CancellationToken cancellation)
    {
        if (issue.State != NewsletterState.Sending || name.Lane >= issue.Lanes)
        {
            return new TakenBatch.Other();
        }

        SubscriberId? after = null;
        if (name.Number > 0)
        {
            if (await newsletters.FindBatchAsync(issue.Id, name with { Number = name.Number - 1 }, cancellation) is not { Batch: var before })
            {
                return new TakenBatch.Other();
            }

            after = before.Last;
        }

        var most = Math.Min(MostRecipients, transport.MostRecipients);
        var recipients = new List<MailRecipient>(most);
        await foreach (var page in subscribers.PagesAsync(issue.ShardsOf(name.Lane), after, Math.Clamp(most * 2, 50, MostRecipients), cancellation))
        {
            recipients.AddRange(page.Select(stored => stored.Subscriber)
                .Where(subscriber => issue.Audience.Includes(subscriber, issue.CreatedAt))
                .Take(most - recipients.Count)
                .Select(subscriber => RecipientOf(issue, subscriber.Id, subscriber.Address!.Value)));
            if (recipients.Count == most)
            {
                break;
            }
        }

        if (recipients.Count == 0)
        {
            return new TakenBatch.None();
        }

        var ids = recipients.ConvertAll(recipient => SubscriberId.Parse(recipient.Id));
        var now = time.GetUtcNow();
        var batch = new NewsletterBatch
        {
            Name = name,
            State = BatchState.Sending,
            Marks = RecipientMarks.AllOpen(ids.Count),
            Last = ids[^1],
            Attempts = 1,
            ClaimedBy = host.Id,
            LastTriedAt = now,
            UpdatedAt = now,
        };
        return await newsletters.AddBatchAsync(issue.Id, batch, ids, cancellation) is { } etag
            ? new TakenBatch.Made(new StoredBatch(batch, etag), recipients)
            : new TakenBatch.Other();
    }

    private MailRecipient RecipientOf(Newsletter issue, SubscriberId id, EmailAddress address) =>
        new(id.Value, address, new Dictionary<string, string>(1) { [ComposeMail.UnsubscribePlaceholder] = links.Unsubscribe(id, issue.CreatedAt) });

    private async Task<Step> ClaimAsync(Newsletter issue, MailContent content, StoredBatch stored, NewsletterBatch batch, CancellationToken cancellation)
    {
        var (recipients, marks) = await OpenRecipientsAsync(issue, batch, cancellation);
        var now = time.GetUtcNow();
        var claimed = batch with
        {
            State = BatchState.Sending,
            Marks = marks,
            Attempts = batch.Attempts + 1,
            ClaimedBy = host.Id,
            LastTriedAt = now,
            UpdatedAt = now,
            RetryAt = null,
            Reports = false,
        };
        return await newsletters.WriteBatchAsync(issue.Id, claimed, stored.ETag, cancellation) is { } etag
            ? await SendAsync(issue, content, new StoredBatch(claimed, etag), recipients)
            : Step.LookAgain;
    }

    private async Task<Step> SendAsync(Newsletter issue, MailContent content, StoredBatch claimed, IReadOnlyList<MailRecipient> recipients)
    {
        var attempt = new SendAttempt(newsletters, issue.Id, claimed, recipients, time);
        if (recipients.Count == 0)
        {
            return await WriteAsync(issue.Id, claimed.Batch.Settled(), claimed.ETag) is null ? Step.LookAgain : Step.GoOn;
        }

        var outcome = await CallAsync(new MailBatch($"{issue.Id}.{claimed.Batch.Name}", "newsletter", content, recipients), attempt);
        LogOutcome(issue.Id.Value, claimed.Batch.Name.ToString(), recipients.Count, claimed.Batch.Attempts, outcome.GetType().Name);
        var step = await SettleAsync(issue, attempt, outcome);
        if (outcome is MailOutcome.Accepted accepted)
        {
            await SuppressAsync(accepted.Rejected);
        }

        return step;
    }

    // Those who are still to be sent to, and may be: the rows are read again, so that who left since the batch was made gets nothing.
    private async Task<(List<MailRecipient> Recipients, RecipientMarks Marks)> OpenRecipientsAsync(
        Newsletter issue, NewsletterBatch batch, CancellationToken cancellation)
    {
        var ids = await newsletters.RecipientsAsync(issue.Id, batch.Name, cancellation);
        var open = Enumerable.Range(0, ids.Count).Where(position => batch.Marks.Text[position] == RecipientMarks.Open).ToList();
        var addresses = open.Count == 0 ? [] : await AddressesAsync(issue, ids[open[0]], ids[open[^1]], cancellation);
        var recipients = open.Where(position => addresses.ContainsKey(ids[position]))
            .Select(position => RecipientOf(issue, ids[position], addresses[ids[position]])).ToList();
        var marks = batch.Marks.With(text =>
        {
            foreach (var position in open.Where(position => !addresses.ContainsKey(ids[position])))
            {
                text[position] = RecipientMarks.Left;
            }
        });
        return (recipients, marks);
    }

    private async Task<Dictionary<SubscriberId, EmailAddress>> AddressesAsync(Newsletter issue, SubscriberId first, SubscriberId last, CancellationToken cancellation)
    {
        var addresses = new Dictionary<SubscriberId, EmailAddress>();
        await foreach (var page in subscribers.RangeAsync(first, last, MostRecipients, cancellation))
        {
            foreach (var subscriber in page.Select(stored => stored.Subscriber).Where(subscriber => issue.Audience.Includes(subscriber, issue.CreatedAt)))
            {
                addresses[subscriber.Id] = subscriber.Address!.Value;
            }
        }

        return addresses;
    }

    // A stop of the host does not break a call off: what it left would have to be called unknown.
    private async Task<MailOutcome> CallAsync(MailBatch batch, SendAttempt attempt)
    {
        using var limit = new CancellationTokenSource(CallLimit, time);
        try
        {
            return await transport.SendAsync(
                batch,
                async progress =>
                {
                    await attempt.ReportAsync(progress);
                    limit.CancelAfter(CallLimit);
                },
                limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new MailOutcome.Unknown("No answer came in time.");
        }
    }

    private async Task<Step> SettleAsync(Newsletter issue, SendAttempt attempt, MailOutcome outcome)
    {
        var batch = attempt.Batch;
        var isFinal = batch.Attempts >= MostAttempts;
        var (next, delay) = outcome switch
        {
            MailOutcome.Accepted accepted => (batch with
            {
                Marks = attempt.MarkAll(RecipientMarks.Sent, accepted.Rejected),
                ProviderMessageId = accepted.ProviderMessageId,

                // Somebody may be unsure since an earlier try.
                Reason = batch.Marks.Has(RecipientMarks.Unsure) ? batch.Reason : null,
            }, null),
            MailOutcome.Refused refused => (batch with { Marks = attempt.MarkRest(RecipientMarks.Failed), Reason = refused.Reason }, null),
            MailOutcome.TryLater later when isFinal => (batch with
            {
                Marks = attempt.MarkRest(RecipientMarks.Failed),
                Reason = $"Given up after {batch.Attempts} tries. {later.Reason}",
            }, null),
            MailOutcome.TryLater later => (
                batch with { Marks = attempt.MarkRest(RecipientMarks.Open), Reason = later.Reason }, Backoff.Longer(later.After, Backoff.After(batch.Attempts, LongestDelay))),
            MailOutcome.Unknown unknown when transport.RepeatsSafely && !isFinal =>
                (batch with { Marks = attempt.MarkRest(RecipientMarks.Open), Reason = unknown.Reason }, (TimeSpan?)Backoff.After(batch.Attempts, LongestDelay)),

            // Of a transport that tells of each, only the one that it was at is unsure, and it can go on behind it.
            MailOutcome.Unknown unknown when batch.Reports =>
                (batch with { Marks = batch.Marks.With(RecipientMarks.InFlight, RecipientMarks.Unsure), Reason = unknown.Reason }, Backoff.After(1, LongestDelay)),
            MailOutcome.Unknown unknown => (batch with { Marks = attempt.MarkRest(RecipientMarks.Unsure), Reason = unknown.Reason }, null),
            _ => throw new InvalidOperationException($"The outcome {outcome.GetType().Name} is not known."),
        };
        if (!next.Marks.Has(RecipientMarks.Open))
        {
            delay = null;
        }

        if (delay is not { } after)
        {
            return await MergeAsync(issue.Id, next.Settled(), attempt) ? Step.GoOn : Step.LookAgain;
        }

        // Who got it is not tried again, so a try that got on does not count.
        var gotOn = next.Marks.SentCount > attempt.SentBefore;
        var waiting = next with { State = BatchState.Queued, ClaimedBy = null, Attempts = gotOn ? 0 : next.Attempts, RetryAt = time.GetUtcNow() + after };
        var intent = await Intent.HoldAsync(queues, Queue, new SendNewsletterMessage(issue.Id.Value, next.Name.Lane, next.Name.Number).ToJson(), CancellationToken.None);
        var isWritten = await MergeAsync(issue.Id, waiting, attempt);
        await intent.ReleaseAsync(isWritten ? after : TimeSpan.Zero);
        return Step.Wait;
    }

    // The row may have changed during the call: an event proved it, which the outcome knows better; or another process took it over.
    private async Task<bool> MergeAsync(NewsletterId id, NewsletterBatch batch, SendAttempt attempt)
    {
        var etag = attempt.ETag;
        while (await WriteAsync(id, batch, etag) is null)
        {
            if (await newsletters.FindBatchAsync(id, batch.Name, CancellationToken.None) is not { Batch: var current } stored || !attempt.Holds(current))
            {
                return false;
            }

            etag = stored.ETag;
            batch = current.IsProven ? batch.Proven() : batch;
        }

        return true;
    }

    private Task<ETag?> WriteAsync(NewsletterId id, NewsletterBatch batch, ETag etag) =>
        newsletters.WriteBatchAsync(id, batch with { UpdatedAt = time.GetUtcNow() }, etag, CancellationToken.None);

    private async Task GoOnAsync(Newsletter issue, BatchName name, bool isFirstTry, CancellationToken cancellation)
    {
        var next = name with { Number = name.Number + 1 };
        if (isFirstTry)
        {
            await AskAsync(issue.Id, next, TimeSpan.Zero);
        }
        else if (await newsletters.IsLaneEndedAsync(issue.Id, name.Lane, cancellation))
        {
            // Sent again by a person: the figures of a finished issue follow.
            await finish.RunAsync(issue.Id, cancellation);
        }
        else if (await newsletters.FindBatchAsync(issue.Id, next, cancellation) is null)
        {
            await AskAsync(issue.Id, next, TimeSpan.Zero);
        }
    }

    private Task AskAsync(NewsletterId id, BatchName name, TimeSpan delay) => queues.SendAsync(
        Queue,
        new SendNewsletterMessage(id.Value, name.Lane, name.Number).ToJson(),
        delay > TimeSpan.Zero ? delay : TimeSpan.Zero,
        CancellationToken.None);

    private async Task SuppressAsync(IReadOnlyList<string> rejected)
    {
        foreach (var id in rejected)
        {
            await subscribers.ChangeAsync(SubscriberId.Parse(id), subscriber => subscriber.Suppressed(Suppression.Bounce, time.GetUtcNow()), CancellationToken.None);
        }
    }

    [LoggerMessage(LogLevel.Information, "Newsletter {Newsletter}, batch {Batch} of {Recipients} recipients, try {Attempt}: {Outcome}.")]
    private partial void LogOutcome(string newsletter, string batch, int recipients, int attempt, string outcome);

    [LoggerMessage(LogLevel.Warning, "Newsletter {Newsletter}, batch {Batch}: its process ended while it was sending.")]
    private partial void LogLeftBehind(string newsletter, string batch);
}

/// <summary>One call for a batch: keeps in the ledger how far it is.</summary>
internal sealed class SendAttempt(NewsletterStore newsletters, NewsletterId id, StoredBatch claimed, IReadOnlyList<MailRecipient> recipients, TimeProvider time)
{
    // Where in the batch each recipient of the call is.
    private readonly List<int> positions = Enumerable.Range(0, claimed.Batch.Marks.Count)
        .Where(position => claimed.Batch.Marks.Text[position] == RecipientMarks.Open).ToList();

    public NewsletterBatch Batch { get; private set; } = claimed.Batch;

    public ETag ETag { get; private set; } = claimed.ETag;

    /// <summary>How many had got it before this call.</summary>
    public int SentBefore { get; } = claimed.Batch.Marks.SentCount;

    /// <summary>Writes that some are done, and who is being sent to.</summary>
    /// <exception cref="InvalidOperationException">Another process has taken the batch over: the transport must not go on.</exception>
    public async Task ReportAsync(MailProgress progress)
    {
        var now = time.GetUtcNow();
        Batch = Batch with
        {
            Reports = true,
            LastTriedAt = now,
            UpdatedAt = now,
            Marks = Batch.Marks.With(text =>
            {
                for (var i = 0; i < positions.Count; i++)
                {
                    text[positions[i]] = i < progress.Done ? RecipientMarks.Sent
                        : i == progress.Done && progress.IsSending ? RecipientMarks.InFlight
                        : RecipientMarks.Open;
                }
            }),
        };
        ETag? written;
        while ((written = await newsletters.WriteBatchAsync(id, Batch, ETag, CancellationToken.None)) is null)
        {
            ETag = await newsletters.FindBatchAsync(id, Batch.Name, CancellationToken.None) is { } current && Holds(current.Batch)
                ? current.ETag
                : throw new InvalidOperationException("The batch was taken over.");
        }

        ETag = written.Value;
    }

    /// <summary>Whether the row is still this call's.</summary>
    public bool Holds(NewsletterBatch current) =>
        current.State == BatchState.Sending && current.ClaimedBy == Batch.ClaimedBy && current.Attempts == Batch.Attempts;

    /// <summary>Everybody in the call, but those who were rejected.</summary>
    public RecipientMarks MarkAll(char mark, IReadOnlyList<string> rejected)
    {
        var marks = MarkRest(mark);
        return rejected.Count == 0 ? marks : marks.With(text =>
        {
            foreach (var position in positions.Where((_, index) => rejected.Contains(recipients[index].Id, StringComparer.Ordinal)))
            {
                text[position] = RecipientMarks.Rejected;
            }
        });
    }

    /// <summary>Those in the call who are not dealt with.</summary>
    public RecipientMarks MarkRest(char mark) => Batch.Marks.With(RecipientMarks.InFlight, mark).With(RecipientMarks.Open, mark);
}
