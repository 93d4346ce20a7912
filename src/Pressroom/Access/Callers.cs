namespace Pressroom.Access;

/// <summary>Who calls, by what they show; and whether they may call once more.</summary>
public sealed class Callers(Tokens tokens, RateLimits limits, AccessSettings settings, OpenIdConnect? issuer = null)
{
    // A token cannot be guessed; this keeps whoever tries from costing anything.
    private const int UnknownTokensPerPrefix = 300;

    /// <summary>Recognises the holder of a bearer token.</summary>
    /// <param name="token">Ours, or the issuer's.</param>
    /// <param name="network">Where the call came from.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="IssuerUnreachableException">It is the issuer's, who cannot be asked.</exception>
    public async Task<Recognition> RecogniseAsync(string token, NetworkPrefix network, CancellationToken cancellation)
    {
        var caller = issuer is not null && OpenIdConnect.MayBe(token)
            ? await issuer.RecogniseAsync(token, cancellation)
            : await tokens.RecogniseAsync(token, cancellation);
        var wait = caller is null
            ? await limits.AdmitAsync("unknown-tokens", network.Text, UnknownTokensPerPrefix, cancellation)
            : await limits.AdmitAsync("calls-of-token", caller.Id, settings.LimitPerToken, cancellation);
        return wait is { } time ? new Recognition.TooMany(time) : caller is null ? new Recognition.Unknown() : new Recognition.Known(caller);
    }

    /// <summary>Admits a call of somebody who shows no token.</summary>
    /// <returns>Null when admitted; otherwise the time until calls from there are admitted again.</returns>
    public ValueTask<TimeSpan?> AdmitAnybodyAsync(NetworkPrefix network, CancellationToken cancellation) =>
        limits.AdmitAsync("calls-of-network", network.Text, settings.LimitPerPrefix, cancellation);
}

/// <summary>What is known of a caller.</summary>
public abstract record Recognition
{
    /// <summary>Who it is.</summary>
    public sealed record Known(Caller Caller) : Recognition;

    /// <summary>Nobody holds the token.</summary>
    public sealed record Unknown : Recognition;

    /// <summary>Too many calls came.</summary>
    public sealed record TooMany(TimeSpan Wait) : Recognition;
}
