using System.Runtime.CompilerServices;
using System.Text;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>Reads and writes CSV (RFC 4180) a record at a time.</summary>
internal static class Csv
{
    /// <summary>The most characters of a record: a quote that is never closed must not swallow the file.</summary>
    public const int MostCharacters = 16 * 1024;

    /// <summary>The records with the line that each begins in, counted from 1. Empty lines are left out.</summary>
    public static async IAsyncEnumerable<CsvRecord> ReadAsync(TextReader reader, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var record = new StringBuilder();
        var line = 0;
        var first = 1;
        var isQuoted = false;
        while (await reader.ReadLineAsync(cancellation) is { } text)
        {
            line++;
            if (record.Length == 0)
            {
                first = line;
                if (text.Length == 0)
                {
                    continue;
                }
            }
            else
            {
                record.Append('\n');
            }

            // A quote within quotes is doubled, so after an odd number of them the record goes on in the next line.
            isQuoted ^= (text.AsSpan().Count('"') & 1) == 1;
            record.Append(text.AsSpan(0, Math.Min(text.Length, MostCharacters + 1)));
            if (record.Length > MostCharacters)
            {
                yield return new CsvRecord(first, null, isQuoted ? "It is too long; perhaps a quote is not closed." : "It is too long.");
                record.Clear();
                isQuoted = false;
            }
            else if (!isQuoted)
            {
                yield return Split(first, record.ToString());
                record.Clear();
            }
        }

        if (record.Length > 0)
        {
            yield return new CsvRecord(first, null, "A quote is not closed.");
        }
    }

    /// <summary>A record's text, with the line's end. A field that a spreadsheet would take for a formula gets an apostrophe in front.</summary>
    public static string Line(params ReadOnlySpan<string?> fields)
    {
        var line = new StringBuilder();
        foreach (var field in fields)
        {
            var text = field is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + field : field ?? "";
            if (line.Length > 0)
            {
                line.Append(',');
            }

            if (text.AsSpan().IndexOfAny(",\"\r\n") >= 0)
            {
                line.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            }
            else
            {
                line.Append(text);
            }
        }

        return line.Append("\r\n").ToString();
    }

    /// <summary>The field without the apostrophe that <see cref="Line"/> put in front of it.</summary>
    public static string WithoutGuard(string field) => field is ['\'', '=' or '+' or '-' or '@', ..] ? field[1..] : field;

    private static CsvRecord Split(int line, string text)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        for (var i = 0; ; i++)
        {
            if (i < text.Length && text[i] == '"')
            {
                for (i++; i < text.Length && (text[i] != '"' || (i + 1 < text.Length && text[i + 1] == '"')); i++)
                {
                    field.Append(text[i]);
                    i += text[i] == '"' ? 1 : 0;
                }

                i++;
                if (i < text.Length && text[i] != ',')
                {
                    return new CsvRecord(line, null, "There is something behind a closing quote.");
                }
            }
            else
            {
                for (; i < text.Length && text[i] != ','; i++)
                {
                    if (text[i] == '"')
                    {
                        return new CsvRecord(line, null, "There is a quote within a field that does not begin with one.");
                    }

                    field.Append(text[i]);
                }
            }

            fields.Add(field.ToString());
            field.Clear();
            if (i >= text.Length)
            {
                return new CsvRecord(line, fields, null);
            }
        }
    }
}

/// <summary>A record: its fields, or what is wrong with it.</summary>
internal sealed record CsvRecord(int Line, IReadOnlyList<string>? Fields, string? Complaint);
