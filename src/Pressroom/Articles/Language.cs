using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pressroom.Articles;

/// <summary>A language tag of RFC 5646 in its canonical case: <c>fr</c>, <c>ar</c>, <c>zh-Hant</c>, <c>pt-BR</c>.</summary>
[JsonConverter(typeof(JsonText))]
public readonly partial record struct Language
{
    private Language(string tag) => Tag = tag;

    /// <summary>The tag, as <c>lang</c> and <c>hreflang</c> want it.</summary>
    public string Tag { get; }

    /// <summary>The primary subtag: <c>pt</c> of <c>pt-BR</c>.</summary>
    public string Primary => Tag.Split('-')[0];

    /// <summary>"rtl" for a language written from right to left, by its script subtag or else its usual script; otherwise "ltr".</summary>
    public string Direction => IsRightToLeft ? "rtl" : "ltr";

    /// <summary>Whether the language is written from right to left.</summary>
    public bool IsRightToLeft => Script is { } script
        ? RightToLeftScripts.Contains(script)
        : RightToLeftLanguages.Contains(Primary);

    /// <summary>The script subtag, where the tag names one: <c>Hant</c> of <c>zh-Hant</c>.</summary>
    public string? Script => Tag.Split('-').Skip(1).FirstOrDefault(part => part.Length == 4 && char.IsLetter(part[0]));

    /// <summary>The culture whose calendar words and date order the language's readers expect; the invariant one where ICU knows none.</summary>
    public CultureInfo Culture
    {
        get
        {
            try
            {
                return CultureInfo.GetCultureInfo(Tag);
            }
            catch (CultureNotFoundException)
            {
                return CultureInfo.InvariantCulture;
            }
        }
    }

    /// <summary>Reads a tag: a language that ISO 639 knows (as ICU does), then script, region and variants where given.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Language language)
    {
        language = default;
        if (text is null or { Length: > 35 } || !WellFormed().IsMatch(text))
        {
            return false;
        }

        var parts = text.Split('-');
        if (!KnownLanguages.Contains(parts[0].ToLowerInvariant()))
        {
            return false;
        }

        var canonical = parts.Select((part, index) => (index, part.Length) switch
        {
            (0, _) => part.ToLowerInvariant(),
            (_, 4) when char.IsLetter(part[0]) => char.ToUpperInvariant(part[0]) + part[1..].ToLowerInvariant(),
            (_, 2) => part.ToUpperInvariant(),
            _ => part.ToLowerInvariant(),
        });
        language = new Language(string.Join('-', canonical));
        return true;
    }

    /// <summary>Reads a tag that is known to be good.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static Language Parse(string text) => TryParse(text, out var language) ? language : throw new FormatException($"'{text}' is no language tag.");

    /// <inheritdoc/>
    public override string ToString() => Tag;

    private static readonly HashSet<string> RightToLeftScripts =
        new(["Arab", "Aran", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg", "Mand", "Samr", "Mend"], StringComparer.Ordinal);

    private static readonly HashSet<string> RightToLeftLanguages =
        new(["ar", "arc", "arz", "ary", "azb", "bal", "bgn", "ckb", "dv", "fa", "glk", "he", "iw", "ji", "khw", "ks", "lrc", "mzn", "nqo", "pnb", "prs", "ps", "sd", "skr", "syr", "ug", "ur", "yi"], StringComparer.Ordinal);

    private static readonly HashSet<string> KnownLanguages = CultureInfo.GetCultures(CultureTypes.NeutralCultures)
        .Select(culture => culture.Name.Split('-')[0])
        .Where(name => name.Length > 0)
        .Concat(RightToLeftLanguages)
        .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*$", RegexOptions.CultureInvariant)]
    private static partial Regex WellFormed();

    internal sealed class JsonText : JsonConverter<Language>
    {
        public override Language Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Language value, JsonSerializerOptions options) => writer.WriteStringValue(value.Tag);
    }
}
