using MimeKit;
using Pressroom.Storage;

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
            OwnerOnly.MakeFolder(folder);
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

    private async Task WriteAsync(string name, MimeMessage message, CancellationToken cancellation)
    {
        var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (message)
            await using (var file = OwnerOnly.Open(temporary, FileMode.CreateNew))
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
