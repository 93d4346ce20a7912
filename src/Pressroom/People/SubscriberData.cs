using System.Text.Json.Nodes;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.People;

/// <summary>What is held of a person as a subscriber.</summary>
public sealed class SubscriberData(SubscriberIds ids, SubscriberStore subscribers) : IPersonalData
{
    /// <inheritdoc/>
    public string Name => "subscription";

    /// <inheritdoc/>
    public async Task<JsonNode?> ExportAsync(EmailAddress address, CancellationToken cancellation) =>
        await subscribers.FindAsync(await ids.OfAsync(address, cancellation), cancellation) is not { Subscriber: var subscriber } ? null : new JsonObject
        {
            ["email"] = subscriber.Address?.Value,
            ["state"] = subscriber.State.ToString().ToLowerInvariant(),
            ["reason"] = subscriber.Suppression?.ToString().ToLowerInvariant(),
            ["language"] = subscriber.Language.Tag,
            ["sections"] = new JsonArray([.. subscriber.Sections.Select(section => JsonValue.Create(section))]),
            ["consentAt"] = subscriber.ConsentAt,
            ["consentSource"] = subscriber.ConsentSource,
            ["confirmedAt"] = subscriber.ConfirmedAt,
            ["leftAt"] = subscriber.LeftAt,
        };

    /// <inheritdoc/>
    public async Task EraseAsync(EmailAddress address, CancellationToken cancellation) =>
        await subscribers.EraseAsync(await ids.OfAsync(address, cancellation), cancellation);
}
