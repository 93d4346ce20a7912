using System.Globalization;
using System.Text;

namespace Pressroom.Storage;

/// <summary>What Azure Storage accepts, checked by both engines before anything is sent, so that what runs on one runs on the other.</summary>
/// <remarks>Each check throws an <see cref="ArgumentException"/> that says which limit was passed. Sources: Azure's pages "Naming and
/// referencing containers, blobs and metadata", "Naming queues and metadata", "Put Message", "Understanding the Table service data
/// model" and "Performing entity group transactions".</remarks>
internal static class AzureLimits
{
    /// <summary>64 KiB of base64.</summary>
    public const int MessageBytes = 48 * 1024;

    public const int TextUnits = 32 * 1024;
    public const int ColumnBytes = 64 * 1024;
    public const int RowBytes = 1024 * 1024;
    public const int ColumnsOfARow = 252;
    public const int KeyUnits = 1024;
    public const int OperationsOfABatch = 100;
    public const int BatchBytes = 4 * 1024 * 1024;
    public const int MessagesOfAReceive = 32;
    public const int MetadataBytes = 8 * 1024;

    /// <summary>Delays and visibility time-outs.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(7);

    /// <summary>Names in the embedded engine's folder that are not containers'.</summary>
    private static readonly string[] ReservedContainers = ["admin-token", "lock", "outbox", "signing-key", "site", "tmp"];

    private static readonly DateTimeOffset FirstTime = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void CheckContainer(string container)
    {
        if (container != "$web" && (!IsDashedName(container) || ReservedContainers.Contains(container)))
        {
            throw new ArgumentException(
                $"'{container}' is no container name: 3 to 63 lower-case letters, digits and single dashes, or $web; "
                + $"and none of {string.Join(", ", ReservedContainers)}.");
        }
    }

    public static void CheckBlob(BlobPath path)
    {
        CheckContainer(path.Container);
        path.Validate();
        CheckUnicode(path.Name, "A blob name");
    }

    public static void CheckContent(BlobContent content)
    {
        CheckHeader(content.ContentType, "A content type");
        if (content.CacheControl is { } cacheControl)
        {
            CheckHeader(cacheControl, "A Cache-Control header");
        }

        var size = 0;
        foreach (var (name, value) in content.Metadata)
        {
            if (name is "" || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                throw new ArgumentException($"'{name}' is no metadata name: ASCII letters, digits and underscores, no digit first.");
            }

            CheckHeader(value, $"The metadata value '{name}'");
            size += name.Length + value.Length;
        }

        if (size > MetadataBytes)
        {
            throw new ArgumentException($"A blob's metadata has at most {MetadataBytes:N0} bytes, not {size:N0}.");
        }

        // Azure sends the names as headers, so two that differ only in case would become one.
        if (content.Metadata.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() != content.Metadata.Count)
        {
            throw new ArgumentException("Two metadata names differ only in upper and lower case.");
        }
    }

    public static void CheckQueue(string queue)
    {
        if (!IsDashedName(queue))
        {
            throw new ArgumentException($"'{queue}' is no queue name: 3 to 63 lower-case letters, digits and single dashes.");
        }
    }

    public static void CheckMessage(string message)
    {
        CheckUnicode(message, "A message");
        var bytes = Encoding.UTF8.GetByteCount(message);
        if (bytes > MessageBytes)
        {
            throw new ArgumentException($"A message has at most {MessageBytes:N0} bytes of UTF-8, not {bytes:N0}.");
        }
    }

    public static void CheckDelay(TimeSpan delay)
    {
        if (delay < TimeSpan.Zero || delay > LongestDelay)
        {
            throw new ArgumentException($"A message is delayed or hidden for 0 to 7 days, not {delay}.");
        }
    }

    /// <summary>The time for which a receive hides its messages.</summary>
    public static void CheckLease(TimeSpan visibilityTimeout)
    {
        CheckDelay(visibilityTimeout);
        if (visibilityTimeout < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException($"A received message is hidden for at least a second, not {visibilityTimeout}.");
        }
    }

    public static void CheckReceive(int most)
    {
        if (most is < 1 or > MessagesOfAReceive)
        {
            throw new ArgumentException($"One receive takes 1 to {MessagesOfAReceive} messages, not {most}.");
        }
    }

    public static void CheckTable(string table)
    {
        if (table is not { Length: >= 3 and <= 63 } || !char.IsAsciiLetter(table[0]) || !table.All(char.IsAsciiLetterOrDigit)
            || table.Equals("tables", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"'{table}' is no table name: 3 to 63 ASCII letters and digits, a letter first, and not 'tables'.");
        }
    }

