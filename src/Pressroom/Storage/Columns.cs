using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Pressroom.Storage;

/// <summary>The named values of a row: text, bool, long, double, UTC time or bytes. A null is not stored: absent is absent.</summary>
public sealed class Columns : IEnumerable<KeyValuePair<string, object>>
{
    private readonly Dictionary<string, object> values = new(StringComparer.Ordinal);

    /// <summary>How many columns there are.</summary>
    public int Count => values.Count;

    /// <summary>Adds a column, unless <paramref name="value"/> is null. An int becomes a long.</summary>
    /// <exception cref="ArgumentException">The value is of a type that a table cannot hold.</exception>
    public void Add(string name, object? value)
    {
        switch (value)
        {
            case null:
                return;
            case int number:
                values.Add(name, (long)number);
                return;
            case DateTimeOffset time:
                values.Add(name, time.ToUniversalTime());
                return;
            case string or bool or long or double or byte[]:
                values.Add(name, value);
                return;
            default:
                throw new ArgumentException($"Column '{name}' cannot hold a {value.GetType().Name}.");
        }
    }

    /// <summary>The text of a column that must be there.</summary>
    public string Text(string name) => (string)Required(name);

    /// <summary>The text of a column, or null where there is none.</summary>
    public string? TextOrNull(string name) => (string?)values.GetValueOrDefault(name);

    /// <summary>The number of a column that must be there.</summary>
    public long Number(string name) => (long)Required(name);

    /// <summary>The number of a column, or null where there is none.</summary>
    public long? NumberOrNull(string name) => (long?)values.GetValueOrDefault(name);

    /// <summary>The truth of a column; false where there is none.</summary>
    public bool Flag(string name) => values.GetValueOrDefault(name) is true;

    /// <summary>The time of a column that must be there.</summary>
    public DateTimeOffset Time(string name) => (DateTimeOffset)Required(name);

    /// <summary>The time of a column, or null where there is none.</summary>
    public DateTimeOffset? TimeOrNull(string name) => (DateTimeOffset?)values.GetValueOrDefault(name);

    /// <summary>The bytes of a column, or null where there is none.</summary>
    public byte[]? BytesOrNull(string name) => (byte[]?)values.GetValueOrDefault(name);

    /// <summary>Any column's value.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out object? value) => values.TryGetValue(name, out value);

    /// <summary>The same columns but for one, which has another value; none where <paramref name="value"/> is null.</summary>
    public Columns With(string name, object? value)
    {
        var changed = new Columns();
        foreach (var (other, kept) in values.Where(column => column.Key != name))
        {
            changed.Add(other, kept);
        }

        changed.Add(name, value);
        return changed;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private object Required(string name) =>
        values.TryGetValue(name, out var value) ? value : throw new InvalidDataException($"The row has no column '{name}'.");
}
