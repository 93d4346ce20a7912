namespace Pressroom.Media;

/// <summary>A picture of the publication.</summary>
/// <param name="Name">What its files are called.</param>
/// <param name="Type">The kind of the file that was uploaded.</param>
/// <param name="Form">What the picture itself is kept as.</param>
/// <param name="Alt">What it shows, in words; null where it only decorates.</param>
/// <param name="UploadedAt">When it was uploaded first.</param>
public sealed record Picture(PictureName Name, PictureType Type, PictureForm Form, string? Alt, DateTimeOffset UploadedAt)
{
    /// <summary>Which picture it is.</summary>
    public PictureId Id => Name.Id;

    /// <summary>The file of the picture at its own size.</summary>
    public PictureFile Whole => PictureFiles.Whole(Name, Form);

    /// <summary>All its files, that of its own size among them.</summary>
    public IEnumerable<PictureFile> Files => PictureFiles.Of(Name, Form);
}

/// <summary>What a picture is kept as at its own size, beside its WebP files.</summary>
public enum PictureForm
{
    /// <summary>A JPEG: a photograph.</summary>
    Photograph,

    /// <summary>A PNG: of a file without loss, or with transparency.</summary>
    Drawing,

    /// <summary>A GIF: it moves.</summary>
    Animation,
}

/// <summary>A file of a picture.</summary>
public sealed record PictureFile(string Path, PictureType Type, int Width, int Height)
{
    /// <summary>Whether it is the JPEG that is made for others to show.</summary>
    public bool IsShared { get; init; }
}

/// <summary>Which files a picture has. <see cref="ShownPicture"/> counts on these.</summary>
internal static class PictureFiles
{
    public static PictureFile Whole(PictureName name, PictureForm form)
    {
        var (extension, type) = form switch
        {
            PictureForm.Animation => ("gif", PictureType.Gif),
            PictureForm.Drawing => ("png", PictureType.Png),
            _ => ("jpg", PictureType.Jpeg),
        };
        return new PictureFile(name.Whole(extension), type, name.Width, name.Height);
    }

    /// <summary>The largest first: what cannot be read is found out with it.</summary>
    public static IEnumerable<PictureFile> Of(PictureName name, PictureForm form)
    {
        yield return Whole(name, form);
        foreach (var width in name.Widths.Reverse())
        {
            yield return File(width, "webp", PictureType.WebP);
        }

        if (form == PictureForm.Drawing && name.SharedWidth < name.Width)
        {
            yield return File(name.SharedWidth, "png", PictureType.Png);
        }

        yield return File(name.SharedWidth, "jpg", PictureType.Jpeg) with { IsShared = true };

        PictureFile File(int width, string extension, PictureType type) => new(name.At(width, extension), type, width, name.HeightAt(width));
    }
}
