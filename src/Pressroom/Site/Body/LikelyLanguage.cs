using System.Collections.Frozen;

namespace Pressroom.Site.Body;

/// <summary>The most likely language of text in a script that the article's own language is not written in.</summary>
internal static class LikelyLanguage
{
    /// <summary>A language tag: of one language where its letters or its small words tell it, otherwise of the script's most common one;
    /// <c>und-Latn</c> for Latin script of an unknown language.</summary>
    public static string Of(Script script, string text) => script switch
    {
        Script.Arabic => ByLetters(text, ("ur", "ٹڈڑںےھہۂۃ"), ("fa", "پچژگکی")) ?? "ar",
        Script.Cyrillic => ByLetters(text, ("be", "ўЎ"), ("uk", "їєґЇЄҐ"), ("sr", "ђћЂЋ"), ("mk", "ѓќЃЌ")) ?? "ru",
        Script.Latin => ByWords(text) ?? "und-Latn",
        Script.Greek => "el",
        Script.Armenian => "hy",
        Script.Hebrew => "he",
        Script.Syriac => "syr",
        Script.Thaana => "dv",
        Script.Nko => "nqo",
        Script.Devanagari => "hi",
        Script.Bengali => "bn",
        Script.Gurmukhi => "pa",
        Script.Gujarati => "gu",
        Script.Oriya => "or",
        Script.Tamil => "ta",
        Script.Telugu => "te",
        Script.Kannada => "kn",
        Script.Malayalam => "ml",
        Script.Sinhala => "si",
        Script.Thai => "th",
        Script.Lao => "lo",
        Script.Tibetan => "bo",
        Script.Myanmar => "my",
        Script.Georgian => "ka",
        Script.Hangul => "ko",
        Script.Ethiopic => "am",
        Script.Cherokee => "chr",
        Script.Khmer => "km",
        Script.Mongolian => "mn-Mong",
        Script.Kana => "ja",
        Script.Han => "zh",
        Script.Adlam => "ff-Adlm",
        _ => "und",
    };

    /// <summary>Whether the script is written from right to left.</summary>
    public static bool IsRightToLeft(Script script) =>
        script is Script.Arabic or Script.Hebrew or Script.Syriac or Script.Thaana or Script.Nko or Script.Adlam;

    // A language's own letters must be at least one in forty: a foreign name in Arabic may well have a چ.
    private static string? ByLetters(string text, params ReadOnlySpan<(string Language, string Letters)> languages)
    {
        var letters = text.Count(char.IsLetter);
        foreach (var (language, own) in languages)
        {
            var found = text.Count(own.Contains);
            if (found * 40 >= letters && found > 0)
            {
                return language;
            }
        }

        return null;
    }

    // At least three small words of one language, and twice as many as of any other.
    private static string? ByWords(string text)
    {
        Span<int> hits = stackalloc int[SmallWords.Length];
        var lookup = LanguagesByWord.GetAlternateLookup<ReadOnlySpan<char>>();
        var words = text.ToLowerInvariant();
        var start = 0;
        for (var end = 0; end <= words.Length; end++)
        {
            if (end < words.Length && char.IsLetter(words[end]))
            {
                continue;
            }

            if (lookup.TryGetValue(words.AsSpan(start, end - start), out var languages))
            {
                foreach (var language in languages)
                {
                    hits[language]++;
                }
            }

            start = end + 1;
        }

        var (best, second) = (0, -1);
        for (var language = 1; language < hits.Length; language++)
        {
            if (hits[language] > hits[best])
            {
                (best, second) = (language, best);
            }
            else if (second < 0 || hits[language] > hits[second])
            {
                second = language;
            }
        }

        return hits[best] >= 3 && hits[best] >= 2 * hits[second] ? SmallWords[best].Language : null;
    }

    private static readonly (string Language, string Words)[] SmallWords =
    [
        ("en", "the of and to in is that for it was with are this be on by not have from which has were their"),
        ("fr", "le la les des et du un une est dans que qui pour sur au avec ce il elle par pas ne sont aux cette ont"),
        ("es", "el la los las y en que un una es por con para del se su al lo como más pero fue son está"),
        ("pt", "o os as e em que um uma é por com para do da dos das no na não se ao mais foi são está"),
        ("it", "il lo gli e di che un una è per con del della dei delle nel nella non si al alla sono più anche"),
        ("de", "der die das und den dem des ist nicht ein eine mit von auf für sich zu im auch als wird sind einen"),
        ("nl", "de het een en van is dat op te in voor met niet zijn aan door er maar ook wordt bij naar heeft"),
        ("tr", "ve bir bu da de için ile olarak çok daha gibi olan kadar sonra ama en ne değil her ise"),
        ("pl", "w i na z do że się nie jest to o od po dla przez jak ale za są które który ten tym"),
        ("id", "yang dan di dari untuk dengan pada tidak ini itu dalam akan adalah ke oleh juga sebagai ada telah"),
        ("sv", "och att det som en på är av för med den till inte om ett har de men var från"),
    ];

    private static readonly FrozenDictionary<string, int[]> LanguagesByWord = SmallWords
        .SelectMany((entry, index) => entry.Words.Split(' ').Select(word => (word, index)))
        .GroupBy(pair => pair.word, pair => pair.index)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray());
}
