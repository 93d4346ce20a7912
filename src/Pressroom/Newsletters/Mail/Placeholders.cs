using System.Net;
using System.Text;

namespace Pressroom.Newsletters.Mail;

/// <summary>Puts a recipient's values in the place of a mail's placeholders.</summary>
internal static class Placeholders
{
    /// <summary>Replaces each placeholder once, from left to right; where two begin at one place the longer one counts. What a value holds is
    /// text, never another placeholder.</summary>
    public static string Fill(string text, IReadOnlyDictionary<string, string> values, Func<string, string>? write = null)
    {
        if (values.Count == 0)
        {
            return text;
        }

        StringBuilder? filled = null;
        var from = 0;
        while (Next(text, from, values.Keys) is { } found)
        {
            filled ??= new StringBuilder(text.Length + 256);
            filled.Append(text, from, found.At - from);
            filled.Append(write is null ? values[found.Name] : write(values[found.Name]));
            from = found.At + found.Name.Length;
        }

        return filled?.Append(text, from, text.Length - from).ToString() ?? text;
    }

    /// <summary>A value as it may stand in HTML, inside of an attribute and out.</summary>
    public static string ForHtml(string value) => WebUtility.HtmlEncode(value);

    public static bool IsIn(string text, string name) => text.Contains(name, StringComparison.Ordinal);

    private static (int At, string Name)? Next(string text, int from, IEnumerable<string> names)
    {
        (int At, string Name)? next = null;
        foreach (var name in names)
        {
            var at = name.Length == 0 ? -1 : text.IndexOf(name, from, StringComparison.Ordinal);
            if (at >= 0 && (next is null || at < next.Value.At || (at == next.Value.At && name.Length > next.Value.Name.Length)))
            {
                next = (at, name);
            }
        }

        return next;
    }
}
