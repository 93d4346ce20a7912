using System.Globalization;
using System.Text;
using Pressroom.Site.Body;

namespace Pressroom.Comments.Spam;

/// <summary>Looks for the words that the newsroom has listed, in the text, the name and the links: in any case, with or without accents,
/// with invisible characters inside, with look-alikes of other scripts or digits for letters, and with the letters set apart.</summary>
/// <remarks>An entry of several words is found where they stand in this order. In scripts without blanks an entry is found inside of longer
/// text. A person looks at every comment that has one.</remarks>
internal sealed class ListedWordsRule : ISpamSignal
{
    private readonly Dictionary<string, string> words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> skeletons = new(StringComparer.Ordinal);
    private readonly List<(string Folded, string Listed)> phrases = [];
    private readonly List<(string Folded, string Listed)> parts = [];

    /// <summary>Takes the list.</summary>
    public ListedWordsRule(SpamSettings settings)
    {
        foreach (var listed in settings.Words)
        {
            var folded = FoldedText.Of(listed);
            var text = folded.Text.ToString();
            if (text.Length == 0)
            {
                continue;
            }

            if (IsWithoutBlanks(text))
            {
                parts.Add((text, listed));
            }
            else if (folded.Words.Count > 1)
            {
                phrases.Add(($" {text} ", listed));
            }
            else
            {
                words.TryAdd(text, listed);
                skeletons.TryAdd(Skeleton(text), listed);
            }
        }
    }

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <inheritdoc/>
    public Task<IReadOnlyList<SpamFinding>> JudgeAsync(SpamCase comment, CancellationToken cancellation)
    {
        if (words.Count + phrases.Count + parts.Count == 0)
        {
            return Task.FromResult<IReadOnlyList<SpamFinding>>([]);
        }

        var found = new SortedSet<string>(StringComparer.Ordinal);
        Find(FoldedText.Of(comment.Text), found);
        Find(FoldedText.Of(comment.Name), found);
        var traits = new Traits("words");
        traits.Add(found.Count > 0, 1.5 + found.Count, string.Create(CultureInfo.InvariantCulture, $"{(found.Count == 1 ? "a listed word" : $"{found.Count} listed words")}: {string.Join(", ", found.Take(5))}"));
        return traits.AsFindings(doubt: true);
    }

    private void Find(FoldedText text, SortedSet<string> found)
    {
        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var word in text.Words)
        {
            if (word.Place is WordPlace.Host)
            {
                foreach (var label in text[word].SplitAny('.', '-'))
                {
                    Note(lookup.TryGetValue(text[word][label], out var ofHost) ? ofHost : null, found);
                }
            }
            else if (lookup.TryGetValue(text[word], out var listed))
            {
                found.Add(listed);
            }
            else if (word.IsDecoded || !Ascii.IsValid(text[word]))
            {
                Note(skeletons.GetValueOrDefault(Skeleton(text[word].ToString())), found);
            }
        }

        if (phrases.Count + parts.Count > 0)
        {
            var whole = $" {text.Text} ";
            foreach (var (folded, listed) in phrases.Concat(parts).Where(entry => whole.Contains(entry.Folded, StringComparison.Ordinal)))
            {
                found.Add(listed);
            }
        }
    }

    private static void Note(string? listed, SortedSet<string> found)
    {
        if (listed is not null)
        {
            found.Add(listed);
        }
    }

    // A word all of another script may look Latin; and 1 stands for l as well as for i.
    private static string Skeleton(string word) => string.Concat(word.Select(Glyphs.LookAlike)).Replace('l', 'i');

    private static bool IsWithoutBlanks(string text) => text.EnumerateRunes().Any(rune => Glyphs.IsWithoutBlanks(ScriptSet.Of(rune)));
}
