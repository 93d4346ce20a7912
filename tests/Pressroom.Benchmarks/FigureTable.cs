using System.Globalization;

namespace Pressroom.Benchmarks;

/// <summary>The figures beside what they are to reach; what falls short says so.</summary>
internal sealed class FigureTable
{
    private readonly List<(string What, string Measured, string Target, bool? Reached)> rows = [];

    /// <summary>A figure that is to be at least so much.</summary>
    public void AtLeast(string what, double measured, double target, string unit) =>
        rows.Add((what, Show(measured, unit), "≥ " + Show(target, unit), measured >= target));

    /// <summary>A figure that is to be at most so much.</summary>
    public void AtMost(string what, double measured, double target, string unit) =>
        rows.Add((what, Show(measured, unit), "≤ " + Show(target, unit), measured <= target));

    /// <summary>A figure that is only told.</summary>
    public void Note(string what, double measured, string unit) => rows.Add((what, Show(measured, unit), "", null));

    /// <summary>Something that could not be measured, and why.</summary>
    public void Missing(string what, string why) => rows.Add((what, why, "", null));

    /// <summary>Prints a Markdown table.</summary>
    public void Print(TextWriter console)
    {
        console.WriteLine();
        console.WriteLine("| what | measured | target | |");
        console.WriteLine("| --- | ---: | ---: | --- |");
        foreach (var (what, measured, target, reached) in rows)
        {
            console.WriteLine($"| {what} | {measured} | {target} | {reached switch { true => "reached", false => "FALLS SHORT", null => "" }} |");
        }
    }

    private static string Show(double number, string unit) =>
        number.ToString(number >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture) + (unit.Length == 0 ? "" : " " + unit);
}
