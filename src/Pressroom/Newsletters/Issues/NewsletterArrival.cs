using Pressroom.Backup;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Issues;

/// <summary>An issue that was under way when a backup was made is paused, and whoever a batch had in hand may have got it: a person decides how it
/// goes on.</summary>
internal sealed class NewsletterArrival : IArrival
{
    /// <inheritdoc/>
    public string Table => NewsletterStore.Table;

    /// <inheritdoc/>
    public Columns Arrive(string row, Columns columns, DateTimeOffset now) => columns.TextOrNull("state") switch
    {
        nameof(NewsletterState.Starting) or nameof(NewsletterState.Sending) when row == NewsletterStore.IssueRow =>
            columns.With("state", nameof(NewsletterState.Paused)),
        nameof(BatchState.Queued) or nameof(BatchState.Sending) => columns
            .With("state", nameof(BatchState.Unknown))
            .With("marks", new RecipientMarks(columns.Text("marks")).With(RecipientMarks.InFlight, RecipientMarks.Unsure).With(RecipientMarks.Open, RecipientMarks.Unsure).Text)
            .With("claimedBy", null)
            .With("retryAt", null)
            .With("reason", IArrival.UnderWay)
            .With("updatedAt", now),
        _ => columns,
    };
}
