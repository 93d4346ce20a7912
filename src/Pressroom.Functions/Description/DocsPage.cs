using System.Collections.Frozen;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Description;

/// <summary>Scalar's reference of the description: a page, the script that comes with Scalar's package, and one that starts it.</summary>
/// <remarks>Nothing is loaded from or sent to another host. Scalar writes style sheets while it runs, so styles may be inline; scripts may not.</remarks>
public sealed class DocsPage
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // The calls go to where the page is from: the policy lets no other address through.
    private const string Start =
        """
        Scalar.createApiReference('#reference', {
          url: new URL('openapi.json', location.href).href,
          servers: [{ url: new URL('.', location.href).href.replace(/\/$/, '') }],
          proxyUrl: '',
          telemetry: false,
          withDefaultFonts: false,
          agent: { disabled: true },
          mcp: { disabled: true },
          showDeveloperTools: 'never',
          hideClientButton: true,
          persistAuth: false,
        });
        """;

    private readonly FrozenDictionary<string, Lazy<Script>> scripts = new Dictionary<string, Lazy<Script>>
    {
        ["scalar.js"] = new(ReadScalar),
        ["start.js"] = new(() => Script.Of(Compress(Encoding.UTF8.GetBytes(Start)))),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Lazy<IResult> page;

    /// <summary>Loads nothing yet.</summary>
    public DocsPage() => page = new(() => new Page(Encoding.UTF8.GetBytes(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>The API</title>
        <link rel="icon" href="data:,">
        </head>
        <body>
        <div id="reference"></div>
        <script src="{AddressOf("scalar.js")}"></script>
        <script src="{AddressOf("start.js")}"></script>
        </body>
        </html>
        """)));

    /// <summary>The page.</summary>
    public IResult Show() => page.Value;

    /// <summary>A file that the page loads; null where there is none of that name.</summary>
    public IResult? Find(string file) => scripts.TryGetValue(file, out var script) ? script.Value : null;

    // Relative to the page; the version lets browsers keep a script for good.
    private string AddressOf(string file) => $"docs/{file}?{scripts[file].Value.ETag.Trim('"')}";

    private static Script ReadScalar()
    {
        using var resource = typeof(Scalar.AspNetCore.ScalarOptions).Assembly.GetManifestResourceStream("ScalarStaticAssets.scalar.js")!;
        using var compressed = new MemoryStream();
        resource.CopyTo(compressed);
        return Script.Of(compressed.ToArray());
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    private sealed record Page(byte[] Html) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = "text/html; charset=utf-8";
            response.ContentLength = Html.Length;
            response.Headers.CacheControl = "no-cache";
            response.Headers.SetSafe(ContentSecurityPolicy);
            await response.Body.WriteAsync(Html, httpContext.RequestAborted);
        }
    }

    /// <summary>A script, kept as gzip: nearly every browser takes it so.</summary>
    private sealed record Script(byte[] Gzip, string ETag) : IResult
    {
        public static Script Of(byte[] gzip) => new(gzip, string.Create(CultureInfo.InvariantCulture, $"\"{XxHash64.HashToUInt64(gzip):x16}\""));

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var (request, response) = (httpContext.Request, httpContext.Response);
            response.Headers.ETag = ETag;
            response.Headers.CacheControl = "public, max-age=31536000, immutable";
            response.Headers.Vary = HeaderNames.AcceptEncoding;
            response.Headers.XContentTypeOptions = "nosniff";
            if (Answer.IsKnownToCaller(request, ETag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            response.ContentType = "text/javascript; charset=utf-8";
            if (request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
            {
                response.Headers.ContentEncoding = "gzip";
                response.ContentLength = Gzip.Length;
                await response.Body.WriteAsync(Gzip, httpContext.RequestAborted);
                return;
            }

            await using var plain = new GZipStream(new MemoryStream(Gzip), CompressionMode.Decompress);
            await plain.CopyToAsync(response.Body, httpContext.RequestAborted);
        }
    }
}
