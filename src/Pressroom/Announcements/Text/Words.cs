using System.Globalization;
using System.Text;

namespace Pressroom.Announcements.Text;

/// <summary>What a text says, whatever a network did to it.</summary>
internal static class Words
{
    /// <summary>Whether two texts are the same but for white space and invisible marks, which networks rewrite.</summary>
    public static bool AreSame(string one, string other) => string.Equals(Of(one), Of(other), StringComparison.Ordinal);

    private static string Of(string text) => string.Concat(text.EnumerateRunes()
        .Where(rune => !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
        .Select(rune => rune.ToString())).Normalized(NormalizationForm.FormC);
}
