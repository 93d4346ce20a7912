using System.Globalization;

namespace Pressroom.Benchmarks;

/// <summary>The figures beside what they are to reach, as a Markdown table that grows as they are measured; what falls short says so.</summary>
internal sealed class FigureTable
{
    private readonly TextWriter console;
    private readonly List<string> missed = [];

    public FigureTable(TextWriter console)
    {
        this.console = console;
        console.WriteLine();
        console.WriteLine("| what | measured | target | |");
        console.WriteLine("| --- | ---: | ---: | --- |");
    }

    /// <summary>A figure that is to be at least so much.</summary>
    public void AtLeast(string what, double measured, double target, string unit) =>
        Judge(what, measured, "≥", target, unit, measured >= target, $"{Show(target - measured, unit)} less, {Percent(target - measured, target)}");

    /// <summary>A figure that is to be at most so much.</summary>
    public void AtMost(string what, double measured, double target, string unit) =>
        Judge(what, measured, "≤", target, unit, measured <= target, $"{Show(measured - target, unit)} more, {Percent(measured - target, target)}");

    /// <summary>How many times a peer's rate a rate is. The peer was measured elsewhere, on the same kind of machine.</summary>
    public void AgainstPeer(double rate, string peer, double peersRate, string unit) =>
        AtLeast($"… against {peer}: {Show(peersRate, unit)}, measured elsewhere", rate / peersRate, 10, "times");

    /// <summary>A figure that is only told.</summary>
    public void Note(string what, double measured, string unit) => Add(what, Show(measured, unit), "", "");

    /// <summary>Something that could not be measured, and why.</summary>
    public void Missing(string what, string why) => Add(what, why, "", "");

    /// <summary>Ends the table with a line for each figure that fell short; true where none did.</summary>
    public bool TellMissed()
    {
        console.WriteLine();
        foreach (var line in missed)
        {
            console.WriteLine(line);
        }

        console.WriteLine(missed.Count == 0 ? "Every target is reached." : $"{missed.Count} fell short.");
        return missed.Count == 0;
    }

    private void Judge(string what, double measured, string sign, double target, string unit, bool isReached, string by)
    {
        Add(what, Show(measured, unit), $"{sign} {Show(target, unit)}", isReached ? "reached" : "FALLS SHORT");
        if (!isReached)
        {
            missed.Add($"FALLS SHORT: {what}: {Show(measured, unit)} where {sign} {Show(target, unit)} is wanted; {by}.");
        }
    }

    private void Add(string what, string measured, string target, string verdict) => console.WriteLine($"| {what} | {measured} | {target} | {verdict} |");

    private static string Percent(double difference, double target) =>
        target == 0 ? "where none is allowed" : string.Create(CultureInfo.InvariantCulture, $"{100 * difference / target:0.#} % of it");

    private static string Show(double number, string unit) =>
        number.ToString(Math.Abs(number) >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture) + (unit.Length == 0 ? "" : " " + unit);
}
