using System.Globalization;
using System.Runtime.CompilerServices;
using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>The subscribers: the only table, with <c>signups</c>, that holds their addresses.</summary>
/// <remarks>Table <c>subscribers</c>: partition = shard, <c>s00</c> to <c>s3f</c>, row = subscriber id. The shard is the id's beginning, so going
/// through the shards in order goes through all subscribers in the order of their ids. Partition <c>key</c>: see <see cref="SubscriberIds"/>.</remarks>
public sealed class SubscriberStore(ITableStore tables)
{
    /// <summary>How many shards there are.</summary>
    public const int Shards = 64;

    /// <summary>The most rows of a batch.</summary>
    internal const int MostAtOnce = 100;

    internal const string Table = "subscribers";

    /// <summary>The subscriber; null where there is none.</summary>
    public async Task<StoredSubscriber?> FindAsync(SubscriberId id, CancellationToken cancellation) =>
        await tables.GetAsync(Table, Partition(id.Shard), id.Value, cancellation) is { } row ? Read(row) : null;

    /// <summary>Writes a subscriber over the given version; over nothing when that is null.</summary>
    /// <returns>The new version; null when the row has changed since.</returns>
    public async Task<ETag?> WriteAsync(Subscriber subscriber, ETag? previous, CancellationToken cancellation)
    {
        TableOperation write = previous is { } etag
            ? new TableOperation.Replace(subscriber.Id.Value, Write(subscriber), etag)
            : new TableOperation.Insert(subscriber.Id.Value, Write(subscriber));
        var result = await tables.CommitAsync(Table, Partition(subscriber.Id.Shard), [write], cancellation);
        return result.Committed ? result.ETags[0] : null;
    }

