using Pressroom.Articles;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>What a subscriber does by the link at the foot of each mail: change what is sent, or end it.</summary>
public sealed class ManageSubscription(SubscriberStore subscribers, SubscriberLinks links, OfferedTopics topics, TimeProvider time)
{
    /// <summary>The subscription's settings, without changing anything; null where the link does not count.</summary>
    public async Task<Preferences?> LookAsync(string? token, CancellationToken cancellation)
    {
        if (links.ReadUnsubscribe(token) is not { } id)
        {
            return null;
        }

        var subscriber = (await subscribers.FindAsync(id, cancellation))?.Subscriber;
        var (languages, sections) = await topics.ListAsync(cancellation);
        return new Preferences(
            subscriber?.IsActive == true,
            subscriber?.Language,
            languages,
            sections,
            subscriber?.Sections ?? []);
    }

    /// <summary>Ends the subscription at once; once more is no harm.</summary>
    /// <returns>The language to answer in, where it is known; false where the link does not count.</returns>
    public async Task<(bool Done, Language? Language)> UnsubscribeAsync(string? token, CancellationToken cancellation)
    {
        if (links.ReadUnsubscribe(token) is not { } id)
        {
            return (false, null);
        }

        // An erased subscriber is no longer there, and has what the link asks for.
        var left = await subscribers.ChangeAsync(
            id, subscriber => subscriber.State == SubscriberState.Unsubscribed ? subscriber : subscriber.Unsubscribed(time.GetUtcNow()), cancellation);
        return (true, left?.Language);
    }

    /// <summary>Sets what is wanted.</summary>
    /// <param name="token">The link's.</param>
    /// <param name="language">The language.</param>
    /// <param name="sections">The slugs of the sections; empty for all.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>False where the link does not count, or nobody is subscribed by it.</returns>
    public async Task<bool> SaveAsync(string? token, Language language, IReadOnlyList<string> sections, CancellationToken cancellation) =>
        links.ReadUnsubscribe(token) is { } id
        && await subscribers.ChangeAsync(
            id, subscriber => subscriber.IsActive ? subscriber with { Language = language, Sections = sections } : subscriber, cancellation) is { IsActive: true };
}

/// <summary>A subscription's settings, and what there is to choose from.</summary>
/// <param name="IsActive">Whether anything is sent.</param>
/// <param name="Language">The language; null where nobody is subscribed.</param>
/// <param name="Languages">The languages that there are articles in.</param>
/// <param name="Sections">The sections that there are articles in.</param>
/// <param name="Chosen">The slugs of those that are wanted; empty for all.</param>
public sealed record Preferences(
    bool IsActive, Language? Language, IReadOnlyList<Language> Languages, IReadOnlyList<OfferedSection> Sections, IReadOnlyList<string> Chosen);
