using System.IO.Enumeration;
using System.Text.Json;
using System.Text.RegularExpressions;
using MimeKit;

namespace Pressroom.LocalHost.Outbox;

/// <summary>Reads what <c>OutboxTransport</c> and <c>OutboxChannel</c> write: mails as <c>{name}.eml</c>, announcements as
/// <c>announcements/{name}.json</c>. Whatever else is there is left alone, unfinished files among it.</summary>
/// <param name="folder">Need not exist.</param>
internal sealed partial class OutboxFolder(string folder)
{
    /// <summary>The names and times of all files; none is opened. With 100,000 of them it takes some tenths of a second.</summary>
    public IEnumerable<OutboxFile> Files() =>
        Files(folder, MailNames(), isMail: true).Concat(Files(AnnouncementsFolder, AnnouncementNames(), isMail: false));

    /// <summary>A mail's headers; null where there is none (any more), or the file holds no mail.</summary>
    public async Task<HeaderList?> HeadersAsync(OutboxFile mail, CancellationToken cancellation)
    {
        try
        {
            await using var file = Open(Path.Combine(folder, mail.Name));
            return await HeaderList.LoadAsync(file, cancellation);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>An announcement; null where there is none (any more), or the file holds none.</summary>
    public async Task<OutboxAnnouncement?> AnnouncementAsync(OutboxFile announcement, CancellationToken cancellation)
    {
        try
        {
            await using var file = Open(Path.Combine(AnnouncementsFolder, announcement.Name));
            var read = await JsonSerializer.DeserializeAsync<OutboxAnnouncement>(file, JsonSerializerOptions.Web, cancellation);
            return read is { Channel: not null, State: not null, Post: { Title: not null, Url: not null, Language: not null } } ? read : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>A mail's bytes; null where there is none of that name, and for a name that no mail can have.</summary>
    public async Task<byte[]?> MailAsync(string name, CancellationToken cancellation)
    {
        if (!MailNames().IsMatch(name))
        {
            return null;
        }

        try
        {
            await using var file = Open(Path.Combine(folder, name));
            var bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes, cancellation);
            return bytes;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string AnnouncementsFolder => Path.Combine(folder, "announcements");

    private static IEnumerable<OutboxFile> Files(string folder, Regex names, bool isMail) => !Directory.Exists(folder)
        ? []
        : new FileSystemEnumerable<OutboxFile>(folder, (ref entry) => new OutboxFile(entry.FileName.ToString(), entry.LastWriteTimeUtc, isMail))
        {
            ShouldIncludePredicate = (ref entry) => names.IsMatch(entry.FileName) && !entry.IsDirectory,
        };

    private static FileStream Open(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.ReadWrite | FileShare.Delete,
        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
    });

    // One segment of a path, which begins with no dot.
    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\.eml\z", RegexOptions.CultureInvariant)]
    private static partial Regex MailNames();

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\.json\z", RegexOptions.CultureInvariant)]
    private static partial Regex AnnouncementNames();
}

/// <summary>A file of the outbox, which need not exist any more.</summary>
internal readonly record struct OutboxFile(string Name, DateTimeOffset WrittenAt, bool IsMail);

/// <summary>An announcement as the outbox channel writes it. The state is <c>sent</c>, <c>edited</c> or <c>deleted</c>.</summary>
internal sealed record OutboxAnnouncement(string Channel, string State, OutboxAnnouncement.Content Post)
{
    internal sealed record Content(string Title, string? Text, string Url, string Language);
}
