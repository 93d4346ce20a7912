using System.Collections.Concurrent;

namespace Pressroom.LocalHost.Site;

/// <summary>Ready answers by path, no more than <paramref name="mostBytes"/> of them; those asked for again outlive the others, and one
/// that nobody asks for goes after <paramref name="keptFor"/>, so that memory follows the readers and not the archive.</summary>
/// <param name="mostBytes">The most memory that the answers take.</param>
/// <param name="freshFor">How long an answer is good without a look at storage.</param>
/// <param name="keptFor">How long it is kept, for the next look to compare with, when it has not been asked for since.</param>
/// <param name="time">What freshness is measured with.</param>
/// <remarks>An answer from before a change is never kept after it: <see cref="Drop"/> forgets the kept answer and also the reading in
/// progress, which then ends without being kept; whoever asks after the change starts a reading of their own. This needs a store that
/// tells of a change when readers can see it and before the writer is answered.</remarks>
internal sealed class SiteCache(long mostBytes, TimeSpan freshFor, TimeSpan keptFor, TimeProvider time)
{
    private readonly long freshTicks = (long)(freshFor.TotalSeconds * time.TimestampFrequency);
    private readonly long keptTicks = (long)(keptFor.TotalSeconds * time.TimestampFrequency);
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Reading> readings = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> byAge = new();
    private readonly Lock gate = new();
    private long bytes;

    public delegate Task<SiteAnswer?> Read(string path, SiteAnswer? stale);

    /// <summary>The answer, if it is at hand.</summary>
    public SiteAnswer? Find(string path)
    {
        if (!entries.TryGetValue(path, out var entry) || time.GetTimestamp() >= entry.FreshUntil)
        {
            return null;
        }

        if (!entry.WasUsed)
        {
            entry.WasUsed = true;
        }

        return entry.Answer;
    }

    /// <summary>The answer, read where it is not at hand: once, for all who ask meanwhile. A reading that finds nothing is not kept.</summary>
    public Task<SiteAnswer?> GetAsync(string path, Read read)
    {
        lock (gate)
        {
            if (Find(path) is { } answer)
            {
                return Task.FromResult<SiteAnswer?>(answer);
            }

            if (!readings.TryGetValue(path, out var reading))
            {
                reading = new Reading();
                readings.Add(path, reading);
                var stale = entries.GetValueOrDefault(path)?.Answer;
                reading.Answer = Task.Run(() => ReadAsync(path, stale, reading, read));
            }

            return reading.Answer;
        }
    }

    /// <summary>Forgets what it has of a path.</summary>
    public void Drop(string path)
    {
        lock (gate)
        {
            readings.Remove(path);
            Remove(path);
        }
    }

    private async Task<SiteAnswer?> ReadAsync(string path, SiteAnswer? stale, Reading reading, Read read)
    {
        var began = time.GetTimestamp();
        SiteAnswer? answer = null;
        try
        {
            answer = await read(path, stale);
            return answer;
        }
        finally
        {
            lock (gate)
            {
                if (readings.TryGetValue(path, out var current) && current == reading)
                {
                    readings.Remove(path);
                    Remove(path);
                    Keep(path, answer, began);
                }
            }
        }
    }

    private void Keep(string path, SiteAnswer? answer, long began)
    {
        // One large file must not push out everything else.
        if (answer is null || answer.Size > mostBytes / 8)
        {
            return;
        }

        var entry = new Entry(path, answer, began + freshTicks);
        entries[path] = entry;
        entry.Place = byAge.AddLast(entry);
        bytes += answer.Size;
        while (byAge.First is { Value: var oldest })
        {
            var isForgotten = began - oldest.FreshUntil > keptTicks;
            if (bytes <= mostBytes && !isForgotten)
            {
                break;
            }

            if (oldest.WasUsed && !isForgotten)
            {
                oldest.WasUsed = false;
                byAge.RemoveFirst();
                byAge.AddLast(oldest.Place!);
            }
            else
            {
                Remove(oldest.Path);
            }
        }
    }

    private void Remove(string path)
    {
        if (entries.TryRemove(path, out var entry))
        {
            byAge.Remove(entry.Place!);
            bytes -= entry.Answer.Size;
        }
    }

    private sealed class Reading
    {
        public Task<SiteAnswer?> Answer { get; set; } = Task.FromResult<SiteAnswer?>(null);
    }

    private sealed class Entry(string path, SiteAnswer answer, long freshUntil)
    {
        public string Path { get; } = path;

        public SiteAnswer Answer { get; } = answer;

        public long FreshUntil { get; } = freshUntil;

        public LinkedListNode<Entry>? Place { get; set; }

        public bool WasUsed { get; set; }
    }
}
