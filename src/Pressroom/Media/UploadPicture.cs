using System.Globalization;
using Pressroom.Site;
using Pressroom.Storage;

namespace Pressroom.Media;

/// <summary>Takes a picture into the publication.</summary>
/// <remarks>1 tell what the file is and how large its picture. 2 decode it whole. 3 write the files. 4 commit the row. Killed before 4, an upload
/// leaves files that no list and no page names: the same upload, sent again, writes them again, and otherwise <see cref="SweepPictures"/> takes them
/// away; after 4 all is there. Only one picture is converted at a time.</remarks>
public sealed class UploadPicture(PictureStore pictures, SiteFiles files, UploadPlaces places, MediaSettings settings, TimeProvider time)
{
    /// <summary>Stores the picture of a file, unless it is stored already: then all stays as it is, what is said of it too.</summary>
    /// <param name="file">The file, of at most <see cref="MediaSettings.MostBytes"/>. It is not changed, and must not be.</param>
    /// <param name="declaredType">The media type that the sender gives it; null where none is given.</param>
    /// <param name="alt">What the picture shows; null where it only decorates.</param>
    /// <param name="cancellation">Cancels while nothing is stored.</param>
    public async Task<UploadOutcome> RunAsync(byte[] file, string? declaredType, string? alt, CancellationToken cancellation)
    {
        if (PictureTypes.Of(file) is not { } type)
        {
            return new UploadOutcome.NoPicture(file.Length == 0 ? "It is empty." : "It is no JPEG, PNG, WebP, AVIF or GIF.");
        }

        if (declaredType is not null && !IsDeclared(type, declaredType))
        {
            return new UploadOutcome.NoPicture($"It is said to be {declaredType}, and is {type.MediaType()}.");
        }

        if (Polyglot.Find(file, type) is { } other)
        {
            return new UploadOutcome.NoPicture($"It is not only a picture but also {other}.");
        }

        var id = PictureId.Of(file);
        if (await pictures.FindAsync(id, cancellation) is { } known)
        {
            return new UploadOutcome.Stored(known, IsNew: false);
        }

        using var workbench = await places.TakeWorkbenchAsync(cancellation);
        return await pictures.FindAsync(id, cancellation) is { } overtaken
            ? new UploadOutcome.Stored(overtaken, IsNew: false)
            : await ConvertAsync(id, file, type, alt, cancellation);
    }

    private async Task<UploadOutcome> ConvertAsync(PictureId id, byte[] file, PictureType type, string? alt, CancellationToken cancellation)
    {
        if (await OffThisThread(() => ConvertPicture.Measure(file, type)) is not { } size)
        {
            return new UploadOutcome.Damaged();
        }

        if (Complaint(size) is { } complaint)
        {
            return new UploadOutcome.TooLarge(complaint);
        }

        using var conversion = await OffThisThread(() => ConvertPicture.Decode(file, type, size));
        if (conversion is null)
        {
            return new UploadOutcome.Damaged();
        }

        // Again where a deletion overtook it: it may have taken files that were written before.
        var now = time.GetUtcNow();
        while (true)
        {
            var known = await pictures.ReadAsync(id, cancellation);
            if (known is { IsLeaving: false })
            {
                return new UploadOutcome.Stored(known, IsNew: false);
            }

            // Where a deletion was cut short, its files may still be there: they are taken over.
            var folder = known?.Picture.Name.Folder ?? string.Create(CultureInfo.InvariantCulture, $"media/{now:yyyy}/{now:MM}/");
            var picture = new Picture(new PictureName(folder, id, size.Width, size.Height), type, conversion.Form, alt, now);
            await WriteAsync(picture, conversion, cancellation);
            if (await pictures.AddAsync(picture, known, cancellation) is { } added)
            {
                return new UploadOutcome.Stored(added, IsNew: true);
            }
        }
    }

    // Also over what an upload or a deletion left that was cut short: files that are new are neither swept away nor deleted.
    private async Task WriteAsync(Picture picture, ConvertPicture conversion, CancellationToken cancellation)
    {
        foreach (var wanted in picture.Files)
        {
            var bytes = await OffThisThread(() => conversion.Make(wanted));
            await files.WriteAsync(
                wanted.Path,
                new BlobContent(bytes, wanted.Type.MediaType()) { CacheControl = "public, max-age=31536000, immutable" },
                BlobCondition.None,
                cancellation);
        }
    }

    private string? Complaint(PictureSize size)
    {
        var (width, height, frames) = size;
        return Math.Max(width, height) > PictureName.MostSide
            ? string.Create(CultureInfo.InvariantCulture, $"It has {width:N0} × {height:N0} pixels; a side may have {PictureName.MostSide:N0}.")
            : frames > ConvertPicture.MostFrames
            ? string.Create(CultureInfo.InvariantCulture, $"It has {frames:N0} frames; {ConvertPicture.MostFrames:N0} are allowed.")
            : size.Pixels > settings.MostPixels
            ? string.Create(CultureInfo.InvariantCulture, $"It has {size.Pixels:N0} pixels{(size.IsMoving ? " in all its frames" : "")}; {settings.MostPixels:N0} are allowed.")
            : null;
    }

    // A file manager's guess and old names are no contradiction.
    private static bool IsDeclared(PictureType type, string declared) =>
        declared.Equals(type.MediaType(), StringComparison.OrdinalIgnoreCase)
        || declared.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase)
        || (type == PictureType.Jpeg && declared.ToLowerInvariant() is "image/jpg" or "image/pjpeg")
        || (type == PictureType.Png && declared.Equals("image/x-png", StringComparison.OrdinalIgnoreCase));

    // It computes for seconds; the caller's thread has others to serve.
    private static Task<T> OffThisThread<T>(Func<T> work) => Task.Run(work);
}

/// <summary>How an upload ended.</summary>
public abstract record UploadOutcome
{
    /// <summary>The picture is stored: now, or since an earlier upload of the same file.</summary>
    public sealed record Stored(StoredPicture Picture, bool IsNew) : UploadOutcome;

    /// <summary>The file is of no kind that is taken, of another than it is said to be, or of a second one too.</summary>
    public sealed record NoPicture(string Reason) : UploadOutcome;

    /// <summary>The picture has too many pixels.</summary>
    public sealed record TooLarge(string Reason) : UploadOutcome;

    /// <summary>The file is damaged or cut short.</summary>
    public sealed record Damaged : UploadOutcome;
}
