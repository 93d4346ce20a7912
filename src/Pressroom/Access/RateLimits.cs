using System.Collections.Concurrent;
using System.Globalization;
using Pressroom.Storage;

namespace Pressroom.Access;

/// <summary>Admits so many in ten minutes, and no more, over all hosts together and through restarts.</summary>
/// <remarks>
/// Table <c>limits</c>: partition = the UTC day, row <c>{HHmm of the window}-{limit}-{keyed hash of whom it counts}</c>, how many admissions
/// hosts have taken. A host takes some at once and gives them out from memory, so a small limit costs a write for each admission, a
/// large one hardly any, and a flood that is turned away none. What a host took and did not give out before it stopped is lost until the
/// window's end.
/// </remarks>
public sealed class RateLimits(ITableStore tables, Secrets secrets, TimeProvider time) : IDisposable
{
    /// <summary>How long a window is; windows begin at each full ten minutes.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private const string Table = "limits";
    private const int PartTakenAtOnce = 50;
    private const int MostCounters = 100_000;
    private const int KeptDays = 1;
    private const int LookedBackDays = 40;

    private readonly KeyedHash hash = new(secrets, "rate limits");
    private Counters current = new(DateTimeOffset.MinValue);

    /// <summary>Admits one more, or says for how long not.</summary>
    /// <param name="limit">Which limit: lower-case letters and dashes.</param>
    /// <param name="of">Whom it counts: a network, an article; it is stored as a keyed hash.</param>
    /// <param name="most">How many it admits in a window; 0 for any number.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>Null when admitted; otherwise the time until the next window.</returns>
    public async ValueTask<TimeSpan?> AdmitAsync(string limit, string of, int most, CancellationToken cancellation)
    {
        if (most == 0)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var began = new DateTimeOffset(now.Ticks - (now.Ticks % Window.Ticks), TimeSpan.Zero);
        var row = string.Create(CultureInfo.InvariantCulture, $"{began:HHmm}-{limit}-{hash.Of(of)}");
        var counter = CountersOf(began).Of(row);
        await counter.Gate.WaitAsync(cancellation);
        try
        {
            if (counter.Left == 0 && !counter.IsUsedUp)
            {
                counter.Left = await TakeAsync(DayPartitions.NameOf(began), row, most, cancellation);
                counter.IsUsedUp = counter.Left == 0;
            }

            if (counter.IsUsedUp)
            {
                return began + Window - now;
            }

            counter.Left--;
            return null;
        }
        finally
        {
            counter.Gate.Release();
        }
    }

    /// <summary>Forgets the windows of the days before yesterday.</summary>
    public Task ForgetOldAsync(CancellationToken cancellation) =>
        DayPartitions.ForgetAsync(tables, Table, time.GetUtcNow(), KeptDays, LookedBackDays, cancellation);

    /// <inheritdoc/>
    public void Dispose() => current.Dispose();

    private async Task<int> TakeAsync(string partition, string row, int most, CancellationToken cancellation)
    {
        while (true)
        {
            var found = await tables.GetAsync(Table, partition, row, cancellation);
            var taken = (int)(found?.Columns.Number("taken") ?? 0);
            var more = Math.Min(Math.Max(1, most / PartTakenAtOnce), most - taken);
            if (more <= 0)
            {
                return 0;
            }

            var columns = new Columns { { "taken", taken + more } };
            TableOperation write = found is null ? new TableOperation.Insert(row, columns) : new TableOperation.Replace(row, columns, found.ETag);
            if ((await tables.CommitAsync(Table, partition, [write], cancellation)).Committed)
            {
                return more;
            }
        }
    }

    // The counters of a window that is over go with it; and so many clients at once that they would fill the memory go by the table alone.
    private Counters CountersOf(DateTimeOffset began)
    {
        var counters = Volatile.Read(ref current);
        if (counters.Began != began || counters.Count > MostCounters)
        {
            var next = new Counters(began);
            counters = Interlocked.CompareExchange(ref current, next, counters) == counters ? next : Volatile.Read(ref current);
        }

        return counters;
    }

    private sealed class Counters(DateTimeOffset began) : IDisposable
    {
        private readonly ConcurrentDictionary<string, Counter> byRow = new(StringComparer.Ordinal);

        public DateTimeOffset Began { get; } = began;

        public int Count => byRow.Count;

        public Counter Of(string row) => byRow.GetOrAdd(row, _ => new Counter());

        public void Dispose()
        {
            foreach (var counter in byRow.Values)
            {
                counter.Gate.Dispose();
            }
        }
    }

    private sealed class Counter
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Left { get; set; }

        public bool IsUsedUp { get; set; }
    }
}
