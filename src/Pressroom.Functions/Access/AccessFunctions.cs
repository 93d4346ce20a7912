using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;

namespace Pressroom.Functions.Access;

/// <summary>What the access rules forget in time.</summary>
public sealed class AccessFunctions(Idempotency idempotency)
{
    /// <summary>Every night: idempotency keys older than a day.</summary>
    [Function("ForgetIdempotencyKeys")]
    public Task ForgetKeys([TimerTrigger("0 23 3 * * *")] TimerInfo timer, CancellationToken cancellation) => idempotency.ForgetOldAsync(cancellation);
}
