using Pressroom.Storage;

namespace Pressroom.LocalHost.Site;

/// <summary>Serves the site container as Azure Storage's static website does, and redirects beside: a blob whose metadata
/// <c>redirect</c> holds a percent-encoded path or address is answered by 301.</summary>
internal sealed class SiteServer(IBlobStore blobs, SiteCache cache, SiteSettings site)
{
    private const string NotFoundBlob = "404.html";

    // No request has this path: theirs begin with a slash.
    private const string NotFoundPath = "404";

    private readonly string contentSecurityPolicy =
        $"default-src 'none'; style-src 'self'; img-src 'self' https:; media-src 'self' https:; form-action 'self' {site.ApiBaseUrl.GetLeftPart(UriPartial.Authority)}; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Answers what is at hand, before anything else looks at the request.</summary>
    public Task AnswerFromCache(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        return IsRead(request.Method) && cache.Find(request.Path.Value!) is { } answer ? answer.WriteAsync(context) : next(context);
    }

    /// <summary>Answers anything.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (!IsRead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        var path = SiteAddress.Normalized(context.Request.Path.Value!);
        var answer = SiteAddress.BlobName(path) is null ? null : await cache.GetAsync(path, ReadAsync);
        answer ??= await cache.GetAsync(NotFoundPath, ReadNotFoundAsync);
        await answer!.WriteAsync(context);
    }

    /// <summary>Forgets what a changed blob had an answer for.</summary>
    public void Drop(BlobPath blob)
    {
        if (blob.Container != SiteAddress.Container)
        {
            return;
        }

        foreach (var path in SiteAddress.PathsOf(blob.Name))
        {
            cache.Drop(path);
        }

        if (blob.Name == NotFoundBlob)
        {
            cache.Drop(NotFoundPath);
        }
    }

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private async Task<SiteAnswer?> ReadAsync(string path, SiteAnswer? stale)
    {
        if (await BlobAsync(path) is { } blob)
        {
            return stale?.Version == blob.ETag && stale.Status == StatusCodes.Status200OK ? stale : MovedOr(blob, SiteAnswer.Of);
        }

        return !path.EndsWith('/') && await BlobAsync(path + "/") is { } index ? MovedOr(index, (page, policy) => SiteAnswer.Slash(page, path, policy)) : null;

        SiteAnswer MovedOr(Blob there, Func<Blob, string, SiteAnswer> answer) => there.Content.Metadata.TryGetValue("redirect", out var location)
            ? SiteAnswer.Moved(there, location, contentSecurityPolicy)
            : answer(there, contentSecurityPolicy);
    }

    private async Task<SiteAnswer?> ReadNotFoundAsync(string path, SiteAnswer? stale) =>
        await BlobAsync("/" + NotFoundBlob) is { } page
            ? SiteAnswer.NotFound(page, contentSecurityPolicy)
            : SiteAnswer.NotFound(new Blob(new BlobContent("There is nothing at this address.\n"u8.ToArray(), "text/plain; charset=utf-8"), default, default), contentSecurityPolicy);

    // Not cancelled with the request: others may be waiting for the same answer.
    private async Task<Blob?> BlobAsync(string path) =>
        SiteAddress.BlobName(path) is { } name ? await blobs.ReadAsync(new BlobPath(SiteAddress.Container, name), CancellationToken.None) : null;
}
