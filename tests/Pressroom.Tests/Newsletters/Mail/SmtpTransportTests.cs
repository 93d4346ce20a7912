using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit.Security;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Pressroom.Newsletters.Mail;
using Pressroom.Tests.Announcements;

namespace Pressroom.Tests.Newsletters.Mail;

public sealed class SmtpTransportTests : IAsyncLifetime
{
    private static readonly MailBatch Three = MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob"), MailSample.Recipient("cat"));
    private readonly FakeTimeProvider time = new(MailSample.Now);
    private readonly SmtpServer server = new();
    private readonly List<MailProgress> progress = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Mails_go_one_by_one_over_one_connection_and_each_is_reported_before_and_after(bool pipelining)
    {
        server.Extensions = pipelining ? server.Extensions : [];

        var outcome = await SendAsync(Three);

        var accepted = Assert.IsType<MailOutcome.Accepted>(outcome);
        Assert.Null(accepted.ProviderMessageId);
        Assert.Empty(accepted.Rejected);
        Assert.Equal([new(0, true), new(1, false), new(1, true), new(2, false), new(2, true), new MailProgress(3, false)], progress);
        Assert.Equal(1, server.Connections);
        Assert.Equal("QUIT", server.Commands.Last());
        Assert.Equal(["ann@readers.example", "bob@readers.example", "cat@readers.example"], Got());
        Assert.All(server.Mails, mail => Assert.Equal("news@example.org", mail.From));
        using var bob = Read(server.Mails.ElementAt(1));
        Assert.Equal(
            ("bob@readers.example", "<https://news.example/api/unsubscribe?token=bob>", $"{MailSample.BatchId}.bob@example.org"),
            (bob.To.ToString(), bob.Headers["List-Unsubscribe"], bob.MessageId));
    }

    [Fact]
    public async Task A_lone_dot_and_Arabic_arrive_as_they_were_written()
    {
        var content = MailSample.Newsletter with { Subject = "إعادة فتح الميناء", Text = "one\n.\n..two\nالعبّارة\n" };
        var dots = content with { Text = "one\n.\n..two\n" };

        await SendAsync(MailSample.Batch(MailSample.Recipient("ann")) with { Content = content });
        await SendAsync(MailSample.Batch(MailSample.Recipient("ann")) with { Content = dots });

        using var arabic = Read(server.Mails.First());
        using var ascii = Read(server.Mails.Last());
        Assert.Equal((content.Subject, content.Text), (arabic.Subject, arabic.TextBody!.ReplaceLineEndings("\n")));
        Assert.Equal(dots.Text, ascii.TextBody!.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_ledger_has_it()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Transport().SendAsync(
            Three,
            step => step is { Done: 1, IsSending: true } ? throw new InvalidOperationException("The ledger is away.") : Task.CompletedTask,
            TestContext.Current.CancellationToken));

        Assert.Equal(["ann@readers.example"], Got());
    }

    [Theory]
    [InlineData("550 5.1.1 <bob@readers.example>: no such user")]
    [InlineData("553 5.1.3 Bad address")]
    [InlineData("550 5.1.10 Domain takes no mail")]
    [InlineData("550 5.2.1 Mailbox disabled")]
    [InlineData("552 5.2.2 Mailbox full")]
    [InlineData("550 5.4.1 Recipient address rejected")]
    [InlineData("550 5.0.0 No")]
    [InlineData("550 no such user here")]
    [InlineData("551 user not local")]
    [InlineData("556 domain does not accept mail")]
    public async Task An_address_that_is_refused_for_good_is_reported_and_the_others_get_the_mail(string answer)
    {
        server.OnRecipient = address => address.StartsWith("bob", StringComparison.Ordinal) ? answer : "250 OK";

        var accepted = Assert.IsType<MailOutcome.Accepted>(await SendAsync(Three));

        Assert.Equal(["bob"], accepted.Rejected);
        Assert.Equal(["ann@readers.example", "cat@readers.example"], Got());
        Assert.Equal(new MailProgress(3, false), progress[^1]);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("550 relay not permitted", "550")]
    [InlineData("554 5.7.1 <bob@readers.example>: Relay access denied", "554 5.7.1")]
    [InlineData("550 5.7.1 Blocked by policy", "550 5.7.1")]
    [InlineData("550 5.1.8 Bad sender's system address", "550 5.1.8")]
    [InlineData("553 5.1.7 Bad sender's mailbox", "553 5.1.7")]
    [InlineData("500 5.5.1 What?", "500 5.5.1")]
    [InlineData("554 no SMTP service here", "554")]
    public async Task A_refusal_that_is_not_about_the_address_blames_no_address(string answer, string told)
    {
        server.OnRecipient = address => address.StartsWith("bob", StringComparison.Ordinal) ? answer : "250 OK";

        var refused = Assert.IsType<MailOutcome.Refused>(await SendAsync(Three));

        Assert.Equal($"The mail server refused the mail ({told}).", refused.Reason);
        Assert.Equal(["ann@readers.example"], Got());
        Assert.Equal(new MailProgress(1, false), progress[^1]);
    }

