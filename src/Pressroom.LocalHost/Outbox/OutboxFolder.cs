using System.Text.Json;
using System.Text.RegularExpressions;
using MimeKit;

namespace Pressroom.LocalHost.Outbox;

/// <summary>Reads what <c>OutboxTransport</c> and <c>OutboxChannel</c> write: mails as <c>{name}.eml</c>, announcements as
/// <c>announcements/{name}.json</c>. Whatever else is there is left alone, unfinished files among it.</summary>
/// <param name="folder">Need not exist.</param>
/// <param name="time">The clock that files are dated by.</param>
internal sealed partial class OutboxFolder(string folder, TimeProvider time)
{
    private readonly OutboxListing mails = new(folder, MailNames(), isMail: true, time);
    private readonly OutboxListing announcements = new(Path.Combine(folder, "announcements"), AnnouncementNames(), isMail: false, time);

    /// <summary>All mails, newest first. None is opened.</summary>
    public IReadOnlyList<OutboxFile> Mails() => mails.NewestFirst();

    /// <summary>All announcements, the newest or last changed first. None is opened.</summary>
    public IReadOnlyList<OutboxFile> Announcements() => announcements.NewestFirst();

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
            await using var file = Open(Path.Combine(folder, "announcements", announcement.Name));
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

/// <summary>An announcement as the outbox channel writes it. The state is <c>sent</c>, <c>edited</c> or <c>deleted</c>.</summary>
internal sealed record OutboxAnnouncement(string Channel, string State, OutboxAnnouncement.Content Post)
{
    internal sealed record Content(string Title, string? Text, string Url, string Language);
}
