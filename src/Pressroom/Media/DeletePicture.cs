using Pressroom.Site;

namespace Pressroom.Media;

/// <summary>Deletes a picture and its files for good. Articles that show it show its words instead.</summary>
/// <remarks>It goes out of sight first, then its files go in the versions that were seen before, then its row: killed in between, the same call does
/// the rest. An upload that read the row since wrote other versions, and one that read it before finds it changed and writes its files again.</remarks>
public sealed class DeletePicture(PictureStore pictures, SiteFiles files)
{
    /// <summary>Deletes the picture.</summary>
    /// <param name="id">The picture.</param>
    /// <param name="isExpected">Whether this is the version to delete.</param>
    /// <param name="cancellation">Cancels before anything is deleted.</param>
    /// <returns>False for another version; null where there is no such picture.</returns>
    public async Task<bool?> RunAsync(PictureId id, Func<StoredPicture, bool> isExpected, CancellationToken cancellation)
    {
        while (await pictures.ReadAsync(id, cancellation) is { } stored)
        {
            if (!stored.IsLeaving && !isExpected(stored))
            {
                return false;
            }

            var paths = stored.Picture.Files.Select(file => file.Path).ToList();
            var seen = await Task.WhenAll(paths.Select(path => files.FindAsync(path, cancellation)));

            // One that is leaving is hidden again: its files were seen anew.
            if (await pictures.HideAsync(stored, cancellation) is { } hidden)
            {
                await Task.WhenAll(paths.Zip(seen).Where(file => file.Second is not null)
                    .Select(file => files.DeleteAsync(file.First, file.Second!.ETag, CancellationToken.None)));
                await pictures.RemoveAsync(hidden, CancellationToken.None);
                return true;
            }
        }

        return null;
    }
}
