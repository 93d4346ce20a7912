using System.Globalization;
using Pressroom.Articles;

namespace Pressroom.Media;

/// <summary>One of our own pictures as pages, feeds and mails show it: all of it follows from an address.</summary>
/// <param name="name">What its files are called.</param>
/// <param name="extension">That of the address: a GIF moves, a PNG may be transparent.</param>
/// <param name="site">The site's address, with a slash at its end.</param>
public sealed class ShownPicture(PictureName name, string extension, string site)
{
    /// <summary>Where the text column and the widest picture end: beyond, a picture does not grow with the window.</summary>
    public const string TextSizes = "(min-width: 60rem) 56rem, 100vw";

    /// <summary>Which picture it is.</summary>
    public PictureId Id => name.Id;

    /// <summary>Its own width and height in pixels.</summary>
    public (int Width, int Height) Size => (name.Width, name.Height);

    /// <summary>A file that anything can show, of a moderate size: for mails, for feed readers, and where a browser knows no <c>srcset</c>.</summary>
    public string Source => site + extension switch
    {
        "gif" => name.Whole("gif"),
        "png" when name.Width > name.SharedWidth => name.At(name.SharedWidth, "png"),
        "png" => name.Whole("png"),
        _ => name.At(name.SharedWidth, "jpg"),
    };

    /// <summary>Its size in pixels.</summary>
    public (int Width, int Height) SourceSize => extension == "gif" ? Size : SharedSize;

    /// <summary>Its media type.</summary>
    public string SourceType => extension switch
    {
        "gif" => PictureType.Gif.MediaType(),
        "png" => PictureType.Png.MediaType(),
        _ => PictureType.Jpeg.MediaType(),
    };

    /// <summary>The JPEG for social networks, which take nothing else everywhere: 1200 pixels wide, and where it can be, below a million bytes.</summary>
    public string Shared => site + name.At(name.SharedWidth, "jpg");

    /// <summary>Its size in pixels.</summary>
    public (int Width, int Height) SharedSize => (name.SharedWidth, name.HeightAt(name.SharedWidth));

    /// <summary>The WebP files, for <c>srcset</c>.</summary>
    public string Srcset => string.Join(", ", name.Widths.Select(width => string.Create(CultureInfo.InvariantCulture, $"{site}{name.At(width, "webp")} {width}w")));

    /// <summary>The picture at an address; null for an address that is none of our pictures'.</summary>
    /// <param name="address">An absolute address.</param>
    /// <param name="siteUrl">The publication's public address.</param>
    public static ShownPicture? At(string? address, Uri siteUrl)
    {
        var site = siteUrl.AbsoluteUri.TrimEnd('/') + "/";
        return address?.StartsWith(site, StringComparison.Ordinal) == true && PictureName.TryParse(address[site.Length..], out var name, out var extension)
            ? new ShownPicture(name, extension, site)
            : null;
    }

    /// <summary>An article's picture as social networks can take it: of our own pictures the JPEG, any other as it is.</summary>
    public static ArticleImage? ToShare(ArticleImage? image, Uri siteUrl) =>
        At(image?.Url, siteUrl) is { } picture ? image! with { Url = picture.Shared } : image;
}
