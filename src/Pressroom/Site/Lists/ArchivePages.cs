using System.Globalization;
using Pressroom.Storage;

namespace Pressroom.Site.Lists;

/// <summary>Divides each month of a list into pages of bounded size, so that one more article costs one page, however many there are.</summary>
/// <remarks>
/// A month begins as one segment; one that outgrows its page is split, like a leaf of a B+ tree. Rows
/// <c>segment|{list}|{month}|{last key}</c> in the table of <see cref="ListStore"/>: a segment holds the items after the last key of the
/// row before it, up to its own last key; the oldest segment's is "~". The newest segment of a month is the month's own page and has
/// no name; the others have a name for their address, given once and kept. A segment is new until its page and those beside it are
/// made: killed in between, the next refresh makes them.
/// </remarks>
public sealed class ArchivePages(ITableStore tables, ListStore lists)
{
    private const string Oldest = "~";
    private const int MostSegments = 10_000;
    private const int MostNewSegments = 90;

    /// <summary>Makes the pages again that the touched items are on, and those beside them where a page came or went.</summary>
    internal async Task RefreshAsync(ListKey list, IReadOnlyList<Touch> touches, IArchiveWriter writer, CancellationToken cancellation)
    {
        foreach (var month in touches.GroupBy(touch => touch.Month).OrderBy(group => group.Key.ToString(), StringComparer.Ordinal))
        {
            await RefreshMonthAsync(list, month.Key, month.Select(touch => touch.Key).ToList(), writer, cancellation);
        }
    }

    /// <summary>All segments of a list, by month.</summary>
    internal async Task<IReadOnlyList<Segment>> AllAsync(ListKey list, CancellationToken cancellation)
    {
        var prefix = $"segment|{list}|";
        return Read(await tables.QueryAsync(ListStore.Table, ListStore.Partition, RowRange.Prefix(prefix), MostSegments, cancellation), prefix);
    }

    private async Task RefreshMonthAsync(ListKey list, Month month, List<string> touched, IArchiveWriter writer, CancellationToken cancellation)
    {
        var before = await SegmentsAsync(list, month, cancellation);
        var inMonth = lists.KeysOf(month);
        if ((await lists.ItemsAsync(list, inMonth, 1, cancellation)).Count == 0)
        {
            await RemoveMonthAsync(list, month, before, writer, cancellation);
            return;
        }

        var after = before;
        if (before.Count == 0)
        {
            await CommitAsync([new TableOperation.Insert(RowKey(list, month, Oldest), Segment.Write(null, isNew: true))], cancellation);
            after = await SegmentsAsync(list, month, cancellation);
        }

        after = await TellApartAsync(list, month, after, cancellation);
        foreach (var crowded in Touched(after, touched))
        {
            after = await SplitAsync(list, month, crowded.LastKey, writer.MostOnPage, cancellation);
        }

        var isTouched = Touched(after, touched).Select(segment => segment.LastKey).ToHashSet(StringComparer.Ordinal);

        // Oldest first: a page is there before the one that links to it.
        for (var index = after.Count - 1; index >= 0; index--)
        {
            var isBesideNew = (index > 0 && after[index - 1].IsNew) || (index + 1 < after.Count && after[index + 1].IsNew);
            if (isTouched.Contains(after[index].LastKey) || after[index].IsNew || isBesideNew)
            {
                await WriteAsync(list, month, after, index, writer, cancellation);
            }
        }

        var made = after.Where(segment => segment.IsNew).ToList();
        if (made.Count > 0)
        {
            await WriteNeighboursAsync(list, month, writer, cancellation);
        }

        foreach (var some in made.Chunk(100))
        {
            await CommitAsync(
                some.Select(segment => new TableOperation.Replace(RowKey(list, month, segment.LastKey), Segment.Write(segment.Name, isNew: false), segment.ETag))
                    .ToList<TableOperation>(),
                cancellation);
        }
    }

    private async Task RemoveMonthAsync(ListKey list, Month month, IReadOnlyList<Segment> segments, IArchiveWriter writer, CancellationToken cancellation)
    {
        foreach (var segment in segments)
        {
            await writer.RemoveAsync(list, segment, cancellation);
        }

        foreach (var some in segments.Chunk(100))
        {
            await CommitAsync(some.Select(segment => new TableOperation.Delete(RowKey(list, month, segment.LastKey), segment.ETag)).ToList<TableOperation>(), cancellation);
        }

        // Also where no segment is left: who removed them may have been killed before this.
        await WriteNeighboursAsync(list, month, writer, cancellation);
    }

