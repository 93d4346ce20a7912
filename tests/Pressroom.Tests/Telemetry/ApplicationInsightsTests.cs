using System.IO.Compression;
using System.Text;
using Pressroom.Tests.Announcements;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Telemetry;

/// <summary>The other exporter, told of by its connection string.</summary>
public sealed class ApplicationInsightsTests
{
    [Fact]
    public async Task Application_insights_gets_the_trace_of_a_publication()
    {
        await using var insights = await FakeService.StartAsync(_ => new ServiceAnswer(200, "{\"itemsReceived\":1,\"itemsAccepted\":1,\"errors\":[]}", []));
        await using var newsroom = await Newsroom.OpenAsync(
            $"--APPLICATIONINSIGHTS_CONNECTION_STRING=InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={insights.BaseUrl}",
            "--OTEL_TRACES_SAMPLER=microsoft.fixed_percentage", "--OTEL_TRACES_SAMPLER_ARG=1", "--APPLICATIONINSIGHTS_STATSBEAT_DISABLED=true");
        await newsroom.PublishAsync("Seen from Azure");
        await newsroom.ShowsAsync("/feed.xml", "Seen from Azure");
        await newsroom.FlushedAsync();
        await newsroom.StopAsync();

        var exported = string.Concat(insights.Calls.Where(call => call.Path.EndsWith("/track", StringComparison.Ordinal)).Select(Text));
        Assert.Contains("process article-changed", exported, StringComparison.Ordinal);
        Assert.Contains("pressroom.publish.duration", exported, StringComparison.Ordinal);
    }

    private static string Text(ServiceCall call)
    {
        if (call.Headers.GetValueOrDefault("Content-Encoding") != "gzip")
        {
            return call.Body;
        }

        using var unpacked = new StreamReader(new GZipStream(new MemoryStream(call.Bytes), CompressionMode.Decompress), Encoding.UTF8);
        return unpacked.ReadToEnd();
    }
}
