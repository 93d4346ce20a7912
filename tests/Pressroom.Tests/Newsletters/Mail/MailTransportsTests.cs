using Microsoft.Extensions.Configuration;
using Pressroom.Newsletters.Mail;

namespace Pressroom.Tests.Newsletters.Mail;

public sealed class MailTransportsTests
{
    [Fact]
    public void SendGrid_comes_before_an_SMTP_server_and_that_before_the_outbox()
    {
        using var http = new HttpClient();

        Assert.IsType<SendGridTransport>(Create(("SendGrid:ApiKey", "SG.x"), ("Smtp:Host", "mail.example.org"), ("Mail:From", "news@example.org")));
        Assert.IsType<SmtpTransport>(Create(("Smtp:Host", "mail.example.org"), ("Mail:From", "news@example.org")));
        Assert.IsType<OutboxTransport>(Create());

        IMailTransport Create(params (string Key, string Value)[] settings)
        {
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(one => one.Key, one => (string?)one.Value)).Build();
            return MailTransports.Create(Settings.Read(configuration).Mail, "data", http, TimeProvider.System);
        }
    }
}