    // A backup brings the segments of its publication along, which this one may have divided in another way since: both are kept, and those that
    // would be one page get another name, but the newest of them.
    private async Task<IReadOnlyList<Segment>> TellApartAsync(ListKey list, Month month, IReadOnlyList<Segment> segments, CancellationToken cancellation)
    {
        var alike = segments.Index().GroupBy(segment => segment.Item.Name).Where(group => group.Count() > 1).ToList();
        if (alike.Count == 0)
        {
            return segments;
        }

        var names = NamesOf(segments);
        var operations = new List<TableOperation>();
        foreach (var (rank, (index, segment)) in alike.SelectMany(group => group.Index()))
        {
            var name = rank == 0 ? segment.Name : NewName(await NewestAsync(list, month, segments, index, cancellation), names);
            operations.Add(new TableOperation.Replace(RowKey(list, month, segment.LastKey), Segment.Write(name, isNew: true), segment.ETag));
        }

        foreach (var some in operations.Chunk(100))
        {
            await CommitAsync(some, cancellation);
        }

        return await SegmentsAsync(list, month, cancellation);
    }

    private async Task<DateTimeOffset> NewestAsync(ListKey list, Month month, IReadOnlyList<Segment> segments, int index, CancellationToken cancellation)
    {
        var items = await lists.ItemsAsync(list, KeysOf(month, segments, index), 1, cancellation);
        return items is [var newest] ? newest.Article.PublishedAt : new DateTimeOffset(month.Year, month.Number, 1, 0, 0, 0, TimeSpan.Zero);
    }

    // A month that came or went changes the links of the months on both sides of it.
    private async Task WriteNeighboursAsync(ListKey list, Month month, IArchiveWriter writer, CancellationToken cancellation)
    {
        if (await NewerMonthAsync(list, month, cancellation) is { } newer)
        {
            var segments = await SegmentsAsync(list, newer, cancellation);
            await WriteAsync(list, newer, segments, segments.Count - 1, writer, cancellation);
        }

        if (await OlderMonthAsync(list, month, cancellation) is { } older && await SegmentsAsync(list, older, cancellation) is { Count: > 0 } olderSegments)
        {
            await WriteAsync(list, older, olderSegments, 0, writer, cancellation);
        }
    }

    private async Task WriteAsync(ListKey list, Month month, IReadOnlyList<Segment> segments, int index, IArchiveWriter writer, CancellationToken cancellation)
    {
        var segment = segments[index];
        var newer = index > 0 ? segments[index - 1] : null;
        if (newer is null && await NewerMonthAsync(list, month, cancellation) is { } newerMonth)
        {
            newer = await SegmentsAsync(list, newerMonth, cancellation) is [.., var last] ? last : null;
        }

        var older = index + 1 < segments.Count ? segments[index + 1] : null;
        if (older is null && await OlderMonthAsync(list, month, cancellation) is { } olderMonth)
        {
            older = await SegmentsAsync(list, olderMonth, cancellation) is [var first, ..] ? first : null;
        }

        await writer.WriteAsync(list, segment, KeysOf(month, segments, index), newer, older, cancellation);
    }

    // Cuts full pages off the old end, so that old pages stay as they are and the newest has room.
    private async Task<IReadOnlyList<Segment>> SplitAsync(ListKey list, Month month, string lastKey, int mostOnPage, CancellationToken cancellation)
    {
        var segments = await SegmentsAsync(list, month, cancellation);
        var index = segments.ToList().FindIndex(segment => segment.LastKey == lastKey);
        var keys = KeysOf(month, segments, index);
        var items = await AllItemsAsync(list, keys, cancellation);
        if (items.Count <= mostOnPage)
        {
            return segments;
        }

        var operations = new List<TableOperation>();
        var names = NamesOf(segments);
        var half = mostOnPage / 2;
        var chunks = items.Reverse().Chunk(half).ToList();
        if (chunks.Count > 1 && chunks[^1].Length < half)
        {
            chunks[^2] = [.. chunks[^2], .. chunks[^1]];
            chunks.RemoveAt(chunks.Count - 1);
        }

        if (chunks.Count > MostNewSegments)
        {
            // One batch has no room for more; what is left is split by the next refresh.
            chunks = [.. chunks.Take(MostNewSegments - 1), chunks.Skip(MostNewSegments - 1).SelectMany(chunk => chunk).ToArray()];
        }

        for (var number = 0; number < chunks.Count; number++)
        {
            var isNewestOfMonth = index == 0 && number == chunks.Count - 1;
            var newest = chunks[number][^1].Article.PublishedAt;
            if (number == 0)
            {
                var old = segments[index];
                operations.Add(new TableOperation.Replace(
                    RowKey(list, month, lastKey), Segment.Write(old.Name ?? (isNewestOfMonth ? null : NewName(newest, names)), isNew: true), old.ETag));
            }
            else
            {
                operations.Add(new TableOperation.Insert(
                    RowKey(list, month, chunks[number][0].Key), Segment.Write(isNewestOfMonth ? null : NewName(newest, names), isNew: true)));
            }
        }

        await CommitAsync(operations, cancellation);
        return await SegmentsAsync(list, month, cancellation);
    }

