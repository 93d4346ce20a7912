namespace Pressroom.Media;

/// <summary>What may be uploaded.</summary>
/// <param name="MostBytes">The most bytes of a file.</param>
/// <param name="MostPixels">The most pixels of a picture, of all its frames together where it moves. Converting
/// takes memory for them: up to some fifteen bytes each.</param>
public sealed record MediaSettings(int MostBytes, int MostPixels)
{
    internal static MediaSettings Read(SettingReader reader) => new(
        reader.Number("Media:MostBytes", otherwise: 20 * 1024 * 1024, most: 100 * 1024 * 1024),
        reader.Number("Media:MostPixels", otherwise: 50_000_000, most: 268_000_000));
}