    public static void CheckKey(string key)
    {
        if (key.Length > KeyUnits)
        {
            throw new ArgumentException($"A key has at most {KeyUnits:N0} characters, not {key.Length:N0}.");
        }

        if (key.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c)))
        {
            throw new ArgumentException($"The key '{key}' has a character that no key may have: / \\ # ? or a control character.");
        }

        CheckUnicode(key, "A key");
    }

    public static void CheckBatch(string table, string partition, IReadOnlyList<TableOperation> operations)
    {
        CheckTable(table);
        CheckKey(partition);
        if (operations.Count is 0 or > OperationsOfABatch)
        {
            throw new ArgumentException($"A batch has 1 to {OperationsOfABatch} operations, not {operations.Count}.");
        }

        if (operations.Count > 1 && operations.Select(o => o.Row).Distinct(StringComparer.Ordinal).Count() != operations.Count)
        {
            throw new ArgumentException("A batch may change each row only once.");
        }

        long size = 0;
        foreach (var operation in operations)
        {
            CheckKey(operation.Row);
            var columns = operation switch
            {
                TableOperation.Insert insert => insert.Columns,
                TableOperation.Upsert upsert => upsert.Columns,
                TableOperation.Replace replace => replace.Columns,
                _ => null,
            };
            size += OperationOverhead;
            if (columns is not null)
            {
                CheckRow(partition, operation.Row, columns);
                size += columns.Sum(c => SentSize(c.Key, c.Value));
            }
        }

        if (operations.Count > 1 && size > BatchBytes)
        {
            throw new ArgumentException($"A batch has at most {BatchBytes:N0} bytes as it is sent, not {size:N0}.");
        }
    }

    /// <summary>The size of a row by Azure's formula: 4 bytes, the keys in UTF-16, and for each column 8 bytes, its name in UTF-16 and its value.</summary>
    public static long RowSize(string partition, string row, Columns columns) =>
        4 + (2L * (partition.Length + row.Length)) + columns.Sum(c => 8 + (2L * c.Key.Length) + ValueSize(c.Value));

    private static void CheckRow(string partition, string row, Columns columns)
    {
        if (columns.Count > ColumnsOfARow)
        {
            throw new ArgumentException($"A row has at most {ColumnsOfARow} columns, not {columns.Count}.");
        }

        foreach (var (name, value) in columns)
        {
            CheckColumn(name, value);
        }

        var size = RowSize(partition, row, columns);
        if (size > RowBytes)
        {
            throw new ArgumentException($"A row has at most {RowBytes:N0} bytes, not {size:N0}.");
        }
    }

    private static void CheckColumn(string name, object value)
    {
        if (!IsIdentifier(name) || name.ToUpperInvariant() is "PARTITIONKEY" or "ROWKEY" or "TIMESTAMP")
        {
            throw new ArgumentException(
                $"'{name}' is no column name: a C# identifier of at most 255 characters, and not PartitionKey, RowKey or Timestamp.");
        }

        switch (value)
        {
            case string { Length: > TextUnits } text:
                throw new ArgumentException($"A text column has at most {TextUnits:N0} UTF-16 units; '{name}' has {text.Length:N0}.");
            case string text:
                CheckUnicode(text, $"The column '{name}'");
                break;
            case byte[] { Length: > ColumnBytes } bytes:
                throw new ArgumentException($"A column of bytes has at most {ColumnBytes:N0}; '{name}' has {bytes.Length:N0}.");
            case double number when !double.IsFinite(number):
                throw new ArgumentException($"The column '{name}' is no finite number.");
            case DateTimeOffset time when time < FirstTime:
                throw new ArgumentException($"A time column begins at the year 1601; '{name}' is {time:yyyy-MM-dd}.");
            default:
                break;
        }
    }

    private static long ValueSize(object value) => value switch
    {
        string text => 4 + (2L * text.Length),
        byte[] bytes => 4 + bytes.LongLength,
        bool => 1,
        _ => 8,
    };

    /// <summary>The headers, address and keys of one operation inside a batch's body, generously.</summary>
    private const int OperationOverhead = 4 * 1024;

    /// <summary>A column inside a batch's body: JSON in which the SDK escapes all but plain ASCII.</summary>
    private static long SentSize(string name, object value) => (2 * name.Length) + 40 + value switch
    {
        string text => SentSize(text),
        byte[] bytes => ((bytes.LongLength + 2) / 3) * 4,
        _ => 0,
    };

    private static long SentSize(ReadOnlySpan<char> text)
    {
        long size = 0;
        foreach (var c in text)
        {
            size += char.IsAsciiLetterOrDigit(c) || c == ' ' ? 1 : 6;
        }

        return size;
    }

    private static bool IsDashedName(string name) =>
        name is { Length: >= 3 and <= 63 }
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal);

    private static bool IsIdentifier(string name) =>
        name is { Length: >= 1 and <= 255 } && (char.IsLetter(name[0]) || name[0] == '_') && name.All(IsIdentifierPart);

    private static bool IsIdentifierPart(char c) => char.IsLetterOrDigit(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static void CheckHeader(string value, string what)
    {
        if (value.Length == 0 || value[0] == ' ' || value[^1] == ' ' || value.Any(c => c is < ' ' or > '~'))
        {
            throw new ArgumentException($"{what} is printable ASCII without spaces around it, and not empty.");
        }
    }

    private static void CheckUnicode(string text, string what)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                throw new ArgumentException($"{what} has half of a surrogate pair at position {i}, which is no character.");
            }
        }
    }
}
