using System.Globalization;
using System.Text.Json;
using Pressroom.Articles;

namespace Pressroom.Site.Themes;

/// <summary>The interface's words in one language, as <c>texts/{language}.json</c> gives them.</summary>
internal sealed class ThemeTexts
{
    private readonly Dictionary<string, string> texts;
    private readonly string[] months;

    private ThemeTexts(Language language, Dictionary<string, string> texts, string[] months)
    {
        Language = language;
        this.texts = texts;
        this.months = months;
    }

    /// <summary>The language of the texts, which is the page's own unless there are none in it.</summary>
    public Language Language { get; }

    /// <summary>A text by its name in the file; null where there is none.</summary>
    public string? this[string name] => texts.GetValueOrDefault(name);

    public static ThemeTexts Read(string file, string json, ThemeTexts? fallback)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var texts = fallback is null ? [] : new Dictionary<string, string>(fallback.texts);
            var months = fallback?.months ?? [];
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "months")
                {
                    months = [.. property.Value.EnumerateArray().Select(month => month.GetString()!)];
                }
                else if (property.Value.ValueKind == JsonValueKind.Object)
                {
                    ReadForms(property, texts);
                }
                else
                {
                    texts[property.Name] = property.Value.GetString()!;
                }
            }

            return months.Length == 12
                ? new ThemeTexts(Language.Parse(Path.GetFileNameWithoutExtension(file)), texts, months)
                : throw new ThemeException(file, null, "'months' has to name 12 months");
        }
        catch (JsonException broken)
        {
            throw new ThemeException(file, (int?)broken.LineNumber + 1, broken.Message);
        }
        catch (InvalidOperationException wrongKind)
        {
            throw new ThemeException(file, null, $"every text is a string, one of a number an object of them, and 'months' a list ({wrongKind.Message})");
        }
    }

    /// <summary>A day of the Gregorian calendar in words.</summary>
    public string Date(DateTimeOffset day) => Filled("date", ("day", Day(day.Day)), ("month", months[day.Month - 1]), ("year", Number(day.Year)));

    /// <summary>A day and the time of day.</summary>
    public string DateAndTime(DateTimeOffset moment) =>
        Filled("date_time", ("date", Date(moment)), ("time", moment.ToString("HH:mm", CultureInfo.InvariantCulture)));

    /// <summary>A month of the Gregorian calendar.</summary>
    public string Month(DateOnly month) => Filled("month", ("month", months[month.Month - 1]), ("year", Number(month.Year)));

    /// <summary>A text of a number, in the form that the language has for it.</summary>
    public string Counted(string name, int count)
    {
        var form = texts.GetValueOrDefault($"{name}.{PluralForm.Of(count, Language)}") ?? texts.GetValueOrDefault($"{name}.other") ?? "";
        return form.Replace("{count}", Grouped(count), StringComparison.Ordinal);
    }

    /// <summary>A number in the digits of dates, thousands apart.</summary>
    public string Grouped(int number) => number.ToString("N0", Language.Primary == "ar" ? CultureInfo.InvariantCulture : Language.Culture);

    /// <summary>A text with values in the places of their names.</summary>
    public string Filled(string name, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var text = texts.GetValueOrDefault(name) ?? "";
        foreach (var (key, value) in values)
        {
            text = text.Replace($"{{{key}}}", value, StringComparison.Ordinal);
        }

        return text;
    }

    // All forms of a text go together: those of another language's rules would be wrong among them.
    private static void ReadForms(JsonProperty text, Dictionary<string, string> texts)
    {
        foreach (var name in texts.Keys.Where(name => name.StartsWith(text.Name + ".", StringComparison.Ordinal)).ToList())
        {
            texts.Remove(name);
        }

        foreach (var form in text.Value.EnumerateObject())
        {
            texts[$"{text.Name}.{form.Name}"] = form.Value.GetString()!;
        }
    }

    private string Day(int day) => day == 1 && texts.GetValueOrDefault("first_day") is { } first ? first : Number(day);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The form that a language puts a counted thing in: <c>zero</c>, <c>one</c>, <c>two</c>, <c>few</c>, <c>many</c> or <c>other</c>.</summary>
