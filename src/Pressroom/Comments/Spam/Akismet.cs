using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Pressroom.Announcements;

namespace Pressroom.Comments.Spam;

/// <summary>Asks Akismet about comments, and passes on where moderators decided otherwise.</summary>
/// <remarks>Akismet, "Detailed docs": comment-check, submit-spam, submit-ham, key verification, response error codes. The key travels in the
/// body, never in an address. Whatever goes wrong there, a comment is neither lost nor published: a person looks at it.</remarks>
public sealed partial class Akismet(AkismetSettings settings, SiteSettings site, Outbound outbound, TimeProvider time, ILogger<Akismet> logger) : ISpamSignal
{
    internal const string Signal = "akismet";

    private const double SurelySpam = SpamScore.SpamFrom + 1;
    private const double ProbablySpam = SpamScore.SpamFrom;
    private const double ProbablyGood = -1;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SpamFinding>> JudgeAsync(SpamCase comment, CancellationToken cancellation)
    {
        if (comment.RemoteAddress is null)
        {
            return [Doubt("Akismet was not asked: it is not known any more where the comment came from.")];
        }

        return [await CallAsync("comment-check", Describe(comment), cancellation) switch
        {
            CallOutcome.Answered { IsSuccess: true, Body: "true" } spam when HeaderOf(spam, "X-akismet-pro-tip") == "discard" =>
                new SpamFinding(Signal, SurelySpam, "Akismet is sure that it is spam."),
            CallOutcome.Answered { IsSuccess: true, Body: "true" } => new SpamFinding(Signal, ProbablySpam, "Akismet takes it for spam."),
            CallOutcome.Answered { IsSuccess: true, Body: "false" } => new SpamFinding(Signal, ProbablyGood, "Akismet takes it for good."),
            CallOutcome.Answered answered => Doubt(Complaint(answered)),
            CallOutcome.NotSent notSent => Doubt($"Akismet could not be asked. {notSent.Reason}"),
            CallOutcome.Lost lost => Doubt($"Akismet did not answer. {lost.Reason}"),
            var other => throw new InvalidOperationException($"A call ended as {other.GetType().Name}."),
        }];
    }

    /// <summary>Tells Akismet that a comment is spam, or is none. Tried once: nothing depends on it, and it is not repeated.</summary>
    /// <param name="comment">The comment, as it was judged.</param>
    /// <param name="isSpam">What a moderator decided.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether Akismet took it; false as well where it is not known any more where the comment came from.</returns>
    public async Task<bool> TeachAsync(SpamCase comment, bool isSpam, CancellationToken cancellation)
    {
        if (comment.RemoteAddress is null)
        {
            return false;
        }

        var ended = await CallAsync(isSpam ? "submit-spam" : "submit-ham", Describe(comment), cancellation);
        if (ended is CallOutcome.Answered { IsSuccess: true } answered && answered.Body.StartsWith("Thanks", StringComparison.Ordinal))
        {
            return true;
        }

        LogNotTaught();
        return false;
    }

    /// <summary>Asks whether the key is good.</summary>
    /// <returns>Null where no answer came that says so.</returns>
    public async Task<bool?> IsKeyValidAsync(CancellationToken cancellation) =>
        await CallAsync("verify-key", [], cancellation) is CallOutcome.Answered { IsSuccess: true } answered
            ? answered.Body switch { "valid" => true, "invalid" => false, _ => null }
            : null;

    private async Task<CallOutcome> CallAsync(string method, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("api_key", settings.Key),
            new("blog", site.Absolute("")),
            .. fields,
        ]);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{settings.BaseUrl.AbsoluteUri.TrimEnd('/')}/1.1/{method}") { Content = form };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Pressroom", "1.0"));
        using var timeUp = new CancellationTokenSource(CallLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeUp.Token);
        try
        {
            return await outbound.CallAsync(request, limit.Token);
        }
        catch (OperationCanceledException) when (timeUp.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new CallOutcome.Lost("No answer came in time.");
        }
    }

    private List<KeyValuePair<string, string>> Describe(SpamCase comment) =>
    [
        new("user_ip", comment.RemoteAddress!),
        new("user_agent", comment.UserAgent ?? ""),
        new("permalink", comment.ArticleUrl),
        new("comment_type", "comment"),
        new("comment_author", comment.Name),
        new("comment_author_email", comment.Email),
        new("comment_content", comment.Text),
        new("comment_date_gmt", comment.SubmittedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
        new("blog_lang", string.Join(", ", new[] { site.Language.Primary, comment.ArticleLanguage.Primary }.Distinct(StringComparer.Ordinal))),
        new("blog_charset", "UTF-8"),
    ];

    private static SpamFinding Doubt(string reason) => new(Signal, 0, reason, Doubt: true);

    // Nothing of Akismet's own words goes on: they may repeat the key or the comment.
    private static string Complaint(CallOutcome.Answered answered) => answered switch
    {
        { IsSuccess: true, Body: "invalid" } => "Akismet does not take the key or the site's address.",
        { IsSuccess: true } when HeaderOf(answered, "X-akismet-alert-code") is { } code && code.All(char.IsAsciiDigit) => $"Akismet did not judge it (alert {code}).",
        { IsSuccess: true } when HeaderOf(answered, "X-akismet-debug-help") is not null => "Akismet did not understand the question.",
        { IsSuccess: true } => "Akismet's answer was none that it documents.",
        { Status: System.Net.HttpStatusCode.TooManyRequests } => "Akismet wants fewer calls than the plan allows.",
        _ => string.Create(CultureInfo.InvariantCulture, $"Akismet did not judge it (status {(int)answered.Status})."),
    };

    private static string? HeaderOf(CallOutcome.Answered answered, string header) =>
        answered.Headers.TryGetValues(header, out var values) ? values.First() : null;

    [LoggerMessage(LogLevel.Warning, "Akismet did not take a moderator's decision.")]
    private partial void LogNotTaught();
}
