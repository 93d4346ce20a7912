using System.Text;
using System.Text.RegularExpressions;

namespace Pressroom.Announcements.LinkedIn;

/// <summary>Plain text in LinkedIn's "little text" format, where an unescaped reserved character ends the post silently.</summary>
internal static partial class LittleText
{
    /// <summary>The text with its reserved characters escaped, and its hashtags as hashtags.</summary>
    public static string Of(string text)
    {
        var (little, at) = (new StringBuilder(text.Length + 16), 0);
        foreach (Match hashtag in HashtagsIn().Matches(text))
        {
            Escape(little, text.AsSpan(at, hashtag.Index - at));
            if (hashtag.Value.EnumerateRunes().Any(Rune.IsLetter))
            {
                little.Append(@"{hashtag|\#|");
                Escape(little, hashtag.Groups["tag"].ValueSpan);
                little.Append('}');
            }
            else
            {
                Escape(little, hashtag.ValueSpan);
            }

            at = hashtag.Index + hashtag.Length;
        }

        Escape(little, text.AsSpan(at));
        return little.ToString();
    }

    private static void Escape(StringBuilder little, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (c is '\\' or '|' or '{' or '}' or '@' or '[' or ']' or '(' or ')' or '<' or '>' or '#' or '*' or '_' or '~')
            {
                little.Append('\\');
            }

            little.Append(c);
        }
    }

    [GeneratedRegex(@"(?<![\p{L}\p{M}\p{Nd}_/&#])#(?<tag>[\p{L}\p{M}\p{Nd}_]+)")]
    private static partial Regex HashtagsIn();
}
