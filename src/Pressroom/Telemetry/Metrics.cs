using System.Diagnostics.Metrics;
using Pressroom.Comments;
using Pressroom.Deliveries;

namespace Pressroom.Telemetry;

/// <summary>What Pressroom counts and times. Units are UCUM's; what waits in queues is measured by <see cref="MeasureQueues"/>.</summary>
public static class Metrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Pressroom";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Deliveries =
        Meter.CreateCounter<long>("pressroom.deliveries", "{delivery}", "Tries to announce an article on a channel, by the state that they ended in.");

    private static readonly Histogram<double> PublishDuration = Meter.CreateHistogram(
        "pressroom.publish.duration", "s", "From the call to the live page.", advice: Boundaries(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10));

    private static readonly Histogram<double> PublishToFeedDuration = Meter.CreateHistogram(
        "pressroom.publish_to_feed.duration", "s", "From an article's commit to a list's feeds that carry it.", advice: Boundaries(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900));

    private static readonly Counter<long> Mails = Meter.CreateCounter<long>("pressroom.mails", "{mail}", "Mails handed over, by outcome.");

    private static readonly Counter<long> Comments =
        Meter.CreateCounter<long>("pressroom.comments", "{comment}", "Comments that came, or that were decided on, by the status that they got.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("pressroom.refusals", "{request}", "Calls answered by a 4xx, by status and function.");

    /// <summary>A call was refused.</summary>
    /// <param name="status">The status, 4xx.</param>
    /// <param name="function">The function that was called.</param>
    public static void Refused(int status, string function) => Refusals.Add(1, new("status", status), new("function", function));

    internal static void Delivered(string channel, DeliveryState state) =>
        Deliveries.Add(1, new("channel", channel), new("state", state.ToString().ToLowerInvariant()));

    internal static void Published(TimeSpan duration) => PublishDuration.Record(duration.TotalSeconds);

    internal static void ReachedFeed(TimeSpan sinceCommit) => PublishToFeedDuration.Record(sinceCommit.TotalSeconds);

    internal static void Mailed(string outcome, int mails)
    {
        if (mails > 0)
        {
            Mails.Add(mails, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    internal static void Commented(CommentStatus status) => Comments.Add(1, new KeyValuePair<string, object?>("status", status.Word()));

    private static InstrumentAdvice<double> Boundaries(params double[] seconds) => new() { HistogramBucketBoundaries = seconds };
}
