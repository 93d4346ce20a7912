namespace Pressroom.Newsletters.Mail;

/// <summary>Chooses who delivers the mail.</summary>
public static class MailTransports
{
    /// <summary>SendGrid where that is set, else an SMTP server where that is set, else <c>outbox</c> in the data folder.</summary>
    /// <param name="settings">The mail's settings.</param>
    /// <param name="dataFolder">The folder that the outbox is in.</param>
    /// <param name="http">Calls SendGrid. It must neither follow redirects nor repeat a call: nobody can call a second mail back.</param>
    /// <param name="time">The clock.</param>
    public static IMailTransport Create(MailSettings settings, string dataFolder, HttpClient http, TimeProvider time) => settings switch
    {
        { SendGrid: { } sendGrid } => new SendGridTransport(sendGrid, settings.From, http, time),
        { Smtp: { } smtp } => new SmtpTransport(smtp, settings.From, time),
        _ => new OutboxTransport(OutboxFolder(dataFolder), settings.From, time),
    };

    /// <summary>Where the <c>.eml</c> files are.</summary>
    public static string OutboxFolder(string dataFolder) => Path.Combine(dataFolder, "outbox");
}
