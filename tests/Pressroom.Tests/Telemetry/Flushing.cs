using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Telemetry;

internal static class Flushing
{
    /// <summary>Waits until all that follows from the calls so far is done and exported: a stop does not wait for long.</summary>
    public static async Task FlushedAsync(this Newsroom newsroom)
    {
        await newsroom.SettledAsync();
        Assert.True(newsroom.Service<TracerProvider>().ForceFlush());
        Assert.True(newsroom.Service<MeterProvider>().ForceFlush());
        Assert.True(newsroom.Service<LoggerProvider>().ForceFlush());
    }
}
