using System.Text;

namespace Pressroom;

/// <summary>Normalizes whatever people send.</summary>
internal static class UnicodeText
{
    private const char SwappedByteOrderMark = '\uFFFE';

    /// <summary>The text in a normalization form (UAX #15). What .NET refuses to normalize, half surrogate pairs and U+FFFE, becomes U+FFFD.</summary>
    public static string Normalized(this string text, NormalizationForm form) => Ascii.IsValid(text) ? text : WellFormed(text).Normalize(form);

    private static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && !text.Contains(SwappedByteOrderMark, StringComparison.Ordinal))
        {
            return text;
        }

        return string.Concat(text.Replace(SwappedByteOrderMark, '\uFFFD').EnumerateRunes().Select(rune => rune.ToString()));
    }
}
