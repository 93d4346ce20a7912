using Pressroom.Newsletters.Mail;

namespace Pressroom.Telemetry;

/// <summary>A transport whose mails are counted by outcome (<c>sent</c>, <c>rejected</c>, <c>refused</c>, <c>deferred</c>, <c>unknown</c>), each
/// batch in a span.</summary>
internal sealed class MeasuredTransport(IMailTransport transport) : IMailTransport
{
    public int MostRecipients => transport.MostRecipients;

    public bool RepeatsSafely => transport.RepeatsSafely;

    public async Task<MailOutcome> SendAsync(MailBatch batch, Func<MailProgress, Task> report, CancellationToken cancellation)
    {
        MailProgress? last = null;
        var outcome = await Traces.SendMailAsync(batch.Kind, batch.Recipients.Count, () => transport.SendAsync(
            batch,
            progress =>
            {
                last = progress;
                return report(progress);
            },
            cancellation));
        Count(outcome, batch.Recipients.Count, last);
        return outcome;
    }

    // Of a transport that sends one by one, those before the one that it stopped at are done.
    private static void Count(MailOutcome outcome, int recipients, MailProgress? last)
    {
        var done = last?.Done ?? 0;
        switch (outcome)
        {
            case MailOutcome.Accepted accepted:
                Metrics.Mailed("sent", recipients - accepted.Rejected.Count);
                Metrics.Mailed("rejected", accepted.Rejected.Count);
                break;
            case MailOutcome.Unknown:
                Metrics.Mailed("sent", done);
                Metrics.Mailed("unknown", last is null ? recipients : 1);
                break;
            default:
                Metrics.Mailed("sent", done);
                Metrics.Mailed(outcome is MailOutcome.Refused ? "refused" : "deferred", recipients - done);
                break;
        }
    }
}
