using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Newsletters.Mail;

/// <summary>A feature that mails people, and stops when their provider or they themselves turn mail away.</summary>
public interface IMailUnwanted
{
    /// <summary>Sends a person nothing more. May be told several times, and of people whom the feature does not know.</summary>
    Task StopAsync(SubscriberId person, CancellationToken cancellation);
}
