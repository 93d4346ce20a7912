using System.Globalization;
using System.Text;
using Pressroom.Articles;

namespace Pressroom.Announcements.Webhook;

/// <summary>Fits plain text to a network's limit, and keeps its direction among other people's text.</summary>
internal static class Wording
{
    private const char LeftToRightMark = '\u200E';
    private const char RightToLeftMark = '\u200F';

    private static readonly string[] WhatBelongsTogether = ["http://", "https://", "www.", "#", "@"];

    /// <summary>The text, or as much of its beginning as <paramref name="length"/> finds to be within <paramref name="limit"/>, with an
    /// ellipsis: cut between words where that loses less than half, and never inside a grapheme, a link, a hashtag or a mention.</summary>
    public static string Fit(string text, int limit, Func<string, int> length)
    {
        if (length(text) <= limit)
        {
            return text;
        }

        var graphemes = StringInfo.ParseCombiningCharacters(text);
        var (fits, tooLong) = (0, graphemes.Length);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            (fits, tooLong) = length(WithEllipsis(text[..graphemes[middle]])) <= limit ? (middle, tooLong) : (fits, middle);
        }

        return WithEllipsis(text[..BetweenWords(text, graphemes.Length == 0 ? 0 : graphemes[fits])]);
    }

    /// <summary>The paragraph with a mark before it where it would otherwise be laid out against its language's direction: networks go
    /// by the first letter, and an Arabic headline may begin with a Latin name.</summary>
    public static string Directed(string paragraph, Language language)
    {
        foreach (var rune in paragraph.EnumerateRunes())
        {
            if (Rune.IsLetter(rune))
            {
                return IsRightToLeft(rune) == language.IsRightToLeft ? paragraph : (language.IsRightToLeft ? RightToLeftMark : LeftToRightMark) + paragraph;
            }
        }

        return paragraph;
    }

    /// <summary>An address in running text, isolated (UAX #9) where the text around it runs from right to left.</summary>
    public static string Isolated(string address, Language language) => language.IsRightToLeft ? $"\u2066{address}\u2069" : address;

    /// <summary>Whether two texts are the same but for white space and invisible marks, which networks rewrite.</summary>
    public static bool SameWords(string one, string other) => string.Equals(Words(one), Words(other), StringComparison.Ordinal);

    private static string WithEllipsis(string beginning) => beginning.TrimEnd() is { Length: > 0 } kept ? kept + "…" : "";

    private static int BetweenWords(string text, int cut)
    {
        if (cut == 0 || char.IsWhiteSpace(text[cut]) || char.IsWhiteSpace(text[cut - 1]))
        {
            return cut;
        }

        var (start, end) = (cut, cut);
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        var word = text.AsSpan(start, end - start);
        foreach (var beginning in WhatBelongsTogether)
        {
            if (word.IndexOf(beginning, StringComparison.OrdinalIgnoreCase) is >= 0 and var at && start + at < cut)
            {
                return start + at;
            }
        }

        return start > cut / 2 ? start : cut;
    }

    private static bool IsRightToLeft(Rune rune) => rune.Value
        is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF) or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);

    private static string Words(string text) => string.Concat(text.EnumerateRunes()
        .Where(rune => !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
        .Select(rune => rune.ToString())).Normalize(NormalizationForm.FormC);
}
