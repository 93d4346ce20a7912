using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pressroom.Announcements.Pictures;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Mastodon;

/// <summary>Posts a status to an instance of Mastodon, or of what speaks its API.</summary>
/// <remarks>Mastodon, "statuses", "media", "Instance". A repeat within the hour is harmless by its <c>Idempotency-Key</c>; later the
/// article's address is looked for among the account's statuses first (<c>read:accounts</c>, <c>read:statuses</c>).</remarks>
internal sealed class MastodonChannel : IChannel
{
    private const int MostPayloadWords = 20_000;
    private const int MostLooks = 10;
    private const int MostPages = 5;

    // "Remembered up to 1 hour", with room for clocks that differ.
    private static readonly TimeSpan KeyIsRemembered = TimeSpan.FromMinutes(50);
    private static readonly TimeSpan NextLook = TimeSpan.FromSeconds(3);

    private readonly Outbound outbound;
    private readonly FetchPicture pictures;
    private readonly TimeProvider time;
    private readonly MastodonSettings own;
    private readonly MastodonInstance instance;

    private MastodonChannel(string name, Outbound outbound, FetchPicture pictures, TimeProvider time, MastodonSettings own) =>
        (Name, this.outbound, this.pictures, this.time, this.own, instance) = (name, outbound, pictures, time, own, new MastodonInstance(outbound, time, own));

    public string Name { get; }

    public string Kind => "mastodon";

    public bool CanSettle => true;

    /// <summary>Needs <c>BaseUrl</c>, the instance, and <c>Token</c>; <c>Visibility</c> (public, unlisted or private), <c>Picture</c> (false: the
    /// link's card alone), <c>MaxCharacters</c>, <c>CharactersPerUrl</c>, <c>MaxAltCharacters</c> and <c>MaxPictureBytes</c> can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static MastodonChannel Create(ChannelSettings settings, Outbound outbound, FetchPicture pictures, TimeProvider time)
    {
        var visibility = settings.Optional("Visibility") ?? "public";
        if (visibility is not ("public" or "unlisted" or "private"))
        {
            throw settings.Wrong("Visibility", "is neither public, unlisted nor private");
        }

        return new MastodonChannel(settings.Name, outbound, pictures, time, new MastodonSettings(
            settings.BaseUrl is null ? throw settings.Wrong("BaseUrl", "is missing") : settings.Root(""),
            settings.Required("Token"),
            visibility,
            settings.Flag("Picture", otherwise: true),
            new MastodonLimits(
                settings.Limit("MaxCharacters", 500), settings.Limit("CharactersPerUrl", 23), settings.Limit("MaxAltCharacters", 1_500),
                settings.Limit("MaxPictureBytes", 8 * 1024 * 1024))));
    }

    public ComposedPost Compose(Announcement announcement)
    {
        var words = PostText.Of(announcement, announcement.Url);
        words = words with { Words = Cutting.Fit(words.Words, MostPayloadWords, text => Wire.Write(text).Length) };
        var image = own.WithPicture ? announcement.Image : null;
        var alt = image?.Alt is { Length: > 0 } description ? Cutting.Fit(description, own.Limits.AltCharacters, Counting.Graphemes) : null;
        var text = TextOf(words, own.Limits);
        return new ComposedPost(
            text, Counting.ForMastodon(text, own.Limits.PerLink), own.Limits.Characters, "characters",
            Wire.Write(new MastodonPost(words, announcement.Url, image?.Url, alt)));
    }

