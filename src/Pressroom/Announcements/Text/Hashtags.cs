using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pressroom.Announcements.Text;

/// <summary>Makes hashtags of an article's tags.</summary>
internal static partial class Hashtags
{
    /// <summary>The hashtags, each with its <c>#</c>, without those that no network can follow and without repeats.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> tags) => tags.Select(OrNull).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).ToList();

    /// <summary>A tag as a hashtag: letters, digits and <c>_</c> of any script. Several words are joined, each with a capital so that
    /// screen readers tell them apart, or by <c>_</c> where the script has no capitals. Null where no letter is left.</summary>
    public static string? OrNull(string tag)
    {
        var words = WordsIn().Matches(tag.Normalized(NormalizationForm.FormC)).Select(word => word.Value).ToList();
        var joined = words.Skip(1).Aggregate(words.FirstOrDefault() ?? "", Joined);
        return joined.EnumerateRunes().Any(Rune.IsLetter) ? $"#{joined}" : null;
    }

    private static string Joined(string before, string word) => HasCapitals(before) && HasCapitals(word)
        ? Capitalised(before) + Capitalised(word)
        : $"{before}_{word}";

    private static bool HasCapitals(string word) => word.EnumerateRunes()
        .All(rune => !Rune.IsLetter(rune) || Rune.ToUpperInvariant(rune) != Rune.ToLowerInvariant(rune));

    private static string Capitalised(string word)
    {
        var first = StringInfo.GetNextTextElement(word);
        return first.ToUpperInvariant() + word[first.Length..];
    }

    [GeneratedRegex(@"[\p{L}\p{M}\p{Nd}_]+")]
    private static partial Regex WordsIn();
}
