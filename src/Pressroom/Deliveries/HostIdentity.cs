namespace Pressroom.Deliveries;

/// <summary>Which process this is, and whether it is the only one: then what another has claimed was claimed by a dead one.</summary>
/// <param name="Id">Unique for each start.</param>
/// <param name="IsAlone">Whether storage lets no second process in, as the embedded engine does.</param>
public sealed record HostIdentity(string Id, bool IsAlone)
{
    /// <summary>Whether a claim of that process, begun at that time, may still be at work.</summary>
    public bool MayBeAtWork(string? claimedBy, DateTimeOffset? since, DateTimeOffset now, TimeSpan atMost) =>
        claimedBy is not null && since + atMost > now && !(IsAlone && claimedBy != Id);
}