    private static HashSet<string> NamesOf(IReadOnlyList<Segment> segments) =>
        segments.Select(segment => segment.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);

    private static string NewName(DateTimeOffset newest, HashSet<string> taken)
    {
        var time = newest.UtcDateTime.ToString("dd-HHmmss", CultureInfo.InvariantCulture);
        var name = time;
        for (var number = 2; !taken.Add(name); number++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{time}-{number}");
        }

        return name;
    }

    private async Task<IReadOnlyList<ListItem>> AllItemsAsync(ListKey list, KeyRange keys, CancellationToken cancellation)
    {
        var items = new List<ListItem>();
        while (true)
        {
            var some = await lists.ItemsAsync(list, keys, 1_000, cancellation);
            items.AddRange(some);
            if (some.Count < 1_000)
            {
                return items;
            }

            keys = keys with { From = KeyRange.OlderThan(some[^1].Key).From };
        }
    }

    private static IEnumerable<Segment> Touched(IReadOnlyList<Segment> segments, IEnumerable<string> keys) => keys
        .Select(key => segments.First(segment => string.CompareOrdinal(segment.LastKey, key) >= 0))
        .DistinctBy(segment => segment.LastKey);

    private KeyRange KeysOf(Month month, IReadOnlyList<Segment> segments, int index)
    {
        var inMonth = lists.KeysOf(month);
        var from = index == 0 ? inMonth.From : KeyRange.OlderThan(segments[index - 1].LastKey).From;
        var before = segments[index].LastKey == Oldest ? inMonth.Before : KeyRange.OlderThan(segments[index].LastKey).From;
        return new KeyRange(from, before);
    }

    // Segments are stored by month, so the next newer one is the next row; the next older one is found by its items.
    private async Task<Month?> NewerMonthAsync(ListKey list, Month month, CancellationToken cancellation)
    {
        var prefix = $"segment|{list}|";
        var range = RowRange.Prefix(prefix) with { From = prefix + month.Next };
        var rows = await tables.QueryAsync(ListStore.Table, ListStore.Partition, range, 1, cancellation);
        return Read(rows, prefix) is [var segment] ? segment.Month : null;
    }

    private async Task<Month?> OlderMonthAsync(ListKey list, Month month, CancellationToken cancellation)
    {
        var items = await lists.ItemsAsync(list, new KeyRange(lists.KeysOf(month).Before!, null), 1, cancellation);
        return items is [var item] ? item.Month : null;
    }

    private async Task<IReadOnlyList<Segment>> SegmentsAsync(ListKey list, Month month, CancellationToken cancellation)
    {
        var range = RowRange.Prefix($"segment|{list}|{month}|");
        return Read(await tables.QueryAsync(ListStore.Table, ListStore.Partition, range, MostSegments, cancellation), $"segment|{list}|");
    }

    private static List<Segment> Read(IReadOnlyList<TableRow> rows, string prefix) => rows.Select(row =>
    {
        var key = row.Row[prefix.Length..];
        return new Segment(Month.Parse(key), key[(key.IndexOf('|', StringComparison.Ordinal) + 1)..], row.Columns.TextOrNull("name"), row.Columns.Flag("new"), row.ETag);
    }).ToList();

    private static string RowKey(ListKey list, Month month, string lastKey) => $"segment|{list}|{month}|{lastKey}";

    private async Task CommitAsync(IReadOnlyList<TableOperation> operations, CancellationToken cancellation)
    {
        if (!(await tables.CommitAsync(ListStore.Table, ListStore.Partition, operations, cancellation)).Committed)
        {
            throw new OvertakenException("Another refresh divides the same month.");
        }
    }
}

/// <summary>A part of a month that fits one page. <paramref name="Name"/> is null for the newest, which is the month's own page.</summary>
internal sealed record Segment(Month Month, string LastKey, string? Name, bool IsNew, ETag ETag)
{
    public static Columns Write(string? name, bool isNew) => new() { { "name", name }, { "new", isNew ? true : null } };
}

/// <summary>Makes the pages of archive segments: lists' pages, or sitemaps.</summary>
internal interface IArchiveWriter
{
    /// <summary>How many items a page holds before it is split in two.</summary>
    int MostOnPage { get; }

    /// <summary>Writes the page of a segment.</summary>
    Task WriteAsync(ListKey list, Segment segment, KeyRange keys, Segment? newer, Segment? older, CancellationToken cancellation);

    /// <summary>Removes the page of a segment.</summary>
    Task RemoveAsync(ListKey list, Segment segment, CancellationToken cancellation);
}

/// <summary>Another host was faster at the same work; the message is to be tried again.</summary>
public sealed class OvertakenException(string message) : Exception(message);
