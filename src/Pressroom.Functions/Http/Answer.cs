using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pressroom.Access;
using Pressroom.Telemetry;

namespace Pressroom.Functions.Http;

/// <summary>An API answer that is all there before it is sent, so that it can be kept for a repeated request.</summary>
public sealed record Answer(int Status, ReadOnlyMemory<byte> Body = default, string ContentType = Answer.Json) : IResult
{
    /// <summary>The content type of answers.</summary>
    public const string Json = "application/json; charset=utf-8";

    private const string HtmlPage = "text/html; charset=utf-8";

    // A page says itself what it loads; this is what only a header can say. In a frame, a person might confirm what they do not see.
    private const string PagePolicy = "frame-ancestors 'none'";

    /// <summary>Where what was made can be found.</summary>
    public string? Location { get; init; }

    /// <summary>The entity tag of what is shown, quoted as the header wants it.</summary>
    public string? ETag { get; init; }

    /// <summary>The challenge of a 401.</summary>
    public string? Authenticate { get; init; }

    /// <summary>How long the caller should wait before trying again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether script of any site may read it: it is the same for everybody.</summary>
    public bool IsForAnyOrigin { get; init; }

    /// <summary>An answer with a body of the given shape.</summary>
    public static Answer Of<T>(int status, T body, JsonTypeInfo<T> shape) =>
        new(status, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(body, shape));

    /// <summary>A page for a person.</summary>
    public static Answer Html(int status, byte[] page) => new(status, page, HtmlPage);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers.SetSafe(ContentType == HtmlPage ? PagePolicy : null);
        if (Location is not null)
        {
            headers.Location = Location;
        }

        if (Authenticate is not null)
        {
            headers.WWWAuthenticate = Authenticate;
        }

        if (RetryAfter is { } wait)
        {
            headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (IsForAnyOrigin)
        {
            headers.AccessControlAllowOrigin = "*";
        }

        if (ETag is not null)
        {
            headers.ETag = ETag;
            headers.CacheControl = "private, no-cache";
            if (Status == StatusCodes.Status200OK && IsRead(httpContext.Request.Method) && IsKnownToCaller(httpContext.Request, ETag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.StatusCode = Status;
        if (Status is >= 400 and < 500)
        {
            Metrics.Refused(Status, httpContext.GetEndpoint()?.DisplayName ?? "");
        }

        if (!Body.IsEmpty)
        {
            headers.ContentType = ContentType;
            headers.ContentLength = Body.Length;
            await response.BodyWriter.WriteAsync(Body, httpContext.RequestAborted);
        }
    }

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    internal KeptAnswer? Keep()
    {
        var body = System.Text.Encoding.UTF8.GetString(Body.Span);
        return Status is >= 200 and < 300 && body.Length <= 32_000 ? new KeptAnswer(Status, Body.IsEmpty ? null : body, Location, ETag) : null;
    }

    internal static Answer Of(KeptAnswer kept) =>
        new(kept.Status, System.Text.Encoding.UTF8.GetBytes(kept.Body ?? "")) { Location = kept.Location, ETag = kept.ETag };

    internal static string Quote(int revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>The entity tag of a row: stores have their own ideas of what a tag looks like.</summary>
    internal static string Quote(Storage.ETag etag) =>
        $"\"{Convert.ToHexStringLower(System.IO.Hashing.XxHash64.Hash(System.Text.Encoding.UTF8.GetBytes(etag.Value)))}\"";

    /// <summary>Whether the request says that it has the version (RFC 9110, section 13.1.2).</summary>
    internal static bool IsKnownToCaller(HttpRequest request, string etag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Tag == etag);
}
