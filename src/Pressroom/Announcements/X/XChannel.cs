using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pressroom.Announcements.Text;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.X;

/// <summary>Posts to an account on X, which makes the link's card itself.</summary>
/// <remarks>X API v2, "Manage Posts". Nothing there makes a repeat harmless, so what may be out is looked for among the account's posts
/// (each read is paid for) and never sent again. Posts cannot be changed without being made anew.</remarks>
internal sealed class XChannel : IChannel
{
    private static readonly string[] LimitsOfDay = ["x-user-limit-24hour", "x-app-limit-24hour"];

    private readonly Outbound outbound;
    private readonly TimeProvider time;
    private readonly OAuth1Signer signer;
    private readonly string root;
    private readonly int mostCharacters;

    // The account's id, which never changes.
    private string? account;

    private XChannel(string name, Outbound outbound, TimeProvider time, OAuth1Signer signer, string root, int mostCharacters) =>
        (Name, this.outbound, this.time, this.signer, this.root, this.mostCharacters) = (name, outbound, time, signer, root, mostCharacters);

    public string Name { get; }

    public string Kind => "x";

    public bool CanSettle => true;

    /// <summary>Needs <c>ConsumerKey</c>, <c>ConsumerSecret</c>, <c>AccessToken</c> and <c>AccessTokenSecret</c>; <c>BaseUrl</c> and
    /// <c>MaxCharacters</c> can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static XChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider time) => new(
        settings.Name, outbound, time,
        new OAuth1Signer(settings.Required("ConsumerKey"), settings.Required("ConsumerSecret"), settings.Required("AccessToken"), settings.Required("AccessTokenSecret")),
        settings.Root("https://api.x.com"),
        settings.Limit("MaxCharacters", 280));

    public ComposedPost Compose(Announcement announcement)
    {
        var text = PostText.Of(announcement, announcement.Url).Fit(mostCharacters, Counting.ForX);
        return new ComposedPost(text, Counting.ForX(text), mostCharacters, "weighted characters", Wire.Write(new XPost(text, announcement.Url)));
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation)
    {
        var post = Wire.Read<XPost>(attempt.Payload);
        switch (await CallAsync(HttpMethod.Post, "/2/tweets", Wire.Write(new { text = post.Text }), cancellation))
        {
            case CallOutcome.Answered { IsSuccess: true } answered:
                return Data(answered)?.Text("id") is { } id
                    ? Sent(id)
                    : await FindSentAsync(post, attempt, cancellation)
                        ?? new SendOutcome.Sent(null, null, "X took it, but its answer was cut: it cannot be changed from here.");
            // Their memory of a post that an answer like 503 made us think is not out. At a first try it can only be another article's.
            case CallOutcome.Answered { Status: HttpStatusCode.Forbidden } same when IsDuplicate(same):
                return attempt.Number == 1
                    ? new SendOutcome.Refused("X has a post with the same text already.")
                    : await FindSentAsync(post, attempt, cancellation)
                        ?? new SendOutcome.Sent(null, null, "X says that it has this post already; it cannot be changed from here.");
            // "Usage capped" is a 429 that does not pass with the window.
            case CallOutcome.Answered { Status: HttpStatusCode.TooManyRequests } capped when IsProblem(capped, "usage-capped"):
                return new SendOutcome.Refused(Complaint(capped));
            case var ended:
                return ended.AsFailure("X", Complaint, RetryAfter);
        }
    }

    public async Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) =>
        await FindAsync(Wire.Read<XPost>(attempt.Payload), attempt, cancellation)
        ?? (SendOutcome)new SendOutcome.Unknown("X gave no answer when it was sent, and the account's posts do not show it.");

    public async Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation)
    {
        if (post.RemoteId is null)
        {
            return new ChangeOutcome.NotSupported();
        }

        var ended = await CallAsync(HttpMethod.Delete, $"/2/tweets/{post.RemoteId}", null, cancellation);
        return ended switch
        {
            CallOutcome.Answered { Status: HttpStatusCode.NotFound } => new ChangeOutcome.Done(),
            CallOutcome.Answered { IsSuccess: true } answered when Data(answered) is { } data
                && data.TryGetProperty("deleted", out var deleted) && deleted.ValueKind == JsonValueKind.False =>
                new ChangeOutcome.TryLater(null, "X says that it was not deleted."),
            _ => ended.AsChange(Complaint, RetryAfter),
        };
    }

    // It is out, and only its id is to be found: nothing that happens meanwhile, a stop of the host included, may lose that.
    private async Task<SendOutcome.Sent?> FindSentAsync(XPost post, Attempt attempt, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            return await FindAsync(post, attempt, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<SendOutcome.Sent?> FindAsync(XPost post, Attempt attempt, CancellationToken cancellation)
    {
        account ??= await CallAsync(HttpMethod.Get, "/2/users/me", null, cancellation) is CallOutcome.Answered { IsSuccess: true } me ? Data(me)?.Text("id") : null;
        if (account is null)
        {
            return null;
        }

        var since = attempt.QueuedAt.AddMinutes(-5).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var ended = await CallAsync(
            HttpMethod.Get, $"/2/users/{account}/tweets?start_time={Uri.EscapeDataString(since)}&max_results=20&exclude=replies,retweets&tweet.fields=entities", null, cancellation);
        if (ended is not CallOutcome.Answered { IsSuccess: true } answered || Wire.ObjectOrNull(answered.Body) is not { } body
            || !body.TryGetProperty("data", out var posts) || posts.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        return posts.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object && LinksTo(item, post)).Select(item => item.Text("id")).OfType<string>()
            .Select(Sent).FirstOrDefault();
    }

    private static bool LinksTo(JsonElement item, XPost post) =>
        item.TryGetProperty("entities", out var entities) && entities.ValueKind == JsonValueKind.Object
        && entities.TryGetProperty("urls", out var urls) && urls.ValueKind == JsonValueKind.Array
        && urls.EnumerateArray().Any(url => url.ValueKind == JsonValueKind.Object && SameAddress(url.Text("unwound_url") ?? url.Text("expanded_url"), url.Text("expanded_url"), post.Link));

    private static bool SameAddress(string? unwound, string? expanded, string link) =>
        string.Equals(unwound, link, StringComparison.OrdinalIgnoreCase) || string.Equals(expanded, link, StringComparison.OrdinalIgnoreCase);

    private async Task<CallOutcome> CallAsync(HttpMethod method, string path, string? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, root + path) { Content = body is null ? null : Wire.Body(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("OAuth", signer.Sign(method, request.RequestUri!, [], time.GetUtcNow()));
        return await outbound.CallAsync(request, cancellation);
    }

    private static JsonElement? Data(CallOutcome.Answered answered) =>
        Wire.ObjectOrNull(answered.Body) is { } body && body.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object ? data : null;

    private static SendOutcome.Sent Sent(string id) => new(id, $"https://x.com/i/web/status/{id}");

    // The window of a quarter of an hour, or of a day where that is what is used up.
    private TimeSpan? RetryAfter(CallOutcome.Answered answered)
    {
        var now = time.GetUtcNow();
        var day = LimitsOfDay
            .Where(limit => answered.Headers.TryGetValues($"{limit}-remaining", out var left) && left.First() == "0")
            .Select(limit => answered.Until($"{limit}-reset", now))
            .Max();
        return day ?? answered.Until("x-rate-limit-reset", now) ?? answered.RetryAfter;
    }

    private static bool IsDuplicate(CallOutcome.Answered answered) =>
        Wire.ObjectOrNull(answered.Body)?.Text("detail")?.Contains("duplicate", StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsProblem(CallOutcome.Answered answered, string type) =>
        Wire.ObjectOrNull(answered.Body)?.Text("type")?.EndsWith($"/problems/{type}", StringComparison.Ordinal) == true;

    private static string Complaint(CallOutcome.Answered answered) => answered.Status switch
    {
        HttpStatusCode.Unauthorized => "X does not accept the keys and tokens.",
        HttpStatusCode.PaymentRequired => "X wants to be paid: the account has no credits left.",
        _ when IsProblem(answered, "usage-capped") => "X takes no more from the account: its plan or spending limit is used up.",
        HttpStatusCode.TooManyRequests => "X wants fewer posts.",
        _ when Wire.ObjectOrNull(answered.Body)?.Text("detail") is { } detail => $"X answered: {CallEnding.Quoted(detail)} (status {(int)answered.Status}).",
        _ => $"X did not take it (status {(int)answered.Status}).",
    };
}

/// <summary>What is posted, and the link by which the post is known.</summary>
internal sealed record XPost(string Text, string Link);
