using Microsoft.Extensions.Primitives;
using Pressroom.Storage;

namespace Pressroom.LocalHost.Site;

/// <summary>An answer with everything prepared, headers as they go out. <paramref name="version"/> is that of the blob it was made of.</summary>
internal abstract class SiteAnswer(ETag version)
{
    public ETag Version { get; } = version;

    /// <summary>About how many bytes it takes in memory.</summary>
    public abstract long Size { get; }

    public abstract Task WriteAsync(HttpContext context);
}

/// <summary>The way to another address, percent-encoded, with the request's query where it <paramref name="keepsQuery"/>.</summary>
internal sealed class SiteRedirect(ETag version, string location, string? cacheControl, bool keepsQuery) : SiteAnswer(version)
{
    private readonly StringValues location = location;
    private readonly StringValues cacheControl = cacheControl;

    public override long Size => 1024;

    public override Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status301MovedPermanently;
        response.ContentLength = 0;
        response.Headers.CacheControl = cacheControl;
        response.Headers.Location = keepsQuery && context.Request.QueryString.HasValue ? location + context.Request.QueryString.Value : location;
        return Task.CompletedTask;
    }
}
