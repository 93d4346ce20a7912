using System.Collections.Concurrent;

namespace Pressroom.Comments.Spam;

/// <summary>In how many comments of each kind every token was. Read by many threads while one changes it.</summary>
internal sealed class TokenCounts
{
    // Robinson's s and x: a token that was never met is as likely spam as not, and one example does not settle it.
    private const double Strength = 0.45;
    private const double Unknown = 0.5;

    private const int FewestDecisions = 20;
    private const int FewestOfAKind = 5;

    private readonly ConcurrentDictionary<ulong, (int Spam, int Good)> tokens = new();
    private readonly Dictionary<string, SpamDecision> learned;
    private int spam;
    private int good;

    /// <summary>Counts decisions, each by its comment.</summary>
    public TokenCounts(IReadOnlyDictionary<string, SpamDecision> decisions)
    {
        learned = new Dictionary<string, SpamDecision>(decisions, StringComparer.Ordinal);
        foreach (var decision in learned.Values)
        {
            Count(decision, 1);
        }
    }

    /// <summary>Whether there are enough to have an opinion: 20, and 5 of each kind.</summary>
    public bool IsEnough => (Volatile.Read(ref spam), Volatile.Read(ref good)) is var (spams, goods)
        && spams + goods >= FewestDecisions && Math.Min(spams, goods) >= FewestOfAKind;

    /// <summary>How likely a comment with this token is spam, if nothing else were known and both kinds were as frequent.</summary>
    public double ProbabilityOf(ulong token)
    {
        if (!tokens.TryGetValue(token, out var count))
        {
            return Unknown;
        }

        var ofSpam = (double)count.Spam / Math.Max(Volatile.Read(ref spam), 1);
        var ofGood = (double)count.Good / Math.Max(Volatile.Read(ref good), 1);
        var met = count.Spam + count.Good;
        return met == 0 ? Unknown : ((Strength * Unknown) + (met * (ofSpam / (ofSpam + ofGood)))) / (Strength + met);
    }

    /// <summary>Counts a decision in place of an earlier one about the comment, or none. One thread at a time.</summary>
    public void Set(string comment, SpamDecision? decision)
    {
        if (learned.Remove(comment, out var before))
        {
            Count(before, -1);
        }

        if (decision is not null)
        {
            learned.Add(comment, decision);
            Count(decision, 1);
        }
    }

    private void Count(SpamDecision decision, int change)
    {
        var (ofSpam, ofGood) = decision.IsSpam ? (change, 0) : (0, change);
        foreach (var token in decision.Hashes)
        {
            var count = tokens.GetValueOrDefault(token);
            count = (count.Spam + ofSpam, count.Good + ofGood);
            if (count == (0, 0))
            {
                tokens.TryRemove(token, out _);
            }
            else
            {
                tokens[token] = count;
            }
        }

        Volatile.Write(ref spam, spam + ofSpam);
        Volatile.Write(ref good, good + ofGood);
    }
}
