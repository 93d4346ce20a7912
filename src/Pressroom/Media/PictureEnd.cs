using System.Buffers.Binary;

namespace Pressroom.Media;

/// <summary>Where a picture ends in its file: what comes after is no part of it.</summary>
internal static class PictureEnd
{
    /// <summary>How many bytes the picture takes, from the first of the file.</summary>
    /// <returns>Null where the file is cut short or not built as its kind is.</returns>
    public static int? Of(ReadOnlySpan<byte> file, PictureType type)
    {
        var end = type switch
        {
            PictureType.Jpeg => OfJpeg(file),
            PictureType.Png => OfPng(file),
            PictureType.Gif => OfGif(file),
            PictureType.WebP => OfWebP(file),
            _ => OfAvif(file),
        };
        return end <= file.Length ? (int?)end : null;
    }

    // ITU-T T.81, section B.1.1: markers, most with a length; the pixels stand between them, where FF is followed by 0 or by a restart.
    private static long? OfJpeg(ReadOnlySpan<byte> file)
    {
        const byte end = 0xD9, fill = 0xFF;
        for (var at = 2; file[at..].IndexOf((byte)0xFF) is >= 0 and var before;)
        {
            at += before + 1;
            switch (file[at..])
            {
                case [end, ..]:
                    return at + 1;
                case [fill, ..]:
                    break;
                case [0x00 or 0x01 or (>= 0xD0 and <= 0xD7), ..]:
                    at++;
                    break;
                case [_, var high, var low, ..]:
                    at = Math.Min(at + 1 + ((high << 8) | low), file.Length);
                    break;
            }
        }

        return null;
    }

    // PNG specification, section 5.3: chunks of a length, a type, data and a checksum.
    private static long? OfPng(ReadOnlySpan<byte> file)
    {
        const int frame = 12;
        for (var at = 8L; at + frame <= file.Length;)
        {
            var chunk = file[(int)at..];
            at += frame + BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (chunk[4..8].SequenceEqual("IEND"u8))
            {
                return at;
            }
        }

        return null;
    }

    // GIF89a, appendix A: a screen, and blocks, whose data come in pieces of up to 255 bytes.
    private static long? OfGif(ReadOnlySpan<byte> file)
    {
        const byte picture = 0x2C, extension = 0x21, trailer = 0x3B;
        if (file.Length < 13)
        {
            return null;
        }

        for (var at = 13 + ColourTable(file[10]); at < file.Length;)
        {
            switch (file[at])
            {
                case trailer:
                    return at + 1;
                case extension:
                    at += 2;
                    break;
                case picture when at + 9 < file.Length:
                    at += 11 + ColourTable(file[at + 9]);
                    break;
                default:
                    return null;
            }

            while (at < file.Length && file[at] > 0)
            {
                at += 1 + file[at];
            }

            at++;
        }

        return null;
    }

    private static int ColourTable(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    // RFC 9649, section 2.3: what the size of the RIFF counts begins after it, and ends on an even byte.
    private static long? OfWebP(ReadOnlySpan<byte> file)
    {
        var size = (long)BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        return Math.Min(8 + size + (size & 1), Math.Max(8 + size, file.Length));
    }

    // ISO/IEC 14496-12, section 4.2: boxes, one after the other; the last may reach to the end of the file.
    private static long? OfAvif(ReadOnlySpan<byte> file)
    {
        var at = 0L;
        while (at + 8 <= file.Length)
        {
            var box = file[(int)at..];
            long size = BinaryPrimitives.ReadUInt32BigEndian(box);
            if (size == 1 && box.Length >= 16)
            {
                size = BinaryPrimitives.ReadInt64BigEndian(box[8..]);
            }
            else if (size == 0)
            {
                size = box.Length;
            }

            if (size < 8 || size > box.Length || box[4..8].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            {
                break;
            }

            at += size;
        }

        return at;
    }
}
