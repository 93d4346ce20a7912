using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace Pressroom.Telemetry;

/// <summary>Measures what waits in the queues, for as long as the host is up.</summary>
public sealed class MeasureQueues : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly CheckHealth health;
    private readonly TimeProvider time;
    private readonly Meter meter = new(Metrics.MeterName);
    private IReadOnlyList<HealthCheck> latest = [];

    /// <summary>Takes the check that looks at the queues.</summary>
    public MeasureQueues(CheckHealth health, TimeProvider time)
    {
        (this.health, this.time) = (health, time);
        meter.CreateObservableGauge("pressroom.queue.depth", () => OfQueues(queue => queue.Depth), "{message}", "Messages in a queue, hidden ones too.");
        meter.CreateObservableGauge(
            "pressroom.queue.oldest_message.age", () => OfQueues(queue => queue.OldestSeconds), "s", "For how long the oldest visible message of a queue has waited.");
        meter.CreateObservableGauge("pressroom.poison.messages", Poison, "{message}", "Messages that failed every time and were neither replayed nor discarded.");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            latest = (await health.RunAsync(stoppingToken)).Checks;
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private IEnumerable<Measurement<T>> OfQueues<T>(Func<HealthCheck, T?> value)
        where T : struct =>
        from check in latest
        where check.Queue is not null && value(check) is not null
        select new Measurement<T>(value(check)!.Value, new KeyValuePair<string, object?>("queue", check.Queue));

    private IEnumerable<Measurement<long>> Poison() => latest.Where(check => check is { Name: "poison", Depth: not null }).Select(check => new Measurement<long>(check.Depth!.Value));
}