    [Theory]
    [InlineData("450 4.2.0 Greylisted", "450 4.2.0")]
    [InlineData("451 try again", "451")]
    [InlineData("452 4.5.3 Too many recipients", "452 4.5.3")]
    public async Task What_may_go_better_later_is_tried_later_from_there(string answer, string told)
    {
        server.OnRecipient = address => address.StartsWith("bob", StringComparison.Ordinal) ? answer : "250 OK";

        var later = Assert.IsType<MailOutcome.TryLater>(await SendAsync(Three));

        Assert.Equal((null, $"The mail server wants the mail later ({told})."), (later.After, later.Reason));
        Assert.Equal(["ann@readers.example"], Got());
        Assert.Equal([new(1, true), new MailProgress(1, false)], progress[^2..]);
    }

    [Fact]
    public async Task A_sender_that_is_refused_refuses_the_batch()
    {
        server.OnMail = _ => "553 5.1.8 Not your domain";

        Assert.IsType<MailOutcome.Refused>(await SendAsync(Three));
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_content_that_is_refused_is_nobodys_address()
    {
        server.OnContent = _ => "554 5.7.1 Looks like spam";

        Assert.Equal("The mail server refused the mail (554 5.7.1).", Assert.IsType<MailOutcome.Refused>(await SendAsync(Three)).Reason);
        Assert.Empty(server.Mails);
        Assert.Equal(new MailProgress(0, false), progress[^1]);
    }

    [Theory]
    [InlineData("550 5.1.1 No such user", true)]
    [InlineData("550 No such user, says the filter", false)]
    public async Task An_address_that_is_refused_after_the_content_must_be_named_by_class(string answer, bool isRejected)
    {
        server.OnContent = mail => mail.To[0].StartsWith("bob", StringComparison.Ordinal) ? answer : "250 OK";

        var outcome = await SendAsync(Three);

        Assert.Equal(isRejected, outcome is MailOutcome.Accepted { Rejected: ["bob"] });
        Assert.Equal(isRejected, outcome is not MailOutcome.Refused);
        Assert.Equal(isRejected ? 2 : 1, server.Mails.Count);
    }

    [Fact]
    public async Task A_content_that_is_turned_away_for_now_is_tried_later()
    {
        server.OnContent = _ => "451 4.3.0 Disk is slow";

        Assert.IsType<MailOutcome.TryLater>(await SendAsync(Three));
        Assert.Empty(server.Mails);
    }

    [Theory]
    [InlineData(SmtpServer.Drop)]
    [InlineData(SmtpServer.Silence)]
    [InlineData("Queued")]
    public async Task A_mail_whose_content_was_sent_and_not_confirmed_may_have_arrived(string? answer)
    {
        server.OnContent = mail => mail.To[0].StartsWith("bob", StringComparison.Ordinal) ? answer : "250 OK";

        var patience = answer == SmtpServer.Silence ? TimeSpan.FromSeconds(15) : TimeSpan.FromMinutes(5);

        Assert.IsType<MailOutcome.Unknown>(await SendAsync(Three, patience: patience));

        Assert.Equal(["ann@readers.example", "bob@readers.example"], answer == "Queued" ? [.. Got(), "bob@readers.example"] : Got());
        Assert.Equal(new MailProgress(1, true), progress[^1]);
    }

    [Theory]
    [InlineData("MAIL")]
    [InlineData("RCPT")]
    [InlineData("DATA")]
    public async Task A_connection_that_breaks_before_the_content_surely_brought_nothing(string at)
    {
        server.OnMail = at == "MAIL" ? _ => SmtpServer.Drop : server.OnMail;
        server.OnRecipient = at == "RCPT" ? _ => SmtpServer.Drop : server.OnRecipient;
        server.OnData = at == "DATA" ? () => SmtpServer.Drop : server.OnData;

        Assert.IsType<MailOutcome.TryLater>(await SendAsync(Three));
        Assert.Empty(server.Mails);
        Assert.Equal([new(0, true), new MailProgress(0, false)], progress);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("421 4.7.0 Enough for this connection")]
    [InlineData(SmtpServer.Drop)]
    public async Task A_server_that_closes_after_some_mails_is_connected_to_again(string? answer)
    {
        server.OnMail = before => before == 2 ? answer : "250 OK";

        var outcome = await SendAsync(MailSample.Batch(Enumerable.Range(0, 5).Select(n => MailSample.Recipient($"r{n}")).ToList()));

        Assert.IsType<MailOutcome.Accepted>(outcome);
        Assert.Equal(["r0@readers.example", "r1@readers.example", "r2@readers.example", "r3@readers.example", "r4@readers.example"], Got());
        Assert.Equal(3, server.Connections);
        Assert.Equal(new MailProgress(5, false), progress[^1]);
    }

    [Fact]
    public async Task A_refused_connection_is_tried_later_and_nothing_is_reported()
    {
        var nobody = FakeService.NobodyThere(out var taken);
        using (taken)
        {
            var later = Assert.IsType<MailOutcome.TryLater>(await SendAsync(Three, port: nobody.Port));

            Assert.Equal("The mail server could not be reached.", later.Reason);
            Assert.Empty(progress);
        }
    }

    [Theory]
    [InlineData("421 4.3.2 Too busy")]
    [InlineData("554 5.7.1 Not you")]
    [InlineData("HTTP/1.1 400 Bad Request")]
    [InlineData(SmtpServer.Drop)]
    public async Task A_server_that_does_not_want_to_talk_is_tried_later(string? greeting)
    {
        server.Greeting = greeting!;

        Assert.IsType<MailOutcome.TryLater>(await SendAsync(Three));
        Assert.Empty(progress);
    }

    [Fact]
    public async Task A_password_and_mail_go_over_TLS_where_it_is_offered()
    {
        (server.Certificate, server.User) = (SmtpServer.MakeCertificate(), ("pressroom", "pa55 wörd"));

        Assert.IsType<MailOutcome.Accepted>(await SendAsync(Three, password: "pa55 wörd", trusted: server.Certificate));

        Assert.All(server.Mails, mail => Assert.Equal((true, "pressroom"), (mail.IsSecure, mail.User)));
        Assert.Equal(3, server.Mails.Count);
        Assert.Equal("STARTTLS", server.Commands.ElementAt(1));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_gets_neither_password_nor_mail()
    {
        (server.Certificate, server.User) = (SmtpServer.MakeCertificate(), ("pressroom", "password"));

        var later = Assert.IsType<MailOutcome.TryLater>(await SendAsync(Three, password: "password"));

        Assert.Equal("No secure connection to the mail server could be made.", later.Reason);
        Assert.Empty(server.Mails);
        Assert.DoesNotContain("AUTH", server.Commands);
    }

    [Theory]
    [InlineData(465, SecureSocketOptions.SslOnConnect)]
    [InlineData(587, SecureSocketOptions.StartTlsWhenAvailable)]
    [InlineData(25, SecureSocketOptions.StartTlsWhenAvailable)]
    public void Port_465_is_TLS_from_the_start(int port, SecureSocketOptions options) => Assert.Equal(options, SmtpTransport.Security(port));

    [Theory]
    [InlineData("mail.example.org", true, true)]
    [InlineData("mail.example.org", false, false)]
    [InlineData("192.0.2.1", false, false)]
    [InlineData("localhost.example.org", false, false)]
    [InlineData("localhost", false, true)]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("::1", false, true)]
    public void A_password_goes_over_TLS_or_to_this_machine(string host, bool isSecure, bool may) =>
        Assert.Equal(may, SmtpTransport.MayHavePassword(host, isSecure));

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        server.User = ("pressroom", "password");

        var refused = Assert.IsType<MailOutcome.Refused>(await SendAsync(Three, password: "passw0rd"));

        Assert.Equal("The mail server does not accept the user name and password.", refused.Reason);
        Assert.Empty(progress);
    }

