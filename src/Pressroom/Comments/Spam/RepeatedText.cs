using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Pressroom.Storage;

namespace Pressroom.Comments.Spam;

/// <summary>Judges by whether the same text, or nearly the same, was sent lately, to any article and through any host.</summary>
/// <remarks><para>Table <c>commenttexts</c>: partition = day (UTC); row = <c>{hash of the folded text}-{comment id}</c>, and four rows
/// <c>{hash}-{comment id}</c> of its outline, one of which nearly the same text probably shares. A row for each comment rather than a counter: hosts that see the same text at once do not hinder each other, and a comment that is
/// judged twice is counted once. Of the same text no more than ten are kept a day.</para>
/// <para>Texts of fewer than six words are common courtesy and not looked at.</para></remarks>
public sealed class RepeatedText(ITableStore tables, TimeProvider time) : ISpamSignal
{
    private const string Table = "commenttexts";
    private const int FewestWords = 6;
    private const int EnoughToKnow = 10;
    private const int OutlineParts = 4;
    private const int DaysKept = 3;
    private const int DaysLookedBack = 30;

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SpamFinding>> JudgeAsync(SpamCase comment, CancellationToken cancellation)
    {
        var text = FoldedText.Of(comment.Text);
        if (text.Words.Count < FewestWords)
        {
            return [];
        }

        var exact = Prefix(HashOf(text.Text));
        var outline = Outline(text);
        var same = await CountAsync(exact, comment, cancellation);
        var alike = same;
        foreach (var part in outline)
        {
            alike = Math.Max(alike, await CountAsync(part, comment, cancellation));
        }

        if (same < EnoughToKnow)
        {
            var rows = outline.Prepend(exact).Distinct(StringComparer.Ordinal)
                .Select(prefix => new TableOperation.Upsert(prefix + comment.Comment.Value, []))
                .ToList<TableOperation>();
            await tables.CommitAsync(Table, Day(comment.SubmittedAt), rows, cancellation);
        }

        return Judge(same, alike);
    }

    /// <summary>Forgets the texts of all days but the last three.</summary>
    public async Task DropOldAsync(CancellationToken cancellation)
    {
        for (var ago = DaysKept; ago <= DaysLookedBack; ago++)
        {
            var day = Day(time.GetUtcNow().AddDays(-ago));
            while (await tables.QueryAsync(Table, day, RowRange.All, AzureLimits.OperationsOfABatch, cancellation) is { Count: > 0 } rows)
            {
                await tables.CommitAsync(Table, day, rows.Select(row => new TableOperation.Delete(row.Row, row.ETag)).ToList<TableOperation>(), cancellation);
            }
        }
    }

    private static IReadOnlyList<SpamFinding> Judge(int same, int alike)
    {
        var (points, reason) = (same, alike) switch
        {
            ( >= 5, _) => (4.5, "The same text was sent many times lately."),
            ( >= 2, _) => (3, "The same text was sent several times lately."),
            (1, _) => (1.5, "The same text was sent lately."),
            (_, >= 5) => (3.5, "Nearly the same text was sent many times lately."),
            (_, >= 2) => (2, "Nearly the same text was sent several times lately."),
            (_, 1) => (1, "Nearly the same text was sent lately."),
            _ => (0.0, ""),
        };
        return points == 0 ? [] : [new SpamFinding("repeated", points, reason)];
    }

    // Of that day and of the one before; the comment itself does not count.
    private async Task<int> CountAsync(string prefix, SpamCase comment, CancellationToken cancellation)
    {
        var count = 0;
        for (var ago = 0; ago <= 1 && count < EnoughToKnow; ago++)
        {
            var day = Day(comment.SubmittedAt.AddDays(-ago));
            var rows = await tables.QueryAsync(Table, day, RowRange.Prefix(prefix), EnoughToKnow + 1, cancellation);
            count += rows.Count(row => !row.Row.EndsWith(comment.Comment.Value, StringComparison.Ordinal));
        }

        return count;
    }

    // MinHash (A. Broder, "On the resemblance and containment of documents", 1997) over three words in a row, two minima to a part: texts
    // that share three quarters of them have a part in common 19 times of 20, texts that share a tenth one time of 25.
    private static List<string> Outline(FoldedText text)
    {
        Span<ulong> minima = stackalloc ulong[2 * OutlineParts];
        minima.Fill(ulong.MaxValue);
        for (var first = 0; first + 2 < text.Words.Count; first++)
        {
            var hash = HashOf(text.Text[text.Words[first].Start..text.Words[first + 2].End]);
            for (var minimum = 0; minimum < minima.Length; minimum++)
            {
                minima[minimum] = Math.Min(minima[minimum], Permuted(hash, (ulong)minimum));
            }
        }

        var outline = new List<string>(OutlineParts);
        for (var part = 0; part < OutlineParts; part++)
        {
            outline.Add(Prefix(HashOf(MemoryMarshal.Cast<ulong, char>(minima.Slice(2 * part, 2)))));
        }

        return outline;
    }

    // The finalizer of SplitMix64: a permutation of all hashes for each number.
    private static ulong Permuted(ulong hash, ulong number)
    {
        hash += (number + 1) * 0x9E3779B97F4A7C15UL;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }

    private static ulong HashOf(ReadOnlySpan<char> text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text));

    private static string Prefix(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture) + "-";

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
