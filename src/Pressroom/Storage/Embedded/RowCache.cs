namespace Pressroom.Storage.Embedded;

/// <summary>Rows that were written or read lately. What is found here is what a read of the file would find: this process alone writes it.</summary>
/// <remarks>
/// <para>A reader's connection drops its pages at every commit of the writer's, so under load each read of a row costs a handful of system calls.
/// Most rows are read within moments of being written.</para>
/// <para>A change is announced before its transaction can be seen, and from then on its rows are looked up in the file, which knows
/// which state is the current one; when it is durable the new rows are put here. What a reader found in the file is kept only if no
/// change was announced or ended in the meantime.</para>
/// </remarks>
internal sealed class RowCache
{
    private const int Shards = 256;
    private const int MostBytes = 6 * 1024 * 1024;
    private const int LargestRow = 8 * 1024;
    private const int Overhead = 250;

    private readonly Shard[] shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];

    /// <summary>Looks a row up.</summary>
    /// <param name="key">The row.</param>
    /// <param name="row">What is known of it.</param>
    /// <param name="ticket">Where it is not known: what <see cref="Offer"/> wants after it was read.</param>
    public bool TryFind(RowName key, out CachedRow row, out long ticket) => ShardOf(key).TryFind(key, out row, out ticket);

    /// <summary>Keeps what was read from the file, unless it may have changed since the ticket was given.</summary>
    public void Offer(RowName key, CachedRow row, long ticket) => ShardOf(key).Offer(key, row, ticket);

    /// <summary>A row is about to change; until <see cref="End"/> it is to be looked up in the file.</summary>
    public void Begin(RowName key) => ShardOf(key).Begin(key);

    /// <summary>The change is durable, or did not come about.</summary>
    /// <param name="key">The row.</param>
    /// <param name="row">What it is now; null where that is not known.</param>
    public void End(RowName key, CachedRow? row) => ShardOf(key).End(key, row);

    private Shard ShardOf(RowName key) => shards[(key.GetHashCode() & int.MaxValue) % Shards];

    private sealed class Shard
    {
        private readonly Lock gate = new();
        private readonly Dictionary<RowName, CachedRow> rows = [];
        private readonly Queue<RowName> byAge = new();
        private readonly Dictionary<RowName, int> changing = [];
        private long changes;
        private int bytes;

        public bool TryFind(RowName key, out CachedRow row, out long ticket)
        {
            lock (gate)
            {
                ticket = changes;
                return rows.TryGetValue(key, out row);
            }
        }

        public void Offer(RowName key, CachedRow row, long ticket)
        {
            lock (gate)
            {
                if (ticket == changes && !changing.ContainsKey(key))
                {
                    Set(key, row);
                }
            }
        }

        public void Begin(RowName key)
        {
            lock (gate)
            {
                changes++;
                changing[key] = changing.GetValueOrDefault(key) + 1;
                if (rows.Remove(key, out var former))
                {
                    bytes -= former.Size;
                }
            }
        }

        public void End(RowName key, CachedRow? row)
        {
            lock (gate)
            {
                changes++;
                if (changing[key] > 1)
                {
                    // Another change of the same row is on its way.
                    changing[key]--;
                    return;
                }

                changing.Remove(key);
                if (row is { } known)
                {
                    Set(key, known);
                }
            }
        }

        private void Set(RowName key, CachedRow row)
        {
            if (row.Columns.Length > LargestRow)
            {
                return;
            }

            if (rows.Remove(key, out var former))
            {
                bytes -= former.Size;
            }
            else
            {
                byAge.Enqueue(key);
            }

            rows[key] = row;
            bytes += row.Size;
            while (bytes > MostBytes / Shards && byAge.TryDequeue(out var oldest))
            {
                if (rows.Remove(oldest, out var old))
                {
                    bytes -= old.Size;
                }
            }
        }
    }

    /// <summary>A row as it is stored. One that is not there has no version.</summary>
    internal readonly record struct CachedRow(long? Version, ReadOnlyMemory<byte> Columns)
    {
        public int Size => Columns.Length + Overhead;
    }
}

/// <summary>A row's name. Names of tables are the same in capitals, as in Azure Table Storage.</summary>
internal readonly record struct RowName(string Table, string Partition, string Row)
{
    public bool Equals(RowName other) => Row == other.Row && Partition == other.Partition && Table.Equals(other.Table, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => HashCode.Combine(Row, Partition, Table.Length);
}