    [Fact]
    public async Task A_server_that_cannot_check_passwords_now_is_tried_later()
    {
        (server.User, server.SignInFailure) = (("pressroom", "password"), "454 4.7.0 Temporary authentication failure");

        var later = Assert.IsType<MailOutcome.TryLater>(await SendAsync(Three, password: "passw0rd"));

        Assert.Equal("The mail server cannot sign anybody in now (454).", later.Reason);
    }

    [Fact]
    public async Task A_password_that_nobody_asks_for_is_a_wrong_setting() =>
        Assert.IsType<MailOutcome.Refused>(await SendAsync(Three, password: "password"));

    [Fact]
    public async Task A_password_that_is_missing_is_a_wrong_setting()
    {
        server.User = ("pressroom", "password");

        Assert.Equal("The mail server wants a user name and password.", Assert.IsType<MailOutcome.Refused>(await SendAsync(Three)).Reason);
        Assert.Equal(new MailProgress(0, false), progress[^1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_with_letters_beyond_ASCII_needs_a_server_that_knows_them(bool knows)
    {
        server.Extensions = knows ? [.. server.Extensions, "SMTPUTF8"] : server.Extensions;

        var batch = MailSample.Batch(
            MailSample.Recipient("ann", "ännchen@readers.example"), MailSample.Recipient("bob"), MailSample.Recipient("cat", "kätzchen@readers.example"));

        var accepted = Assert.IsType<MailOutcome.Accepted>(await SendAsync(batch));

        Assert.Equal(knows ? [] : ["ann", "cat"], accepted.Rejected);
        Assert.Equal(knows ? ["ännchen@readers.example", "bob@readers.example", "kätzchen@readers.example"] : ["bob@readers.example"], Got());
        var senders = server.Commands.Where(line => line.StartsWith("MAIL", StringComparison.Ordinal));
        Assert.Equal(knows ? [true, false, true] : [false], senders.Select(line => line.Contains(" SMTPUTF8", StringComparison.Ordinal)));
        Assert.Equal([new(2, true), new MailProgress(3, false)], progress[^2..]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_domain_with_letters_beyond_ASCII_goes_anywhere(bool knows)
    {
        server.Extensions = knows ? [.. server.Extensions, "SMTPUTF8"] : server.Extensions;

        Assert.Empty(Assert.IsType<MailOutcome.Accepted>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann", "ann@bücher.example")))).Rejected);

        Assert.Equal(["ann@xn--bcher-kva.example"], Got());
    }

    [Fact]
    public async Task Who_cancels_gets_no_outcome()
    {
        using var cancellation = new CancellationTokenSource();
        server.OnContent = _ =>
        {
            cancellation.Cancel();
            return SmtpServer.Silence;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Transport().SendAsync(Three, ReportAsync, cancellation.Token));
        Assert.Equal(new MailProgress(0, true), progress[^1]);
    }

    [Fact]
    public async Task A_batch_has_at_most_100_recipients()
    {
        Assert.Equal(100, Transport().MostRecipients);
        Assert.False(Transport().RepeatsSafely);
        var many = MailSample.Batch(Enumerable.Range(0, 101).Select(n => MailSample.Recipient($"r{n}")).ToList());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => SendAsync(many));
    }

    private SmtpTransport Transport(int? port = null, string? password = null, TimeSpan? patience = null, X509Certificate2? trusted = null) =>
        new(new SmtpSettings("127.0.0.1", port ?? server.Port, password is null ? null : "pressroom", password), MailSample.From, time)
        {
            Patience = patience ?? TimeSpan.FromMinutes(5),
            CertificateCheck = trusted is null ? null : (_, certificate, _, _) => certificate!.GetCertHashString() == trusted.GetCertHashString(),
        };

    private Task<MailOutcome> SendAsync(
        MailBatch batch, int? port = null, string? password = null, TimeSpan? patience = null, X509Certificate2? trusted = null) =>
        Transport(port, password, patience, trusted).SendAsync(batch, ReportAsync, TestContext.Current.CancellationToken);

    private Task ReportAsync(MailProgress step)
    {
        progress.Add(step);
        return Task.CompletedTask;
    }

    private IReadOnlyList<string> Got() => server.Mails.Select(mail => Assert.Single(mail.To)).ToList();

    private static MimeMessage Read(ReceivedMail mail)
    {
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(mail.Content));
        return MimeMessage.Load(bytes, TestContext.Current.CancellationToken);
    }
}
