using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Writing;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>Answers a request to subscribe: by a mail with a link to confirm it, or to the settings of who is subscribed already.</summary>
/// <remarks>May run twice. The row tells which request was mailed last, so a repeat sends that mail again at most; other requests for
/// the same address are answered by no more than one mail in ten minutes and three in an hour.</remarks>
public sealed class AnswerSignup(
    Subscribe signups, SubscriberIds ids, SubscriberStore subscribers, SubscriberLinks links, ComposeMail compose, IMailTransport transport,
    IQueueStore queues, TimeProvider time)
{
    /// <summary>The queue of requests.</summary>
    public const string Queue = "subscriber-mail";

    /// <summary>Answers the request; nothing where that is done.</summary>
    /// <exception cref="InvalidOperationException">The mail could not be sent for hours; the request is kept.</exception>
    public async Task RunAsync(SignupMessage message, CancellationToken cancellation)
    {
        if (await signups.FindAsync(message.Signup, cancellation) is not { } signup)
        {
            return;
        }

        if (await PlaceAsync(signup, cancellation) is { } subscriber && await SendAsync(signup, subscriber) is MailOutcome.TryLater later)
        {
            var delay = MailCalls.DelayAfter(later, message.Attempt);
            await queues.SendAsync(Queue, (message with { Attempt = message.Attempt + 1 }).ToJson(), delay, CancellationToken.None);
            return;
        }

        await signups.ForgetAsync(signup);
    }

    // Null when no mail is to be sent: because of a complaint, or of the pace.
    private async Task<Subscriber?> PlaceAsync(Signup signup, CancellationToken cancellation)
    {
        var id = await ids.OfAsync(signup.Address, cancellation);
        while (true)
        {
            var stored = await subscribers.FindAsync(id, cancellation);
            var now = time.GetUtcNow();
            var known = stored?.Subscriber;
            if (known is { State: SubscriberState.Suppressed, Suppression: Suppression.Complaint }
                || (known?.Pace ?? MailPace.None).With(signup.Id, now) is not { } pace)
            {
                return null;
            }

            var placed = known is { State: SubscriberState.Confirmed } ? known with { Pace = pace } : new Subscriber
            {
                Id = id,
                Address = signup.Address,
                State = SubscriberState.Pending,
                Suppression = known?.Suppression,
                Language = signup.Language,
                Sections = signup.Sections,
                ConsentAt = signup.At,
                ConsentSource = signup.Source,
                PendingSince = known is { State: SubscriberState.Pending, PendingSince: { } since } && since + (SubscriberLinks.ConfirmWithin / 2) > now ? since : now,
                LeftAt = known?.LeftAt,
                Pace = pace,
            };
            if (await subscribers.WriteAsync(placed, stored?.ETag, cancellation) is not null)
            {
                return placed;
            }
        }
    }

    private async Task<MailOutcome> SendAsync(Signup signup, Subscriber subscriber)
    {
        var isConfirmed = subscriber.State == SubscriberState.Confirmed;
        var content = isConfirmed ? compose.AlreadySubscribed(subscriber.Language) : compose.Confirmation(subscriber.Language);
        var url = isConfirmed ? links.Unsubscribe(subscriber.Id, time.GetUtcNow()) : links.Confirm(subscriber);
        var recipient = new MailRecipient(subscriber.Id.Value, signup.Address, new Dictionary<string, string> { [ComposeMail.LinkPlaceholder] = url });

        // Where no answer came in time it may have gone out; the person can ask again in a while.
        return await transport.SendInTimeAsync(new MailBatch("signup-" + signup.Id, "confirmation", content, [recipient]), time);
    }
}
