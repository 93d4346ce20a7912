using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;
using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Announcements.Outbox;

/// <summary>Writes what would be announced into files, one for machines and one for people: the channel of a fresh install.</summary>
/// <remarks>A file's name is made of when the post was composed, its article and the channel, so that writing again is harmless. Each
/// file appears whole or not at all, the one for people first: where the other is, both are. They wait for no disk: a power cut may take
/// the last seconds' files, and nobody was told by them.</remarks>
internal sealed class OutboxChannel : IChannel
{
    private const int MostPayload = 30_000;

    private static readonly JsonSerializerOptions Readable = new(Wire.Json) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string folder;
    private readonly TimeProvider time;

    private OutboxChannel(string name, string folder, TimeProvider time) => (Name, this.folder, this.time) = (name, folder, time);

    public string Name { get; }

    public string Kind => "outbox";

    public bool CanSettle => true;

    /// <summary>Needs no key. The files go to <c>announcements</c> in <paramref name="folder"/>, which is made when the first is written.</summary>
    public static OutboxChannel Create(ChannelSettings settings, string folder, TimeProvider time) =>
        new(settings.Name, Path.Combine(folder, "announcements"), time);

    public ComposedPost Compose(Announcement announcement)
    {
        var post = new OutboxPost(
            announcement.Title, null, announcement.Url, announcement.Language.Tag, announcement.Language.Direction,
            announcement.Tags, announcement.Image, announcement.PublishedAt, announcement.SiteTitle);
        var room = MostPayload - Wire.Write(post with { Text = "" }).Length;
        var text = announcement.OwnText ?? announcement.Summary;
        post = post with { Text = text is null ? null : Cutting.Fit(text, room, fitted => Wire.Write(fitted).Length - 2) };
        var shown = string.Join("\n\n", new[] { announcement.OwnText is null ? post.Title : null, post.Text, post.Url }.OfType<string>());
        return new ComposedPost(shown, StringInfo.ParseCombiningCharacters(shown).Length, null, "graphemes", Wire.Write(post));
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var name = FileName(attempt);
        var record = new OutboxRecord(Name, "sent", attempt.ArticleId, attempt.QueuedAt, null, Wire.Read<OutboxPost>(attempt.Payload));
        return await WriteAsync(name, record, cancellation) is { } failure
            ? new SendOutcome.TryLater(null, failure)
            : new SendOutcome.Sent(name, null);
    }

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) => SendAsync(attempt, cancellation);

    public Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation) => RewriteAsync(post, "edited", now.Payload, cancellation);

    public Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation) => RewriteAsync(post, "deleted", post.Payload, cancellation);

    private async Task<ChangeOutcome> RewriteAsync(SentPost post, string state, string payload, CancellationToken cancellation)
    {
        if (post.RemoteId is null)
        {
            return new ChangeOutcome.NotSupported();
        }

        var queuedAt = await ReadOrNullAsync(post.RemoteId, cancellation) is { } before ? before.QueuedAt : post.SentAt;
        var record = new OutboxRecord(Name, state, post.ArticleId, queuedAt, time.GetUtcNow(), Wire.Read<OutboxPost>(payload));
        return await WriteAsync(post.RemoteId, record, cancellation) is { } failure
            ? new ChangeOutcome.TryLater(null, failure)
            : new ChangeOutcome.Done();
    }

    private async Task<OutboxRecord?> ReadOrNullAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return Wire.Read<OutboxRecord>(await File.ReadAllTextAsync(Path.Combine(folder, $"{name}.json"), cancellation));
        }
        catch (Exception swept) when (swept is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    // Null when both files are written, or why not.
    private async Task<string?> WriteAsync(string name, OutboxRecord record, CancellationToken cancellation)
    {
        try
        {
            OwnerOnly.MakeFolder(Path.GetDirectoryName(folder)!);
            OwnerOnly.MakeFolder(folder);
            await ReplaceAsync($"{name}.txt", ForPeople(record), cancellation);
            await ReplaceAsync($"{name}.json", JsonSerializer.Serialize(record, Readable), cancellation);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "The outbox folder could not be written to.";
        }
    }

    private async Task ReplaceAsync(string name, string content, CancellationToken cancellation)
    {
        var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            await File.WriteAllTextAsync(temporary, content, cancellation);
            File.Move(temporary, Path.Combine(folder, name), overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static string ForPeople(OutboxRecord record)
    {
        var (post, lines) = (record.Post, new List<string>());
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{record.Channel} · {record.State} · {(record.ChangedAt ?? record.QueuedAt).UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC · {post.Language}"));
        lines.Add("");
        lines.Add(post.Title);
        if (post.Text is { } text)
        {
            lines.Add("");
            lines.Add(text);
        }

        lines.Add("");
        lines.Add(post.Url);
        if (post.Tags.Count > 0)
        {
            lines.Add(string.Join(", ", post.Tags));
        }

        return string.Join('\n', lines) + "\n";
    }

    private string FileName(Attempt attempt)
    {
        var channel = string.Concat(Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
        return string.Create(CultureInfo.InvariantCulture, $"{attempt.QueuedAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{attempt.ArticleId}-{channel}");
    }
}

/// <summary>What is announced.</summary>
internal sealed record OutboxPost(
    string Title, string? Text, string Url, string Language, string Direction, IReadOnlyList<string> Tags, ArticleImage? Image,
    DateTimeOffset PublishedAt, string Site);

/// <summary>A file for machines: the post, and whether it is <c>sent</c>, <c>edited</c> or <c>deleted</c>.</summary>
internal sealed record OutboxRecord(string Channel, string State, ArticleId ArticleId, DateTimeOffset QueuedAt, DateTimeOffset? ChangedAt, OutboxPost Post);
