using System.Text;
using Pressroom.Articles;

namespace Pressroom.Announcements.Text;

/// <summary>Keeps a text's direction among other people's text, in plain text (UAX #9).</summary>
internal static class Bidi
{
    private const char LeftToRightMark = '\u200E';
    private const char RightToLeftMark = '\u200F';
    private const char LeftToRightIsolate = '\u2066';
    private const char PopIsolate = '\u2069';

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

    /// <summary>An address in running text, isolated where the text around it runs from right to left.</summary>
    public static string Isolated(string address, Language language) =>
        language.IsRightToLeft ? $"{LeftToRightIsolate}{address}{PopIsolate}" : address;

    /// <summary>A text whose links are isolated where it runs from right to left; those that are already stay as they are.</summary>
    public static string WithLinksIsolated(string text, Language language)
    {
        if (!language.IsRightToLeft)
        {
            return text;
        }

        var (isolated, at) = (new StringBuilder(), 0);
        foreach (var link in Links.In(text))
        {
            isolated.Append(text, at, link.Index - at);
            isolated.Append(link.Index > 0 && text[link.Index - 1] is >= '\u2066' and <= '\u2068' ? link.Value : Isolated(link.Value, language));
            at = link.Index + link.Length;
        }

        return isolated.Append(text, at, text.Length - at).ToString();
    }

    private static bool IsRightToLeft(Rune rune) => rune.Value
        is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF) or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);
}
