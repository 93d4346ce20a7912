namespace Pressroom.Storage.Embedded;

/// <summary>The content type of a file that came without one.</summary>
internal static class ContentTypes
{
    public static string Of(string name) => Path.GetExtension(name).ToUpperInvariant() switch
    {
        ".HTML" or ".HTM" => "text/html; charset=utf-8",
        ".CSS" => "text/css; charset=utf-8",
        ".JS" or ".MJS" => "text/javascript; charset=utf-8",
        ".TXT" or ".MD" or ".LIQUID" => "text/plain; charset=utf-8",
        ".XML" => "application/xml; charset=utf-8",
        ".JSON" => "application/json",
        ".WEBMANIFEST" => "application/manifest+json",
        ".SVG" => "image/svg+xml",
        ".PNG" => "image/png",
        ".JPG" or ".JPEG" => "image/jpeg",
        ".GIF" => "image/gif",
        ".WEBP" => "image/webp",
        ".AVIF" => "image/avif",
        ".ICO" => "image/x-icon",
        ".WOFF" => "font/woff",
        ".WOFF2" => "font/woff2",
        ".PDF" => "application/pdf",
        ".MP3" => "audio/mpeg",
        ".MP4" => "video/mp4",
        ".ZIP" => "application/zip",
        _ => "application/octet-stream",
    };
}
