using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using Pressroom.Announcements.Webhook;

namespace Pressroom.Announcements.Bluesky;

/// <summary>An account's session: signed in once, renewed when it has expired (<c>com.atproto.server.createSession</c> and
/// <c>refreshSession</c>; an account may sign in 300 times a day).</summary>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process, and the semaphore's wait handle is never made.")]
internal sealed class BlueskySession(Outbound outbound, string root, string handle, string password)
{
    private readonly SemaphoreSlim signingIn = new(1, 1);
    private Tokens? tokens;

    /// <summary>Makes a call as the account; once more with a new session where the old one has expired.</summary>
    /// <returns>How it ended, and the account's DID. Without one, signing in ended so and the call was not made.</returns>
    public async Task<(CallOutcome Ended, string? Did)> CallAsync(Func<string, HttpRequestMessage> request, CancellationToken cancellation)
    {
        var (held, failure) = await SignedInAsync(null, cancellation);
        if (held is null)
        {
            return (failure!, null);
        }

        var ended = await CallAsync(held, request, cancellation);
        if (!HasExpired(ended))
        {
            return (ended, held.Did);
        }

        (held, failure) = await SignedInAsync(held, cancellation);
        return held is null ? (failure!, null) : (await CallAsync(held, request, cancellation), held.Did);
    }

    private async Task<CallOutcome> CallAsync(Tokens held, Func<string, HttpRequestMessage> request, CancellationToken cancellation)
    {
        using var call = request(held.Did);
        call.Headers.Authorization = new AuthenticationHeaderValue("Bearer", held.Access);
        return await outbound.CallAsync(call, cancellation);
    }

    // The session to use in place of the expired one; whoever comes second finds it made.
    private async Task<(Tokens? Held, CallOutcome? Failure)> SignedInAsync(Tokens? expired, CancellationToken cancellation)
    {
        await signingIn.WaitAsync(cancellation);
        try
        {
            if (tokens is { } current && current != expired)
            {
                return (current, null);
            }

            tokens = null;
            if (expired is not null && await AskAsync("refreshSession", expired.Refresh, cancellation) is (Tokens renewed, _))
            {
                return (tokens = renewed, null);
            }

            var (made, failure) = await AskAsync("createSession", null, cancellation);
            tokens = made;
            return (made, failure);
        }
        finally
        {
            signingIn.Release();
        }
    }

    private async Task<(Tokens? Made, CallOutcome? Failure)> AskAsync(string method, string? refresh, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{root}/xrpc/com.atproto.server.{method}");
        if (refresh is null)
        {
            request.Content = Wire.Body(Wire.Write(new { identifier = handle, password }));
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", refresh);
        }

        var ended = await outbound.CallAsync(request, cancellation);
        if (ended is not CallOutcome.Answered { IsSuccess: true } answered)
        {
            return (null, ended);
        }

        return Wire.ObjectOrNull(answered.Body) is { } body && body.Text("did") is { } did
            && body.Text("accessJwt") is { } access && body.Text("refreshJwt") is { } renewal
            ? (new Tokens(did, access, renewal), null)
            : (null, new CallOutcome.Lost("Bluesky's answer to signing in was cut."));
    }

    private static bool HasExpired(CallOutcome ended) => ended is CallOutcome.Answered answered
        && (answered.Status == HttpStatusCode.Unauthorized
            || (answered.Status == HttpStatusCode.BadRequest && Wire.ObjectOrNull(answered.Body)?.Text("error") is "ExpiredToken" or "InvalidToken"));

    private sealed record Tokens(string Did, string Access, string Refresh);
}
