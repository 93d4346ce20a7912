using NetVips;

namespace Pressroom.Media;

/// <summary>Reads one uploaded file, and makes the files of its picture from the pixels alone: nothing else of what was uploaded comes through.</summary>
/// <remarks>The work is done by libvips, which is loaded when the first picture comes. It reads no kind of file but ours, and the size of a
/// picture is known, and judged, before a pixel of it is decoded.</remarks>
internal sealed class ConvertPicture : IDisposable
{
    /// <summary>The most frames of a moving picture.</summary>
    public const int MostFrames = 1_000;

    // Bluesky takes no more for the picture of a link's card, and other networks take as much.
    private const int MostSharedBytes = 1_000_000;

    private const string Srgb = "srgb";

    private static readonly double[] White = [255, 255, 255];

    // What is tried one after the other until the shared JPEG is small enough.
    private static readonly int[] SharedQualities = [82, 70, 55, 40, 25];

    // By the kind: the class that may read it, and what a picture read by it says of its origin.
    private static readonly Dictionary<PictureType, (string Class, string Name)> Loaders = new()
    {
        [PictureType.Jpeg] = ("VipsForeignLoadJpeg", "jpegload_buffer"),
        [PictureType.Png] = ("VipsForeignLoadPng", "pngload_buffer"),
        [PictureType.WebP] = ("VipsForeignLoadWebp", "webpload_buffer"),
        [PictureType.Avif] = ("VipsForeignLoadHeif", "heifload_buffer"),
        [PictureType.Gif] = ("VipsForeignLoadNsgif", "gifload_buffer"),
    };

    private readonly byte[] file;
    private readonly PictureSize size;
    private readonly Image basis;

    static ConvertPicture()
    {
        Cache.Max = 0;
        Cache.MaxMem = 0;
        Cache.MaxFiles = 0;
        NetVips.NetVips.Concurrency = Math.Max(1, Environment.ProcessorCount / 2);
        Operation.Block("VipsForeignLoad", true);
        foreach (var (loader, _) in Loaders.Values)
        {
            Operation.Block(loader, false);
        }

        // What is wrong with a file is told to its editor; it is no business of the host's log.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, static (_, _, _) => { });
    }

    private ConvertPicture(byte[] file, PictureSize size, Image basis, PictureForm form)
    {
        (this.file, this.size, this.basis) = (file, size, basis);
        Form = form;
    }

    /// <summary>What the picture is kept as at its own size.</summary>
    public PictureForm Form { get; }

    /// <summary>Reads the size that a file says it has, and nothing more.</summary>
    /// <returns>Null for a file that cannot be read.</returns>
    public static PictureSize? Measure(byte[] file, PictureType type)
    {
        try
        {
            using var header = Image.NewFromBuffer(file, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
            if ((string)header.Get("vips-loader") != Loaders[type].Name || (type == PictureType.Avif && (string)header.Get("heif-compression") != "av1"))
            {
                return null;
            }

            var frames = type is PictureType.Gif or PictureType.WebP && header.Contains("n-pages") ? (int)header.Get("n-pages") : 1;
            var isTurned = frames == 1 && header.Contains("orientation") && header.Get("orientation") is >= 5 and <= 8;
            return isTurned ? new PictureSize(header.Height, header.Width, frames) : new PictureSize(header.Width, header.Height, frames);
        }
        catch (VipsException)
        {
            return null;
        }
    }

    /// <summary>Decodes a file whose size is fit.</summary>
    /// <returns>Null for a file that is damaged or cut short.</returns>
    public static ConvertPicture? Decode(byte[] file, PictureType type, PictureSize size)
    {
        try
        {
            using var source = Open(file, size);
            var form = size.Frames > 1 ? PictureForm.Animation
                : type is PictureType.Png or PictureType.Gif || source.HasAlpha() ? PictureForm.Drawing
                : PictureForm.Photograph;

            // The pixels of nothing larger than the widest WebP are held.
            using var upright = Upright(source, size, size.IsMoving ? size.Width : Math.Min(size.Width, PictureName.WidestOfFiles));
            return new ConvertPicture(file, size, upright.CopyMemory(), form);
        }
        catch (VipsException)
        {
            return null;
        }
    }

    /// <summary>Makes one of the picture's files.</summary>
    public byte[] Make(PictureFile wanted)
    {
        if (wanted.Width > basis.Width)
        {
            // Larger than what is kept in memory: once more from the file.
            using var source = Open(file, size);
            using var whole = Upright(source, size, wanted.Width);
            return Encode(whole, wanted);
        }

        using var first = wanted.IsShared && size.IsMoving ? basis.Crop(0, 0, size.Width, size.Height) : basis.Copy();
        if (wanted.Width == first.Width)
        {
            return Encode(first, wanted);
        }

        using var scaled = first.ThumbnailImage(wanted.Width, height: wanted.Height, size: Enums.Size.Force);
        return Encode(scaled, wanted);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        basis.Dispose();
        NativeMemory.GiveBack();
    }

    private static Image Open(byte[] file, PictureSize size) => Image.NewFromBuffer(
        file, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error, kwargs: size.IsMoving ? new VOption { { "n", -1 } } : null);

    // In sRGB of eight bits, of the given width. The height is forced, so that it is the one that names and pages say.
    private static Image Upright(Image source, PictureSize size, int width)
    {
        var upright = source.ThumbnailImage(
            width, height: PictureName.HeightAt(width, size.Width, size.Height), size: Enums.Size.Force, outputProfile: Srgb, noRotate: size.IsMoving);
        if (upright is { Format: Enums.BandFormat.Uchar, Interpretation: Enums.Interpretation.Srgb })
        {
            return upright;
        }

        using (upright)
        {
            return upright.Colourspace(Enums.Interpretation.Srgb);
        }
    }

    private static byte[] Encode(Image image, PictureFile wanted)
    {
        const Enums.ForeignKeep nothing = Enums.ForeignKeep.None;
        switch (wanted.Type)
        {
            case PictureType.WebP:
                return image.WebpsaveBuffer(q: 80, effort: 2, keep: nothing);
            case PictureType.Png:
                return image.PngsaveBuffer(compression: 6, keep: nothing);
            case PictureType.Gif:
                return image.GifsaveBuffer(effort: 3, keep: nothing);
        }

        using var opaque = image.HasAlpha() ? image.Flatten(background: White) : image.Copy();
        if (!wanted.IsShared)
        {
            return opaque.JpegsaveBuffer(q: 88, optimizeCoding: true, keep: nothing);
        }

        byte[] shared = [];
        foreach (var quality in SharedQualities)
        {
            shared = opaque.JpegsaveBuffer(q: quality, optimizeCoding: true, interlace: true, keep: nothing);
            if (shared.Length <= MostSharedBytes)
            {
                break;
            }
        }

        return shared;
    }
}

/// <summary>A picture's size in pixels, as it is seen, and how many frames it has.</summary>
internal readonly record struct PictureSize(int Width, int Height, int Frames)
{
    /// <summary>Whether it has more than one frame.</summary>
    public bool IsMoving => Frames > 1;

    /// <summary>The pixels of all frames.</summary>
    public long Pixels => (long)Width * Height * Frames;
}
