using Pressroom.Storage;

namespace Pressroom.Media;

/// <summary>What is known of the pictures.</summary>
/// <remarks>Table <c>media</c>, partition <c>media</c>. Row <c>picture-{id}</c>: a picture. Row <c>newest-{inverted upload time}-{id}</c>: its
/// place in the list, written and deleted with it. A picture with <c>leaving</c> is being deleted, and nobody sees it any more.</remarks>
public sealed class PictureStore(ITableStore tables)
{
    private const string Table = "media";
    private const string Partition = "media";
    private const string Newest = "newest-";

    /// <summary>The picture, or null where there is none.</summary>
    public async Task<StoredPicture?> FindAsync(PictureId id, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation) is { IsLeaving: false } stored ? stored : null;

    /// <summary>The newest pictures first.</summary>
    /// <param name="after">The cursor of the page before; null for the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The pictures, and the cursor where there are more.</returns>
    public async Task<(IReadOnlyList<Picture> Pictures, string? Cursor)> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        var range = RowRange.Prefix(Newest);
        range = after is null ? range : range.After(Newest + after);
        var rows = await tables.QueryAsync(Table, Partition, range, limit + 1, cancellation);
        var places = rows.Take(limit).Select(row => row.Row[Newest.Length..]).ToList();
        var found = await Task.WhenAll(places.Select(place => FindAsync(IdAt(place), cancellation)));
        return (found.OfType<StoredPicture>().Select(stored => stored.Picture).ToList(), rows.Count > limit ? places[^1] : null);
    }

    /// <summary>Adds a picture, whose files were all written since the row was read.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="leaving">The row as it was read: null where there was none.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The new version; null when the row has changed since.</returns>
    internal async Task<StoredPicture?> AddAsync(Picture picture, StoredPicture? leaving, CancellationToken cancellation)
    {
        TableOperation write = leaving is null
            ? new TableOperation.Insert(RowOf(picture.Id), Write(picture))
            : new TableOperation.Replace(RowOf(picture.Id), Write(picture), leaving.ETag);
        var result = await tables.CommitAsync(Table, Partition, [write, new TableOperation.Upsert(PlaceOf(picture), new Columns())], cancellation);
        return result.Committed ? new StoredPicture(picture, result.ETags[0]!.Value) : null;
    }

    /// <summary>Changes what is said of a picture.</summary>
    /// <returns>The new version; null when it has changed since.</returns>
    public async Task<StoredPicture?> ChangeAsync(StoredPicture stored, string? alt, CancellationToken cancellation)
    {
        var changed = stored.Picture with { Alt = alt };
        var result = await tables.CommitAsync(
            Table, Partition, [new TableOperation.Replace(RowOf(changed.Id), Write(changed), stored.ETag)], cancellation);
        return result.Committed ? new StoredPicture(changed, result.ETags[0]!.Value) : null;
    }

    /// <summary>The picture, even one that is being deleted.</summary>
    internal async Task<StoredPicture?> ReadAsync(PictureId id, CancellationToken cancellation) =>
        await tables.GetAsync(Table, Partition, RowOf(id), cancellation) is { } row ? Read(id, row) : null;

    /// <summary>Takes a picture out of sight, before its files go.</summary>
    /// <returns>The new version; null when it has changed since.</returns>
    internal async Task<StoredPicture?> HideAsync(StoredPicture stored, CancellationToken cancellation)
    {
        var columns = Write(stored.Picture);
        columns.Add("leaving", true);
        List<TableOperation> operations = [new TableOperation.Replace(RowOf(stored.Picture.Id), columns, stored.ETag)];
        var place = PlaceOf(stored.Picture);
        if (await tables.GetAsync(Table, Partition, place, cancellation) is { } listed)
        {
            operations.Add(new TableOperation.Delete(place, listed.ETag));
        }

        var result = await tables.CommitAsync(Table, Partition, operations, cancellation);
        return result.Committed ? stored with { ETag = result.ETags[0]!.Value, IsLeaving = true } : null;
    }

    /// <summary>Forgets a picture whose files are gone, unless it was uploaded again meanwhile.</summary>
    internal Task RemoveAsync(StoredPicture stored, CancellationToken cancellation) =>
        tables.CommitAsync(Table, Partition, [new TableOperation.Delete(RowOf(stored.Picture.Id), stored.ETag)], cancellation);

    private static string RowOf(PictureId id) => "picture-" + id;

    private static string PlaceOf(Picture picture) => $"{Newest}{RowKey.NewestFirst(picture.UploadedAt)}-{picture.Id}";

    private static PictureId IdAt(string place) => PictureId.Parse(place[(place.IndexOf('-', StringComparison.Ordinal) + 1)..]);

    private static Columns Write(Picture picture) => new()
    {
        { "folder", picture.Name.Folder },
        { "width", picture.Name.Width },
        { "height", picture.Name.Height },
        { "type", picture.Type.ToString() },
        { "form", picture.Form.ToString() },
        { "alt", picture.Alt },
        { "uploadedAt", picture.UploadedAt },
    };

    private static StoredPicture Read(PictureId id, TableRow row)
    {
        var columns = row.Columns;
        var name = new PictureName(columns.Text("folder"), id, (int)columns.Number("width"), (int)columns.Number("height"));
        var picture = new Picture(
            name,
            Enum.Parse<PictureType>(columns.Text("type")),
            Enum.Parse<PictureForm>(columns.Text("form")),
            columns.TextOrNull("alt"),
            columns.Time("uploadedAt"));
        return new StoredPicture(picture, row.ETag) { IsLeaving = columns.Flag("leaving") };
    }
}

/// <summary>A picture and the version of its row.</summary>
public sealed record StoredPicture(Picture Picture, ETag ETag)
{
    internal bool IsLeaving { get; init; }
}
