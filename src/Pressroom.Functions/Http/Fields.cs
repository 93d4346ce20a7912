using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Pressroom.Articles;

namespace Pressroom.Functions.Http;

/// <summary>The fields of a JSON object, read one by one and checked as they are read; what is wrong is gathered, not thrown.</summary>
/// <remarks>A field that nobody asks for is unknown: <see cref="RejectUnknown"/>. A field that is null counts as absent, but <see cref="Has"/> tells.</remarks>
public sealed class Fields
{
    /// <summary>The complaint about what is no language.</summary>
    internal const string NoLanguage = "It must be a language tag of RFC 5646, like fr or pt-BR.";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly JsonElement json;
    private readonly string path;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    private Fields(JsonElement json, string path, FieldErrors errors) => (this.json, this.path, Errors) = (json, path, errors);

    /// <summary>What is wrong so far.</summary>
    public FieldErrors Errors { get; }

    /// <summary>Reads an object; nothing at all counts as an empty one.</summary>
    /// <returns>Null, with the complaint, when the bytes are no JSON object.</returns>
    public static Fields? Parse(ReadOnlyMemory<byte> bytes, out string complaint)
    {
        complaint = "";
        try
        {
            using var document = JsonDocument.Parse(bytes.IsEmpty ? "{}"u8.ToArray() : bytes, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                ReadNames(document.RootElement);
                return new Fields(document.RootElement.Clone(), "", new FieldErrors());
            }

            complaint = "The body must be a JSON object.";
        }
        catch (JsonException broken)
        {
            complaint = string.Create(
                CultureInfo.InvariantCulture, $"It breaks in line {broken.LineNumber + 1}, at byte {broken.BytePositionInLine + 1} of that line.");
        }
        catch (InvalidOperationException)
        {
            complaint = "The name of a field is not valid Unicode.";
        }

        return null;
    }

    /// <summary>Whether the field is there, null or not.</summary>
    public bool Has(string name)
    {
        asked.Add(name);
        return json.TryGetProperty(name, out _);
    }

    /// <summary>One line of plain text, trimmed, its spaces single and its no-break spaces as typed; null where it is absent or nothing
    /// of it can be seen.</summary>
    public string? Line(string name, int most)
    {
        var text = RawText(name);
        if (text is null)
        {
            return null;
        }

        text = OneLine(text);
        if (text.Length > most)
        {
            Reject(name, string.Create(CultureInfo.InvariantCulture, $"It has {text.Length:N0} characters; at most {most:N0} are allowed."));
        }
        else if (text.Any(UnicodeText.IsUnfitForLine))
        {
            Reject(name, "It has control characters.");
        }

        return text.Length == 0 ? null : text;
    }

    /// <summary>One line of plain text that must be there.</summary>
    public string RequiredLine(string name, int most)
    {
        var line = Line(name, most);
        if (line is null && !Errors.ByField.ContainsKey(path + name))
        {
            Reject(name, "It must not be empty.");
        }

        return line ?? "";
    }

    /// <summary>Text of many lines, as typed; null where it is absent.</summary>
    public string? Text(string name)
    {
        var text = RawText(name);
        if (text?.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) == true)
        {
            Reject(name, "It has control characters.");
        }

