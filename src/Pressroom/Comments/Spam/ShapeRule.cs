using System.Buffers;
using System.Globalization;
using System.Text;
using Pressroom.Site.Body;

namespace Pressroom.Comments.Spam;

/// <summary>Judges by what a comment looks like: shouting, characters that nobody types, floods of emoji, endless words.</summary>
internal sealed class ShapeRule : ISpamSignal
{
    private const int FewestCased = 20;
    private const int ManyEmoji = 10;
    private const int EndlessWord = 60;
    private const int EndlessRun = 12;

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <inheritdoc/>
    public Task<IReadOnlyList<SpamFinding>> JudgeAsync(SpamCase comment, CancellationToken cancellation)
    {
        var seen = Look(comment.Text);
        var folded = FoldedText.Of(comment.Text);
        var traits = new Traits("shape");
        traits.Add(seen.Cased >= FewestCased && seen.Upper * 10 >= seen.Cased * 8, 1, "almost nothing but capitals");
        traits.Add(seen.HasControls, 1.5, "control characters");
        traits.Add(seen.HasOverrides, 1.5, "characters that turn the writing's direction over");
        traits.Add(folded.HasHidden, 1.5, "invisible characters inside of words");
        traits.Add(folded.HasMixed, 1.5, "words that mix scripts");
        traits.Add(folded.Words.Any(word => word.Place is WordPlace.Joined), 1, "words whose letters are set apart");
        traits.Add(seen.Emoji > ManyEmoji && seen.Emoji * 5 > seen.Runes, 1, "very many emoji");
        traits.Add(seen.LongestRun >= EndlessRun, 0.5, "one character over and over");
        traits.Add(folded.Words.Any(word => IsEndless(folded, word)), 1, "an endless word");
        return traits.AsFindings();
    }

    private static Looks Look(string text)
    {
        var seen = default(Looks);
        var before = default(Rune);
        var run = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            seen.Runes++;
            var category = Rune.GetUnicodeCategory(rune);
            seen.Upper += category is UnicodeCategory.UppercaseLetter ? 1 : 0;
            seen.Cased += category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter ? 1 : 0;
            seen.HasControls |= category is UnicodeCategory.Control && rune.Value is not ('\n' or '\r' or '\t');
            seen.HasOverrides |= rune.Value is 0x202D or 0x202E;
            seen.Emoji += category is UnicodeCategory.OtherSymbol && rune.Value >= 0x2190 ? 1 : 0;
            run = rune == before && !Rune.IsWhiteSpace(rune) ? run + 1 : 1;
            seen.LongestRun = Math.Max(seen.LongestRun, run);
            before = rune;
        }

        return seen;
    }

    // Scripts without blanks have no words of their own.
    private static bool IsEndless(FoldedText text, FoldedWord word) =>
        word is { Place: WordPlace.Text, Length: >= EndlessWord }
        && Rune.DecodeFromUtf16(text[word], out var first, out _) is OperationStatus.Done && !Glyphs.IsWithoutBlanks(ScriptSet.Of(first));

    private struct Looks
    {
        public int Runes;
        public int Cased;
        public int Upper;
        public int Emoji;
        public int LongestRun;
        public bool HasControls;
        public bool HasOverrides;
    }
}
