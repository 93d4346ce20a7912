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
            throw new ThemeException(file, null, $"every text is a string, and 'months' a list of them ({wrongKind.Message})");
        }
    }

    /// <summary>A day of the Gregorian calendar in words.</summary>
    public string Date(DateTimeOffset day) => Filled("date", ("day", Day(day.Day)), ("month", months[day.Month - 1]), ("year", Number(day.Year)));

    /// <summary>A day and the time of day.</summary>
    public string DateAndTime(DateTimeOffset moment) =>
        Filled("date_time", ("date", Date(moment)), ("time", moment.ToString("HH:mm", CultureInfo.InvariantCulture)));

    /// <summary>A month of the Gregorian calendar.</summary>
    public string Month(DateOnly month) => Filled("month", ("month", months[month.Month - 1]), ("year", Number(month.Year)));

    private string Day(int day) => day == 1 && texts.GetValueOrDefault("first_day") is { } first ? first : Number(day);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Filled(string name, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var text = texts.GetValueOrDefault(name) ?? "";
        foreach (var (key, value) in values)
        {
            text = text.Replace($"{{{key}}}", value, StringComparison.Ordinal);
        }

        return text;
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
