using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;

namespace Pressroom.Functions.Access;

/// <summary>What the access rules forget in time.</summary>
public sealed class AccessFunctions(Idempotency idempotency, Tokens tokens)
{
    /// <summary>Every night: idempotency keys older than a day.</summary>
    [Function("ForgetIdempotencyKeys")]
    public async Task ForgetKeys([TimerTrigger("0 23 3 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await idempotency.CleanUpAsync(["admin"], cancellation);
        string? after = null;
        while (await tokens.ListAsync(after, 100, cancellation) is { Count: > 0 } some)
        {
            await idempotency.CleanUpAsync(some.Select(token => token.Id), cancellation);
            after = some[^1].Id;
        }
    }
}
