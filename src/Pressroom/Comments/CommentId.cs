using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pressroom.Comments;

/// <summary>A comment's identity: a version 7 UUID (RFC 9562) as 32 lower-case hexadecimal digits, so that ids sort by age.</summary>
public readonly record struct CommentId
{
    private CommentId(string value) => Value = value;

    /// <summary>The 32 digits.</summary>
    public string Value { get; }

    /// <summary>When it was made, to the millisecond.</summary>
    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(Value.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    /// <summary>A new id of this moment.</summary>
    public static CommentId New(TimeProvider time) => new(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"));

    /// <summary>Reads an id; false for any text that is none. Its time is before the year 2527.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CommentId id)
    {
        var valid = text is { Length: 32 } && text[12] == '7' && text[0] == '0' && text.All(char.IsAsciiHexDigitLower);
        id = valid ? new CommentId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id from our own storage.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static CommentId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no comment id.");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
