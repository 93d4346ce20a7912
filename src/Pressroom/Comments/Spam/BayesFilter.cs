using System.Collections.Concurrent;
using System.Globalization;

namespace Pressroom.Comments.Spam;

/// <summary>Learns from the moderators' decisions which words are spam's, in each language by itself.</summary>
/// <remarks><para>Naive Bayes: a word's probability after G. Robinson ("A Statistical Approach to the Spam Problem", Linux Journal 107,
/// 2003), put together by R. A. Fisher's method in both directions. Below 20 decisions in a language, or 5 of either kind, it has no
/// opinion.</para>
/// <para>The decisions in storage are all that it knows. A host has their counts in memory: its own changes at once, those of other
/// hosts within 15 seconds, after the first comment that is judged then.</para></remarks>
internal sealed class BayesFilter(SpamDecisions decisions, TimeProvider time) : ISpamSignal
{
    /// <summary>The signal's name in findings.</summary>
    public const string Signal = "bayes";

    private const int StrongestNamed = 3;
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, LanguageCounts> languages = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SpamFinding>> JudgeAsync(SpamCase comment, CancellationToken cancellation)
    {
        var language = comment.Language.Primary;
        var known = languages.GetOrAdd(language, _ => new LanguageCounts());
        if (known.IsDue(time.GetUtcNow()))
        {
            await known.RefreshAsync(language, decisions, time, cancellation);
        }

        return known.Counts is { IsEnough: true } counts ? Judge(counts, CommentTokens.Of(comment.Name, comment.Text)) : [];
    }

    /// <summary>Counts this host's own change at once.</summary>
    public void Apply(string language, CommentId comment, SpamDecision? decision)
    {
        if (languages.TryGetValue(language, out var known))
        {
            known.Apply(comment, decision);
        }
    }

    private static IReadOnlyList<SpamFinding> Judge(TokenCounts counts, CommentTokens comment)
    {
        var clues = new List<Clue>(128);
        foreach (var token in comment.Tokens)
        {
            var probability = counts.ProbabilityOf(token.Hash);
            if (Math.Abs(probability - 0.5) >= Combination.LeastDeviation)
            {
                clues.Add(new Clue(token, probability));
            }
        }

        clues.Sort(static (one, other) => Math.Abs(other.Probability - 0.5).CompareTo(Math.Abs(one.Probability - 0.5)));
        if (clues.Count > Combination.MostClues)
        {
            clues.RemoveRange(Combination.MostClues, clues.Count - Combination.MostClues);
        }

        var spam = Combination.Of(clues);
        var points = Math.Round(Combination.Points(spam), 1);
        return points == 0 ? [] : [new SpamFinding(Signal, points, Reason(spam, clues, comment))];
    }

    private static string Reason(double spam, List<Clue> clues, CommentTokens comment)
    {
        var strongest = clues
            .Where(clue => clue.Probability > 0.5 == spam > 0.5)
            .Take(StrongestNamed)
            .Select(clue => comment.Describe(clue.Token));
        return string.Create(
            CultureInfo.InvariantCulture, $"Looks like spam with a probability of {Math.Clamp(spam, 0.001, 0.999):P1}, most of all because of {string.Join(", ", strongest)}.");
    }

    /// <summary>What is known of a language, and when it was last compared with storage.</summary>
    private sealed class LanguageCounts
    {
        private readonly Lock changing = new();
        private List<(CommentId Comment, SpamDecision? Decision)>? changedWhileReading;
        private Task reading = Task.CompletedTask;
        private TokenCounts? counts;
        private string? version;
        private string oldest = "";
        private long dueAt;

        /// <summary>The counts; null before they are read.</summary>
        public TokenCounts? Counts => Volatile.Read(ref counts);

        public bool IsDue(DateTimeOffset now) => now.UtcTicks >= Volatile.Read(ref dueAt);

        /// <summary>Compares with storage. Before the first time all wait for it; later only one does, and the others judge by what is known.</summary>
        public Task RefreshAsync(string language, SpamDecisions decisions, TimeProvider time, CancellationToken cancellation)
        {
            lock (changing)
            {
                var isFirst = reading.IsCompleted;
                if (isFirst && IsDue(time.GetUtcNow()))
                {
                    reading = Task.Run(() => ReadAsync(language, decisions, time), CancellationToken.None);
                }

                return isFirst || counts is null ? reading.WaitAsync(cancellation) : Task.CompletedTask;
            }
        }

        public void Apply(CommentId comment, SpamDecision? decision)
        {
            lock (changing)
            {
                changedWhileReading?.Add((comment, decision));
                counts?.Set(comment.Value, decision);
            }
        }

        private async Task ReadAsync(string language, SpamDecisions decisions, TimeProvider time)
        {
            // The version first: what changes between the two is then read again.
            var latest = await decisions.VersionAsync(language, CancellationToken.None);
            if (Counts is null || latest != version)
            {
                lock (changing)
                {
                    changedWhileReading = [];
                }

                var newest = await decisions.NewestAsync(language, oldest, CancellationToken.None);
                oldest = newest.Count < SpamDecisions.MostOfALanguage ? "" : newest.Keys.Min(StringComparer.Ordinal)!;
                Take(new TokenCounts(newest), latest);
            }

            Volatile.Write(ref dueAt, (time.GetUtcNow() + LookAgainAfter).UtcTicks);
        }

        private void Take(TokenCounts read, string? latest)
        {
            lock (changing)
            {
                foreach (var (comment, decision) in changedWhileReading ?? [])
                {
                    read.Set(comment.Value, decision);
                }

                Volatile.Write(ref counts, read);
                version = latest;
                changedWhileReading = null;
            }
        }
    }
}

/// <summary>A token that speaks for or against spam.</summary>
internal readonly record struct Clue(Token Token, double Probability);

/// <summary>In how many comments of each kind every token was. Read by many threads while one changes it.</summary>
internal sealed class TokenCounts
{
    // Robinson's s and x: a token that was never met is as likely spam as not, and one example does not settle it.
    private const double Strength = 0.45;
    private const double Unknown = 0.5;

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
    public bool IsEnough => Volatile.Read(ref spam) is var spams && Volatile.Read(ref good) is var goods && spams + goods >= 20 && Math.Min(spams, goods) >= 5;

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

/// <summary>Puts the clues of a comment together by Fisher's method, and gives points for the result.</summary>
internal static class Combination
{
    /// <summary>Tokens closer to one half than this say nothing.</summary>
    public const double LeastDeviation = 0.1;

    /// <summary>So many of the strongest count: a long comment is not surer than a short one for its length.</summary>
    public const int MostClues = 150;

    private static readonly (double Probability, double Points)[] Scale =
        [(0, -3), (0.01, -3), (0.1, -2), (0.4, 0), (0.6, 0), (0.8, 2), (0.95, 4.5), (0.99, 5.5), (0.999, 6), (1, 6)];

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
