using System.Collections.Frozen;

namespace Pressroom.Media;

/// <summary>Finds what is said of the pictures that an article shows, for where the article says nothing.</summary>
public sealed class PictureWords(PictureStore pictures)
{
    private const int MostPictures = 200;

    /// <summary>What the pictures show that the texts name by their addresses; of those without words nothing.</summary>
    public async Task<IReadOnlyDictionary<PictureId, string>> OfAsync(IEnumerable<string?> texts, CancellationToken cancellation)
    {
        var ids = texts.OfType<string>().SelectMany(PictureName.In).Distinct().Take(MostPictures).ToList();
        if (ids.Count == 0)
        {
            return FrozenDictionary<PictureId, string>.Empty;
        }

        var found = await Task.WhenAll(ids.Select(id => pictures.FindAsync(id, cancellation)));
        return found.OfType<StoredPicture>()
            .Where(stored => stored.Picture.Alt is not null)
            .ToDictionary(stored => stored.Picture.Id, stored => stored.Picture.Alt!);
    }
}