    /// <summary>Changes a subscriber as it is now.</summary>
    /// <param name="id">Who.</param>
    /// <param name="change">Gives the changed subscriber, or the same one to leave it so; may be called again.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The subscriber as it is after it; null where there is none.</returns>
    public async Task<Subscriber?> ChangeAsync(SubscriberId id, Func<Subscriber, Subscriber> change, CancellationToken cancellation)
    {
        while (await FindAsync(id, cancellation) is { } stored)
        {
            var changed = change(stored.Subscriber);
            if (changed == stored.Subscriber || await WriteAsync(changed, stored.ETag, cancellation) is not null)
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>Adds subscribers of one shard, at most 100; all or none.</summary>
    /// <returns>Which of them is there already; null when all were added.</returns>
    internal async Task<int?> AddAsync(IReadOnlyList<Subscriber> subscribers, CancellationToken cancellation)
    {
        var inserts = subscribers.Select(subscriber => new TableOperation.Insert(subscriber.Id.Value, Write(subscriber))).ToList<TableOperation>();
        return (await tables.CommitAsync(Table, Partition(subscribers[0].Id.Shard), inserts, cancellation)).FailedOperation;
    }

    /// <summary>Deletes all that is held of a subscriber. Who has left or was suppressed keeps a row without an address, so that no import
    /// brings them back.</summary>
    /// <returns>False where there is nothing to delete.</returns>
    public Task<bool> EraseAsync(SubscriberId id, CancellationToken cancellation) => EraseAsync(id, _ => true, cancellation);

    internal async Task<bool> EraseAsync(SubscriberId id, Func<Subscriber, bool> isToGo, CancellationToken cancellation)
    {
        while (await FindAsync(id, cancellation) is { Subscriber: { Address: not null } subscriber } stored && isToGo(subscriber))
        {
            // Who bounced, asked again and never confirmed it has not shown that mail arrives.
            var isSuppressed = subscriber.State == SubscriberState.Suppressed || subscriber is { State: SubscriberState.Pending, Suppression: not null };
            var remains = isSuppressed || subscriber.State == SubscriberState.Unsubscribed || subscriber.LeftAt is not null;
            var left = new Subscriber
            {
                Id = id,
                State = isSuppressed ? SubscriberState.Suppressed : SubscriberState.Unsubscribed,
                Suppression = subscriber.Suppression,
                Language = subscriber.Language,
                LeftAt = subscriber.LeftAt,
            };
            TableOperation erase = remains
                ? new TableOperation.Replace(id.Value, Write(left), stored.ETag)
                : new TableOperation.Delete(id.Value, stored.ETag);
            if ((await tables.CommitAsync(Table, Partition(id.Shard), [erase], cancellation)).Committed)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All subscribers after <paramref name="after"/> whose shards are in the range, in the order of their ids, a page at a time.</summary>
    internal async IAsyncEnumerable<IReadOnlyList<StoredSubscriber>> PagesAsync(
        ShardRange shards, SubscriberId? after, int pageSize, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var shard = Math.Max(shards.First, after?.Shard ?? 0); shard < shards.Before; shard++)
        {
            var from = after is { } id && id.Shard == shard ? id.Value + '\u0001' : "";
            while (true)
            {
                var rows = await tables.QueryAsync(Table, Partition(shard), new RowRange(from, null), pageSize, cancellation);
                if (rows.Count > 0)
                {
                    yield return rows.Select(Read).ToList();
                }

                if (rows.Count < pageSize)
                {
                    break;
                }

                from = rows[^1].Row + '\u0001';
            }
        }
    }

    /// <summary>The subscribers from <paramref name="first"/> to <paramref name="last"/>, both included, in the order of their ids, a page at a time.</summary>
    internal async IAsyncEnumerable<IReadOnlyList<StoredSubscriber>> RangeAsync(
        SubscriberId first, SubscriberId last, int pageSize, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var shard = first.Shard; shard <= last.Shard; shard++)
        {
            var from = shard == first.Shard ? first.Value : "";
            var before = shard == last.Shard ? last.Value + '\u0001' : null;
            while (true)
            {
                var rows = await tables.QueryAsync(Table, Partition(shard), new RowRange(from, before), pageSize, cancellation);
                if (rows.Count > 0)
                {
                    yield return rows.Select(Read).ToList();
                }

                if (rows.Count < pageSize)
                {
                    break;
                }

                from = rows[^1].Row + '\u0001';
            }
        }
    }

    private static string Partition(int shard) => "s" + shard.ToString("x2", CultureInfo.InvariantCulture);

    private static StoredSubscriber Read(TableRow row)
    {
        var columns = row.Columns;
        return new StoredSubscriber(
            new Subscriber
            {
                Id = SubscriberId.Parse(row.Row),
                Address = columns.TextOrNull("address") is { } address ? EmailAddress.Stored(address) : null,
                State = Enum.Parse<SubscriberState>(columns.Text("state")),
                Suppression = columns.TextOrNull("suppression") is { } suppression ? Enum.Parse<Suppression>(suppression) : null,
                Language = Language.Parse(columns.Text("language")),
                Sections = columns.TextOrNull("sections")?.Split(' ') ?? [],
                ConsentAt = columns.TimeOrNull("consentAt"),
                ConsentSource = columns.TextOrNull("consentSource"),
                ConfirmedAt = columns.TimeOrNull("confirmedAt"),
                PendingSince = columns.TimeOrNull("pendingSince"),
                LeftAt = columns.TimeOrNull("leftAt"),
                Pace = MailPace.Of(columns),
            },
            row.ETag);
    }

    private static Columns Write(Subscriber subscriber)
    {
        var columns = new Columns
        {
            { "address", subscriber.Address?.Value },
            { "state", subscriber.State.ToString() },
            { "suppression", subscriber.Suppression?.ToString() },
            { "language", subscriber.Language.Tag },
            { "sections", subscriber.Sections.Count == 0 ? null : string.Join(' ', subscriber.Sections) },
            { "consentAt", subscriber.ConsentAt },
            { "consentSource", subscriber.ConsentSource },
            { "confirmedAt", subscriber.ConfirmedAt },
            { "pendingSince", subscriber.PendingSince },
            { "leftAt", subscriber.LeftAt },
        };
        subscriber.Pace.AddTo(columns);
        return columns;
    }
}

/// <summary>Shards from <paramref name="First"/> (included) to <paramref name="Before"/> (excluded).</summary>
internal readonly record struct ShardRange(int First, int Before)
{
    /// <summary>All of them.</summary>
    public static ShardRange All => new(0, SubscriberStore.Shards);
}
