using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pressroom.Tests.Telemetry;

/// <summary>An OpenTelemetry collector as far as OTLP over HTTP goes: it takes what is posted and keeps it as it came.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication server;

    private Collector(WebApplication server) => this.server = server;

    /// <summary>The settings that send everything here.</summary>
    public (string Name, string Value)[] Settings => [("OTEL_EXPORTER_OTLP_ENDPOINT", server.Urls.Single()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")];

    /// <summary>The same as arguments of a command line.</summary>
    public IEnumerable<string> Arguments => Settings.Select(setting => $"--{setting.Name}={setting.Value}");

    private ConcurrentQueue<(string Path, string? ContentType, byte[] Body)> Posts { get; } = new();

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var collector = new Collector(builder.Build());
        collector.server.Run(collector.TakeAsync);
        await collector.server.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <summary>All that came of a signal (<c>traces</c>, <c>metrics</c>, <c>logs</c>): protobuf, in which texts are plain UTF-8.</summary>
    public string All(string signal)
    {
        var posts = Posts.Where(post => post.Path == $"/v1/{signal}").ToList();
        Assert.All(posts, post => Assert.Equal("application/x-protobuf", post.ContentType));
        return string.Concat(posts.Select(post => Encoding.UTF8.GetString(post.Body)));
    }

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Posts.Enqueue((context.Request.Path.Value!, context.Request.ContentType, body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }
}
