using Pressroom.Storage;

namespace Pressroom.Newsletters.Issues;

/// <summary>What a person decides of an issue under way.</summary>
public sealed class ControlNewsletter(NewsletterStore newsletters, IQueueStore queues, TimeProvider time)
{
    /// <summary>No further batch begins; those that are being sent are finished.</summary>
    /// <returns>The issue; null where there is none. Its state tells whether it could be paused.</returns>
    public Task<Newsletter?> PauseAsync(NewsletterId id, CancellationToken cancellation) => ChangeAsync(
        id,
        issue => issue.State is NewsletterState.Starting or NewsletterState.Sending ? issue with { State = NewsletterState.Paused } : issue,
        cancellation);

    /// <summary>The issue goes on where it was paused. Of one that goes on already, lanes that lost their message find it again.</summary>
    public async Task<Newsletter?> ResumeAsync(NewsletterId id, CancellationToken cancellation)
    {
        var intent = await Intent.HoldAsync(queues, StartNewsletter.Queue, new StartNewsletterMessage(id.Value).ToJson(), cancellation);
        var issue = await ChangeAsync(
            id,
            issue => issue.State is NewsletterState.Paused
                ? issue with { State = issue.Total is null ? NewsletterState.Starting : NewsletterState.Sending }
                : issue,
            cancellation);
        await (issue is null ? intent.WithdrawAsync() : intent.ReleaseAsync());
        return issue;
    }

    /// <summary>No further batch begins, for good.</summary>
    public Task<Newsletter?> CancelAsync(NewsletterId id, CancellationToken cancellation) => ChangeAsync(
        id,
        issue => issue.State is NewsletterState.Starting or NewsletterState.Sending or NewsletterState.Paused
            ? issue with { State = NewsletterState.Cancelled, FinishedAt = time.GetUtcNow() }
            : issue,
        cancellation);

    /// <summary>Sends a batch again to those who surely got nothing, or of whom it is not known; whoever decides it knows that they may get it twice.</summary>
    public async Task<RetryOutcome> RetryAsync(NewsletterId id, BatchName name, CancellationToken cancellation)
    {
        if (await newsletters.FindAsync(id, cancellation) is not { Newsletter: var issue })
        {
            return RetryOutcome.NoSuchBatch;
        }

        if (issue.State is not (NewsletterState.Sending or NewsletterState.Sent))
        {
            return RetryOutcome.NotUnderWay;
        }

        while (await newsletters.FindBatchAsync(id, name, cancellation) is { Batch: var batch } stored)
        {
            if (batch.State is not (BatchState.Failed or BatchState.Unknown))
            {
                return RetryOutcome.NothingToRetry;
            }

            var queued = batch with
            {
                State = BatchState.Queued,
                Attempts = 0,
                Marks = batch.Marks.With(RecipientMarks.Unsure, RecipientMarks.Open).With(RecipientMarks.Failed, RecipientMarks.Open),
                Reason = null,
                UpdatedAt = time.GetUtcNow(),
            };
            var intent = await Intent.HoldAsync(queues, SendNewsletter.Queue, new SendNewsletterMessage(id.Value, name.Lane, name.Number).ToJson(), cancellation);
            if (await newsletters.WriteBatchAsync(id, queued, stored.ETag, cancellation) is not null)
            {
                await intent.ReleaseAsync();
                return RetryOutcome.Queued;
            }

            await intent.WithdrawAsync();
        }

        return RetryOutcome.NoSuchBatch;
    }

    private async Task<Newsletter?> ChangeAsync(NewsletterId id, Func<Newsletter, Newsletter> change, CancellationToken cancellation)
    {
        while (await newsletters.FindAsync(id, cancellation) is { Newsletter: var issue } stored)
        {
            var changed = change(issue);
            if (changed == issue || await newsletters.WriteAsync(changed, stored.ETag, cancellation) is not null)
            {
                return changed;
            }
        }

        return null;
    }
}

/// <summary>What became of the wish to send a batch again.</summary>
public enum RetryOutcome
{
    /// <summary>It will be.</summary>
    Queued,

    /// <summary>There is no such batch.</summary>
    NoSuchBatch,

    /// <summary>The issue is paused, cancelled or not started.</summary>
    NotUnderWay,

    /// <summary>It is out, or on its way.</summary>
    NothingToRetry,
}
