namespace Pressroom.Newsletters.Mail;

/// <summary>Deletes what has been in the outbox for thirty days: anybody may have mails written into it, and each holds an address and links that act
/// for it.</summary>
/// <remarks>Announcements go too: editing one writes it anew. Files that a killed process never finished go with the others.</remarks>
/// <param name="folder">Need not exist.</param>
/// <param name="time">The clock.</param>
public sealed class ForgetOutbox(string folder, TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>Goes through the folder, whatever now writes into it. May be repeated.</summary>
    public void Run()
    {
        var before = (time.GetUtcNow() - KeptFor).UtcDateTime;
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var files = Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", all) : [];
        foreach (var file in files.Where(file => file.Extension is ".eml" or ".json" or ".txt" or ".tmp" && file.LastWriteTimeUtc < before))
        {
            file.Delete();
        }
    }
}
