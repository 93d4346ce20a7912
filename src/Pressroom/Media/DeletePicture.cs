using Pressroom.Site;

namespace Pressroom.Media;

/// <summary>Deletes a picture and its files for good. Articles that show it show its words instead.</summary>
/// <remarks>It goes out of sight first, then its files go, then its row: killed in between, the same call does the rest. Whoever uploads the
/// same file in that very moment may have to do it again.</remarks>
public sealed class DeletePicture(PictureStore pictures, SiteFiles files)
{
    /// <summary>Deletes the picture.</summary>
    /// <param name="id">The picture.</param>
    /// <param name="isExpected">Whether this is the version to delete.</param>
    /// <param name="cancellation">Cancels before anything is deleted.</param>
    /// <returns>False for another version; null where there is no such picture.</returns>
    public async Task<bool?> RunAsync(PictureId id, Func<StoredPicture, bool> isExpected, CancellationToken cancellation)
    {
        var stored = await pictures.ReadAsync(id, cancellation);
        if (stored is null)
        {
            return null;
        }

        if (!stored.IsLeaving)
        {
            stored = isExpected(stored) ? await pictures.HideAsync(stored, cancellation) : null;
            if (stored is null)
            {
                return false;
            }
        }

        await Task.WhenAll(stored.Picture.Files.Select(file => files.DeleteAsync(file.Path, CancellationToken.None)));
        await pictures.RemoveAsync(stored, CancellationToken.None);
        return true;
    }
}
