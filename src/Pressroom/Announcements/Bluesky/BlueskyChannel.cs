using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pressroom.Announcements.Pictures;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Bluesky;

/// <summary>Posts to a Bluesky account: a text with its links and hashtags marked, and the article's card.</summary>
/// <remarks>AT Protocol, <c>com.atproto.repo.putRecord</c> under a key made of the article and the channel: putting the same record again
/// changes nothing, so whatever may be out is put again. Apps do not show that a post was changed; it is not.</remarks>
internal sealed class BlueskyChannel : IChannel
{
    private const string Collection = "app.bsky.feed.post";

    private readonly Outbound outbound;
    private readonly FetchPicture pictures;
    private readonly TimeProvider time;
    private readonly BlueskySession session;
    private readonly string root;
    private readonly (int Graphemes, int Bytes, int ThumbBytes) most;

    private BlueskyChannel(string name, Outbound outbound, FetchPicture pictures, TimeProvider time, BlueskySession session, string root, (int, int, int) most) =>
        (Name, this.outbound, this.pictures, this.time, this.session, this.root, this.most) = (name, outbound, pictures, time, session, root, most);

    public string Name { get; }

    public string Kind => "bluesky";

    public bool CanSettle => true;

    /// <summary>Needs <c>Handle</c> and <c>AppPassword</c>; <c>BaseUrl</c> (the account's server, https://bsky.social if not said),
    /// <c>MaxCharacters</c>, <c>MaxBytes</c> and <c>MaxPictureBytes</c> can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static BlueskyChannel Create(ChannelSettings settings, Outbound outbound, FetchPicture pictures, TimeProvider time)
    {
        var root = settings.Root("https://bsky.social");
        var session = new BlueskySession(outbound, root, settings.Required("Handle").TrimStart('@'), settings.Required("AppPassword"));
        return new BlueskyChannel(settings.Name, outbound, pictures, time, session, root, (
            settings.Limit("MaxCharacters", 300), settings.Limit("MaxBytes", 3_000), settings.Limit("MaxPictureBytes", 1_000_000)));
    }

    public ComposedPost Compose(Announcement announcement)
    {
        var shown = Links.Shortened(announcement.Url, 40);
        // Words that name the page show its address as short as we do: the whole of it is behind the link.
        var parts = PostText.Of(announcement, shown);
        var text = (parts with { Words = Links.Replaced(parts.Words, announcement.Url, shown) }).Fit(most.Graphemes, Length);
        var record = new JsonObject
        {
            ["$type"] = Collection,
            ["text"] = text,
            ["createdAt"] = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["langs"] = new JsonArray(announcement.Language.Tag),
            ["facets"] = BlueskyFacets.Of(text, shown, announcement.Url),
            ["embed"] = new JsonObject
            {
                ["$type"] = "app.bsky.embed.external",
                ["external"] = new JsonObject
                {
                    ["uri"] = announcement.Url,
                    ["title"] = Cutting.Fit(announcement.Title, 300, Counting.Graphemes),
                    ["description"] = Cutting.Fit(announcement.Summary ?? "", 1_000, Counting.Utf16Units),
                },
            },
        };
        var post = new BlueskyPost(KeyOf(announcement), record.ToJsonString(Wire.Json), announcement.Image?.Url);
        return new ComposedPost(text, Counting.Graphemes(text), most.Graphemes, "graphemes", Wire.Write(post));
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var post = Wire.Read<BlueskyPost>(attempt.Payload);
        var step = attempt.Progress is { } progress ? Wire.Read<BlueskyStep>(progress) : new BlueskyStep(IsThumbSettled: post.Image is null);
        return step.IsThumbSettled
            ? await PutAsync(post, step, cancellation)
            : await UploadAsync(post, attempt, cancellation);
    }