    public Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation) => NextAsync(attempt, mayBeOut: false, cancellation);

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) => NextAsync(attempt, mayBeOut: true, cancellation);

    /// <summary>Makes the status say what the article says now. It keeps the picture that it has.</summary>
    public async Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation)
    {
        if (post.RemoteId is null)
        {
            return new ChangeOutcome.NotSupported();
        }

        var before = await CallAsync(HttpMethod.Get, $"/api/v1/statuses/{post.RemoteId}", null, null, cancellation);
        if (before is not CallOutcome.Answered { IsSuccess: true, IsCut: false } answered || Wire.ObjectOrNull(answered.Body) is not { } status)
        {
            return Edited(before is CallOutcome.Answered { IsSuccess: true } ? new CallOutcome.Lost("Mastodon's answer was cut.") : before);
        }

        var payload = Wire.Read<MastodonPost>(now.Payload);
        var media = status.TryGetProperty("media_attachments", out var attached) && attached.ValueKind == JsonValueKind.Array
            ? attached.EnumerateArray().Select(item => item.Text("id")).OfType<string>().ToArray()
            : [];
        var limits = await instance.LimitsAsync(cancellation);
        var body = Wire.Body(Wire.Write(new { status = TextOf(payload.Words, limits), language = payload.Words.Language.Primary, media_ids = media }));
        return Edited(await CallAsync(HttpMethod.Put, $"/api/v1/statuses/{post.RemoteId}", body, null, cancellation));
    }

    public async Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation)
    {
        if (post.RemoteId is null)
        {
            return new ChangeOutcome.NotSupported();
        }

        var ended = await CallAsync(HttpMethod.Delete, $"/api/v1/statuses/{post.RemoteId}", null, null, cancellation);
        return ended is CallOutcome.Answered { Status: HttpStatusCode.NotFound } ? new ChangeOutcome.Done() : ended.AsChange(Complaint, RetryAfter);
    }

    // Nothing is out before the picture is settled, so only the last step may have to be settled itself.
    private async Task<SendOutcome> NextAsync(Attempt attempt, bool mayBeOut, CancellationToken cancellation)
    {
        var post = Wire.Read<MastodonPost>(attempt.Payload);
        var step = attempt.Progress is { } progress ? Wire.Read<MastodonStep>(progress) : new MastodonStep(IsPictureSettled: post.Image is null);
        if (!step.IsPictureSettled)
        {
            return step.Media is null
                ? await UploadAsync(step, post, attempt, cancellation)
                : await LookAtMediaAsync(step, attempt, cancellation);
        }

        var keyIsRemembered = time.GetUtcNow() - attempt.QueuedAt < KeyIsRemembered;
        if (!mayBeOut)
        {
            // What a proxy calls a failure may have been posted all the same; the key took care of that for an hour.
            return attempt.Number > 1 && !keyIsRemembered && (await FindAsync(post, attempt, cancellation)).Found is { } known
                ? known with { Note = step.Note }
                : await PostAsync(step, post, attempt, cancellation);
        }

        if (keyIsRemembered)
        {
            return await PostAsync(step, post, attempt, cancellation) switch
            {
                SendOutcome.TryLater later => new SendOutcome.Unknown(later.Reason),
                SendOutcome.Refused refused => new SendOutcome.Unknown(refused.Reason),
                SendOutcome.Progressed => new SendOutcome.Unknown("Mastodon refused the repeat."),
                var outcome => outcome,
            };
        }

        var (hasLooked, found) = await FindAsync(post, attempt, cancellation);
        return found is not null ? found with { Note = step.Note }
            : hasLooked ? await PostAsync(step, post, attempt, cancellation)
            : new SendOutcome.Unknown("Mastodon gave no answer when it was sent, and the account's posts could not be read.");
    }

    private async Task<SendOutcome> UploadAsync(MastodonStep step, MastodonPost post, Attempt attempt, CancellationToken cancellation)
    {
        var limits = await instance.LimitsAsync(cancellation);
        var fetched = await pictures.RunAsync(post.Image!, limits.PictureBytes, cancellation);
        if (fetched is not PictureOutcome.Fetched picture)
        {
            return Without(((PictureOutcome.Failed)fetched).Reason);
        }

        using var file = new ReadOnlyMemoryContent(picture.Bytes);
        file.Headers.ContentType = new MediaTypeHeaderValue(picture.ContentType);
        using var form = new MultipartFormDataContent();
        form.Add(file, "file", $"picture.{picture.ContentType.Split('/')[1]}");
        if (post.Alt is { } alt)
        {
            form.Add(new StringContent(Cutting.Fit(alt, limits.AltCharacters, Counting.Graphemes), Encoding.UTF8), "description");
        }

        var ended = await CallAsync(HttpMethod.Post, "/api/v2/media", form, null, cancellation);
        return ended is CallOutcome.Answered { IsSuccess: true } answered && Wire.ObjectOrNull(answered.Body)?.Text("id") is { } id
            ? answered.Status == HttpStatusCode.Accepted
                ? Kept(step with { Media = id }, NextLook)
                : Kept(step with { Media = id, IsPictureSettled = true }, TimeSpan.Zero)
            : PictureUpload.Failed(ended, attempt, Complaint, RetryAfter, Without);

        SendOutcome Without(string reason) => Kept(step.WithoutPicture(reason), TimeSpan.Zero);
    }

    private async Task<SendOutcome> LookAtMediaAsync(MastodonStep step, Attempt attempt, CancellationToken cancellation)
    {
        switch (await CallAsync(HttpMethod.Get, $"/api/v1/media/{step.Media}", null, null, cancellation))
        {
            case CallOutcome.Answered { Status: HttpStatusCode.PartialContent or HttpStatusCode.Accepted } when step.Looks < MostLooks:
                return Kept(step with { Looks = step.Looks + 1 }, NextLook);
            case CallOutcome.Answered { Status: HttpStatusCode.PartialContent or HttpStatusCode.Accepted }:
                return Kept(step.WithoutPicture("Mastodon did not get it ready in time."), TimeSpan.Zero);
            case CallOutcome.Answered { IsSuccess: true }:
                return Kept(step with { IsPictureSettled = true }, TimeSpan.Zero);
            case var ended:
                return PictureUpload.Failed(ended, attempt, Complaint, RetryAfter, reason => Kept(step.WithoutPicture(reason), TimeSpan.Zero));
        }
    }

    private async Task<SendOutcome> PostAsync(MastodonStep step, MastodonPost post, Attempt attempt, CancellationToken cancellation)
    {
        var text = TextOf(post.Words, await instance.LimitsAsync(cancellation));
        var body = Wire.Write(new
        {
            status = text,
            language = post.Words.Language.Primary,
            visibility = own.Visibility,
            media_ids = step.Media is { } media ? new[] { media } : null,
        });
        var ended = await CallAsync(HttpMethod.Post, "/api/v1/statuses", Wire.Body(body), KeyOf(attempt), cancellation);
        if (ended is CallOutcome.Answered { IsSuccess: true } taken)
        {
            return SentOrNull(taken, step.Note) ?? await AskAgainAsync(body, step, attempt, cancellation);
        }

        return ended is CallOutcome.Answered { Status: HttpStatusCode.UnprocessableEntity } refused && step.Media is not null
            ? Kept(step.WithoutPicture(Complaint(refused)), TimeSpan.Zero)
            : ended.AsFailure("Mastodon", Complaint, RetryAfter);
    }

    // It is out, but the answer was cut: the same key brings the answer again. Nothing that happens meanwhile may lose that it is out.
    private async Task<SendOutcome.Sent> AskAgainAsync(string body, MastodonStep step, Attempt attempt, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            if (await CallAsync(HttpMethod.Post, "/api/v1/statuses", Wire.Body(body), KeyOf(attempt), patience.Token) is CallOutcome.Answered { IsSuccess: true } again
                && SentOrNull(again, step.Note) is { } sent)
            {
                return sent;
            }
        }
        catch (OperationCanceledException)
        {
            // What is known is told below.
        }

        const string Cut = "Mastodon took it, but its answer was cut: it cannot be changed from here.";
        return new SendOutcome.Sent(null, null, step.Note is null ? Cut : $"{step.Note} {Cut}");
    }

    private async Task<(bool HasLooked, SendOutcome.Sent? Found)> FindAsync(MastodonPost post, Attempt attempt, CancellationToken cancellation)
    {
        if (await CallAsync(HttpMethod.Get, "/api/v1/accounts/verify_credentials", null, null, cancellation) is not CallOutcome.Answered { IsSuccess: true } account
            || Wire.ObjectOrNull(account.Body)?.Text("id") is not { } id)
        {
            return (false, null);
        }

        var earliest = attempt.QueuedAt.AddMinutes(-5);
        var address = WebUtility.HtmlEncode(post.Url);
        var older = "";
        for (var page = 0; page < MostPages; page++)
        {
            var path = $"/api/v1/accounts/{id}/statuses?limit=40&exclude_replies=true&exclude_reblogs=true{older}";
            var ended = await CallAsync(HttpMethod.Get, path, null, null, cancellation);
            if (ended is not CallOutcome.Answered { IsSuccess: true, IsCut: false } answered || StatusesIn(answered.Body) is not { } statuses)
            {
                return (false, null);
            }

            foreach (var status in statuses)
            {
                if (TimeOf(status.Text("created_at")) < earliest)
                {
                    return (true, null);
                }

                if (status.Text("content")?.Contains(address, StringComparison.OrdinalIgnoreCase) == true)
                {
                    return (true, new SendOutcome.Sent(status.Text("id"), status.Text("url")));
                }
            }

            if (statuses.Count == 0)
            {
                return (true, null);
            }

            older = $"&max_id={statuses[^1].Text("id")}";
        }

        return (false, null);
    }

    private static List<JsonElement>? StatusesIn(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? document.RootElement.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(item => item.Clone()).ToList()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<CallOutcome> CallAsync(HttpMethod method, string path, HttpContent? content, string? key, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, own.Root + path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", own.Token);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await outbound.CallAsync(request, cancellation);
    }

    // A post that was deleted and composed anew has another key: Mastodon would answer with the deleted one.
    private string KeyOf(Attempt attempt) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{attempt.ArticleId}\n{Name}\n{attempt.QueuedAt.ToUnixTimeSeconds()}"))))[..32];

    private static string TextOf(PostText words, MastodonLimits limits) =>
        words.Fit(limits.Characters, text => Counting.ForMastodon(text, limits.PerLink));

    private static SendOutcome.Sent? SentOrNull(CallOutcome.Answered answered, string? note) =>
        Wire.ObjectOrNull(answered.Body) is { } status && status.Text("id") is { } id ? new SendOutcome.Sent(id, status.Text("url"), note) : null;

    private static ChangeOutcome Edited(CallOutcome ended) =>
        ended is CallOutcome.Answered { Status: HttpStatusCode.NotFound } ? new ChangeOutcome.NotSupported() : ended.AsChange(Complaint, RetryAfter);

    private static SendOutcome.Progressed Kept(MastodonStep step, TimeSpan after) => new(Wire.Write(step), after);

    private static TimeSpan? RetryAfter(CallOutcome.Answered answered) => answered.RetryAfter
        ?? (answered.Status == HttpStatusCode.TooManyRequests
            && answered.Headers.TryGetValues("X-RateLimit-Reset", out var values)
            && TimeOf(values.First()) is { } moment && answered.Headers.Date is { } now && moment > now
                ? moment - now
                : null);

    private static DateTimeOffset? TimeOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;

    private static string Complaint(CallOutcome.Answered answered) => answered.Status switch
    {
        HttpStatusCode.Unauthorized => "Mastodon does not accept the token.",
        HttpStatusCode.Forbidden => "Mastodon does not permit it: the token lacks a scope, or the account is limited.",
        HttpStatusCode.TooManyRequests => "Mastodon wants fewer calls.",
        _ when Wire.ObjectOrNull(answered.Body)?.Text("error") is { } error => $"Mastodon answered: {CallEnding.Quoted(error)} (status {(int)answered.Status}).",
        _ => $"Mastodon did not take it (status {(int)answered.Status}).",
    };
}

/// <summary>What is posted: the parts of the text, since the instance may have another limit when it is sent.</summary>
internal sealed record MastodonPost(PostText Words, string Url, string? Image, string? Alt);

/// <summary>How far a post is.</summary>
/// <param name="Media">The uploaded picture.</param>
/// <param name="IsPictureSettled">Whether it is ready, or left out.</param>
/// <param name="Looks">How often it was found unready.</param>
/// <param name="Note">Why it is left out.</param>
internal sealed record MastodonStep(string? Media = null, bool IsPictureSettled = false, int Looks = 0, string? Note = null)
{
    public MastodonStep WithoutPicture(string reason) => this with { Media = null, IsPictureSettled = true, Note = $"without its picture: {reason}" };
}

/// <summary>What an operator set.</summary>
internal sealed record MastodonSettings(string Root, string Token, string Visibility, bool WithPicture, MastodonLimits Limits);
