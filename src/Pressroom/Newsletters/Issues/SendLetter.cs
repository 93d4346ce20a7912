using Pressroom.Articles;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Newsletters.Writing;

namespace Pressroom.Newsletters.Issues;

/// <summary>Sends a letter that an editor has composed: to its audience, or for a test to one address.</summary>
public sealed class SendLetter(
    ComposeMail compose, StartNewsletter start, SubscriberIds ids, SubscriberLinks links, IMailTransport transport, SiteSettings site, TimeProvider time)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(60);

    /// <summary>Makes the issue, unless there is one of that seed.</summary>
    /// <exception cref="FormatException">The text is beyond what can be rendered; the message is fit for the editor.</exception>
    public Task<Newsletter> StartAsync(Guid seed, Letter letter, CancellationToken cancellation)
    {
        var id = NewsletterId.Letter(seed);
        var composed = compose.Letter(letter.Subject, letter.Body, letter.Language ?? site.Language, StartNewsletter.WebPath(id));
        return start.MakeAsync(id, NewsletterKind.Letter, new Audience(letter.Language, letter.Sections), composed, cancellation);
    }

    /// <summary>Sends it to one address; nothing is kept.</summary>
    /// <exception cref="FormatException">The text is beyond what can be rendered; the message is fit for the editor.</exception>
    public async Task<MailOutcome> TestAsync(Guid seed, Letter letter, EmailAddress to, CancellationToken cancellation)
    {
        var content = compose.Letter(letter.Subject, letter.Body, letter.Language ?? site.Language, webPath: null).Content;
        var id = await ids.OfAsync(to, cancellation);
        var values = new Dictionary<string, string> { [ComposeMail.UnsubscribePlaceholder] = links.Unsubscribe(id, time.GetUtcNow()) };
        using var limit = new CancellationTokenSource(CallLimit, time);
        try
        {
            return await transport.SendAsync(
                new MailBatch($"test-{seed:N}", "test", content, [new MailRecipient(id.Value, to, values)]), _ => Task.CompletedTask, limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new MailOutcome.Unknown("No answer came in time.");
        }
    }
}

/// <summary>A letter as an editor composes it.</summary>
/// <param name="Subject">One line of plain text.</param>
/// <param name="Body">Markdown.</param>
/// <param name="Language">Its language, whose subscribers get it; null for the site's language and all subscribers.</param>
/// <param name="Sections">The slugs of the sections whose subscribers get it; empty for all.</param>
public sealed record Letter(string Subject, string Body, Language? Language, IReadOnlyList<string> Sections);
