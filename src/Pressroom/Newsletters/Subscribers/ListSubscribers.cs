using Pressroom.Articles;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>Shows administrators the subscribers, in the order of their ids.</summary>
public sealed class ListSubscribers(SubscriberStore subscribers)
{
    private const int ScannedAtMost = 5_000;
    private const int PageSize = 200;

    /// <summary>Up to <paramref name="limit"/> subscribers after <paramref name="after"/> that pass the filter, and where to go on; a page may be short
    /// before the end.</summary>
    public async Task<(IReadOnlyList<Subscriber> Items, SubscriberId? Cursor)> RunAsync(
        SubscriberFilter filter, SubscriberId? after, int limit, CancellationToken cancellation)
    {
        var found = new List<Subscriber>();
        var scanned = 0;
        await foreach (var page in subscribers.PagesAsync(ShardRange.All, after, PageSize, cancellation))
        {
            foreach (var subscriber in page.Select(stored => stored.Subscriber))
            {
                scanned++;
                if (filter.Accepts(subscriber))
                {
                    if (found.Count == limit)
                    {
                        return (found, found[^1].Id);
                    }

                    found.Add(subscriber);
                }

                if (scanned >= ScannedAtMost)
                {
                    return (found, subscriber.Id);
                }
            }
        }

        return (found, null);
    }
}

/// <summary>Which subscribers to list; a null asks for any. Erased ones are never listed.</summary>
public sealed record SubscriberFilter(SubscriberState? State, Language? Language, string? Section)
{
    internal bool Accepts(Subscriber subscriber) =>
        subscriber.Address is not null
        && (State is null || subscriber.State == State)
        && (Language is null || subscriber.Language == Language)
        && (Section is null || subscriber.Sections.Contains(Section, StringComparer.Ordinal));
}
