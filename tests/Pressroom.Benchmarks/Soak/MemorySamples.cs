namespace Pressroom.Benchmarks.Soak;

/// <summary>How much was resident, in MB, at even steps of time.</summary>
internal sealed class MemorySamples
{
    private readonly List<(double Minutes, double Megabytes)> samples = [];

    public void Add(TimeSpan at, double megabytes) => samples.Add((at.TotalMinutes, megabytes));

    /// <summary>Those after the first fifth, in which the process warms up.</summary>
    private List<(double Minutes, double Megabytes)> Warm => samples[(samples.Count / 5)..];

    public double Least => Warm.Min(sample => sample.Megabytes);

    public double Most => Warm.Max(sample => sample.Megabytes);

    /// <summary>The last half's slope by least squares, in MB a minute.</summary>
    public double Slope
    {
        get
        {
            var half = samples[(samples.Count / 2)..];
            var (minutes, megabytes) = (half.Average(sample => sample.Minutes), half.Average(sample => sample.Megabytes));
            return half.Sum(sample => (sample.Minutes - minutes) * (sample.Megabytes - megabytes)) / half.Sum(sample => Math.Pow(sample.Minutes - minutes, 2));
        }
    }

    /// <summary>The last minute's mean against the mean of the minute in the middle, in percent of it.</summary>
    public double GrowthPercent
    {
        get
        {
            var end = samples[^1].Minutes;
            return 100 * ((Around(end - 0.5) / Around(end / 2)) - 1);
        }
    }

    /// <summary>The mean of the last of so many equal parts against that of the part before it, in percent of it.</summary>
    public double GrowthOfLastPartPercent(int parts)
    {
        var length = samples.Count / parts;
        return 100 * ((samples[^length..].Average(sample => sample.Megabytes) / samples[^(2 * length)..^length].Average(sample => sample.Megabytes)) - 1);
    }

    public string Line => string.Join(' ', samples.Select(sample => sample.Megabytes.ToString("0", System.Globalization.CultureInfo.InvariantCulture)));

    private double Around(double minutes) => samples.Where(sample => Math.Abs(sample.Minutes - minutes) <= 0.5).Average(sample => sample.Megabytes);
}
