using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Announcements;
using Pressroom.Articles;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Deliveries;

/// <summary>Queues what an article's channels are to be told: once at its first publication, and its changes afterwards.</summary>
public sealed class StartDeliveries(
    Channels channels, DeliveryStore deliveries, ComposeAnnouncement compose, IQueueStore queues, TimeProvider time)
{
    /// <summary>Brings the ledger to the article as it is now. May run twice, and beside itself.</summary>
    public async Task RunAsync(Article article, CancellationToken cancellation)
    {
        if (article.IsLive && !await deliveries.IsStartedAsync(article.Id, cancellation))
        {
            foreach (var channel in channels.ChosenBy(article.Announce))
            {
                await QueueAsync(article, channel, cancellation);
            }

            await deliveries.MarkStartedAsync(article.Id, time.GetUtcNow(), cancellation);
        }
        else if (article.IsLive || article.Status == ArticleStatus.Deleted)
        {
            foreach (var stored in await deliveries.ListAsync(article.Id, cancellation))
            {
                await CarryOverAsync(article, stored, cancellation);
            }
        }
    }

    private async Task QueueAsync(Article article, IChannel channel, CancellationToken cancellation)
    {
        if (await deliveries.FindAsync(article.Id, channel.Name, cancellation) is not null)
        {
            return;
        }

        var post = channel.Compose(await compose.RunAsync(article, channel.Name, cancellation));
        var now = time.GetUtcNow();
        var delivery = new Delivery
        {
            ArticleId = article.Id,
            Channel = channel.Name,
            Kind = channel.Kind,
            State = DeliveryState.Queued,
            Revision = article.Revision,
            Text = post.Text,
            Payload = post.Payload,
            QueuedAt = now,
            UpdatedAt = now,
        };
        await WriteAndTellAsync(delivery, null, cancellation);
    }

    private async Task CarryOverAsync(Article article, StoredDelivery? stored, CancellationToken cancellation)
    {
        while (stored is not null
            && channels.Find(stored.Delivery.Channel) is { } channel
            && await ChangedAsync(article, stored.Delivery, channel, cancellation) is { } changed
            && !await WriteAndTellAsync(changed with { UpdatedAt = time.GetUtcNow() }, stored.ETag, cancellation))
        {
            stored = await deliveries.FindAsync(article.Id, stored.Delivery.Channel, cancellation);
        }
    }

    // Null when there is nothing to carry over.
    private async Task<Delivery?> ChangedAsync(Article article, Delivery delivery, IChannel channel, CancellationToken cancellation)
    {
        if (article.Status == ArticleStatus.Deleted)
        {
            return delivery switch
            {
                { State: DeliveryState.Queued, Attempts: 0, Progress: null } =>
                    delivery with { State = DeliveryState.Failed, Reason = "The article was deleted before it was sent." },
                { State: DeliveryState.Failed } or { Change: PendingChange.Delete } => null,
                { State: DeliveryState.Sent, RemoteId: null } when !channel.TellsOfEveryChange => null,
                _ => delivery with { Change = PendingChange.Delete, ChangedPayload = null, ChangeAttempts = 0 },
            };
        }

        // The message came again: some payloads hold the time at which they were composed, and would seem changed.
        if (article.Revision <= delivery.Revision)
        {
            return null;
        }

        var post = channel.Compose(await compose.RunAsync(article, channel.Name, cancellation));
        if (post.Payload == (delivery.ChangedPayload ?? delivery.Payload) && !channel.TellsOfEveryChange)
        {
            return null;
        }

        return delivery switch
        {
            // What has never been tried can still be put right before it goes out.
            { State: DeliveryState.Queued, Attempts: 0, Progress: null } => delivery with { Revision = article.Revision, Text = post.Text, Payload = post.Payload },
            { State: DeliveryState.Failed } => null,
            _ => delivery with { Revision = article.Revision, Change = PendingChange.Edit, ChangedPayload = post.Payload, ChangeAttempts = 0 },
        };
    }

    // False when the delivery has changed since.
    private async Task<bool> WriteAndTellAsync(Delivery delivery, ETag? previous, CancellationToken cancellation)
    {
        var message = new AnnounceMessage(delivery.ArticleId.Value, delivery.Channel).ToJson();
        var intent = await Intent.HoldAsync(queues, Announce.Queue, message, cancellation);
        if (await deliveries.WriteAsync(delivery, previous, cancellation) is null)
        {
            await intent.WithdrawAsync();
            return false;
        }

        await intent.ReleaseAsync();
        return true;
    }
}

/// <summary>The message that a delivery has something to be done.</summary>
public sealed record AnnounceMessage(string ArticleId, string Channel) : TracedMessage
{
    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DeliveryJson.Default.AnnounceMessage);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AnnounceMessage))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
