using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Pressroom.Articles;

namespace Pressroom.Site.Body;

/// <summary>Makes a body's addresses absolute, and refuses those that lead anywhere but the web, a mailbox or a telephone.</summary>
internal sealed class BodyAddresses(Uri siteUrl, BodyIds ids)
{
    private readonly Uri folder = siteUrl.AbsolutePath.EndsWith('/') ? siteUrl : new Uri(siteUrl.AbsoluteUri + "/");

    /// <summary>The address of a link; one within the text gets the prefix that ids have. Null for one that may not be.</summary>
    public string? Link(string? value)
    {
        var text = value?.Trim();
        if (text is ['#', .. var id])
        {
            return id.Length == 0 ? null : "#" + ids.Prefixed(Uri.UnescapeDataString(id));
        }

        return Resolved(text) is { } address && (IsWeb(address) || address.Scheme is "mailto" or "tel") ? address.AbsoluteUri : null;
    }

    /// <summary>The address of something on the web; null for any other.</summary>
    public string? Web(string? value) => Resolved(value?.Trim()) is { } address && IsWeb(address) ? address.AbsoluteUri : null;

    public bool IsExternal(string link) => link.StartsWith("http", StringComparison.Ordinal) && new Uri(link).Authority != folder.Authority;

    private static bool IsWeb(Uri address) => address.Scheme is "http" or "https" && address is { Host.Length: > 0, UserInfo: "" };

    private Uri? Resolved(string? text) => !string.IsNullOrEmpty(text) && Uri.TryCreate(folder, text, out var address) ? address : null;
}

/// <summary>Gives out a body's ids, each once and all with a prefix: a body cannot take the page's own ids.</summary>
internal sealed class BodyIds
{
    private readonly string prefix;
    private readonly HashSet<string> given = new(StringComparer.Ordinal);
    private readonly HashSet<string> written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    /// <summary>Notes what the author has given, so that no heading takes it.</summary>
    public BodyIds(IElement body, string prefix)
    {
        this.prefix = prefix;
        foreach (var element in body.QuerySelectorAll("[id]"))
        {
            if (Read(element) is { } id)
            {
                given.Add(id);
            }
        }
    }

    public string Prefixed(string id) => id.StartsWith(prefix, StringComparison.Ordinal) ? id : prefix + id;

    /// <summary>Whether the element has an id that is still free.</summary>
    public bool Has(IElement element) => Read(element) is { } id && !written.Contains(id);

    /// <summary>The element's id, unless it has none or another has the same.</summary>
    public string? For(IElement element) => Read(element) is { } id && written.Add(id) ? id : null;

    /// <summary>The heading's id: its own, or one made of its words in their script.</summary>
    public string? ForHeading(IElement heading)
    {
        if (For(heading) is { } own)
        {
            return own;
        }

        if (Slug.From(heading.TextContent, mostBytes: 80) is not { } slug)
        {
            return null;
        }

        string id;
        do
        {
            var number = numbers[slug.Value] = numbers.GetValueOrDefault(slug.Value) + 1;
            id = number == 1 ? prefix + slug : $"{prefix}{slug}-{number}";
        }
        while (given.Contains(id) || !written.Add(id));

        return id;
    }

    private string? Read(IElement element) =>
        element.GetAttribute("id") is { Length: > 0 and <= 200 } id && !id.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? Prefixed(id) : null;
}

/// <summary>Levels that begin at h2, whatever the body begins with, and never skip one on the way down.</summary>
internal sealed class HeadingLevels
{
    private readonly Stack<(int Typed, int Written)> open = new();

    public string For(int typed)
    {
        while (open.TryPeek(out var above) && above.Typed >= typed)
        {
            open.Pop();
        }

        var level = Math.Min(6, open.TryPeek(out var parent) ? parent.Written + 1 : 2);
        open.Push((typed, level));
        return Names[level];
    }

    private static readonly string[] Names = ["", "h1", "h2", "h3", "h4", "h5", "h6"];
}

/// <summary>What <c>datetime</c> may say: a date, a time, both, or a duration.</summary>
internal static partial class MachineDate
{
    public static bool IsValid(string? value) => value is { Length: > 0 and <= 40 } && Form().IsMatch(value);

    [GeneratedRegex("^([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,3})?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?)?)?)?|([01][0-9]|2[0-3]):[0-5][0-9]|P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

/// <summary>Escapes for HTML and nothing more: every letter, quote and space stays readable. Control characters are left out.</summary>
internal static class HtmlText
{
    private static readonly SearchValues<char> SpecialInText = SearchValues.Create("&<>\r" + Controls);
    private static readonly SearchValues<char> SpecialInAttribute = SearchValues.Create("&<>\"\r" + Controls);

    private static readonly SearchValues<char> SpecialAnywhere = SearchValues.Create("&<>\"'\r" + Controls);

    private const string Controls = "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\v\f\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018"
        + "\u0019\u001A\u001B\u001C\u001D\u001E\u001F\u007F\u0080\u0081\u0082\u0083\u0084\u0085\u0086\u0087\u0088\u0089\u008A\u008B\u008C\u008D\u008E"
        + "\u008F\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097\u0098\u0099\u009A\u009B\u009C\u009D\u009E\u009F\uFFFE\uFFFF";

    public static StringBuilder AppendText(this StringBuilder html, ReadOnlySpan<char> text) => Append(html, text, SpecialInText);

    public static StringBuilder AppendAttributeValue(this StringBuilder html, ReadOnlySpan<char> text) => Append(html, text, SpecialInAttribute);

    /// <summary>Writes text that is safe between tags and in an attribute with quotes of either kind.</summary>
    public static void Write(TextWriter writer, ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(SpecialAnywhere) is >= 0 and var at)
        {
            writer.Write(text[..at]);
            writer.Write(Escape(text[at]));
            text = text[(at + 1)..];
        }

        writer.Write(text);
    }

    private static StringBuilder Append(StringBuilder html, ReadOnlySpan<char> text, SearchValues<char> special)
    {
        while (text.IndexOfAny(special) is >= 0 and var at)
        {
            html.Append(text[..at]).Append(Escape(text[at]));
            text = text[(at + 1)..];
        }

        return html.Append(text);
    }

    private static string Escape(char c) => c switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        '\r' => "\n",
        _ => "",
    };
}

/// <summary>The few words that a body needs of its own, for those who do not see it.</summary>
internal sealed record BodyWords(string Table, string BackToText)
{
    /// <summary>In the article's language where it is one of these, otherwise in English.</summary>
    public static BodyWords Of(Language language) => language.Primary switch
    {
        "ar" => new("جدول", "العودة إلى النص"),
        "de" => new("Tabelle", "Zurück zum Text"),
        "es" => new("Tabla", "Volver al texto"),
        "fa" => new("جدول", "بازگشت به متن"),
        "fr" => new("Tableau", "Retour au texte"),
        "he" => new("טבלה", "חזרה לטקסט"),
        "it" => new("Tabella", "Torna al testo"),
        "ja" => new("表", "本文に戻る"),
        "nl" => new("Tabel", "Terug naar de tekst"),
        "pl" => new("Tabela", "Powrót do tekstu"),
        "pt" => new("Tabela", "Voltar ao texto"),
        "ru" => new("Таблица", "Вернуться к тексту"),
        "tr" => new("Tablo", "Metne dön"),
        "uk" => new("Таблиця", "Повернутися до тексту"),
        "ur" => new("جدول", "متن پر واپس"),
        "zh" => new("表格", "返回正文"),
        _ => new("Table", "Back to the text"),
    };
}
