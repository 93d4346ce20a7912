using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Pressroom.LocalHost.Outbox;

/// <summary>The names and times of a folder's files. To look at 100,000 of them takes the better part of a second, so the list is kept for
/// as long as the folder stays as it is.</summary>
/// <param name="folder">Need not exist.</param>
/// <param name="names">Which files count.</param>
/// <param name="isMail">What they are.</param>
/// <param name="time">The clock that the folder is dated by.</param>
internal sealed class OutboxListing(string folder, Regex names, bool isMail, TimeProvider time)
{
    // File systems count time in steps, of two seconds at the most: within one, a folder can change again and be dated the same.
    private static readonly TimeSpan CoarsestStep = TimeSpan.FromSeconds(2);

    private volatile Kept? kept;

    public IReadOnlyList<OutboxFile> NewestFirst()
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        // Whoever writes here makes a file and renames it, which dates the folder anew. What comes while it is being read does so too.
        var changedAt = Directory.GetLastWriteTimeUtc(folder);
        if (kept is { } before && before.ChangedAt == changedAt)
        {
            return before.Files;
        }

        var isAtRest = time.GetUtcNow().UtcDateTime - changedAt > CoarsestStep;
        var files = Read().ToList();
        files.Sort(OutboxFile.NewestFirst);
        kept = isAtRest ? new Kept(changedAt, files) : null;
        return files;
    }

    private FileSystemEnumerable<OutboxFile> Read() => new(folder, (ref entry) => new OutboxFile(entry.FileName.ToString(), entry.LastWriteTimeUtc, isMail))
    {
        ShouldIncludePredicate = (ref entry) => names.IsMatch(entry.FileName) && !entry.IsDirectory,
    };

    private sealed record Kept(DateTime ChangedAt, IReadOnlyList<OutboxFile> Files);
}

/// <summary>A file of the outbox, which need not exist any more.</summary>
internal readonly record struct OutboxFile(string Name, DateTimeOffset WrittenAt, bool IsMail)
{
    public static Comparison<OutboxFile> NewestFirst { get; } = (one, other) =>
        other.WrittenAt.CompareTo(one.WrittenAt) is not 0 and var order ? order : string.CompareOrdinal(one.Name, other.Name);
}
