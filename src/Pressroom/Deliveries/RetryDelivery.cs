using Pressroom.Announcements;
using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Deliveries;

/// <summary>Sends a post again because a person says so: one that failed, or one of which only a person can tell that it is not out.</summary>
public sealed class RetryDelivery(
    ArticleStore articles, Channels channels, DeliveryStore deliveries, ComposeAnnouncement compose, IQueueStore queues, TimeProvider time)
{
    /// <summary>Queues the delivery anew, with what the article says now.</summary>
    public async Task<RetryOutcome> RunAsync(ArticleId id, string name, CancellationToken cancellation)
    {
        while (await deliveries.FindAsync(id, name, cancellation) is { Delivery: var delivery } stored)
        {
            if (delivery.State is not (DeliveryState.Failed or DeliveryState.Unknown))
            {
                return RetryOutcome.NotSettled;
            }

            if (channels.Find(name) is not { } channel || await articles.FindAsync(id, cancellation) is not { Article: { IsLive: true } article })
            {
                return RetryOutcome.NothingToSend;
            }

            var post = channel.Compose(await compose.RunAsync(article, name, cancellation));
            var queued = delivery with
            {
                State = DeliveryState.Queued,
                Revision = article.Revision,
                Text = post.Text,
                Payload = post.Payload,
                Progress = null,
                Attempts = 0,
                Reason = null,
                ClaimedBy = null,
                Change = PendingChange.None,
                ChangedPayload = null,
                ChangeAttempts = 0,
                UpdatedAt = time.GetUtcNow(),
            };
            var intent = await Intent.HoldAsync(queues, Announce.Queue, new AnnounceMessage(id.Value, name).ToJson(), cancellation);
            if (await deliveries.WriteAsync(queued, stored.ETag, cancellation) is not null)
            {
                await intent.ReleaseAsync();
                return RetryOutcome.Queued;
            }

            await intent.WithdrawAsync();
        }

        return RetryOutcome.NoSuchDelivery;
    }
}

/// <summary>How asking for another try ended.</summary>
public enum RetryOutcome
{
    /// <summary>It will be tried.</summary>
    Queued,

    /// <summary>There is no such delivery.</summary>
    NoSuchDelivery,

    /// <summary>It is out, or still being tried.</summary>
    NotSettled,

    /// <summary>The article is not live, or its channel is no longer in the settings.</summary>
    NothingToSend,
}
