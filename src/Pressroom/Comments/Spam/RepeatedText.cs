using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Pressroom.Storage;

namespace Pressroom.Comments.Spam;

/// <summary>Judges by whether the same text, or nearly the same, was sent lately, to any article and through any host.</summary>
/// <remarks><para>Table <c>commenttexts</c>: partition = day (UTC), row = comment id, column <c>hashes</c>: eight bytes each of the folded text
/// and of the four parts of its outline, one of which nearly the same text probably shares. A host keeps those of two days in memory, and
/// once a second writes down its own and reads what others have written: a comment costs no reading, and a row in a batch of many.</para>
/// <para>It is a memory for a hunch: a host that is killed forgets the texts of its last second. Texts of fewer than six words are common
/// courtesy and not looked at.</para></remarks>
public sealed class RepeatedText(ITableStore tables, TimeProvider time) : ISpamSignal
{
    private const string Table = "commenttexts";
    private const int FewestWords = 6;
    private const int EnoughToKnow = 10;
    private const int OutlineParts = 4;
    private const int MostRemembered = 10_000;
    private const int MostPending = 50;
    private const int PageSize = 1_000;
    private const int MostPages = 20;
    private const int DaysKept = 2;
    private const int DaysLookedBack = 30;
    private static readonly TimeSpan Lately = TimeSpan.FromDays(2);
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);

    // Hosts' rows do not come in quite in the order of their ids.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<ulong, List<CommentId>> byHash = [];
    private readonly Dictionary<CommentId, ulong[]> hashes = [];
    private readonly Queue<CommentId> byAge = new();
    private List<CommentId> pending = [];
    private DateTimeOffset seen;
    private long dueAt;

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

        var now = time.GetUtcNow();
        var isDue = IsDue(now);
        if (isDue)
        {
            await ReadOthersAsync(now, cancellation);
        }

        var (finding, isMuch) = Look(comment.Comment, [HashOf(text.Text), .. Outline(text)], now);
        if (isDue || isMuch)
        {
            await WriteOwnAsync(cancellation);
        }

        return finding;
    }

    /// <summary>Forgets the texts of all days but the last three.</summary>
    public Task DropOldAsync(CancellationToken cancellation) =>
        DayPartitions.ForgetAsync(tables, Table, time.GetUtcNow(), DaysKept, DaysLookedBack, cancellation);

    private bool IsDue(DateTimeOffset now)
    {
        var due = Interlocked.Read(ref dueAt);
        return now.UtcTicks >= due && Interlocked.CompareExchange(ref dueAt, (now + Rhythm).UtcTicks, due) == due;
    }

    private (IReadOnlyList<SpamFinding> Finding, bool IsMuchPending) Look(CommentId comment, ulong[] parts, DateTimeOffset now)
    {
        lock (gate)
        {
            Forget(now);
            var itself = hashes.ContainsKey(comment) ? 1 : 0; // it is judged twice where the signals are asked again
            var same = CountOf(parts[0]) - itself;
            var alike = parts.Max(CountOf) - itself;
            if (same < EnoughToKnow && Remember(comment, parts))
            {
                pending.Add(comment);
            }

            return (Judge(same, alike), pending.Count >= MostPending);
        }
    }

    private int CountOf(ulong hash) => byHash.TryGetValue(hash, out var known) ? known.Count : 0;

    private bool Remember(CommentId comment, ulong[] parts)
    {
        if (!hashes.TryAdd(comment, parts))
        {
            return false;
        }

        byAge.Enqueue(comment);
        foreach (var part in parts.Distinct())
        {
            if (!byHash.TryGetValue(part, out var known))
            {
                byHash[part] = known = new List<CommentId>(1);
            }

            known.Add(comment);
        }

        return true;
    }

    private void Forget(DateTimeOffset now)
    {
        while (byAge.TryPeek(out var oldest) && (byAge.Count > MostRemembered || oldest.CreatedAt + Lately <= now))
        {
            byAge.Dequeue();
            hashes.Remove(oldest, out var parts);
            foreach (var part in parts!.Distinct())
            {
                if (byHash[part] is { Count: > 1 } known)
                {
                    known.Remove(oldest);
                }
                else
                {
                    byHash.Remove(part);
                }
            }
        }
    }

    private async Task ReadOthersAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var from = seen == default ? now - Lately : seen - Slack;
        for (var day = from.UtcDateTime.Date; day <= now.UtcDateTime.Date; day = day.AddDays(1))
        {
            var range = new RowRange(from.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture), null);
            for (var page = 0; page < MostPages; page++)
            {
                var rows = await tables.QueryAsync(Table, DayPartitions.NameOf(day), range, PageSize, cancellation);
                lock (gate)
                {
                    foreach (var row in rows)
                    {
                        var comment = CommentId.Parse(row.Row);
                        Remember(comment, MemoryMarshal.Cast<byte, ulong>(row.Columns.BytesOrNull("hashes")).ToArray());
                        seen = comment.CreatedAt > seen ? comment.CreatedAt : seen;
                    }
                }

                if (rows.Count < PageSize)
                {
                    break;
                }

                range = range.After(rows[^1].Row);
            }
        }
    }

    private async Task WriteOwnAsync(CancellationToken cancellation)
    {
        List<CommentId> taken;
        lock (gate)
        {
            (taken, pending) = (pending, []);
        }

        foreach (var day in taken.GroupBy(comment => DayPartitions.NameOf(comment.CreatedAt)))
        {
            foreach (var some in day.Chunk(AzureLimits.OperationsOfABatch))
            {
                if (some.Select(RowOf).OfType<TableOperation>().ToList() is { Count: > 0 } rows)
                {
                    await tables.CommitAsync(Table, day.Key, rows, cancellation);
                }
            }
        }
    }

    private TableOperation? RowOf(CommentId comment)
    {
        lock (gate)
        {
            return hashes.TryGetValue(comment, out var parts)
                ? new TableOperation.Upsert(comment.Value, new Columns { { "hashes", MemoryMarshal.AsBytes(parts.AsSpan()).ToArray() } })
                : null;
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

    // MinHash (A. Broder, "On the resemblance and containment of documents", 1997) over three words in a row, two minima to a part: texts
    // that share three quarters of them have a part in common 19 times of 20, texts that share a tenth one time of 25.
    private static ulong[] Outline(FoldedText text)
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

        var outline = new ulong[OutlineParts];
        for (var part = 0; part < OutlineParts; part++)
        {
            outline[part] = HashOf(MemoryMarshal.Cast<ulong, char>(minima.Slice(2 * part, 2)));
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
}
