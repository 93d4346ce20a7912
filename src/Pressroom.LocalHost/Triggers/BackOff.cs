namespace Pressroom.LocalHost.Triggers;

/// <summary>Growing waits, as the Functions host's queue listener makes them: 100 ms, then 100 ms more, 200 ms more, doubling, each
/// step a fifth longer or shorter by chance, up to <paramref name="longest"/>.</summary>
internal sealed class BackOff(TimeSpan longest)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private int steps;

    public TimeSpan Next()
    {
        var step = steps == 0 ? 0 : Math.Pow(2, steps - 1) * (0.8 + (0.4 * Random.Shared.NextDouble()));
        var wait = Shortest + (Shortest * step);
        if (wait >= longest)
        {
            return longest;
        }

        steps++;
        return wait;
    }

    public void Reset() => steps = 0;
}
