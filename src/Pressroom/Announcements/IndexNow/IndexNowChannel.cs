using System.Net;
using System.Text.RegularExpressions;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.IndexNow;

/// <summary>Tells search engines that a page is new, changed or gone.</summary>
/// <remarks>IndexNow, "Documentation". The site proves that it is its own with a file of the key: <see cref="Proof"/>, which has to
/// be served beside the home page. Submitting twice is harmless.</remarks>
internal sealed partial class IndexNowChannel : IChannel
{
    private readonly Outbound outbound;
    private readonly string endpoint;
    private readonly string key;

    private IndexNowChannel(string name, Outbound outbound, string endpoint, string key) => (Name, this.outbound, this.endpoint, this.key) = (name, outbound, endpoint, key);

    public string Name { get; }

    public string Kind => "indexnow";

    public bool CanSettle => true;

    public bool TellsOfEveryChange => true;

    public ProofFile Proof => new($"{key}.txt", key);

    /// <summary>Needs <c>Key</c>: 8 to 128 letters, digits and dashes. <c>BaseUrl</c> (a search engine's own) can be set.</summary>
    /// <exception cref="SettingException">A key is missing or wrong.</exception>
    public static IndexNowChannel Create(ChannelSettings settings, Outbound outbound, TimeProvider _)
    {
        var key = settings.Required("Key");
        return KeyForm().IsMatch(key)
            ? new IndexNowChannel(settings.Name, outbound, $"{settings.Root("https://api.indexnow.org")}/indexnow", key)
            : throw settings.Wrong("Key", "is not 8 to 128 letters, digits and dashes");
    }

    public ComposedPost Compose(Announcement announcement)
    {
        // The home feed lies beside the home page, and so does the key's file; it speaks for what is below it.
        var keyFile = new Uri(new Uri(announcement.FeedUrl), Proof.Name);
        var page = new Uri(announcement.Url);
        var submission = new Submission(page.IdnHost, key, WithHostInAscii(keyFile), [WithHostInAscii(page)]);
        return new ComposedPost(announcement.Url, announcement.Url.Length, null, "characters", Wire.Write(submission));
    }

    public async Task<SendOutcome> SendAsync(Attempt attempt, CancellationToken cancellation) =>
        await SubmitAsync(attempt.Payload, cancellation) is var ended and not CallOutcome.Answered { IsSuccess: true }
            ? ended.AsFailure("IndexNow", Complaint, answered => answered.RetryAfter)
            : new SendOutcome.Sent(null, null);

    public Task<SendOutcome> ResumeAsync(Attempt attempt, CancellationToken cancellation) => SendAsync(attempt, cancellation);

    /// <summary>Submits the page's address, and the one it had before where that is another.</summary>
    public Task<ChangeOutcome> EditAsync(SentPost post, ComposedPost now, CancellationToken cancellation)
    {
        var submission = Wire.Read<Submission>(now.Payload);
        var before = Wire.Read<Submission>(post.Payload);
        var both = submission with { UrlList = [.. submission.UrlList.Union(before.Host == submission.Host ? before.UrlList : [])] };
        return ChangeAsync(Wire.Write(both), cancellation);
    }

    public Task<ChangeOutcome> DeleteAsync(SentPost post, CancellationToken cancellation) => ChangeAsync(post.Payload, cancellation);

    private async Task<ChangeOutcome> ChangeAsync(string submission, CancellationToken cancellation) =>
        (await SubmitAsync(submission, cancellation)).AsChange(Complaint, answered => answered.RetryAfter);

    private async Task<CallOutcome> SubmitAsync(string submission, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = Wire.Body(submission) };
        return await outbound.CallAsync(request, cancellation);
    }

    private static string WithHostInAscii(Uri address) => new UriBuilder(address) { Host = address.IdnHost }.Uri.AbsoluteUri;

    private static string Complaint(CallOutcome.Answered answered) => answered.Status switch
    {
        HttpStatusCode.Forbidden => "IndexNow did not find the key's file at the site.",
        HttpStatusCode.UnprocessableEntity => "IndexNow says that the page or the key is not this site's.",
        HttpStatusCode.TooManyRequests => "IndexNow wants fewer calls.",
        _ => $"IndexNow did not take it (status {(int)answered.Status}).",
    };

    [GeneratedRegex("^[a-zA-Z0-9-]{8,128}$")]
    private static partial Regex KeyForm();
}

internal sealed record Submission(string Host, string Key, string KeyLocation, IReadOnlyList<string> UrlList);
