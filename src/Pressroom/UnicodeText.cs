using System.Text;

namespace Pressroom;

/// <summary>Normalizes whatever people send, and judges it.</summary>
public static class UnicodeText
{
    private const char SwappedByteOrderMark = '\uFFFE';

    /// <summary>The text in a normalization form (UAX #15). What .NET refuses to normalize, half surrogate pairs and U+FFFE, becomes U+FFFD.</summary>
    public static string Normalized(this string text, NormalizationForm form) => Ascii.IsValid(text) ? text : WellFormed(text).Normalize(form);

    /// <summary>Whether a letter has no place in a line of text: a control, or an override of the direction, which makes other text look like what it is not.</summary>
    public static bool IsUnfitForLine(char c) => char.IsControl(c) || c is '\u202D' or '\u202E';

    private static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && !text.Contains(SwappedByteOrderMark, StringComparison.Ordinal))
        {
            return text;
        }

        return string.Concat(text.Replace(SwappedByteOrderMark, '\uFFFD').EnumerateRunes().Select(rune => rune.ToString()));
    }
}
