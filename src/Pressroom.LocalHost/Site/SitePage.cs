using System.Globalization;
using System.IO.Hashing;
using Microsoft.Extensions.Primitives;
using Pressroom.Storage;

namespace Pressroom.LocalHost.Site;

/// <summary>A page or file, its body in each encoding, which is made when first asked for.</summary>
internal sealed class SitePage : SiteAnswer
{
    private const int LeastToCompress = 1024;
    private static readonly StringValues AcceptEncoding = "Accept-Encoding";
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues ReferrerPolicy = "strict-origin-when-cross-origin";

    private readonly int status;
    private readonly StringValues contentType;
    private readonly StringValues cacheControl;
    private readonly StringValues lastModified;
    private readonly StringValues contentSecurityPolicy;
    private readonly DateTimeOffset modifiedAt;
    private readonly Body plain;
    private readonly Lazy<Body>? gzip;
    private readonly Lazy<Body>? brotli;

    private SitePage(int status, Blob blob, string? cacheControl, string contentSecurityPolicy)
        : base(blob.ETag)
    {
        this.status = status;
        this.cacheControl = cacheControl;
        this.contentSecurityPolicy = contentSecurityPolicy;
        var bytes = blob.Content.Bytes;
        contentType = blob.Content.ContentType;
        modifiedAt = new DateTimeOffset(blob.ModifiedAt.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        lastModified = modifiedAt.ToString("R", CultureInfo.InvariantCulture);

        // Of the content, so that a page rendered again to the same bytes is not sent again, whatever the engine's own version says.
        var tag = Convert.ToHexStringLower(XxHash128.Hash(bytes.Span));
        plain = new Body(bytes, default, $"\"{tag}\"");
        if (bytes.Length >= LeastToCompress && Compression.Pays(blob.Content.ContentType))
        {
            gzip = new(() => new Body(Compression.Gzip(bytes), "gzip", $"\"{tag}-gzip\""));
            brotli = new(() => new Body(Compression.Brotli(bytes), "br", $"\"{tag}-br\""));
        }
    }

    /// <summary>A blob as it is stored.</summary>
    public static SitePage Of(Blob blob, string contentSecurityPolicy) => new(StatusCodes.Status200OK, blob, blob.Content.CacheControl, contentSecurityPolicy);

    /// <summary>The page for what is not there. No cache may keep it: the address may be published at any moment.</summary>
    public static SitePage NotFound(Blob blob, string contentSecurityPolicy) => new(StatusCodes.Status404NotFound, blob, "no-store", contentSecurityPolicy);

    /// <summary>Counts a text twice: its packed bodies together are hardly larger than it.</summary>
    public override long Size => 1024 + (plain.Bytes.Length * (brotli is null ? 1L : 2L));

    public override Task WriteAsync(HttpContext context)
    {
        var request = context.Request.Headers;
        var response = context.Response;
        var headers = response.Headers;
        var body = plain;
        if (brotli is not null)
        {
            headers.Vary = AcceptEncoding;
            body = EncodingChoice.Of(request.AcceptEncoding) switch
            {
                ContentEncoding.Brotli => brotli.Value,
                ContentEncoding.Gzip => gzip!.Value,
                _ => plain,
            };
        }

        response.StatusCode = status;
        headers.CacheControl = cacheControl;
        if (status == StatusCodes.Status200OK)
        {
            headers.ETag = body.ETag;
            headers.LastModified = lastModified;
            if (IsKnownToClient(request, body.ETag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        response.ContentLength = body.Bytes.Length;
        headers.ContentType = contentType;
        headers.ContentEncoding = body.Encoding;
        headers.XContentTypeOptions = NoSniff;
        headers["Referrer-Policy"] = ReferrerPolicy;
        headers.ContentSecurityPolicy = contentSecurityPolicy;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        var written = response.BodyWriter.WriteAsync(body.Bytes, context.RequestAborted);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }

    // RFC 9110 section 13.2.2: If-Modified-Since counts only without If-None-Match.
    private bool IsKnownToClient(IHeaderDictionary request, StringValues etag)
    {
        var ifNoneMatch = request.IfNoneMatch;
        if (ifNoneMatch.Count > 0)
        {
            return Matches(ifNoneMatch, etag.ToString());
        }

        var since = request.IfModifiedSince;
        return since.Count == 1 && (since == lastModified
            || (DateTimeOffset.TryParseExact(since, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) && modifiedAt <= date));
    }

    private static bool Matches(StringValues ifNoneMatch, string etag)
    {
        foreach (var line in ifNoneMatch)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var candidate = line.AsSpan(range).Trim();
                if (candidate is "*" || candidate.SequenceEqual(etag) || (candidate.StartsWith("W/", StringComparison.Ordinal) && candidate[2..].SequenceEqual(etag)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private sealed record Body(ReadOnlyMemory<byte> Bytes, StringValues Encoding, StringValues ETag);
}
