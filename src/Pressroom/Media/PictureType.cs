namespace Pressroom.Media;

/// <summary>A kind of picture that is taken.</summary>
public enum PictureType
{
    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>WebP, still or moving.</summary>
    WebP,

    /// <summary>AVIF; of a sequence its main picture.</summary>
    Avif,

    /// <summary>GIF, still or moving.</summary>
    Gif,
}

/// <summary>Tells kinds of pictures by how their files begin. Names and headers count for nothing here.</summary>
public static class PictureTypes
{
    private static readonly string[] AvifBrands = ["avif", "avis"];

    /// <summary>The kind of a file; null for any other.</summary>
    public static PictureType? Of(ReadOnlySpan<byte> file) => file switch
    {
        [0xFF, 0xD8, 0xFF, ..] => PictureType.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => PictureType.Png,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => PictureType.Gif,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => PictureType.WebP,
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] when HasAvifBrand(file) => PictureType.Avif,
        _ => null,
    };

    /// <summary>The media type of a kind.</summary>
    public static string MediaType(this PictureType type) => type switch
    {
        PictureType.Jpeg => "image/jpeg",
        PictureType.Png => "image/png",
        PictureType.WebP => "image/webp",
        PictureType.Avif => "image/avif",
        _ => "image/gif",
    };

    // ISO/IEC 14496-12, section 4.3: the size of the box, its type, the major brand, a version, and further brands.
    private static bool HasAvifBrand(ReadOnlySpan<byte> file)
    {
        var size = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(file);
        var box = file[..(int)Math.Min(Math.Min(size, (uint)file.Length), 256)];
        for (var at = 8; at + 4 <= box.Length; at += 4)
        {
            if (at != 12 && AvifBrands.Contains(System.Text.Encoding.Latin1.GetString(box.Slice(at, 4))))
            {
                return true;
            }
        }

        return false;
    }
}
