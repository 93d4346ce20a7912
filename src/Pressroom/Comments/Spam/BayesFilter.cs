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
            if (Math.Abs(probability - 0.5) >= Clues.LeastDeviation)
            {
                clues.Add(new Clue(token, probability));
            }
        }

        clues.Sort(static (one, other) => Math.Abs(other.Probability - 0.5).CompareTo(Math.Abs(one.Probability - 0.5)));
        if (clues.Count > Clues.MostClues)
        {
            clues.RemoveRange(Clues.MostClues, clues.Count - Clues.MostClues);
        }

        var spam = Clues.Of(clues);
        var points = Math.Round(Clues.Points(spam), 1);
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
