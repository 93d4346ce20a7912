using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pressroom.Announcements.Text;

/// <summary>How long the networks find a text to be.</summary>
/// <remarks>Where a network's own rule needs a list that changes (domains, emoji), the count is never below the network's for text that
/// people write: a post that is a little short is posted, one that is too long is refused.</remarks>
internal static partial class Counting
{
    /// <summary>What a link is on X ("Counting characters"): t.co's length, however long it is.</summary>
    public const int XLink = 23;

    /// <summary>Grapheme clusters (UAX #29): what readers call characters.</summary>
    public static int Graphemes(string text) => StringInfo.ParseCombiningCharacters(text).Length;

    /// <summary>Bytes in UTF-8.</summary>
    public static int Utf8Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    /// <summary>UTF-16 code units.</summary>
    public static int Utf16Units(string text) => text.Length;

    /// <summary>X's weighted count (twitter-text, configuration v3, scale 100 taken out): composed (NFC), the code points of four ranges
    /// weigh 1 and all others 2, an emoji sequence 2, a link <see cref="XLink"/>.</summary>
    public static int ForX(string text)
    {
        var composed = text.Normalized(NormalizationForm.FormC);
        var (length, at) = (0, 0);
        foreach (Match link in Links.AsXFindsThem().Matches(composed))
        {
            length += Weight(composed[at..link.Index]) + (link.Groups["scheme"].Success ? XLink : BareLink(link.Value));
            at = link.Index + link.Length;
        }

        return length + Weight(composed[at..]);
    }

    /// <summary>Mastodon's count ("Posting"): graphemes; a link costs what the instance reserves for one, and of <c>@user@host</c> only
    /// <c>@user</c> counts.</summary>
    public static int ForMastodon(string text, int perLink)
    {
        var (length, at) = (0, 0);
        foreach (Match link in Links.AsMastodonFindsThem().Matches(text))
        {
            length += Graphemes(WithoutHosts(text[at..link.Index])) + perLink;
            at = link.Index + link.Length;
        }

        return length + Graphemes(WithoutHosts(text[at..]));
    }

    /// <summary>Threads' count: characters, but an emoji as its UTF-8 bytes.</summary>
    public static int ForThreads(string text)
    {
        var length = 0;
        var graphemes = StringInfo.GetTextElementEnumerator(text);
        while (graphemes.MoveNext())
        {
            var grapheme = graphemes.GetTextElement();
            length += IsEmojiForThreads(grapheme) ? Encoding.UTF8.GetByteCount(grapheme) : grapheme.EnumerateRunes().Count();
        }

        return length;
    }

    // A bare domain is a link up to its top-level domain, of which there are ever more: where the last label is none that is well known, it
    // may end at the second, or be none at all.
    private static int BareLink(string link)
    {
        if (EndsWell().IsMatch(link))
        {
            return XLink;
        }

        var second = link.IndexOf('.', link.IndexOf('.', StringComparison.Ordinal) + 1);
        return Math.Max(Weight(link), XLink + (second < 0 ? 0 : Weight(link[second..])));
    }

    private static int Weight(string text)
    {
        var weight = 0;
        var graphemes = StringInfo.GetTextElementEnumerator(text);
        while (graphemes.MoveNext())
        {
            var grapheme = graphemes.GetTextElement();
            weight += grapheme.Length > 1 && IsEmojiSequence(grapheme) ? 2 : grapheme.EnumerateRunes().Sum(WeightOf);
        }

        return weight;
    }

    private static int WeightOf(Rune rune) => rune.Value is <= 4351 or (>= 8192 and <= 8205) or (>= 8208 and <= 8223) or (>= 8242 and <= 8247) ? 1 : 2;

    // UTS #51: a keycap, a flag, or pictographs joined, each with its modifier, presentation selector or tags.
    private static bool IsEmojiSequence(string grapheme)
    {
        var runes = grapheme.EnumerateRunes().Select(rune => rune.Value).ToArray();
        if (runes is [(>= '0' and <= '9') or '#' or '*', .. [0xFE0F, 0x20E3] or [0x20E3]] or [(>= 0x1F1E6 and <= 0x1F1FF), (>= 0x1F1E6 and <= 0x1F1FF)])
        {
            return true;
        }

        var at = 0;
        while (at < runes.Length && IsPictograph(runes[at]))
        {
            at++;
            while (at < runes.Length && runes[at] is 0xFE0F or (>= 0x1F3FB and <= 0x1F3FF) or (>= 0xE0020 and <= 0xE007F))
            {
                at++;
            }

            if (at == runes.Length)
            {
                return true;
            }

            if (runes[at++] != 0x200D)
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsPictograph(int rune) => rune
        is 0xA9 or 0xAE or 0x203C or 0x2049 or 0x2122 or 0x2139 or 0x24C2 or 0x2934 or 0x2935 or 0x3030 or 0x303D or 0x3297 or 0x3299
        or (>= 0x2190 and <= 0x21FF) or (>= 0x2300 and <= 0x23FF) or (>= 0x25A0 and <= 0x27BF) or (>= 0x2B00 and <= 0x2BFF)
        or (>= 0x1F000 and <= 0x1F1E5) or (>= 0x1F200 and <= 0x1FAFF);

    // Where it is arguable (arrows, dingbats), an emoji.
    private static bool IsEmojiForThreads(string grapheme) => grapheme.EnumerateRunes().Any(rune => rune.Value
        is 0xFE0F or 0x20E3 or (>= 0x1F000 and <= 0x1FBFF) or (>= 0x2300 and <= 0x23FF) or (>= 0x2600 and <= 0x27BF) or (>= 0x2B00 and <= 0x2BFF));

    private static string WithoutHosts(string text) => RemoteMention().Replace(text, "$1");

    [GeneratedRegex(@"^[^/:?]*\.(?:[a-z]{2}|com|org|net|edu|gov|int|info|biz|news|media|press|blog|dev|app|online|site)(?:[/:?]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EndsWell();

    [GeneratedRegex(
        @"(?<![A-Za-z0-9_/])(@[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)@[\p{L}\p{Nd}-]+(?:\.[\p{L}\p{Nd}-]+)+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RemoteMention();
}
