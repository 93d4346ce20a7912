using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Pressroom.Media;

/// <summary>What the files of a picture are called. The name alone tells which files there are, so whoever writes a page needs no look
/// into a table: <c>media/2026/11/{id}-4000x3000.jpg</c> is the picture, and <c>…-4000x3000-640.webp</c> the same 640 pixels wide.</summary>
/// <param name="Folder">Where the files lie: <c>media/2026/11/</c>.</param>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Width">The picture's width in pixels.</param>
/// <param name="Height">Its height.</param>
public sealed partial record PictureName(string Folder, PictureId Id, int Width, int Height)
{
    /// <summary>What the paths of all pictures begin with.</summary>
    internal const string Root = "media/";

    /// <summary>The longest side that a picture may have: WebP can hold no more.</summary>
    public const int MostSide = 16_383;

    /// <summary>The widest WebP.</summary>
    internal const int WidestOfFiles = 2560;

    // From a telephone's column to a wide screen of high density.
    private static readonly int[] UsualWidths = [320, 640, 960, 1280, 1920, WidestOfFiles];

    // As wide as social networks, feed readers and mail programs can use (Open Graph's 1200).
    private const int UsualSharedWidth = 1200;

    /// <summary>How wide its WebP files are, from the narrowest on. None is wider than the picture.</summary>
    public IReadOnlyList<int> Widths => Width >= WidestOfFiles ? UsualWidths : [.. UsualWidths.Where(width => width < Width), Width];

    /// <summary>How wide the files are that are made to be shown by others.</summary>
    public int SharedWidth => Math.Min(Width, UsualSharedWidth);

    private string Stem => string.Create(CultureInfo.InvariantCulture, $"{Folder}{Id}-{Width}x{Height}");

    /// <summary>The picture at its own size.</summary>
    /// <param name="extension">Without a dot.</param>
    public string Whole(string extension) => $"{Stem}.{extension}";

    /// <summary>The picture at another width.</summary>
    public string At(int width, string extension) => string.Create(CultureInfo.InvariantCulture, $"{Stem}-{width}.{extension}");

    /// <summary>The height that belongs to a width.</summary>
    public int HeightAt(int width) => HeightAt(width, Width, Height);

    /// <summary>Reads the path of one of the files of a picture, and its extension; false for any other path.</summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out PictureName? name, out string extension)
    {
        name = null;
        extension = "";
        if (Form().Match(path) is not { Success: true } match)
        {
            return false;
        }

        var (width, height) = (Number(match.Groups["width"]), Number(match.Groups["height"]));
        if (width is < 1 or > MostSide || height is < 1 or > MostSide)
        {
            return false;
        }

        name = new PictureName(match.Groups["folder"].Value, PictureId.Parse(match.Groups["id"].Value), width, height);
        extension = match.Groups["extension"].Value;
        return true;
    }

    /// <summary>The pictures that a text shows, as far as their addresses are written out in it.</summary>
    public static IEnumerable<PictureId> In(string text) =>
        Mention().Matches(text).Select(match => PictureId.Parse(match.Groups["id"].Value)).Distinct();

    internal static int HeightAt(int width, int wholeWidth, int wholeHeight) =>
        Math.Max(1, (int)Math.Round(wholeHeight * (double)width / wholeWidth, MidpointRounding.AwayFromZero));

    private static int Number(Group group) => int.Parse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("^(?<folder>media/[0-9]{4}/[0-9]{2}/)(?<id>[0-9a-f]{32})-(?<width>[0-9]{1,5})x(?<height>[0-9]{1,5})(-[0-9]{1,5})?\\.(?<extension>jpg|png|gif|webp)\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    [GeneratedRegex("/media/[0-9]{4}/[0-9]{2}/(?<id>[0-9a-f]{32})-[0-9]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Mention();
}
