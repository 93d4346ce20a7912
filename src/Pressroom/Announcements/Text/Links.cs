using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pressroom.Announcements.Text;

/// <summary>Finds links in running text, as people mean them and as networks find them.</summary>
internal static partial class Links
{
    private const string Latin = @"a-z0-9\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F";
    private const string PathLetters = Latin + @"\u0400-\u04FF";

    /// <summary>The http(s) links of a text, without the punctuation that follows them.</summary>
    public static IEnumerable<Match> In(string text) => Written().Matches(text);

    /// <summary>The text with another wording for each link to <paramref name="address"/>.</summary>
    public static string Replaced(string text, string address, string wording) =>
        Written().Replace(text, link => link.Value.TrimEnd('/') == address.TrimEnd('/') ? wording : link.Value);

    /// <summary>A link as a reader needs it who sees its card beside it: host and beginning of the path, in the letters that are meant,
    /// at most <paramref name="limit"/> graphemes.</summary>
    public static string Shortened(string address, int limit)
    {
        var letters = Uri.UnescapeDataString(address);
        var shown = (IsPlain(letters) ? letters : address).Split("://", 2)[^1].TrimEnd('/');
        if (shown.StartsWith("www.", StringComparison.OrdinalIgnoreCase))
        {
            shown = shown[4..];
        }

        var graphemes = StringInfo.ParseCombiningCharacters(shown);
        return graphemes.Length <= limit ? shown : shown[..graphemes[limit - 1]] + "…";
    }

    private static bool IsPlain(string text) => text.EnumerateRunes().All(rune => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse) && rune != Rune.ReplacementChar);

    [GeneratedRegex(@"https?://[^\s<>""\u2066-\u2069\u200E\u200F]*[^\s<>""\u2066-\u2069\u200E\u200F.,;:!?'()\[\]{}…،؛؟。、」』）]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Written();

    /// <summary>twitter-text's links: with a scheme, or a bare domain in Latin letters; the path in Latin and Cyrillic letters.</summary>
    [GeneratedRegex(
        @"(?<![a-z0-9@＠$#＃\u202A-\u202E])(?:(?<scheme>https?://)(?:[\p{L}\p{Nd}](?:[\p{L}\p{M}\p{Nd}_-]*[\p{L}\p{M}\p{Nd}])?\.)+(?:xn--[a-z0-9-]+|[a-z]{2,}(?![a-z0-9@])|[\p{L}\p{M}-[a-z]]{2,})" +
        @"|(?:[" + Latin + @"](?:[" + Latin + @"_-]{0,61}[" + Latin + @"])?\.){1,126}(?:[a-z]{2,}(?![a-z0-9@])|[\p{L}\p{M}-[a-z]]{2,}))" +
        @"(?::[0-9]+)?(?:/(?:(?:[" + PathLetters + @"!*';:=+,.$/%#\[\]\-\u2013_~@|&]|\([" + PathLetters + @"!*';:=+,.$/%#\[\]\-\u2013_~@|&]+\))*(?:[" + PathLetters + @"+\-=_#/]|\([" + PathLetters + @"!*';:=+,.$/%#\[\]\-\u2013_~@|&]+\)))?)?" +
        @"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    public static partial Regex AsXFindsThem();

    /// <summary>Mastodon's links: with a scheme and a domain; letters of every script in the path.</summary>
    [GeneratedRegex(
        @"(?<![a-z0-9@＠$#＃\u202A-\u202E])https?://(?:[\p{L}\p{Nd}](?:[\p{L}\p{M}\p{Nd}_-]*[\p{L}\p{M}\p{Nd}])?\.)+(?:xn--[a-z0-9-]+|[a-z]{2,}(?![a-z0-9@])|[\p{L}\p{M}-[a-z]]{2,})(?::[0-9]+)?" +
        @"(?:/(?:[\p{L}\p{M}\p{Nd}!*';:=+,.$/%#\[\]\-_~@|&]*[\p{L}\p{M}\p{Nd}+\-=_#/])?)?(?:\?[\p{L}\p{Nd}!?*'@();:&=+$/%#\[\]\-_.,~|]*[\p{L}\p{Nd}\-_&=#/])?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    public static partial Regex AsMastodonFindsThem();
}
