using System.Text.Json.Serialization;
using Pressroom.Articles;
using Pressroom.Backup;
using Pressroom.Comments;
using Pressroom.Comments.Replies;
using Pressroom.Deliveries;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Site;
using Pressroom.Site.Lists;
using Pressroom.Storage;

namespace Pressroom.Telemetry;

/// <summary>Finds out whether the backend does its work: whether storage takes and gives, and whether anything is stuck.</summary>
/// <remarks>
/// Table <c>health</c>, partition <c>health</c>, row <c>probe</c>: when somebody last looked. Who asks within <see cref="KeptFor"/> of another
/// gets that one's answer, so that a flood of questions costs nothing.
/// </remarks>
public sealed class CheckHealth(ITableStore tables, IBlobStore blobs, IQueueStore queues, PoisonStore poison, TimeProvider time)
{
    /// <summary>All queues of work.</summary>
    public static readonly IReadOnlyList<string> Queues =
    [
        ArticleChanged.Queue, ArticleDue.Queue, RefreshList.Queue, RefreshList.HomeQueue, RebuildSite.Queue, Deliveries.Announce.Queue, StartNewsletter.Queue,
        SendNewsletter.Queue, AnswerSignup.Queue, ReviewComment.Queue, SettleComment.Queue, SendReplyNotice.Queue, ImportPublication.Queue,
    ];

    internal static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    private const string Table = "health";
    private const string Row = "probe";
    private const int MostPoison = 1_000;

    // It runs each minute.
    private const string Timer = "PublishDueArticles";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private Task<Health>? latest;
    private DateTimeOffset askedAt;

    /// <summary>Looks, unless somebody just has. Never fails; takes about <see cref="Limit"/> at most.</summary>
    public Task<Health> RunAsync(CancellationToken cancellation)
    {
        lock (gate)
        {
            if (latest is null || askedAt + KeptFor <= time.GetUtcNow())
            {
                askedAt = time.GetUtcNow();
                latest = Task.Run(LookAsync, CancellationToken.None);
            }

            return latest.WaitAsync(cancellation);
        }
    }

    private async Task<Health> LookAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var checks = await Task.WhenAll(
        [
            TryAsync(new HealthCheck("storage"), ProbeAsync),
            .. Queues.Select(queue => TryAsync(new HealthCheck("queue") { Queue = queue }, MeasureAsync)),
            TryAsync(new HealthCheck("poison"), CountPoisonAsync),
            TryAsync(new HealthCheck("timer"), FindTimerAsync),
        ]);
        return new Health(checks.Max(check => check.Status), checks);

        async Task<HealthCheck> TryAsync(HealthCheck check, Func<HealthCheck, CancellationToken, Task<HealthCheck>> look)
        {
            try
            {
                return await look(check, limit.Token).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                return check with { Status = HealthStatus.Unhealthy, Reason = "There was no answer in time." };
            }
            catch (Exception)
            {
                // Any failure is what this is there to tell of; its words may name what nobody else need know.
                return check with { Status = HealthStatus.Unhealthy, Reason = "It cannot be reached." };
            }
        }
    }

    private async Task<HealthCheck> ProbeAsync(HealthCheck check, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await tables.CommitAsync(Table, Table, [new TableOperation.Upsert(Row, new Columns { { "lookedAt", now } })], cancellation);
        var row = await tables.GetAsync(Table, Table, Row, cancellation);
        await blobs.FindAsync(new BlobPath("$web", "404.html"), cancellation);

        // Another host may have looked since.
        return row?.Columns.TimeOrNull("lookedAt") >= now ? check : check with { Status = HealthStatus.Unhealthy, Reason = "What was written is not there." };
    }

    private async Task<HealthCheck> MeasureAsync(HealthCheck check, CancellationToken cancellation)
    {
        var measure = await queues.MeasureAsync(check.Queue!, cancellation);
        var isStuck = measure.OldestAge > StuckAfter;
        return check with
        {
            Depth = measure.Depth,
            OldestSeconds = Math.Round(measure.OldestAge.TotalSeconds, 1),
            Status = isStuck ? HealthStatus.Degraded : HealthStatus.Healthy,
            Reason = isStuck ? "A message has been waiting for long." : null,
        };
    }

    private async Task<HealthCheck> CountPoisonAsync(HealthCheck check, CancellationToken cancellation)
    {
        var count = await poison.CountAsync(MostPoison, cancellation);
        return check with
        {
            Depth = count,
            Status = count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy,
            Reason = count > 0 ? "Messages failed every time; they wait to be replayed." : null,
        };
    }

    // LocalHost writes down when a timer ran; on Azure the platform knows, and here is nothing.
    private async Task<HealthCheck> FindTimerAsync(HealthCheck check, CancellationToken cancellation)
    {
        var last = (await tables.GetAsync("timers", Timer, "last", cancellation))?.Columns.TimeOrNull("last");
        var isLate = last + StuckAfter < time.GetUtcNow();
        return check with
        {
            LastRunAt = last,
            Status = isLate ? HealthStatus.Degraded : HealthStatus.Healthy,
            Reason = isLate ? "It has not run for long." : null,
        };
    }
}

/// <summary>How the backend is: as its worst check.</summary>
public sealed record Health(HealthStatus Status, IReadOnlyList<HealthCheck> Checks);

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What: <c>storage</c>, <c>queue</c>, <c>poison</c> or <c>timer</c>.</param>
public sealed record HealthCheck(string Name)
{
    /// <summary>How it is.</summary>
    public HealthStatus Status { get; init; }

    /// <summary>Which queue.</summary>
    public string? Queue { get; init; }

    /// <summary>How many messages there are; of poison at most 1,000 are counted.</summary>
    public long? Depth { get; init; }

    /// <summary>For how long the oldest visible message has waited.</summary>
    public double? OldestSeconds { get; init; }

    /// <summary>When the timer last ran; null where that is not known.</summary>
    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>What is wrong, for anybody to read.</summary>
    public string? Reason { get; init; }
}

/// <summary>From good to bad.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthStatus>))]
public enum HealthStatus
{
    /// <summary>All is well.</summary>
    [JsonStringEnumMemberName("healthy")]
    Healthy,

    /// <summary>It works; somebody should look at something.</summary>
    [JsonStringEnumMemberName("degraded")]
    Degraded,

    /// <summary>It does not work.</summary>
    [JsonStringEnumMemberName("unhealthy")]
    Unhealthy,
}
