using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>Gives all subscribers as CSV that <see cref="ImportSubscribers"/> reads again.</summary>
public sealed class ExportSubscribers(SubscriberStore subscribers)
{
    private const int PageSize = 500;

    /// <summary>The file in pieces, the header first; memory stays flat. Fields that a spreadsheet would take for a formula are guarded.</summary>
    public async IAsyncEnumerable<string> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return Csv.Line("email", "language", "sections", "consentDate", "state", "confirmedAt", "leftAt");
        await foreach (var page in subscribers.PagesAsync(ShardRange.All, null, PageSize, cancellation))
        {
            var lines = new StringBuilder();
            foreach (var subscriber in page.Select(stored => stored.Subscriber).Where(subscriber => subscriber.Address is not null))
            {
                lines.Append(Csv.Line(
                    subscriber.Address!.Value.Value,
                    subscriber.Language.Tag,
                    string.Join(';', subscriber.Sections),
                    Time(subscriber.ConsentAt),
                    Word(subscriber),
                    Time(subscriber.ConfirmedAt),
                    Time(subscriber.LeftAt)));
            }

            yield return lines.ToString();
        }
    }

    private static string Word(Subscriber subscriber) => (subscriber.Suppression is { } why && subscriber.State == SubscriberState.Suppressed
        ? why.ToString()
        : subscriber.State.ToString()).ToLowerInvariant();

    private static string? Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
