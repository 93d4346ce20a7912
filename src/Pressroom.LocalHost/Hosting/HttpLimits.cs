using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Pressroom.LocalHost.Hosting;

/// <summary>What one client may take of the machine. Use cases have narrower limits of their own.</summary>
internal sealed record HttpLimits
{
    /// <summary>The largest request body, in bytes: 8 MiB.</summary>
    public long Body { get; init; } = 8 * 1024 * 1024;

    /// <summary>The longest that a whole request body may take.</summary>
    public TimeSpan BodyTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that the request line and headers may take.</summary>
    public TimeSpan HeaderTime { get; init; } = TimeSpan.FromSeconds(15);

    public void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = Body;
        limits.MaxRequestLineSize = 8 * 1024;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.RequestHeadersTimeout = HeaderTime;
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

        // Once the grace is over, only a body that is larger than allowed could still be fast enough: so this is the time for a whole body.
        limits.MinRequestBodyDataRate = new MinDataRate(Body / BodyTime.TotalSeconds, gracePeriod: BodyTime);
    }
}
