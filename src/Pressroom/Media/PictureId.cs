using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Pressroom.Media;

/// <summary>A picture's identity: the first half of the SHA-256 of the file that was uploaded, as 32 lower-case hexadecimal digits. The
/// same file is the same picture.</summary>
public readonly record struct PictureId
{
    private const int Digits = 32;

    private PictureId(string value) => Value = value;

    /// <summary>The 32 digits.</summary>
    public string Value { get; }

    /// <summary>The id of a file.</summary>
    public static PictureId Of(ReadOnlySpan<byte> file) => new(Convert.ToHexStringLower(SHA256.HashData(file))[..Digits]);

    /// <summary>Reads an id; false for any text that is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PictureId id)
    {
        var valid = text is { Length: Digits } && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
        id = valid ? new PictureId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id that is known to be one.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static PictureId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no picture id.");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
