using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Comments;

namespace Pressroom.Functions.Comments;

/// <summary>What comments forget in time.</summary>
public sealed class CommentUpkeepFunctions(CommentOrigins origins, RateLimits limits)
{
    /// <summary>Every night: where comments older than thirty days came from, and what limits counted before yesterday.</summary>
    [Function("ForgetCommentOrigins")]
    public async Task Forget([TimerTrigger("0 53 3 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await origins.ForgetOldAsync(cancellation);
        await limits.ForgetOldAsync(cancellation);
    }
}
