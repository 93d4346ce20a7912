using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Pressroom.Functions.Http;

/// <summary>Lets in a body that is larger, or slower, than those of all other calls, which Kestrel's own limits are for. Other hosts have none.</summary>
internal static class LargeBodies
{
    // A line of a modem's time is better than none.
    private static readonly MinDataRate Slow = new(bytesPerSecond: 1_000, gracePeriod: TimeSpan.FromSeconds(30));

    /// <summary>Sets the limits of this call.</summary>
    /// <param name="request">The request, of whose body nothing was read.</param>
    /// <param name="mostBytes">The most bytes; null for any number.</param>
    /// <param name="pace">How fast they must come; slowly, if not said.</param>
    public static void AllowBody(this HttpRequest request, long? mostBytes, MinDataRate? pace = null)
    {
        var host = request.HttpContext.Features;
        if (host.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = mostBytes;
        }

        if (host.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = pace ?? Slow;
        }
    }
}
