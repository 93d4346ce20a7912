using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using Pressroom.Telemetry;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Telemetry;

/// <summary>What is counted and timed while a newsroom works. Others count into the same instruments, so that only what is this test's own
/// has a figure.</summary>
public sealed class MetricTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_is_counted_and_what_waits_is_measured()
    {
        const string channel = "metrics-outbox";
        await using var collector = await Collector.StartAsync();
        var metrics = new Exported<Metric>();
        await using var newsroom = await Newsroom.OpenAsync(
            services => services.ConfigureOpenTelemetryMeterProvider(provider => provider.AddInMemoryExporter(metrics)),
            [.. collector.Arguments, "--Channels:0:Kind=outbox", "--Channels:0:Name=" + channel, "--Mail:Moderators=desk@news.example"]);
        var article = await newsroom.PublishAsync("Counted");
        await newsroom.ShowsAsync("/feed.xml", "Counted");
        await newsroom.PostAsync(
            $"/api/articles/{article["id"]}/comments", new { name = "Ann", email = "ann@example.net", body = "A calm remark about the harbour." }, HttpStatusCode.Accepted);
        await newsroom.PostAsync("/api/channels/nobody/test", new { }, HttpStatusCode.NotFound);
        await Newsroom.EventuallyAsync(() => Task.FromResult(Outbox(newsroom).Any()), "the moderator is mailed");

        await Newsroom.EventuallyAsync(
            () =>
            {
                newsroom.Service<MeterProvider>().ForceFlush();
                return Task.FromResult(Points("pressroom.deliveries").Any(point => point is { Tags: $"channel={channel} state=sent", Sum: 1 })
                    && Points("pressroom.mails").Any(point => point.Tags == "outcome=sent") && Points("pressroom.comments").Any(point => point.Tags == "status=held")
                    && Points("pressroom.refusals").Any(point => point.Tags == "function=TestChannel status=404")
                    && Points("pressroom.queue.depth").Count == CheckHealth.Queues.Count && Points("pressroom.publish_to_feed.duration").Count > 0);
            },
            "all is counted and the queues are measured");

        Assert.NotEmpty(Points("pressroom.publish.duration"));
        Assert.Equal(CheckHealth.Queues.Select(queue => $"queue={queue}").Order(StringComparer.Ordinal), Points("pressroom.queue.depth").Select(point => point.Tags).Order(StringComparer.Ordinal));
        Assert.Equal(CheckHealth.Queues.Count, Points("pressroom.queue.oldest_message.age").Count);
        Assert.NotEmpty(Points("pressroom.poison.messages"));
        Assert.Equal(
            [
                "pressroom.comments {comment}", "pressroom.deliveries {delivery}", "pressroom.mails {mail}", "pressroom.poison.messages {message}", "pressroom.publish.duration s",
                "pressroom.publish_to_feed.duration s", "pressroom.queue.depth {message}", "pressroom.queue.oldest_message.age s", "pressroom.refusals {request}",
            ],
            metrics.All.Where(metric => metric.MeterName == Metrics.MeterName).Select(metric => $"{metric.Name} {metric.Unit}").Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(metrics.All, metric => metric.Name == "http.server.request.duration");
        Assert.Contains(metrics.All, metric => metric.Name == "dotnet.gc.collections");
        Assert.Contains("pressroom.queue.depth", collector.All("metrics"), StringComparison.Ordinal);

        // The points of the instrument's last export.
        List<(string Tags, double Sum)> Points(string name)
        {
            var points = new List<(string, double)>();
            if (metrics.All.LastOrDefault(one => one.Name == name) is not { } metric)
            {
                return points;
            }

            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var tags = new List<string>();
                foreach (var tag in point.Tags)
                {
                    tags.Add($"{tag.Key}={tag.Value}");
                }

                points.Add((string.Join(' ', tags.Order(StringComparer.Ordinal)), metric.MetricType == MetricType.LongSum ? point.GetSumLong() : 0));
            }

            return points;
        }
    }

    private static IEnumerable<string> Outbox(Newsroom newsroom)
    {
        var folder = Path.Combine(newsroom.DataFolder, "outbox");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.eml") : [];
    }
}
