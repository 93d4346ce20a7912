namespace Pressroom.Newsletters.Issues;

/// <summary>Forgets what grows with an issue's audience and is of no use once it is old: each of its events, and who was in the batches that are sent.
/// Its mail, its figures and what became of each batch stay.</summary>
public sealed class ForgetIssues(NewsletterStore newsletters, CountEvents events, TimeProvider time)
{
    // What was let in to be counted at the last moment is counted long before.
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    // So far back is looked that an issue which stood still for most of a year, or a host that did, is dealt with all the same.
    private static readonly TimeSpan LookedBack = TimeSpan.FromDays(400);

    /// <summary>Does so for the issues that ended more than ninety days ago. May be repeated.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var before = time.GetUtcNow() - CountEvents.CountedFor - Slack;
        await foreach (var issue in newsletters.MadeBetweenAsync(before - LookedBack, before, cancellation).Where(issue => issue.FinishedAt < before))
        {
            await events.ForgetAsync(issue.Id, cancellation);
            await newsletters.ForgetRecipientsAsync(issue.Id, cancellation);
        }
    }
}
