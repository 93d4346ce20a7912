namespace Pressroom.Comments.Spam;

/// <summary>What one rule found, as one finding: rules alone never make a comment spam, only several together.</summary>
internal sealed class Traits(string signal)
{
    private const double Most = SpamScore.SpamFrom - 0.5;

    private readonly List<string> reasons = [];
    private double points;

    /// <summary>Notes a trait where it holds.</summary>
    /// <param name="holds">Whether it does.</param>
    /// <param name="worth">Its points.</param>
    /// <param name="reason">It, without a capital or a full stop.</param>
    public void Add(bool holds, double worth, string reason)
    {
        if (holds)
        {
            points += worth;
            reasons.Add(reason);
        }
    }

    /// <summary>The finding; none where no trait holds.</summary>
    public Task<IReadOnlyList<SpamFinding>> AsFindings(bool doubt = false) => Task.FromResult<IReadOnlyList<SpamFinding>>(
        reasons.Count == 0 ? [] : [new SpamFinding(signal, Math.Min(points, Most), $"It has {string.Join(", ", reasons)}.", doubt)]);
}
