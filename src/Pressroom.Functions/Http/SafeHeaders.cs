using Microsoft.AspNetCore.Http;

namespace Pressroom.Functions.Http;

/// <summary>The headers that every answer has which is no file of the site: it is what it says it is, in no frame, and tells nobody its address.</summary>
public static class SafeHeaders
{
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Sets them.</summary>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="contentSecurityPolicy">What a page may load; null for what is no page.</param>
    public static void SetSafe(this IHeaderDictionary headers, string? contentSecurityPolicy = null)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = contentSecurityPolicy ?? Nothing;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer"; // addresses of signed links are secrets
    }
}
