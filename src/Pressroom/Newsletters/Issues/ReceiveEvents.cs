using Pressroom.Newsletters.Mail;

namespace Pressroom.Newsletters.Issues;

/// <summary>Takes what SendGrid's Event Webhook posts, if SendGrid signed it.</summary>
/// <exception cref="SettingException">At its making: the key of the settings is none.</exception>
public sealed class ReceiveEvents(MailSettings settings, CountEvents count, TimeProvider time)
{
    private readonly EventSignature? signature = settings.EventWebhookPublicKey is { } key ? EventSignature.Create(key, time) : null;

    /// <summary>Counts the events of a call.</summary>
    /// <param name="signed">What the header <see cref="EventSignature.SignatureHeader"/> holds.</param>
    /// <param name="timestamp">What the header <see cref="EventSignature.TimestampHeader"/> holds.</param>
    /// <param name="body">The body's bytes as they came.</param>
    /// <param name="cancellation">Cancels; what was counted stays counted.</param>
    public async Task<ReceiveOutcome> RunAsync(string? signed, string? timestamp, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        if (signature is null || !signature.IsGenuine(signed, timestamp, body.Span))
        {
            return ReceiveOutcome.NotGenuine;
        }

        if (SendGridEvents.ReadOrNull(body) is not { } events)
        {
            return ReceiveOutcome.NoEvents;
        }

        await count.RunAsync(events, cancellation);
        return ReceiveOutcome.Counted;
    }
}

/// <summary>What became of a call.</summary>
public enum ReceiveOutcome
{
    /// <summary>All its events are counted, now or before.</summary>
    Counted,

    /// <summary>SendGrid did not sign it, or no key is set by which that could be told.</summary>
    NotGenuine,

    /// <summary>It is signed, and no list of events.</summary>
    NoEvents,
}
