using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pressroom.Announcements.Pictures;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.LinkedIn;

/// <summary>Posts to a LinkedIn page or member: a commentary and the article's card.</summary>
/// <remarks>LinkedIn, "Posts API" and "Images API". Nothing there makes a repeat harmless; most tokens may not read posts either, so what
/// may be out stays unknown unless the operator says that the token may (<c>r_organization_social</c>).</remarks>
internal sealed partial class LinkedInChannel : IChannel
{
    private readonly Outbound outbound;
    private readonly FetchPicture pictures;
    private readonly string root;
    private readonly LinkedInAccount account;
    private readonly (int Characters, int PictureBytes) most;

    private LinkedInChannel(string name, Outbound outbound, FetchPicture pictures, string root, LinkedInAccount account, (int, int) most) =>
        (Name, this.outbound, this.pictures, this.root, this.account, this.most) = (name, outbound, pictures, root, account, most);

    public string Name { get; }

    public string Kind => "linkedin";

    public bool CanSettle => account.ReadsPosts;

    /// <summary>Needs <c>Token</c> and <c>Author</c> (<c>urn:li:organization:…</c> or <c>urn:li:person:…</c>); <c>Version</c> (YYYYMM: LinkedIn
    /// ends each after about a year), <c>ReadsPosts</c> (true: the token may read the author's posts), <c>BaseUrl</c>,
    /// <c>MaxCharacters</c> and <c>MaxPictureBytes</c> can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static LinkedInChannel Create(ChannelSettings settings, Outbound outbound, FetchPicture pictures, TimeProvider _)
    {
        var (token, author, version) = (settings.Required("Token"), settings.Required("Author"), settings.Optional("Version") ?? "202605");
        if (!AuthorUrn().IsMatch(author))
        {
            throw settings.Wrong("Author", "is neither urn:li:organization:… nor urn:li:person:…");
        }

        if (!YearAndMonth().IsMatch(version))
        {
            throw settings.Wrong("Version", "is no year and month (YYYYMM)");
        }

        return new LinkedInChannel(
            settings.Name, outbound, pictures, settings.Root("https://api.linkedin.com"),
            new LinkedInAccount(token, author, version, settings.Flag("ReadsPosts", otherwise: false)),
            (settings.Limit("MaxCharacters", 3_000), settings.Limit("MaxPictureBytes", 5 * 1024 * 1024)));
    }

    public ComposedPost Compose(Announcement announcement)
    {
        // The card is the link; a link in the commentary would be a second.
        var parts = PostText.Of(announcement, announcement.Url) with { Link = null };
        var text = parts.Fit(most.Characters, Length);
        var post = new LinkedInPost(
            LittleText.Of(text), announcement.Url, Cutting.Fit(announcement.Title, 400, Counting.Utf16Units),
            announcement.Summary is null ? null : Cutting.Fit(announcement.Summary, 1_000, Counting.Utf16Units), announcement.Image?.Url);
        return new ComposedPost($"{text}\n\n{announcement.Url}", Length(text), most.Characters, "characters", Wire.Write(post));
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var post = Wire.Read<LinkedInPost>(attempt.Payload);
        var step = attempt.Progress is { } progress ? Wire.Read<LinkedInStep>(progress) : new LinkedInStep(IsPictureSettled: post.Image is null);
        if (!step.IsPictureSettled)
        {
            return await UploadAsync(post, attempt, cancellation);
        }

        var ended = await CallAsync(HttpMethod.Post, "/rest/posts", Wire.Write(Body(post, step)), null, cancellation);
        return ended switch
        {
            CallOutcome.Answered { IsSuccess: true } answered => Id(answered) is { } id
                ? Sent(id, step.Note)
                : new SendOutcome.Sent(null, null, Joined(step.Note, "LinkedIn took it, but did not say where it is: it cannot be changed from here.")),
            // Their memory of a post that an answer like 503 made us think is not out. At a first try it can only be another article's.
            CallOutcome.Answered { Status: HttpStatusCode.UnprocessableEntity } same when IsDuplicate(same) => attempt.Number == 1
                ? new SendOutcome.Refused("LinkedIn has the same post already.")
                : PostUrn().Match(same.Body) is { Success: true } urn
                    ? Sent(urn.Value, step.Note)
                    : new SendOutcome.Sent(null, null, Joined(step.Note, "LinkedIn says that it has this post already; it cannot be changed from here.")),
            CallOutcome.Answered { Status: HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity } refused when step.Image is not null =>
                Without(Complaint(refused)),
            _ => ended.AsFailure("LinkedIn", Complaint, RetryAfter),
        };
    }

