using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Comments;
using Pressroom.Comments.Spam;

namespace Pressroom.Functions.Comments;

/// <summary>What comments forget in time.</summary>
public sealed class CommentUpkeepFunctions(CommentOrigins origins, RateLimits limits, RepeatedText texts, ForgetSpam spam)
{
    /// <summary>Every night: where comments older than thirty days came from, what limits counted before yesterday, and which texts were sent.</summary>
    [Function("ForgetCommentOrigins")]
    public async Task Forget([TimerTrigger("0 53 3 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await origins.ForgetOldAsync(cancellation);
        await limits.ForgetOldAsync(cancellation);
        await texts.DropOldAsync(cancellation);
    }

    /// <summary>Every night: comments that have been spam for thirty days.</summary>
    [Function("ForgetSpam")]
    public Task ForgetSpam([TimerTrigger("0 23 4 * * *")] TimerInfo timer, CancellationToken cancellation) => spam.RunAsync(cancellation);
}
