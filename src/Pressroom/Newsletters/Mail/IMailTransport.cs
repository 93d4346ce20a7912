using Pressroom.Articles;

namespace Pressroom.Newsletters.Mail;

/// <summary>Hands mails to whoever delivers them: SendGrid, an SMTP server, or a folder.</summary>
public interface IMailTransport
{
    /// <summary>The most recipients of one call.</summary>
    int MostRecipients { get; }

    /// <summary>Whether sending the same batch again cannot reach anybody twice.</summary>
    bool RepeatsSafely { get; }

    /// <summary>Sends one mail to each recipient of the batch.</summary>
    /// <param name="batch">The mail and its recipients, at most <see cref="MostRecipients"/>.</param>
    /// <param name="report">Called by transports that send one by one, before and after each recipient, with how many are surely done; it
    /// keeps that in the ledger before it returns. A transport that sends all in one call does not call it.</param>
    /// <param name="cancellation">Cancels; what was begun may have been sent.</param>
    Task<MailOutcome> SendAsync(MailBatch batch, Func<MailProgress, Task> report, CancellationToken cancellation);
}

/// <summary>A mail for many: the same content, with each recipient's own addresses of links put in.</summary>
/// <param name="Id">The batch's id in the ledger: it travels with the mail, so that events can be told apart. No personal data.</param>
/// <param name="Kind">Newsletter, confirmation, …: the category that providers count by. ASCII.</param>
/// <param name="Content">The content, with placeholders.</param>
/// <param name="Recipients">Each address once.</param>
public sealed record MailBatch(string Id, string Kind, MailContent Content, IReadOnlyList<MailRecipient> Recipients);

/// <summary>What a mail says. Subject, parts and headers may hold placeholders of the form <c>-unsubscribeUrl-</c>.</summary>
/// <param name="FromName">The sender's name as recipients see it; the address is the settings' own.</param>
/// <param name="Subject">One line of plain text.</param>
/// <param name="Text">The text/plain part.</param>
/// <param name="Html">The text/html part: a whole document.</param>
/// <param name="Language">The language of both, for Content-Language.</param>
/// <param name="Headers">Further headers, <c>List-Id</c> and <c>List-Unsubscribe</c> among them; each value one line.</param>
public sealed record MailContent(
    string FromName, string Subject, string Text, string Html, Language Language, IReadOnlyDictionary<string, string> Headers);

/// <summary>Who gets it.</summary>
/// <param name="Id">The subscriber's opaque id; it travels with the mail, so that events can be told apart.</param>
/// <param name="Address">The address.</param>
/// <param name="Values">What takes the place of each placeholder, by its whole text: <c>-unsubscribeUrl-</c> → <c>https://…</c>.</param>
public sealed record MailRecipient(string Id, EmailAddress Address, IReadOnlyDictionary<string, string> Values);

/// <summary>How far a transport that sends one by one has come: <paramref name="Done"/> recipients are dealt with for good; the next one is
/// being sent to while <paramref name="IsSending"/>.</summary>
public sealed record MailProgress(int Done, bool IsSending);

/// <summary>How sending a batch ended. Reasons are sentences for editors, without addresses or secrets.</summary>
public abstract record MailOutcome
{
    /// <summary>The provider has taken it over. <paramref name="Rejected"/>: the ids of recipients whose address it refuses for good.</summary>
    public sealed record Accepted(string? ProviderMessageId, IReadOnlyList<string> Rejected) : MailOutcome;

    /// <summary>Nobody got it, and trying again is no use.</summary>
    public sealed record Refused(string Reason) : MailOutcome;

    /// <summary>Nobody further got it; to be tried again, not before <paramref name="After"/> where the provider named a time.</summary>
    public sealed record TryLater(TimeSpan? After, string Reason) : MailOutcome;

    /// <summary>All of them may have got it; of a transport that sends one by one, the one that was being sent to.</summary>
    public sealed record Unknown(string Reason) : MailOutcome;
}