    public async Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation)
    {
        var post = Wire.Read<LinkedInPost>(attempt.Payload);
        var step = attempt.Progress is { } progress ? Wire.Read<LinkedInStep>(progress) : new LinkedInStep(IsPictureSettled: post.Image is null);
        // Nothing is out before the picture is settled.
        return !step.IsPictureSettled ? await SendAsync(attempt, cancellation)
            : account.ReadsPosts && await FindAsync(post, attempt, cancellation) is { } id ? Sent(id, step.Note)
            : new SendOutcome.Unknown(account.ReadsPosts
                ? "LinkedIn gave no answer when it was sent, and the author's posts do not show it."
                : "LinkedIn gave no answer when it was sent, and the token may not ask whether it is out.");
    }

    /// <summary>Changes the commentary; LinkedIn lets nobody change the card.</summary>
    public async Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation)
    {
        if (post.RemoteId is null)
        {
            return new ChangeOutcome.NotSupported();
        }

        var patch = new Dictionary<string, object> { ["$set"] = new { commentary = Wire.Read<LinkedInPost>(now.Payload).Commentary } };
        var ended = await CallAsync(HttpMethod.Post, PathOf(post.RemoteId), Wire.Write(new { patch }), "PARTIAL_UPDATE", cancellation);
        return ended is CallOutcome.Answered { Status: HttpStatusCode.NotFound } gone && !IsAboutVersion(gone)
            ? new ChangeOutcome.NotSupported()
            : ended.AsChange(Complaint, RetryAfter);
    }

    public async Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation)
    {
        if (post.RemoteId is null)
        {
            return new ChangeOutcome.NotSupported();
        }

        var ended = await CallAsync(HttpMethod.Delete, PathOf(post.RemoteId), null, "DELETE", cancellation);
        return ended is CallOutcome.Answered { Status: HttpStatusCode.NotFound } gone && !IsAboutVersion(gone)
            ? new ChangeOutcome.Done()
            : ended.AsChange(Complaint, RetryAfter);
    }

    private async Task<SendOutcome> UploadAsync(LinkedInPost post, Attempt attempt, CancellationToken cancellation)
    {
        var outcome = await pictures.RunAsync(post.Image!, most.PictureBytes, cancellation);
        if (outcome is not PictureOutcome.Fetched picture)
        {
            return Without(((PictureOutcome.Failed)outcome).Reason);
        }

        if (picture.ContentType == "image/webp")
        {
            return Without("LinkedIn takes no WebP.");
        }

        var begun = await CallAsync(
            HttpMethod.Post, "/rest/images?action=initializeUpload", Wire.Write(new { initializeUploadRequest = new { owner = account.Author } }), null, cancellation);
        if (begun is not CallOutcome.Answered { IsSuccess: true } answered || Wire.ObjectOrNull(answered.Body) is not { } body
            || !body.TryGetProperty("value", out var value) || value.ValueKind != JsonValueKind.Object
            || value.Text("image") is not { } image || !Uri.TryCreate(value.Text("uploadUrl"), UriKind.Absolute, out var place))
        {
            return PictureUpload.Failed(begun, attempt, Complaint, RetryAfter, Without);
        }

        // The address is signed: it needs no token.
        using var request = new HttpRequestMessage(HttpMethod.Put, place) { Content = new ReadOnlyMemoryContent(picture.Bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(picture.ContentType);
        var put = await outbound.CallAsync(request, cancellation);
        return put switch
        {
            CallOutcome.Answered { IsSuccess: true } => new SendOutcome.Progressed(Wire.Write(new LinkedInStep(IsPictureSettled: true, Image: image)), TimeSpan.Zero),
            // It is the address that is refused, not our token.
            CallOutcome.Answered { Status: HttpStatusCode.Unauthorized } => Without("LinkedIn did not take the upload (status 401)."),
            _ => PictureUpload.Failed(put, attempt, Complaint, RetryAfter, Without),
        };
    }

    private object Body(LinkedInPost post, LinkedInStep step) => new
    {
        author = account.Author,
        commentary = post.Commentary,
        visibility = "PUBLIC",
        distribution = new { feedDistribution = "MAIN_FEED", targetEntities = Array.Empty<string>(), thirdPartyDistributionChannels = Array.Empty<string>() },
        content = new { article = new { source = post.Link, thumbnail = step.Image, title = post.Title, description = post.Description } },
        lifecycleState = "PUBLISHED",
        isReshareDisabledByAuthor = false,
    };

    // The finder "author", newest first.
    private async Task<string?> FindAsync(LinkedInPost post, Attempt attempt, CancellationToken cancellation)
    {
        var path = $"/rest/posts?q=author&author={Uri.EscapeDataString(account.Author)}&count=20&sortBy=CREATED";
        if (await CallAsync(HttpMethod.Get, path, null, "FINDER", cancellation) is not CallOutcome.Answered { IsSuccess: true } answered
            || Wire.ObjectOrNull(answered.Body) is not { } body || !body.TryGetProperty("elements", out var posts) || posts.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var earliest = attempt.QueuedAt.AddMinutes(-5).ToUnixTimeMilliseconds();
        return posts.EnumerateArray()
            .Where(item => item.ValueKind == JsonValueKind.Object && SourceOf(item) == post.Link)
            .Where(item => !(long.TryParse(item.Text("createdAt"), out var created) && created < earliest))
            .Select(item => item.Text("id"))
            .FirstOrDefault(id => id is not null);
    }

    private static string? SourceOf(JsonElement item) =>
        item.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Object
        && content.TryGetProperty("article", out var article) && article.ValueKind == JsonValueKind.Object ? article.Text("source") : null;

    private async Task<CallOutcome> CallAsync(HttpMethod method, string path, string? body, string? restMethod, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, root + path) { Content = body is null ? null : Wire.Body(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.Token);
        request.Headers.Add("LinkedIn-Version", account.Version);
        request.Headers.Add("X-Restli-Protocol-Version", "2.0.0");
        if (restMethod is not null)
        {
            request.Headers.Add("X-RestLi-Method", restMethod);
        }

        return await outbound.CallAsync(request, cancellation);
    }

    // As LinkedIn is given it: what is escaped counts with its backslash, which is never too little.
    private static int Length(string text) => LittleText.Of(text).Length;

    private static string PathOf(string urn) => $"/rest/posts/{Uri.EscapeDataString(urn)}";

    private static SendOutcome.Sent Sent(string urn, string? note) => new(urn, $"https://www.linkedin.com/feed/update/{urn}", note);

    private static SendOutcome.Progressed Without(string reason) =>
        new(Wire.Write(new LinkedInStep(IsPictureSettled: true, Note: $"without its picture: {reason}")), TimeSpan.Zero);

    private static string Joined(string? note, string more) => note is null ? more : $"{note} {more}";

    private static string? Id(CallOutcome.Answered answered) => answered.Headers.TryGetValues("x-restli-id", out var values) ? values.First() : null;

    private static bool IsDuplicate(CallOutcome.Answered answered) => answered.Body.Contains("duplicate", StringComparison.OrdinalIgnoreCase);

    private static bool IsAboutVersion(CallOutcome.Answered answered) => answered.Body.Contains("VERSION", StringComparison.OrdinalIgnoreCase);

    private static TimeSpan? RetryAfter(CallOutcome.Answered answered) => answered.RetryAfter;

    private string Complaint(CallOutcome.Answered answered) => answered.Status switch
    {
        HttpStatusCode.Unauthorized => "LinkedIn does not accept the token.",
        HttpStatusCode.Forbidden => "LinkedIn does not permit it: the token lacks a permission for the author.",
        HttpStatusCode.UpgradeRequired => $"LinkedIn no longer has version {account.Version} of its API: set a newer Version.",
        HttpStatusCode.NotFound when IsAboutVersion(answered) => $"LinkedIn no longer has version {account.Version} of its API: set a newer Version.",
        HttpStatusCode.TooManyRequests => "LinkedIn takes no more posts for now.",
        _ when Wire.ObjectOrNull(answered.Body)?.Text("message") is { } message => $"LinkedIn answered: {CallEnding.Quoted(message)} (status {(int)answered.Status}).",
        _ => $"LinkedIn did not take it (status {(int)answered.Status}).",
    };

    [GeneratedRegex("^urn:li:(organization|person):[A-Za-z0-9_-]+$")]
    private static partial Regex AuthorUrn();

    [GeneratedRegex("^20[0-9]{2}(0[1-9]|1[0-2])$")]
    private static partial Regex YearAndMonth();

    [GeneratedRegex("urn:li:(share|ugcPost):[0-9]+")]
    private static partial Regex PostUrn();
}

/// <summary>Who posts, and how LinkedIn is to be spoken to.</summary>
internal sealed record LinkedInAccount(string Token, string Author, string Version, bool ReadsPosts);

/// <summary>What is posted; the commentary is in little text.</summary>
internal sealed record LinkedInPost(string Commentary, string Link, string Title, string? Description, string? Image);

/// <summary>How far a post is.</summary>
/// <param name="IsPictureSettled">Whether the card's picture is uploaded, or left out.</param>
/// <param name="Image">The uploaded picture.</param>
/// <param name="Note">Why it is left out.</param>
internal sealed record LinkedInStep(bool IsPictureSettled, string? Image = null, string? Note = null);
