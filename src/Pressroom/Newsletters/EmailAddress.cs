using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pressroom.Newsletters;

/// <summary>An e-mail address that mail can be sent to: <c>local@domain</c> of RFC 5321 without quoting, at most 254 characters. The domain
/// is lower-cased and in its ASCII form (RFC 5890); the local part stays as typed. Its text never gets into a log: <see cref="ToString"/> hides it.</summary>
public readonly record struct EmailAddress
{
    private EmailAddress(string value) => Value = value;

    /// <summary>The address.</summary>
    public string Value { get; }

    /// <summary>The address by which two spellings are the same person: all lower case.</summary>
    public string Normalized => Value.ToLowerInvariant();

    /// <summary>Reads an address as a person types it; false for anything that could not be one, or could break out of a header.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EmailAddress address)
    {
        address = default;
        text = text?.Trim();
        if (text is null or { Length: < 3 or > 254 } || text.LastIndexOf('@') is not (> 0 and var at) || at > 64)
        {
            return false;
        }

        var local = text[..at];
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal) || !local.All(IsLocal)
            || !TryGetDomain(text[(at + 1)..], out var domain))
        {
            return false;
        }

        address = new EmailAddress($"{local}@{domain}");
        return true;
    }

    /// <summary>Reads an address from our own storage.</summary>
    public static EmailAddress Stored(string value) => new(value);

    /// <summary>Three dots: an address is written only where it is meant to be, by <see cref="Value"/>.</summary>
    public override string ToString() => "…";

    private static bool IsLocal(char c) => char.IsAsciiLetterOrDigit(c) || ".!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal) || c > 0x9F && char.IsLetterOrDigit(c);

    private static bool TryGetDomain(string text, [NotNullWhen(true)] out string? domain)
    {
        domain = null;
        try
        {
            domain = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return false;
        }

        return domain.Contains('.', StringComparison.Ordinal) && domain[^1] != '.' && !domain.Split('.')[^1].All(char.IsAsciiDigit);
    }
}
