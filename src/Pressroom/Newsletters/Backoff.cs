namespace Pressroom.Newsletters;

/// <summary>How long to wait before trying again.</summary>
internal static class Backoff
{
    private const double LongestSeconds = 3_600;

    /// <summary>2 s, 8 s, 32 s, … up to an hour, with jitter, so that many do not come back at once.</summary>
    public static TimeSpan After(int attempts)
    {
        var seconds = Math.Min(2 * Math.Pow(4, Math.Clamp(attempts, 1, 8) - 1), LongestSeconds);
        return TimeSpan.FromSeconds(seconds * (0.8 + (0.4 * Random.Shared.NextDouble())));
    }

    /// <summary>What a provider asked for, or more; at most the week that a queue can delay.</summary>
    public static TimeSpan Longer(TimeSpan? asked, TimeSpan own)
    {
        var delay = asked > own ? asked.Value : own;
        return delay < TimeSpan.FromDays(7) ? delay : TimeSpan.FromDays(7);
    }
}
