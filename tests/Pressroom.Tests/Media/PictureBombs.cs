using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using NetVips;

namespace Pressroom.Tests.Media;

/// <summary>Well-formed files that cost far more to read than they weigh; all made here.</summary>
internal static class PictureBombs
{
    /// <summary>One pixel, so many times.</summary>
    public static byte[] GifOfFrames(int frames)
    {
        using var file = new MemoryStream();
        file.Write("GIF89a"u8);
        file.Write([1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
        for (var frame = 0; frame < frames; frame++)
        {
            file.Write([0x21, 0xF9, 4, 0, 1, 0, 0, 0]);
            file.Write([0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, (byte)(frame % 2 == 0 ? 0x44 : 0x4C), 1, 0]);
        }

        file.WriteByte(0x3B);
        return file.ToArray();
    }

    /// <summary>A screen of ten pixels by ten, and a frame of sixty thousand by sixty thousand.</summary>
    public static byte[] GifOfLargeFrame()
    {
        var file = PictureSamples.Solid(10, 10, 1, 2, 3).GifsaveBuffer();
        var frame = file.AsSpan().IndexOf([(byte)0x2C, (byte)0, (byte)0, (byte)0, (byte)0, (byte)10, (byte)0, (byte)10, (byte)0]);
        file.AsSpan(frame + 5, 4).Fill(0xEA);
        return file;
    }

    public static byte[] WebPOfFrames(int frames)
    {
        using var strip = Image.Xyz(1, frames);
        using var picture = (strip[1] % 2 * 255).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Bw)
            .Mutate(image => image.Set(GValue.GIntType, "page-height", 1));
        return picture.WebpsaveBuffer(lossless: true, effort: 0);
    }

    /// <summary>A picture that says it has 64 pixels by 64 and is coded with four thousand by three thousand.</summary>
    public static byte[] AvifOfAnotherSize()
    {
        var file = PictureSamples.Solid(4_000, 3_000, 10, 20, 30).HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 0);
        var size = file.AsSpan().IndexOf("ispe"u8);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(size + 8), 64);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(size + 12), 64);
        return file;
    }

    /// <summary>Chunks beside the pixels that unpack to a thousand times their size, a hundred megabytes each.</summary>
    public static byte[] PngOfMetadata(string chunk, int times)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var block = new byte[1024 * 1024];
            for (var megabyte = 0; megabyte < 100; megabyte++)
            {
                deflate.Write(block);
            }
        }

        byte[] head = chunk switch
        {
            "iCCP" => [.. "profile"u8, 0, 0],
            "zTXt" => [.. "Comment"u8, 0, 0],
            _ => [.. "Comment"u8, 0, 1, 0, 0, 0], // iTXt, compressed
        };
        byte[] body = [.. Encoding.ASCII.GetBytes(chunk), .. head, .. packed.ToArray()];
        var plain = PictureSamples.Png(10, 10);
        using var file = new MemoryStream();
        file.Write(plain.AsSpan(0, 33));
        Span<byte> number = stackalloc byte[4];
        for (var time = 0; time < times; time++)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, body.Length - 4);
            file.Write(number);
            file.Write(body);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
            file.Write(number);
        }

        file.Write(plain.AsSpan(33));
        return file.ToArray();
    }

    /// <summary>A progressive JPEG whose last scan comes over and over.</summary>
    public static byte[] JpegOfScans(int width, int height, int scans)
    {
        var plain = PictureSamples.Photo(width, height).JpegsaveBuffer(q: 80, interlace: true);
        var last = plain.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        using var file = new MemoryStream();
        file.Write(plain.AsSpan(0, last));
        for (var scan = 0; scan < scans; scan++)
        {
            file.Write(plain.AsSpan(last, plain.Length - 2 - last));
        }

        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }

    /// <summary>A progressive JPEG with scans of nothing but ends of blocks: each passes over the whole picture, and is a few bytes.</summary>
    public static byte[] JpegOfEmptyScans(int width, int height, int scans)
    {
        var plain = PictureSamples.Solid(width, height, 40, 40, 40).JpegsaveBuffer(q: 80, interlace: true);
        var last = plain.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        using var file = new MemoryStream();
        file.Write(plain.AsSpan(0, plain.Length - 2));
        for (var scan = 0; scan < scans; scan++)
        {
            file.Write(plain.AsSpan(last, plain.Length - 2 - last));
        }

        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }
}
