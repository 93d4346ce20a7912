using System.Globalization;
using System.Text;
using Pressroom.Site.Body;

namespace Pressroom.Comments.Spam;

/// <summary>What single characters are to rules that compare words.</summary>
internal static class Glyphs
{
    /// <summary>The Latin letter that a folded letter of another script looks like, in either case; the letter itself where there is none.</summary>
    public static char LookAlike(char letter) => letter switch
    {
        'а' or 'α' or 'ɑ' => 'a',
        'в' or 'β' => 'b',
        'с' or 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' or 'ε' => 'e',
        'ɡ' => 'g',
        'н' or 'һ' or 'η' => 'h',
        'і' or 'ι' or 'ı' => 'i',
        'ј' => 'j',
        'к' or 'κ' => 'k',
        'ӏ' or 'ł' => 'l',
        'м' or 'μ' => 'm',
        'о' or 'ο' or 'ø' => 'o',
        'р' or 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' or 'τ' => 't',
        'υ' => 'u',
        'ν' => 'v',
        'ԝ' or 'ω' => 'w',
        'х' or 'χ' => 'x',
        'у' or 'γ' => 'y',
        _ => letter,
    };

    /// <summary>What folding drops: accents, Hebrew and Arabic vowel points, the Arabic stretch, variation selectors, fillers and whatever is
    /// invisible.</summary>
    public static bool IsDropped(Rune rune) => rune.Value is (>= 0x0300 and <= 0x036F) or (>= 0x0591 and <= 0x05BD) or 0x05BF or (>= 0x05C1 and <= 0x05C7)
        or (>= 0x0610 and <= 0x061A) or 0x0640 or (>= 0x064B and <= 0x065F) or 0x0670 or (>= 0x06D6 and <= 0x06ED) or (>= 0xFE00 and <= 0xFE0F)
        or 0x115F or 0x1160 or 0x3164 or 0xFFA0
        || (rune.Value >= 0x80 && IsInvisible(rune));

    /// <summary>Whether nobody sees it: of the category Format.</summary>
    public static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format;

    /// <summary>Whether it is a letter beside which nobody needs invisible characters; Persian and Indic spelling, and emoji, do.</summary>
    public static bool IsOfSimpleScript(Rune rune) => ScriptSet.Of(rune) is Script.Latin or Script.Cyrillic or Script.Greek;

    /// <summary>Whether it is a sign that belongs to the letter before it.</summary>
    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>Whether the script is written without blanks between words.</summary>
    public static bool IsWithoutBlanks(Script script) =>
        script is Script.Han or Script.Kana or Script.Thai or Script.Lao or Script.Khmer or Script.Myanmar or Script.Tibetan;
}
