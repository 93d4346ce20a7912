using System.Net;

namespace Pressroom.Announcements.Pictures;

/// <summary>What a failed upload of a picture means for its post.</summary>
internal static class PictureUpload
{
    // A picture is worth waiting for a little, and never worth the post.
    private const int MostTries = 3;

    /// <summary>The post waits for what passes, at first; it is not made with a token that is refused; else it goes
    /// <paramref name="without"/> the picture. An upload whose answer was lost is repeated: nobody sees a picture without a post.</summary>
    public static SendOutcome Failed(
        CallOutcome ended, Attempt attempt, Func<CallOutcome.Answered, string> complaint, Func<CallOutcome.Answered, TimeSpan?> retryAfter,
        Func<string, SendOutcome> without)
    {
        var (passes, reason, after) = ended switch
        {
            CallOutcome.Answered { IsTransient: true } or CallOutcome.Answered { IsSuccess: true } => Of((CallOutcome.Answered)ended, true),
            CallOutcome.Answered answered => Of(answered, false),
            CallOutcome.NotSent notSent => (true, notSent.Reason, null),
            CallOutcome.Lost lost => (true, lost.Reason, null),
            _ => throw new InvalidOperationException($"A call ended as {ended.GetType().Name}."),
        };
        return ended switch
        {
            CallOutcome.Answered { Status: HttpStatusCode.Unauthorized } => new SendOutcome.Refused(reason),
            _ when passes && attempt.Number <= MostTries => new SendOutcome.TryLater(after, reason),
            _ => without(reason),
        };

        (bool, string, TimeSpan?) Of(CallOutcome.Answered answered, bool mayPass) =>
            (mayPass, answered.IsSuccess ? "The answer to the picture was cut." : complaint(answered), retryAfter(answered));
    }
}
