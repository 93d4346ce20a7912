using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Pressroom.Newsletters.Mail;

namespace Pressroom.Tests.Newsletters.Mail;

public sealed class OutboxTransportTests : IDisposable
{
    private readonly FakeTimeProvider time = new(MailSample.Now);
    private readonly string data = Directory.CreateTempSubdirectory("pressroom-mail").FullName;
    private readonly string folder;
    private readonly OutboxTransport transport;

    public OutboxTransportTests()
    {
        folder = Path.Combine(data, "outbox");
        transport = new OutboxTransport(folder, MailSample.From, time);
    }

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task Each_recipient_has_a_file_that_mail_programs_read()
    {
        var outcome = await SendAsync(MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob")));

        Assert.Empty(Assert.IsType<MailOutcome.Accepted>(outcome).Rejected);
        Assert.True(transport.RepeatsSafely);
        Assert.Equal([$"{MailSample.BatchId}.ann.eml", $"{MailSample.BatchId}.bob.eml"], Files());
        using var mail = await MimeMessage.LoadAsync(Path.Combine(folder, $"{MailSample.BatchId}.bob.eml"), TestContext.Current.CancellationToken);
        Assert.Equal("bob@readers.example", mail.To.ToString());
        Assert.Equal("<https://news.example/api/unsubscribe?token=bob>", mail.Headers["List-Unsubscribe"]);
        Assert.StartsWith("The first ferry left at dawn.", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("token=bob", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sending_again_writes_the_same_files()
    {
        var batch = MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob"));
        await SendAsync(batch);
        File.Delete(Path.Combine(folder, $"{MailSample.BatchId}.ann.eml"));
        var before = await File.ReadAllTextAsync(Path.Combine(folder, $"{MailSample.BatchId}.bob.eml"), TestContext.Current.CancellationToken);

        await SendAsync(batch);

        Assert.Equal([$"{MailSample.BatchId}.ann.eml", $"{MailSample.BatchId}.bob.eml"], Files());
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(folder, $"{MailSample.BatchId}.bob.eml"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Only_the_owner_can_read_a_mail()
    {
        await SendAsync(MailSample.Batch(MailSample.Recipient("ann")));

        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other rights.");
            return;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, Files().Single())));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task No_id_leads_out_of_the_folder()
    {
        await SendAsync(MailSample.Batch(MailSample.Recipient("../../ann", "ann@readers.example")) with { Id = "/etc/batch" });

        Assert.Equal("_2fetc_2fbatch._2e_2e_2f_2e_2e_2fann.eml", Assert.Single(Files()));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_tried_later_and_named_nowhere()
    {
        await File.WriteAllTextAsync(folder, "in the way", TestContext.Current.CancellationToken);

        var later = Assert.IsType<MailOutcome.TryLater>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"))));

        Assert.Equal((null, "The outbox folder could not be written to."), (later.After, later.Reason));
    }

    private Task<MailOutcome> SendAsync(MailBatch batch) => transport.SendAsync(batch, MailSample.NoReport, TestContext.Current.CancellationToken);

    private IEnumerable<string> Files() => Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);
}
