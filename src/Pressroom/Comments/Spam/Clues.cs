namespace Pressroom.Comments.Spam;

/// <summary>A token that speaks for or against spam.</summary>
internal readonly record struct Clue(Token Token, double Probability);

/// <summary>Puts the clues of a comment together by Fisher's method, and gives points for the result.</summary>
internal static class Clues
{
    /// <summary>Tokens closer to one half than this say nothing.</summary>
    public const double LeastDeviation = 0.1;

    /// <summary>So many of the strongest count: a long comment is not surer than a short one for its length.</summary>
    public const int MostClues = 150;

    private static readonly (double Probability, double Points)[] Scale =
        [(0, -3), (0.01, -3), (0.1, -2), (0.4, 0), (0.6, 0), (0.8, 2), (0.9, 4.5), (0.97, 5.5), (0.999, 6), (1, 6)];

    /// <summary>The probability of spam: near one half where the clues contradict each other, or where there are none.</summary>
    public static double Of(List<Clue> clues)
    {
        if (clues.Count == 0)
        {
            return 0.5;
        }

        var (logarithmOfSpam, logarithmOfGood) = (0.0, 0.0);
        foreach (var clue in clues)
        {
            logarithmOfSpam += Math.Log(clue.Probability);
            logarithmOfGood += Math.Log(1 - clue.Probability);
        }

        var spam = 1 - ChiSquareTail(-2 * logarithmOfGood, clues.Count);
        var good = 1 - ChiSquareTail(-2 * logarithmOfSpam, clues.Count);
        return (1 + spam - good) / 2;
    }

    /// <summary>From −3 (surely good) over 0 (unsure) to 6 (surely spam).</summary>
    public static double Points(double probability)
    {
        var upper = 1;
        while (upper < Scale.Length - 1 && Scale[upper].Probability < probability)
        {
            upper++;
        }

        var (from, to) = (Scale[upper - 1], Scale[upper]);
        return from.Points + ((to.Points - from.Points) * (probability - from.Probability) / (to.Probability - from.Probability));
    }

    /// <summary>How likely a chi-square of twice as many degrees of freedom as <paramref name="half"/> is at least so large.</summary>
    private static double ChiSquareTail(double chiSquare, int half)
    {
        var mean = chiSquare / 2;
        var term = Math.Exp(-mean);
        var sum = term;
        for (var i = 1; i < half; i++)
        {
            term *= mean / i;
            sum += term;
        }

        return Math.Min(sum, 1);
    }
}
