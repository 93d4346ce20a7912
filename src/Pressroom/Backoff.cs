namespace Pressroom;

/// <summary>How long to wait before trying again.</summary>
internal static class Backoff
{
    private static readonly TimeSpan LongestQueueDelay = TimeSpan.FromDays(7);

    /// <summary>2 s, 8 s, 32 s, … up to <paramref name="longest"/>, with jitter, so that many do not come back at once.</summary>
    public static TimeSpan After(int attempts, TimeSpan longest)
    {
        var seconds = Math.Min(2 * Math.Pow(4, Math.Clamp(attempts, 1, 8) - 1), longest.TotalSeconds);
        return Shorter(TimeSpan.FromSeconds(seconds * (0.8 + (0.4 * Random.Shared.NextDouble()))), longest);
    }

    /// <summary>What a provider asked for, or more; at most the week that a queue can delay.</summary>
    public static TimeSpan Longer(TimeSpan? asked, TimeSpan own) => Shorter(asked > own ? asked.Value : own, LongestQueueDelay);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
