using System.Text.Json.Nodes;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.People;

/// <summary>What is held of a person as a subscriber, or as somebody who asks to become one.</summary>
public sealed class SubscriberData(SubscriberIds ids, SubscriberStore subscribers, Subscribe signups) : IPersonalData
{
    /// <inheritdoc/>
    public string Name => "subscription";

    /// <inheritdoc/>
    public async Task<JsonNode?> ExportAsync(EmailAddress address, CancellationToken cancellation)
    {
        var asked = await signups.FindOfAsync(address, cancellation);
        if (await subscribers.FindAsync(await ids.OfAsync(address, cancellation), cancellation) is not { Subscriber: var subscriber })
        {
            return asked.Count == 0 ? null : new JsonObject { ["email"] = asked[^1].Address.Value, ["askedAt"] = asked[^1].At };
        }

        return new JsonObject
        {
            ["email"] = subscriber.Address?.Value,
            ["state"] = subscriber.State.ToString().ToLowerInvariant(),
            ["reason"] = subscriber.Suppression?.ToString().ToLowerInvariant(),
            ["language"] = subscriber.Language.Tag,
            ["sections"] = new JsonArray([.. subscriber.Sections.Select(section => JsonValue.Create(section))]),
            ["askedAt"] = asked.Count == 0 ? null : asked[^1].At,
            ["consentAt"] = subscriber.ConsentAt,
            ["consentSource"] = subscriber.ConsentSource,
            ["confirmedAt"] = subscriber.ConfirmedAt,
            ["leftAt"] = subscriber.LeftAt,
        };
    }

    /// <summary>Erases the subscriber, as <see cref="SubscriberStore"/> does: who has left stays as a keyed hash, so that no import brings them back.</summary>
    public async Task EraseAsync(EmailAddress address, CancellationToken cancellation)
    {
        foreach (var signup in await signups.FindOfAsync(address, cancellation))
        {
            await signups.ForgetAsync(signup);
        }

        await subscribers.EraseAsync(await ids.OfAsync(address, cancellation), cancellation);
    }
}
