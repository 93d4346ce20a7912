using System.IO.Compression;
using NetVips;

namespace Pressroom.Tests.Media;

/// <summary>Files as cameras, editors and attackers make them; all made here.</summary>
internal static class PictureSamples
{
    public const string Camera = "SECRETCAM";

    public static byte[] Jpeg(int width = 800, int height = 600) => Photo(width, height).JpegsaveBuffer(q: 80);

    public static byte[] Png(int width = 800, int height = 600) => Photo(width, height).PngsaveBuffer();

    public static byte[] WebP(int width = 800, int height = 600) => Photo(width, height).WebpsaveBuffer(q: 80, effort: 0);

    public static byte[] Avif(int width = 800, int height = 600) =>
        Photo(width, height).HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 0);

    public static byte[] Gif(int width = 800, int height = 600) => Photo(width, height).GifsaveBuffer();

    /// <summary>A still one of each.</summary>
    public static IEnumerable<byte[]> OfEachKind() => [Jpeg(), Png(), WebP(), Avif(), Gif()];

    public static byte[] ProgressiveJpeg() => Photo(800, 600).JpegsaveBuffer(q: 80, interlace: true, restartInterval: 4);

    /// <summary>A JPEG with a comment right at its start.</summary>
    public static byte[] WithComment(byte[] jpeg, ReadOnlySpan<byte> comment) =>
        [.. jpeg[..2], 0xFF, 0xFE, (byte)((comment.Length + 2) >> 8), (byte)(comment.Length + 2), .. comment, .. jpeg[2..]];

    public static byte[] Zip()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("Main.class").Open();
            entry.Write([0xCA, 0xFE, 0xBA, 0xBE]);
        }

        return file.ToArray();
    }

    /// <summary>A picture with something to see, the same each time. Its left upper
    /// quarter is red, so that its orientation shows.</summary>
    public static Image Photo(int width, int height)
    {
        using var ramp = Image.Xyz(width, height);
        using var grey = (ramp[0] % 256).Cast(Enums.BandFormat.Uchar);
        using var other = (ramp[1] % 256).Cast(Enums.BandFormat.Uchar);
        using var colours = grey.Bandjoin(other, grey).Copy(interpretation: Enums.Interpretation.Srgb);
        return colours.Insert(Solid(Math.Max(1, width / 2), Math.Max(1, height / 2), 255, 0, 0), 0, 0);
    }

    public static Image Solid(int width, int height, params double[] colour)
    {
        using var black = Image.Black(width, height, bands: colour.Length);
        return black.Linear([.. Enumerable.Repeat(1.0, colour.Length)], colour).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
    }

    /// <summary>As a camera held upright makes it: lying on its side, with where and with what it was taken, a comment and an XMP packet.</summary>
    public static byte[] CameraJpeg(int width, int height, int orientation = 6) => WithCameraData(Photo(width, height), orientation).JpegsaveBuffer(q: 80);

    public static byte[] CameraAvif(int width, int height) =>
        WithCameraData(Photo(width, height), 1).HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 0);

    public static byte[] CameraPng(int width, int height) => WithCameraData(Photo(width, height), 1).PngsaveBuffer();

    public static byte[] CameraWebP(int width, int height) => WithCameraData(Photo(width, height), 1).WebpsaveBuffer(effort: 0);

    /// <summary>Red, green and blue for 70, 80 and 90 milliseconds, for ever.</summary>
    public static Image Animation(int width = 400, int height = 300)
    {
        Image[] frames = [Solid(width, height, 255, 0, 0), Solid(width, height, 0, 255, 0), Solid(width, height, 0, 0, 255)];
        return Image.Arrayjoin(frames, across: 1).Mutate(picture =>
        {
            picture.Set(GValue.GIntType, "page-height", height);
            picture.Set(GValue.ArrayIntType, "delay", new[] { 70, 80, 90 });
            picture.Set(GValue.GIntType, "loop", 0);
            picture.Set(GValue.GStrType, "gif-comment", Camera);
        });
    }

    public static byte[] CmykJpeg() => Solid(500, 400, 200, 30, 30).IccTransform("cmyk", inputProfile: "srgb").JpegsaveBuffer();

    public static byte[] SixteenBitPng() => Solid(500, 400, 200, 30, 30).Colourspace(Enums.Interpretation.Rgb16).PngsaveBuffer();

    public static byte[] TransparentPng(int width = 500, int height = 400) => Solid(width, height, 200, 30, 30, 0).PngsaveBuffer();

    /// <summary>Small files that say they are very large.</summary>
    public static byte[] Bomb(string kind)
    {
        byte[] file;
        switch (kind)
        {
            case "png":
                file = Png(10, 10);
                BigEndian(file, 16, 60_000);
                BigEndian(file, 20, 60_000);
                BigEndian(file, 29, (int)Crc(file.AsSpan(12, 17)));
                return file;
            case "jpeg":
                file = Jpeg(64, 64);
                var frame = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
                file.AsSpan(frame + 5, 4).Fill(0xFD);
                return file;
            case "gif":
                // Both the screen and the first frame.
                file = Solid(10, 10, 1, 2, 3).GifsaveBuffer();
                file.AsSpan(6, 4).Fill(0xEA);
                var descriptor = file.AsSpan().IndexOf([(byte)0x2C, (byte)0, (byte)0, (byte)0, (byte)0, (byte)10, (byte)0, (byte)10, (byte)0]);
                file.AsSpan(descriptor + 5, 4).Fill(0xEA);
                return file;
            case "webp":
                // VP8L: fourteen bits each of width and height, less one, after the signature.
                file = Solid(10, 10, 1, 2, 3).WebpsaveBuffer(lossless: true, keep: Enums.ForeignKeep.None);
                var signature = file.AsSpan().IndexOf("VP8L"u8) + 8;
                (file[signature + 1], file[signature + 2], file[signature + 3]) = (0xFE, 0xBF, 0xFF);
                file[signature + 4] = (byte)((file[signature + 4] & 0xF0) | 0x0F);
                return file;
            default:
                file = Avif(64, 64);
                var size = file.AsSpan().IndexOf("ispe"u8);
                BigEndian(file, size + 8, 60_000);
                BigEndian(file, size + 12, 60_000);
                return file;
        }
    }

    public static Image Open(byte[] file) => Image.NewFromBuffer(file, failOn: Enums.FailOn.Error);

    public static Image OpenFrames(byte[] file) => Image.NewFromBuffer(file, failOn: Enums.FailOn.Error, kwargs: new VOption { { "n", -1 } });

    private static Image WithCameraData(Image picture, int orientation) => picture.Mutate(data =>
    {
        data.Set(GValue.GIntType, "orientation", orientation);
        data.Set(GValue.GStrType, "exif-ifd0-Make", $"{Camera} ({Camera}, ASCII, 10 components, 10 bytes)");
        data.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "48/1 51/1 24/1 (48, 51, 24, Rational, 3 components, 24 bytes)");
        data.Set(GValue.BlobType, "xmp-data", System.Text.Encoding.UTF8.GetBytes($"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">{Camera}</x:xmpmeta>"));
    });

    private static void BigEndian(byte[] file, int at, int value) => System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at), value);

    // That of the PNG specification, section D.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : 0xEDB88320 ^ (crc >> 1);
            }
        }

        return ~crc;
    }
}
