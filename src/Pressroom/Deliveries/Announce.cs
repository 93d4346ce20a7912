using Microsoft.Extensions.Logging;
using Pressroom.Announcements;
using Pressroom.Articles;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Deliveries;

/// <summary>Does the next thing that a delivery needs: sends the post, finds out what became of it, edits or deletes it.</summary>
/// <remarks>
/// The ledger is written before and after each call. Killed in between, the delivery is found <see cref="DeliveryState.Sending"/>, and
/// the channel is asked to resume, never simply to send again. A message is only a hint to look: what is done depends on the row.
/// </remarks>
public sealed partial class Announce(
    Channels channels, DeliveryStore deliveries, IQueueStore queues, HostIdentity host, TimeProvider time, ILogger<Announce> logger)
{
    /// <summary>The queue that says there is something to do.</summary>
    public const string Queue = "announce";

    private const int MostAttempts = 12;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ClaimLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(6);

    /// <summary>Looks at the delivery and does what is next; where more is to be done later, a delayed message says so.</summary>
    public async Task RunAsync(AnnounceMessage message, CancellationToken cancellation)
    {
        var article = ArticleId.Parse(message.ArticleId);
        while (await deliveries.FindAsync(article, message.Channel, cancellation) is { } stored
            && await StepAsync(stored, cancellation))
        {
            // Until nothing is left to do now.
        }
    }

    // Whether to look again at once.
    private async Task<bool> StepAsync(StoredDelivery stored, CancellationToken cancellation)
    {
        var delivery = stored.Delivery;
        if (channels.Find(delivery.Channel) is not { } channel)
        {
            return !delivery.IsSettled
                && await NoteAsync(stored, delivery with { State = DeliveryState.Failed, Reason = "The channel is no longer in the settings." });
        }

        return delivery switch
        {
            { State: DeliveryState.Queued } => await TryAsync(stored, channel, resume: false, cancellation),
            { State: DeliveryState.Sending } when host.MayBeAtWork(delivery.ClaimedBy, delivery.LastTriedAt, time.GetUtcNow(), ClaimLimit) =>
                await LookAgainAsync(delivery, delivery.LastTriedAt!.Value + ClaimLimit - time.GetUtcNow(), cancellation),
            { State: DeliveryState.Sending } => await TryAsync(stored, channel, resume: true, cancellation),
            { State: DeliveryState.Unknown, Attempts: < MostAttempts } when channel.CanSettle => await TryAsync(stored, channel, resume: true, cancellation),
            { State: DeliveryState.Sent, Change: not PendingChange.None } => await ChangeAsync(stored, channel, cancellation),
            _ => false,
        };
    }

    private async Task<bool> TryAsync(StoredDelivery stored, IChannel channel, bool resume, CancellationToken cancellation)
    {
        var claimed = stored.Delivery with
        {
            State = DeliveryState.Sending,
            Attempts = stored.Delivery.Attempts + 1,
            LastTriedAt = time.GetUtcNow(),
            ClaimedBy = host.Id,
            UpdatedAt = time.GetUtcNow(),
        };
        if (await deliveries.WriteAsync(claimed, stored.ETag, cancellation) is not { } etag)
        {
            return true;
        }

        var attempt = new Attempt(
            claimed.ArticleId, claimed.Payload, claimed.Progress, claimed.Attempts, claimed.QueuedAt, stored.Delivery.LastTriedAt);
        var outcome = await CallAsync(
            channel,
            limit => resume ? channel.ResumeAsync(attempt, limit) : channel.SendAsync(attempt, limit),
            () => new SendOutcome.Unknown("No answer came in time."),
            cancellation);
        LogOutcome(claimed.ArticleId, claimed.Channel, claimed.Attempts, outcome.GetType().Name);
        return await SettleAsync(new StoredDelivery(claimed, etag), channel, outcome);
    }

    private async Task<bool> SettleAsync(StoredDelivery claimed, IChannel channel, SendOutcome outcome)
    {
        var delivery = claimed.Delivery;
        return outcome switch
        {
            SendOutcome.Sent sent => await NoteAsync(claimed, delivery with
            {
                State = DeliveryState.Sent,
                RemoteId = sent.RemoteId,
                RemoteUrl = sent.RemoteUrl,
                Reason = sent.Note,
                Progress = null,
            }),

            // A step is no failed try.
            SendOutcome.Progressed progressed => await NoteAsync(
                claimed,
                delivery with { State = DeliveryState.Queued, Progress = progressed.Progress, Attempts = delivery.Attempts - 1, Reason = null },
                progressed.After),

            SendOutcome.Refused refused => await NoteAsync(claimed, delivery with { State = DeliveryState.Failed, Reason = refused.Reason }),

            SendOutcome.TryLater later when delivery.Attempts >= MostAttempts => await NoteAsync(
                claimed, delivery with { State = DeliveryState.Failed, Reason = $"Given up after {delivery.Attempts} tries. {later.Reason}" }),

            SendOutcome.TryLater later => await NoteAsync(
                claimed, delivery with { State = DeliveryState.Queued, Reason = later.Reason }, Backoff.Longer(later.After, Backoff.After(delivery.Attempts, LongestDelay))),

            // Unknown it is, and the next look resumes.
            SendOutcome.Unknown unknown when channel.CanSettle && delivery.Attempts < MostAttempts => await NoteAsync(
                claimed, delivery with { State = DeliveryState.Unknown, ClaimedBy = null, Reason = unknown.Reason }, Backoff.After(delivery.Attempts, LongestDelay)),

            SendOutcome.Unknown unknown => await NoteAsync(claimed, delivery with { State = DeliveryState.Unknown, Reason = unknown.Reason }),
            _ => throw new InvalidOperationException($"The outcome {outcome.GetType().Name} is not known."),
        };
    }

    private async Task<bool> ChangeAsync(StoredDelivery stored, IChannel channel, CancellationToken cancellation)
    {
        var delivery = stored.Delivery;
        var isDeletion = delivery.Change == PendingChange.Delete;
        var post = new SentPost(delivery.ArticleId, delivery.RemoteId, delivery.RemoteUrl, delivery.Payload, delivery.LastTriedAt ?? delivery.QueuedAt);
        var outcome = await CallAsync(
            channel,
            limit => isDeletion
                ? channel.DeleteAsync(post, limit)
                : channel.EditAsync(post, new ComposedPost(delivery.Text, 0, null, "", delivery.ChangedPayload!), limit),
            () => new ChangeOutcome.TryLater(null, "No answer came in time."),
            cancellation);

        var word = isDeletion ? "deletion" : "change";
        var settled = delivery with { Change = PendingChange.None, ChangedPayload = null, ChangeAttempts = 0 };
        return outcome switch
        {
            ChangeOutcome.Done when isDeletion => await NoteAsync(
                stored, settled with { RemoteId = null, RemoteUrl = null, Reason = "The post was deleted with its article." }),
            ChangeOutcome.Done done => await NoteAsync(stored, settled with
            {
                Payload = delivery.ChangedPayload!,
                RemoteId = done.RemoteId ?? delivery.RemoteId,
                RemoteUrl = done.RemoteUrl ?? delivery.RemoteUrl,
                Reason = null,
            }),
            ChangeOutcome.Refused refused => await NoteAsync(stored, settled with { Reason = $"The article's {word} was refused. {refused.Reason}" }),
            ChangeOutcome.TryLater later when delivery.ChangeAttempts + 1 >= MostAttempts =>
                await NoteAsync(stored, settled with { Reason = $"The article's {word} could not be carried over. {later.Reason}" }),
            ChangeOutcome.TryLater later => await NoteAsync(
                stored,
                delivery with { ChangeAttempts = delivery.ChangeAttempts + 1, Reason = later.Reason },
                Backoff.Longer(later.After, Backoff.After(delivery.ChangeAttempts + 1, LongestDelay))),
            _ => await NoteAsync(stored, settled with { Reason = $"This network takes no {word} of a post." }),
        };
    }

    private static Task<T> CallAsync<T>(IChannel channel, Func<CancellationToken, Task<T>> call, Func<T> onTimeOut, CancellationToken cancellation)
        where T : notnull => Traces.AnnounceAsync(channel.Name, channel.Kind, async () =>
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(CallLimit);
        try
        {
            return await call(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return onTimeOut();
        }
    });

    // Writes what is known, which no stop may lose, and returns whether to look again at once. Where there is more to do after a
    // while, the message for it is held until the ledger says so.
    private async Task<bool> NoteAsync(StoredDelivery stored, Delivery delivery, TimeSpan after = default)
    {
        var noted = delivery with { UpdatedAt = time.GetUtcNow() };
        var message = new AnnounceMessage(delivery.ArticleId.Value, delivery.Channel).ToJson();
        var intent = after > TimeSpan.Zero ? await Intent.HoldAsync(queues, Queue, message, CancellationToken.None) : null;
        var isWritten = await deliveries.WriteAsync(noted, stored.ETag, CancellationToken.None) is not null
            || await MergeAsync(stored.Delivery, noted);
        if (isWritten && noted.State != stored.Delivery.State)
        {
            Metrics.Delivered(noted.Channel, noted.State);
        }

        if (intent is not null)
        {
            await intent.ReleaseAsync(after);
            return false;
        }

        // More to do now: the next step of sending, or a change of the article that came in the meantime.
        return isWritten && (noted.State is DeliveryState.Queued or DeliveryState.Sent);
    }

    // The row changed during the call. Mostly the article was edited: keep that, and what became of the post. If another process has
    // taken the claim over, only the certainty that the post is out counts more than what that one knows.
    private async Task<bool> MergeAsync(Delivery claimed, Delivery noted)
    {
        while (await deliveries.FindAsync(noted.ArticleId, noted.Channel, CancellationToken.None) is { Delivery: var current } stored)
        {
            var isTakenOver = current.ClaimedBy != claimed.ClaimedBy || current.Attempts != claimed.Attempts;
            if (isTakenOver && (noted.State != DeliveryState.Sent || current.State == DeliveryState.Sent))
            {
                return false;
            }

            var merged = noted with { Revision = current.Revision, Change = current.Change, ChangedPayload = current.ChangedPayload, ChangeAttempts = current.ChangeAttempts };
            if (await deliveries.WriteAsync(merged, stored.ETag, CancellationToken.None) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> LookAgainAsync(Delivery delivery, TimeSpan after, CancellationToken cancellation)
    {
        await queues.SendAsync(Queue, new AnnounceMessage(delivery.ArticleId.Value, delivery.Channel).ToJson(), after, cancellation);
        return false;
    }

    [LoggerMessage(LogLevel.Information, "Article {Article} to channel {Channel}, try {Attempt}: {Outcome}.")]
    private partial void LogOutcome(ArticleId article, string channel, int attempt, string outcome);
}
