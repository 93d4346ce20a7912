using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace Pressroom.LocalHost.Site;

internal enum ContentEncoding
{
    None,
    Gzip,
    Brotli,
}

/// <summary>Which encoding a client wants most (RFC 9110 section 12.5.3); brotli where it likes both the same.</summary>
internal static class EncodingChoice
{
    public static ContentEncoding Of(StringValues acceptEncoding)
    {
        var (gzip, brotli, any) = (0.0, 0.0, 0.0);
        var (gzipNamed, brotliNamed) = (false, false);
        foreach (var line in acceptEncoding)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var part = line.AsSpan(range);
                var semicolon = part.IndexOf(';');
                var coding = (semicolon < 0 ? part : part[..semicolon]).Trim();
                var weight = semicolon < 0 ? 1 : Weight(part[(semicolon + 1)..]);
                if (coding.Equals("br", StringComparison.OrdinalIgnoreCase))
                {
                    (brotli, brotliNamed) = (weight, true);
                }
                else if (coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
                {
                    (gzip, gzipNamed) = (weight, true);
                }
                else if (coding is "*")
                {
                    any = weight;
                }
            }
        }

        gzip = gzipNamed ? gzip : any;
        brotli = brotliNamed ? brotli : any;
        return brotli > 0 && brotli >= gzip ? ContentEncoding.Brotli : gzip > 0 ? ContentEncoding.Gzip : ContentEncoding.None;
    }

    private static double Weight(ReadOnlySpan<char> parameter)
    {
        var text = parameter.Trim();
        return text.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
            && double.TryParse(text[2..], System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var weight)
            ? weight
            : 0;
    }
}

/// <summary>Compression of whole bodies, once for each version.</summary>
internal static class Compression
{
    // 5 is the first quality at which brotli is clearly denser than gzip at its best, and it is still faster than that.
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 22;

    /// <summary>Whether bodies of this type shrink: texts do, pictures are packed already.</summary>
    public static bool Pays(string contentType)
    {
        var semicolon = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (semicolon < 0 ? contentType : contentType[..semicolon]).TrimEnd();
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            || type.ToLowerInvariant() is "application/json" or "application/xml" or "application/javascript";
    }

    public static byte[] Gzip(ReadOnlyMemory<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes.Span);
        }

        return packed.ToArray();
    }

    public static byte[] Brotli(ReadOnlyMemory<byte> bytes)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes.Span, packed, out var written, BrotliQuality, BrotliWindow)
            ? packed[..written]
            : throw new InvalidOperationException($"{bytes.Length} bytes did not fit their largest compressed length.");
    }
}
