using System.Text;
using Pressroom.Articles;

namespace Pressroom.Site.Body;

/// <summary>The scripts that text is told apart by, after Unicode's Script property; <see cref="None"/> for what they share: digits,
/// punctuation, symbols.</summary>
internal enum Script
{
    None, Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Syriac, Thaana, Nko, Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil,
    Telugu, Kannada, Malayalam, Sinhala, Thai, Lao, Tibetan, Myanmar, Georgian, Hangul, Ethiopic, Cherokee, Khmer, Mongolian, Kana, Han, Adlam,
}

/// <summary>Which scripts a language is written in, and which script a letter is of.</summary>
internal readonly record struct ScriptSet(ulong Bits)
{
    /// <summary>How many scripts there are, for counting by script.</summary>
    public const int Size = (int)Script.Adlam + 1;

    /// <summary>A set of unknown scripts contains every one: nothing can be told to be foreign to it.</summary>
    public bool Contains(Script script) => Bits == 0 || (Bits & (1UL << (int)script)) != 0;

    public static ScriptSet Of(params ReadOnlySpan<Script> scripts)
    {
        var bits = 0UL;
        foreach (var script in scripts)
        {
            bits |= 1UL << (int)script;
        }

        return new ScriptSet(bits);
    }

    /// <summary>By its script subtag, or else as it is usually written. Where two scripts are in everyday use, both.</summary>
    public static ScriptSet Of(Language language) => Of(language.Primary, language.Script);

    public static ScriptSet Of(string primary, string? scriptSubtag) => scriptSubtag switch
    {
        null => primary switch
        {
            "ar" or "arc" or "arz" or "ary" or "azb" or "bal" or "ckb" or "fa" or "glk" or "khw" or "ks" or "lrc" or "mzn" or "pnb"
                or "prs" or "ps" or "sd" or "skr" or "ug" or "ur" => Of(Script.Arabic),
            "he" or "iw" or "yi" or "ji" => Of(Script.Hebrew),
            "ru" or "uk" or "be" or "bg" or "mk" or "ky" or "tg" or "tt" or "ba" or "cv" or "os" or "ce" or "ab" or "sah" or "rue" => Of(Script.Cyrillic),
            "sr" or "uz" or "kk" => Of(Script.Cyrillic, Script.Latin),
            "mn" => Of(Script.Cyrillic, Script.Mongolian),
            "el" => Of(Script.Greek),
            "zh" or "yue" or "wuu" or "cmn" => Of(Script.Han),
            "ja" => Of(Script.Han, Script.Kana),
            "ko" => Of(Script.Hangul, Script.Han),
            "th" => Of(Script.Thai),
            "hi" or "mr" or "ne" or "sa" or "bho" or "mai" or "kok" => Of(Script.Devanagari),
            "bn" or "as" => Of(Script.Bengali),
            "pa" => Of(Script.Gurmukhi),
            "gu" => Of(Script.Gujarati),
            "or" => Of(Script.Oriya),
            "ta" => Of(Script.Tamil),
            "te" => Of(Script.Telugu),
            "kn" => Of(Script.Kannada),
            "ml" => Of(Script.Malayalam),
            "si" => Of(Script.Sinhala),
            "lo" => Of(Script.Lao),
            "bo" or "dz" => Of(Script.Tibetan),
            "my" => Of(Script.Myanmar),
            "ka" => Of(Script.Georgian),
            "hy" => Of(Script.Armenian),
            "am" or "ti" => Of(Script.Ethiopic),
            "chr" => Of(Script.Cherokee),
            "km" => Of(Script.Khmer),
            "dv" => Of(Script.Thaana),
            "syr" => Of(Script.Syriac),
            "nqo" => Of(Script.Nko),
            _ => Of(Script.Latin),
        },
        "Latn" => Of(Script.Latin),
        "Arab" or "Aran" => Of(Script.Arabic),
        "Hebr" => Of(Script.Hebrew),
        "Cyrl" => Of(Script.Cyrillic),
        "Grek" => Of(Script.Greek),
        "Hans" or "Hant" or "Hani" => Of(Script.Han),
        "Jpan" or "Hira" or "Kana" or "Hrkt" => Of(Script.Han, Script.Kana),
        "Kore" or "Hang" => Of(Script.Hangul, Script.Han),
        "Deva" => Of(Script.Devanagari),
        "Beng" => Of(Script.Bengali),
        "Guru" => Of(Script.Gurmukhi),
        "Mong" => Of(Script.Mongolian),
        "Thaa" => Of(Script.Thaana),
        "Syrc" => Of(Script.Syriac),
        "Nkoo" => Of(Script.Nko),
        "Adlm" => Of(Script.Adlam),
        _ => default,
    };

    /// <summary>The script of a letter; <see cref="Script.None"/> for anything else.</summary>
    public static Script Of(Rune rune)
    {
        var code = rune.Value;
        if (code < 0x80)
        {
            return char.IsAsciiLetter((char)code) ? Script.Latin : Script.None;
        }

        var (low, high) = (0, Ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (first, last, script) = Ranges[middle];
            if (code < first)
            {
                high = middle - 1;
            }
            else if (code > last)
            {
                low = middle + 1;
            }
            else
            {
                return Rune.IsLetter(rune) ? script : Script.None;
            }
        }

        return Script.None;
    }

    // Blocks rather than single characters: what is no letter within them is told by its category. Sorted.
    private static readonly (int First, int Last, Script Script)[] Ranges =
    [
        (0x00C0, 0x024F, Script.Latin), (0x0250, 0x02AF, Script.Latin), (0x0370, 0x03FF, Script.Greek), (0x0400, 0x052F, Script.Cyrillic),
        (0x0531, 0x058F, Script.Armenian), (0x0590, 0x05FF, Script.Hebrew), (0x0600, 0x06FF, Script.Arabic), (0x0700, 0x074F, Script.Syriac),
        (0x0750, 0x077F, Script.Arabic), (0x0780, 0x07BF, Script.Thaana), (0x07C0, 0x07FF, Script.Nko), (0x0860, 0x086F, Script.Syriac),
        (0x0870, 0x08FF, Script.Arabic), (0x0900, 0x097F, Script.Devanagari), (0x0980, 0x09FF, Script.Bengali), (0x0A00, 0x0A7F, Script.Gurmukhi),
        (0x0A80, 0x0AFF, Script.Gujarati), (0x0B00, 0x0B7F, Script.Oriya), (0x0B80, 0x0BFF, Script.Tamil), (0x0C00, 0x0C7F, Script.Telugu),
        (0x0C80, 0x0CFF, Script.Kannada), (0x0D00, 0x0D7F, Script.Malayalam), (0x0D80, 0x0DFF, Script.Sinhala), (0x0E00, 0x0E7F, Script.Thai),
        (0x0E80, 0x0EFF, Script.Lao), (0x0F00, 0x0FFF, Script.Tibetan), (0x1000, 0x109F, Script.Myanmar), (0x10A0, 0x10FF, Script.Georgian),
        (0x1100, 0x11FF, Script.Hangul), (0x1200, 0x139F, Script.Ethiopic), (0x13A0, 0x13FF, Script.Cherokee), (0x1780, 0x17FF, Script.Khmer),
        (0x1800, 0x18AF, Script.Mongolian), (0x1C80, 0x1C8F, Script.Cyrillic), (0x1C90, 0x1CBF, Script.Georgian), (0x1E00, 0x1EFF, Script.Latin),
        (0x1F00, 0x1FFF, Script.Greek), (0x2C60, 0x2C7F, Script.Latin), (0x2D00, 0x2D2F, Script.Georgian), (0x2D80, 0x2DDF, Script.Ethiopic),
        (0x2DE0, 0x2DFF, Script.Cyrillic), (0x3005, 0x3007, Script.Han), (0x3041, 0x30FF, Script.Kana), (0x3131, 0x318F, Script.Hangul),
        (0x31F0, 0x31FF, Script.Kana), (0x3400, 0x4DBF, Script.Han), (0x4E00, 0x9FFF, Script.Han), (0xA640, 0xA69F, Script.Cyrillic),
        (0xA722, 0xA7FF, Script.Latin), (0xA8E0, 0xA8FF, Script.Devanagari), (0xA960, 0xA97F, Script.Hangul), (0xA9E0, 0xA9FF, Script.Myanmar),
        (0xAA60, 0xAA7F, Script.Myanmar), (0xAB01, 0xAB2F, Script.Ethiopic), (0xAB30, 0xAB64, Script.Latin), (0xAC00, 0xD7FB, Script.Hangul),
        (0xF900, 0xFAFF, Script.Han), (0xFB00, 0xFB06, Script.Latin), (0xFB13, 0xFB17, Script.Armenian), (0xFB1D, 0xFB4F, Script.Hebrew),
        (0xFB50, 0xFDFF, Script.Arabic), (0xFE70, 0xFEFC, Script.Arabic), (0xFF21, 0xFF5A, Script.Latin), (0xFF66, 0xFF9F, Script.Kana),
        (0xFFA0, 0xFFDC, Script.Hangul), (0x1E900, 0x1E95F, Script.Adlam), (0x1EE00, 0x1EEFF, Script.Arabic), (0x20000, 0x323AF, Script.Han),
    ];
}