        return text;
    }

    /// <summary>True or false; null where it is absent.</summary>
    public bool? Flag(string name)
    {
        if (!Find(name, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Reject(name, "It must be true or false.");
        return null;
    }

    /// <summary>A moment in RFC 3339, with its offset from UTC, between 1970 and 2200; null where it is absent.</summary>
    public DateTimeOffset? Time(string name)
    {
        var text = RawText(name);
        if (text is null)
        {
            return null;
        }

        // Without an offset a time means another moment on every machine.
        var hasOffset = text.Length > 19 && (text[^1] is 'Z' or 'z' || (text.Length > 22 && text[^6] is '+' or '-'));
        if (hasOffset && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && text[10] is 'T' or 't' or ' ' && time.UtcDateTime.Year is >= 1970 and < 2200)
        {
            return time.ToUniversalTime();
        }

        Reject(name, "It must be a time like 2026-11-24T09:30:00Z, with its offset, between 1970 and 2200.");
        return null;
    }

    /// <summary>An absolute http(s) address of at most 2,000 characters; null where it is absent.</summary>
    public string? Url(string name)
    {
        var text = Line(name, 2_000);
        if (text is null || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0))
        {
            return text;
        }

        Reject(name, "It must be an absolute http or https address.");
        return null;
    }

    /// <summary>Lines of text, each once; empty where it is absent.</summary>
    public IReadOnlyList<string> Lines(string name, int mostLines, int mostEach)
    {
        if (!Find(name, out var value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Reject(name, "It must be a list.");
            return [];
        }

        if (value.GetArrayLength() > mostLines)
        {
            Reject(name, string.Create(CultureInfo.InvariantCulture, $"It has {value.GetArrayLength()} entries; at most {mostLines} are allowed."));
            return [];
        }

        var lines = new List<string>();
        foreach (var element in value.EnumerateArray())
        {
            var line = element.ValueKind == JsonValueKind.String && TryGetString(element, out var text)
                ? OneLine(text)
                : "";
            if (line.Length == 0 || line.Length > mostEach || line.Any(UnicodeText.IsUnfitForLine))
            {
                Reject(name, string.Create(CultureInfo.InvariantCulture, $"Each entry must be text of 1 to {mostEach} characters, without control characters."));
                return [];
            }

            if (!lines.Contains(line, StringComparer.OrdinalIgnoreCase))
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    /// <summary>One of a set of words, in lower case; null where it is absent.</summary>
    public T? Choice<T>(string name, params T[] allowed)
        where T : struct, Enum
    {
        var text = RawText(name);
        if (text is null)
        {
            return null;
        }

        var words = Array.ConvertAll(allowed, choice => choice.ToString().ToLowerInvariant());
        if (Array.IndexOf(words, text) is >= 0 and var index)
        {
            return allowed[index];
        }

        Reject(name, $"It must be one of: {string.Join(", ", words)}.");
        return null;
    }

    /// <summary>A language tag; null where it is absent.</summary>
    public Language? Language(string name)
    {
        var text = Line(name, 35);
        if (text is null)
        {
            return null;
        }

        if (Pressroom.Articles.Language.TryParse(text, out var language))
        {
            return language;
        }

        Reject(name, NoLanguage);
        return null;
    }

    /// <summary>An object's fields; null where it is absent. Their errors are named by path, and gathered with the rest.</summary>
    public Fields? Object(string name)
    {
        if (!Find(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new Fields(value, path + name + ".", Errors);
        }

        Reject(name, "It must be an object.");
        return null;
    }

    /// <summary>Whether the field is there and of the kind; for fields that may be of several.</summary>
    public bool Is(string name, JsonValueKind kind) => json.TryGetProperty(name, out var value) && value.ValueKind == kind;

    /// <summary>The names of all fields, for objects whose names the caller chooses.</summary>
    public IReadOnlyList<string> Names() => json.EnumerateObject().Select(property => property.Name).ToList();

    /// <summary>Complains of every field that nobody has asked for, and tells what there is.</summary>
    public void RejectUnknown()
    {
        foreach (var property in json.EnumerateObject().Where(property => !asked.Contains(property.Name)))
        {
            Reject(property.Name, Unknown("field", asked));
        }
    }

    /// <summary>The complaint about a name that is none of the known ones.</summary>
    internal static string Unknown(string kind, IReadOnlyCollection<string> known) => known.Count == 0
        ? $"There is no such {kind}: there is none."
        : $"There is no such {kind}. There are: {string.Join(", ", known.Order(StringComparer.Ordinal))}.";

    /// <summary>Adds a complaint of a field.</summary>
    public void Reject(string name, string complaint) => Errors.Add(path + name, complaint);

    private bool Find(string name, out JsonElement value)
    {
        asked.Add(name);
        return json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private string? RawText(string name)
    {
        if (!Find(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && TryGetString(value, out var text))
        {
            return text;
        }

        Reject(name, value.ValueKind == JsonValueKind.String ? "It is not valid Unicode." : "It must be text.");
        return null;
    }

    // French sets a narrow no-break space before signs and inside quotes, and within large numbers: those are letters of the text.
    private static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        var space = false;
        var isVisible = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) && rune.Value is not (0xA0 or 0x202F))
            {
                space = true;
                continue;
            }

            if (space)
            {
                line.Append(' ');
                space = false;
            }

            line.Append(rune);
            isVisible |= !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format;
        }

        return isVisible ? line.ToString().Trim() : "";
    }

    // Overrides of the direction turn the text around them too.

    // Throws InvalidOperationException where one is no text. Once they have been read here, they can be read anywhere.
    private static void ReadNames(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in json.EnumerateObject())
            {
                _ = property.Name;
                ReadNames(property.Value);
            }
        }
        else if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in json.EnumerateArray())
            {
                ReadNames(element);
            }
        }
    }

    // A lone surrogate (\ud800) is valid JSON and no text.
    private static bool TryGetString(JsonElement value, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }
}