internal static class PluralForm
{
    /// <summary>By CLDR's rules for whole numbers, of the languages that do not follow English.</summary>
    public static string Of(int count, Language language)
    {
        var (tens, hundreds) = (count % 10, count % 100);
        return language.Primary switch
        {
            "ar" or "ars" => count switch
            {
                0 => "zero",
                1 => "one",
                2 => "two",
                _ => hundreds switch
                {
                    >= 3 and <= 10 => "few",
                    >= 11 => "many",
                    _ => "other",
                },
            },
            "fr" or "pt" or "hi" or "bn" or "fa" or "am" or "hy" => count <= 1 ? "one" : "other",
            "he" => count switch
            {
                1 => "one",
                2 => "two",
                _ => "other",
            },
            "ru" or "uk" or "be" or "sr" or "hr" or "bs" when tens == 1 && hundreds != 11 => "one",
            "ru" or "uk" or "be" or "sr" or "hr" or "bs" => tens is >= 2 and <= 4 && hundreds is < 12 or > 14 ? "few" : "many",
            "pl" when count != 1 => tens is >= 2 and <= 4 && hundreds is < 12 or > 14 ? "few" : "many",
            "cs" or "sk" when count is >= 2 and <= 4 => "few",
            "zh" or "ja" or "ko" or "th" or "vi" or "id" or "ms" or "my" or "lo" or "km" => "other",
            _ => count == 1 ? "one" : "other",
        };
    }
}

/// <summary>Writes dates as a language's readers do.</summary>
internal static class DateWords
{
    /// <summary>A day in the words of the theme's texts of the language. A tag with a region, and a language without texts, follow
    /// the culture that ICU knows for it; Arabic always has the Gregorian calendar.</summary>
    public static string Date(DateTimeOffset day, Language language, ThemeTexts? texts) =>
        texts is not null && !HasRegion(language) ? texts.Date(day) : InCulture(day, language, culture => culture.DateTimeFormat.LongDatePattern);

    /// <summary>A day and the time of day.</summary>
    public static string DateAndTime(DateTimeOffset moment, Language language, ThemeTexts? texts) =>
        texts is not null && !HasRegion(language)
            ? texts.DateAndTime(moment)
            : InCulture(moment, language, culture => $"{culture.DateTimeFormat.LongDatePattern} {culture.DateTimeFormat.ShortTimePattern}");

    /// <summary>A month of the Gregorian calendar, which the archive goes by.</summary>
    public static string Month(DateOnly month, Language language, ThemeTexts? texts)
    {
        if (texts is not null)
        {
            return texts.Month(month);
        }

        var culture = Gregorian(language.Culture);
        return WithNativeDigits(month.ToString(culture.DateTimeFormat.YearMonthPattern, culture), language);
    }

    private static bool HasRegion(Language language) => language.Tag.Split('-').Skip(1).Any(part => part.Length == 2);

    private static string InCulture(DateTimeOffset day, Language language, Func<CultureInfo, string> pattern)
    {
        var culture = language.Primary == "ar" ? Gregorian(language.Culture) : language.Culture;
        var format = WithoutWeekday(pattern(culture));
        if (language.Primary == "fa")
        {
            format = format.Replace("yyyy MMMM d", "d MMMM yyyy", StringComparison.Ordinal); // as it is said; the culture has it the other way round
        }

        return WithNativeDigits(day.ToString(format, culture), language);
    }

    private static CultureInfo Gregorian(CultureInfo culture)
    {
        if (culture.Calendar is GregorianCalendar || !culture.OptionalCalendars.Any(calendar => calendar is GregorianCalendar))
        {
            return culture;
        }

        var gregorian = (CultureInfo)culture.Clone();
        gregorian.DateTimeFormat.Calendar = new GregorianCalendar();
        return gregorian;
    }

    private static string WithoutWeekday(string pattern) =>
        pattern.Replace("dddd", "", StringComparison.Ordinal).Trim(' ', ',', '،', '、', '.', '\u200F');

    // Languages whose readers expect their own digits in running text (CLDR's default numbering).
    private static string WithNativeDigits(string date, Language language)
    {
        if (language.Primary is not ("fa" or "ps" or "ckb" or "bn" or "as" or "mr" or "ne" or "my"))
        {
            return date;
        }

        var digits = language.Culture.NumberFormat.NativeDigits;
        return string.Concat(date.Select(c => char.IsAsciiDigit(c) ? digits[c - '0'] : c.ToString()));
    }
}
