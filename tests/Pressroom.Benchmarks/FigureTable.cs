using System.Globalization;

namespace Pressroom.Benchmarks;

/// <summary>The figures beside what they are to reach, as a Markdown table that grows as they are measured; what falls short says so.</summary>
internal sealed class FigureTable
{
    private readonly TextWriter console;

    public FigureTable(TextWriter console)
    {
        this.console = console;
        console.WriteLine();
        console.WriteLine("| what | measured | target | |");
        console.WriteLine("| --- | ---: | ---: | --- |");
    }

    /// <summary>A figure that is to be at least so much.</summary>
    public void AtLeast(string what, double measured, double target, string unit) =>
        Add(what, Show(measured, unit), "≥ " + Show(target, unit), measured >= target);

    /// <summary>A figure that is to be at most so much.</summary>
    public void AtMost(string what, double measured, double target, string unit) =>
        Add(what, Show(measured, unit), "≤ " + Show(target, unit), measured <= target);

    /// <summary>A figure that is only told.</summary>
    public void Note(string what, double measured, string unit) => Add(what, Show(measured, unit), "", null);

    /// <summary>Something that could not be measured, and why.</summary>
    public void Missing(string what, string why) => Add(what, why, "", null);

    private void Add(string what, string measured, string target, bool? reached) =>
        console.WriteLine($"| {what} | {measured} | {target} | {reached switch { true => "reached", false => "FALLS SHORT", null => "" }} |");

    private static string Show(double number, string unit) =>
        number.ToString(number >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture) + (unit.Length == 0 ? "" : " " + unit);
}
