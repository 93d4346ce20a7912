using Pressroom.Storage;

namespace Pressroom.LocalHost.Site;

/// <summary>Serves the site container as Azure Storage's static website does, and redirects beside: a blob whose metadata
/// <c>redirect</c> holds a percent-encoded path or address is answered by 301.</summary>
internal sealed class SiteServer(IBlobStore blobs, SiteCache cache, SiteSettings site)
{
    private const string NotFoundBlob = "404.html";

    // No request has this path: theirs begin with a slash.
    private const string NotFoundPath = "404";

    private static readonly Blob PlainNotFound = new(new BlobContent("There is nothing at this address.\n"u8.ToArray(), "text/plain; charset=utf-8"), default, default);

    private readonly string contentSecurityPolicy =
        $"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self' {ApiOf(site)}; img-src 'self' https:; media-src 'self' https:; form-action 'self' {ApiOf(site)}; base-uri 'none'; frame-ancestors 'none'";

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

    private static string ApiOf(SiteSettings site) => site.ApiBaseUrl.GetLeftPart(UriPartial.Authority);

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private async Task<SiteAnswer?> ReadAsync(string path, SiteAnswer? stale)
    {
        if (stale is not null && (await FindAsync(path))?.ETag == stale.Version)
        {
            return stale;
        }

        if (await BlobAsync(path) is { } blob)
        {
            return Redirect(blob.ETag, blob.Content.Metadata, blob.Content.CacheControl) ?? (SiteAnswer)SitePage.Of(blob, contentSecurityPolicy);
        }

        return !path.EndsWith('/') && await FindAsync(path + "/") is { } index
            ? Redirect(index.ETag, index.Metadata, index.CacheControl)
                ?? new SiteRedirect(index.ETag, new PathString(path + "/").ToUriComponent(), "public, max-age=300", keepsQuery: true)
            : null;
    }

    private async Task<SiteAnswer?> ReadNotFoundAsync(string path, SiteAnswer? stale) =>
        SitePage.NotFound(await BlobAsync("/" + NotFoundBlob) ?? PlainNotFound, contentSecurityPolicy);

    private static SiteRedirect? Redirect(ETag version, IReadOnlyDictionary<string, string> metadata, string? cacheControl) =>
        metadata.TryGetValue("redirect", out var location) ? new SiteRedirect(version, location, cacheControl, keepsQuery: false) : null;

    // Neither is cancelled with the request: others may be waiting for the same answer.
    private async Task<Blob?> BlobAsync(string path) =>
        SiteAddress.BlobName(path) is { } name ? await blobs.ReadAsync(new BlobPath(SiteAddress.Container, name), CancellationToken.None) : null;

    private async Task<BlobProperties?> FindAsync(string path) =>
        SiteAddress.BlobName(path) is { } name ? await blobs.FindAsync(new BlobPath(SiteAddress.Container, name), CancellationToken.None) : null;
}
