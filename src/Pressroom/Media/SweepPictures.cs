using Pressroom.Backup;
using Pressroom.Site;

namespace Pressroom.Media;

/// <summary>Deletes files of pictures that no row names: an upload or a deletion was cut short, and nobody has done it again.</summary>
/// <remarks>A file goes only in the version that was seen to be older than a day. Whoever uploads the picture meanwhile writes all its files anew,
/// and has none of them taken away. An import keeps the files that it finds, so nothing is swept while one is under way. Names come in a stream, and rows
/// are asked for by some of them at a time: a hundred thousand pictures take no more memory than a hundred.</remarks>
public sealed class SweepPictures(PictureStore pictures, SiteFiles files, ImportStore imports, TimeProvider time)
{
    private const int NamesAtOnce = 500;
    private static readonly TimeSpan LeftAloneFor = TimeSpan.FromDays(1);

    /// <summary>Goes through the files of all pictures. May be repeated.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var before = time.GetUtcNow() - LeftAloneFor;
        await foreach (var paths in files.ListAsync(PictureName.Root, cancellation).Chunk(NamesAtOnce).WithCancellation(cancellation))
        {
            var found = paths.GroupBy(path => PictureName.TryParse(path, out var name, out _) ? name : null).Where(group => group.Key is not null);
            await Task.WhenAll(found.Select(async picture =>
            {
                if (!await IsNamedAsync(picture.Key!, cancellation))
                {
                    await SweepAsync(picture.Key!, picture, before, cancellation);
                }
            }));
        }
    }

    private async Task<bool> IsNamedAsync(PictureName name, CancellationToken cancellation) =>
        (await pictures.FindAsync(name.Id, cancellation))?.Picture.Name == name;

    private async Task SweepAsync(PictureName name, IEnumerable<string> paths, DateTimeOffset before, CancellationToken cancellation)
    {
        foreach (var path in paths)
        {
            // An import that began after the row was looked for may have ended by now: so the row is looked for once more.
            if (await files.FindAsync(path, cancellation) is not { } file || file.ModifiedAt >= before
                || await imports.IsUnderWayAsync(before, cancellation) || await IsNamedAsync(name, cancellation))
            {
                return;
            }

            await files.DeleteAsync(path, file.ETag, cancellation);
        }

        if (await pictures.ReadAsync(name.Id, cancellation) is { IsLeaving: true } left && left.Picture.Name == name)
        {
            await pictures.RemoveAsync(left, cancellation);
        }
    }
}