    public async Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) => await SendAsync(attempt, cancellation) switch
    {
        // The repeat is refused; what became of the first is not known by that.
        SendOutcome.Refused refused => new SendOutcome.Unknown(refused.Reason),
        var outcome => outcome,
    };

    public async Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation)
    {
        if (post.RemoteId is null)
        {
            return new ChangeOutcome.NotSupported();
        }

        var key = post.RemoteId.Split('/')[^1];
        var (ended, _) = await session.CallAsync(
            did => Request("com.atproto.repo.deleteRecord", Wire.Body(Wire.Write(new { repo = did, collection = Collection, rkey = key }))), cancellation);
        return ended.AsChange(Complaint, RetryAfter);
    }

    // A thumb that no record names is forgotten in minutes, so it is not kept longer than until the next step.
    private async Task<SendOutcome> UploadAsync(BlueskyPost post, Attempt attempt, CancellationToken cancellation)
    {
        var outcome = await pictures.RunAsync(post.Image!, most.ThumbBytes, cancellation);
        if (outcome is not PictureOutcome.Fetched picture)
        {
            return Without(((PictureOutcome.Failed)outcome).Reason);
        }

        var (ended, _) = await session.CallAsync(
            _ =>
            {
                var content = new ReadOnlyMemoryContent(picture.Bytes);
                content.Headers.ContentType = new MediaTypeHeaderValue(picture.ContentType);
                return Request("com.atproto.repo.uploadBlob", content);
            },
            cancellation);
        return ended is CallOutcome.Answered { IsSuccess: true } answered
            && Wire.ObjectOrNull(answered.Body) is { } body && body.TryGetProperty("blob", out var blob)
            ? Kept(new BlueskyStep(IsThumbSettled: true, Thumb: blob.GetRawText()))
            : PictureUpload.Failed(ended, attempt, Complaint, RetryAfter, Without);

        SendOutcome Without(string reason) => Kept(new BlueskyStep(IsThumbSettled: true, Note: $"without its picture: {reason}"));
    }

    private async Task<SendOutcome> PutAsync(BlueskyPost post, BlueskyStep step, CancellationToken cancellation)
    {
        var record = JsonNode.Parse(post.Record)!;
        if (step.Thumb is { } thumb)
        {
            record["embed"]!["external"]!["thumb"] = JsonNode.Parse(thumb);
        }

        var (ended, account) = await session.CallAsync(
            did => Request("com.atproto.repo.putRecord", Wire.Body(
                new JsonObject { ["repo"] = did, ["collection"] = Collection, ["rkey"] = post.Key, ["record"] = record.DeepClone() }.ToJsonString(Wire.Json))),
            cancellation);
        return ended switch
        {
            // Where it is follows from the key, also where the answer was cut.
            CallOutcome.Answered { IsSuccess: true } when account is not null => new SendOutcome.Sent(
                $"at://{account}/{Collection}/{post.Key}", $"https://bsky.app/profile/{account}/post/{post.Key}", step.Note),
            CallOutcome.Answered { Status: HttpStatusCode.BadRequest } refused
                when step.Thumb is not null && Error(refused) is "InvalidRequest" or "BlobNotFound" or "InvalidMimeType" or "BlobTooLarge" =>
                Kept(new BlueskyStep(IsThumbSettled: true, Note: $"without its picture: {Complaint(refused)}")),
            // Not signed in, nothing was put.
            _ when account is null && ended.AsFailure("Bluesky", Complaint, RetryAfter) is SendOutcome.Unknown unknown => new SendOutcome.TryLater(null, unknown.Reason),
            _ => ended.AsFailure("Bluesky", Complaint, RetryAfter),
        };
    }

    private HttpRequestMessage Request(string method, HttpContent content) => new(HttpMethod.Post, $"{root}/xrpc/{method}") { Content = content };

    // Both limits at once: of 3,000 bytes, each ten count as one of 300 graphemes.
    private int Length(string text) =>
        Math.Max(Counting.Graphemes(text), (int)Math.Ceiling((double)Counting.Utf8Bytes(text) * most.Graphemes / most.Bytes));

    /// <summary>A timestamp identifier: the article's second, and 30 bits of article and channel in place of microseconds and clock id, so
    /// that articles of the same second have different ones.</summary>
    private string KeyOf(Announcement announcement)
    {
        var hash = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{announcement.ArticleId}\n{Name}")));
        var microseconds = ((ulong)Math.Max(0, announcement.PublishedAt.ToUnixTimeSeconds()) * 1_000_000) + (hash % 1_000_000);
        var value = ((microseconds & ((1UL << 53) - 1)) << 10) | ((hash >> 40) & 0x3FF);
        return string.Create(13, value, (key, bits) =>
        {
            for (var index = key.Length - 1; index >= 0; index--, bits >>= 5)
            {
                key[index] = "234567abcdefghijklmnopqrstuvwxyz"[(int)(bits & 31)];
            }
        });
    }

    private static SendOutcome.Progressed Kept(BlueskyStep step) => new(Wire.Write(step), TimeSpan.Zero);

    private TimeSpan? RetryAfter(CallOutcome.Answered answered) => answered.RetryAfter ?? answered.Until("ratelimit-reset", time.GetUtcNow());

    private static string? Error(CallOutcome.Answered answered) => Wire.ObjectOrNull(answered.Body)?.Text("error");

    private static string Complaint(CallOutcome.Answered answered) => (answered.Status, Error(answered)) switch
    {
        (_, "AccountTakedown") => "Bluesky has taken the account down.",
        (HttpStatusCode.Unauthorized, _) => "Bluesky does not accept the handle and the app password.",
        (HttpStatusCode.TooManyRequests, _) => "Bluesky wants fewer calls.",
        (_, { Length: > 0 and < 60 } error) when error.All(char.IsAsciiLetterOrDigit) => $"Bluesky did not take it ({error}, status {(int)answered.Status}).",
        _ => $"Bluesky did not take it (status {(int)answered.Status}).",
    };
}

/// <summary>What is put: the record, frozen but for its thumb, and its key.</summary>
internal sealed record BlueskyPost(string Key, string Record, string? Image);

/// <summary>How far a post is.</summary>
/// <param name="IsThumbSettled">Whether the card's picture is uploaded, or left out.</param>
/// <param name="Thumb">The blob that the server made of it.</param>
/// <param name="Note">Why it is left out.</param>
internal sealed record BlueskyStep(bool IsThumbSettled, string? Thumb = null, string? Note = null);
