namespace Pressroom.Newsletters.Mail;

/// <summary>How single mails are sent by a queue's consumers: with a limit of time, and again later for some hours.</summary>
internal static class MailCalls
{
    /// <summary>The most tries; with the waits between them they take some hours.</summary>
    public const int MostAttempts = 10;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    /// <summary>Sends a batch; without an answer in time the outcome is unknown.</summary>
    public static async Task<MailOutcome> SendInTimeAsync(this IMailTransport transport, MailBatch batch, TimeProvider time, Action<MailProgress>? report = null)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            return await transport.SendAsync(
                batch,
                progress =>
                {
                    report?.Invoke(progress);
                    return Task.CompletedTask;
                },
                limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new MailOutcome.Unknown("No answer came in time.");
        }
    }

    /// <summary>How long to wait before the next try.</summary>
    /// <param name="later">How the last one ended.</param>
    /// <param name="attempt">How many there were before it.</param>
    /// <exception cref="InvalidOperationException">It was the last: the message goes to poison, where a person can replay it.</exception>
    public static TimeSpan DelayAfter(MailOutcome.TryLater later, int attempt) => attempt < MostAttempts
        ? Backoff.Longer(later.After, Backoff.After(attempt + 1, LongestDelay))
        : throw new InvalidOperationException("A mail could not be sent for hours.");
}
