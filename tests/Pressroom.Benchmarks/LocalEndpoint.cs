using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pressroom.Benchmarks;

/// <summary>Somebody else's HTTP endpoint, in this process, on a free port of the loopback.</summary>
internal sealed class LocalEndpoint : IAsyncDisposable
{
    private readonly WebApplication server;

    private LocalEndpoint(WebApplication server) => this.server = server;

    public string Url => server.Urls.Single();

    public static async Task<LocalEndpoint> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var endpoint = new LocalEndpoint(builder.Build());
        endpoint.server.Run(answer);
        await endpoint.server.StartAsync();
        return endpoint;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
