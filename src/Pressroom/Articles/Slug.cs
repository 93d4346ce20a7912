using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.Json;
using System.Text;

namespace Pressroom.Articles;

/// <summary>A part of an address: lower-case letters and digits of any script and single dashes, in Unicode NFC, at most
/// <see cref="MostBytes"/> of UTF-8 (so that it fits a file name with room for a suffix).</summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct Slug
{
    /// <summary>The most UTF-8 bytes that a slug has.</summary>
    public const int MostBytes = 200;

    private Slug(string value) => Value = value;

    /// <summary>The text, not percent-encoded.</summary>
    public string Value { get; }

    /// <summary>Accepts a slug that is already in its form; letters in upper case are lowered and the text composed (NFC).</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Slug slug)
    {
        slug = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var value = text.Normalized(NormalizationForm.FormC).ToLowerInvariant();
        if (value != From(value)?.Value)
        {
            return false;
        }

        slug = new Slug(value);
        return true;
    }

    /// <summary>Reads a slug from our own storage.</summary>
    public static Slug Stored(string value) => new(value);

    /// <summary>Makes a slug of a title: letters, digits and combining marks stay in their script, and each run of
    /// anything else becomes one dash. Null where nothing is left.</summary>
    public static Slug? From(string title, int mostBytes = MostBytes)
    {
        var text = new StringBuilder(title.Length);
        var bytes = 0;
        var cut = 0;
        var dash = false;
        foreach (var rune in title.Normalized(NormalizationForm.FormC).ToLowerInvariant().EnumerateRunes())
        {
            if (!BelongsInSlug(rune, text.Length > 0 && !dash))
            {
                dash |= text.Length > 0;
                continue;
            }

            var need = rune.Utf8SequenceLength + (dash ? 1 : 0);
            if (bytes + need > mostBytes)
            {
                // Cut at the last whole word, unless that would lose more than half of it.
                if (!dash && cut > text.Length / 2)
                {
                    text.Length = cut;
                }

                break;
            }

            if (dash)
            {
                cut = text.Length;
                text.Append('-');
                dash = false;
            }

            text.Append(rune.ToString());
            bytes += need;
        }

        return text.Length == 0 ? null : new Slug(text.ToString());
    }

    /// <summary>The slug with a number or word behind it, cut to fit.</summary>
    public Slug With(string suffix)
    {
        var room = MostBytes - Encoding.UTF8.GetByteCount(suffix) - 1;
        return new Slug($"{From(Value, room)?.Value}-{suffix}");
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool BelongsInSlug(Rune rune, bool insideWord) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber => true,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => insideWord,
        _ => false,
    };

    internal sealed class JsonText : JsonConverter<Slug>
    {
        public override Slug Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Stored(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Slug value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
