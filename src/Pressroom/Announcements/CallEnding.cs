using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Pressroom.Announcements.Text;

namespace Pressroom.Announcements;

/// <summary>Reads how a call ended that did not succeed, where a network means by a status what HTTP does.</summary>
internal static partial class CallEnding
{
    /// <summary>What became of a post: refused, to be tried later, or unknown where no answer came, to us or to the network's gateway.</summary>
    public static SendOutcome AsFailure(
        this CallOutcome ended, string network, Func<CallOutcome.Answered, string> complaint, Func<CallOutcome.Answered, TimeSpan?> retryAfter) => ended switch
        {
            CallOutcome.Answered { Status: HttpStatusCode.GatewayTimeout } or CallOutcome.Answered { Status: (HttpStatusCode)524 } =>
                new SendOutcome.Unknown($"{network} did not answer its own gateway in time."),
            CallOutcome.Answered { IsTransient: true } answered => new SendOutcome.TryLater(retryAfter(answered), complaint(answered)),
            CallOutcome.Answered answered => new SendOutcome.Refused(complaint(answered)),
            CallOutcome.NotSent notSent => new SendOutcome.TryLater(null, notSent.Reason),
            CallOutcome.Lost lost => new SendOutcome.Unknown(lost.Reason),
            _ => throw new InvalidOperationException($"A call ended as {ended.GetType().Name}."),
        };

    /// <summary>What became of an edit or a deletion, which can be repeated.</summary>
    public static ChangeOutcome AsChange(
        this CallOutcome ended, Func<CallOutcome.Answered, string> complaint, Func<CallOutcome.Answered, TimeSpan?> retryAfter) => ended switch
        {
            CallOutcome.Answered { IsSuccess: true } => new ChangeOutcome.Done(),
            CallOutcome.Answered { IsTransient: true } answered => new ChangeOutcome.TryLater(retryAfter(answered), complaint(answered)),
            CallOutcome.Answered answered => new ChangeOutcome.Refused(complaint(answered)),
            CallOutcome.NotSent notSent => new ChangeOutcome.TryLater(null, notSent.Reason),
            CallOutcome.Lost lost => new ChangeOutcome.TryLater(null, lost.Reason),
            _ => throw new InvalidOperationException($"A call ended as {ended.GetType().Name}."),
        };

    /// <summary>The time until the moment that a header names in Unix seconds; null where it names none, or one that is past.</summary>
    public static TimeSpan? Until(this CallOutcome.Answered answered, string header, DateTimeOffset now) =>
        answered.Headers.TryGetValues(header, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 100_000_000_000
        && DateTimeOffset.FromUnixTimeSeconds(seconds) is var moment && moment > now
            ? moment - now
            : null;

    /// <summary>A network's own words for a reason, as one sentence's end: short, and without addresses and what may be a token.</summary>
    public static string Quoted(string words) =>
        Cutting.Fit(AddressesAndTokens().Replace(words.ReplaceLineEndings(" "), "…"), 200, Counting.Utf16Units).TrimEnd('.', ' ');

    [GeneratedRegex(@"\S*(://|@)\S*|\S{40,}")]
    private static partial Regex AddressesAndTokens();
}
