using MimeKit;

namespace Pressroom.Newsletters.Mail;

/// <summary>Writes mails into a folder as <c>.eml</c> files (RFC 5322): the transport of a fresh install.</summary>
/// <remarks>A file's name is made of the batch's and the recipient's id, so that sending again writes the same file. A file appears whole or
/// not at all, and only its owner can read it: it holds an address and links that act for it.</remarks>
/// <param name="folder">Made when the first mail is written.</param>
/// <param name="from">The sender's address.</param>
/// <param name="time">The clock.</param>
internal sealed class OutboxTransport(string folder, EmailAddress from, TimeProvider time) : IMailTransport
{
    private readonly MimeComposer composer = new(from, time);

    public int MostRecipients => 1000;

    public bool RepeatsSafely => true;

    public async Task<MailOutcome> SendAsync(MailBatch batch, Func<MailProgress, Task> report, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Recipients.Count, MostRecipients);
        try
        {
            MakeFolder();
            foreach (var recipient in batch.Recipients)
            {
                await WriteAsync($"{MailName.Of(batch.Id, recipient.Id)}.eml", composer.Compose(batch, recipient), cancellation);
            }

            return new MailOutcome.Accepted(null, []);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new MailOutcome.TryLater(null, "The outbox folder could not be written to.");
        }
    }

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task WriteAsync(string name, MimeMessage message, CancellationToken cancellation)
    {
        var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (message)
            await using (var file = new FileStream(temporary, options))
            {
                await message.WriteToAsync(file, cancellation);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, Path.Combine(folder, name), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
