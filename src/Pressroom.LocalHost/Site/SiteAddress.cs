using System.Text;

namespace Pressroom.LocalHost.Site;

/// <summary>The site's addresses and the blobs behind them. A path is decoded and in Unicode NFC, as the blobs' names are.</summary>
internal static class SiteAddress
{
    public const string Container = "$web";
    private const string IndexPage = "index.html";

    public static string Normalized(string path) => path.IsNormalized(NormalizationForm.FormC) ? path : path.Normalize(NormalizationForm.FormC);

    /// <summary>The blob's name: of <c>/x</c> it is <c>x</c>, of <c>/x/</c> it is <c>x/index.html</c>. Null where no blob can be named so.</summary>
    public static string? BlobName(string path)
    {
        if (!path.StartsWith('/'))
        {
            return null;
        }

        var name = path.EndsWith('/') ? path[1..] + IndexPage : path[1..];
        return IsBlobName(name) ? name : null;
    }

    /// <summary>The paths whose answers hang on a blob.</summary>
    public static IEnumerable<string> PathsOf(string blobName)
    {
        yield return "/" + blobName;
        if (blobName == IndexPage || blobName.EndsWith("/" + IndexPage, StringComparison.Ordinal))
        {
            var folder = "/" + blobName[..^IndexPage.Length];
            yield return folder;
            if (folder.Length > 1)
            {
                yield return folder[..^1];
            }
        }
    }

    // The rules of BlobPath, which throws. What hostile clients ask for should cost no exception.
    private static bool IsBlobName(string name)
    {
        if (name.Length is 0 or > 1024)
        {
            return false;
        }

        foreach (var range in name.AsSpan().Split('/'))
        {
            var segment = name.AsSpan(range);
            if (segment is "" or "." or ".." || Encoding.UTF8.GetByteCount(segment) > 255 || segment.Contains('\\') || segment.ContainsAnyInRange('\0', '\x1f') || segment.ContainsAnyInRange('\x7f', '\x9f'))
            {
                return false;
            }
        }

        return true;
    }
}
