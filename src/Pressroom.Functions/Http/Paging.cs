using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Pressroom.Functions.Http;

/// <summary>Which page of a list a request wants: <c>limit</c> (1 to 100, 20 if unsaid) and the opaque <c>cursor</c> of the page before.</summary>
internal sealed record Paging(int Limit, string? After)
{
    public const int Usual = 20;
    public const int Most = 100;

    /// <summary>Reads it; what else the query has must be one of the list's filters.</summary>
    public static Paging Read(HttpRequest request, FieldErrors errors, params ReadOnlySpan<string> filters)
    {
        request.Query.RejectUnknown(errors, ["limit", "cursor", .. filters]);
        var limit = Usual;
        if (request.Query["limit"].ToString() is { Length: > 0 } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > Most))
        {
            errors.Add("limit", $"It must be a number from 1 to {Most}.");
        }

        var cursor = request.Query["cursor"].ToString();
        return new Paging(limit, cursor.Length == 0 ? null : Decode(cursor, errors));
    }

    /// <summary>The page, of what was found when one more than <see cref="Limit"/> was asked for, and its cursor where there is more.</summary>
    /// <param name="found">What was found, in the list's order.</param>
    /// <param name="keyOf">By what the list goes on after an item.</param>
    public (IReadOnlyList<T> Items, string? Cursor) Cut<T>(IReadOnlyList<T> found, Func<T, string> keyOf) =>
        found.Count > Limit ? (found.Take(Limit).ToList(), Cursor(keyOf(found[Limit - 1]))) : (found, null);

    /// <summary>The cursor that goes on after a key.</summary>
    public static string? Cursor(string? key) => key is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    private static string? Decode(string cursor, FieldErrors errors)
    {
        try
        {
            var key = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Base64Url.DecodeFromChars(cursor));
            if (key.Length is > 0 and <= 300 && !key.Any(c => char.IsControl(c) || c is '/' or '\\' or '#' or '?'))
            {
                return key;
            }
        }
        catch (Exception broken) when (broken is FormatException or ArgumentException)
        {
            // Falls through to the complaint.
        }

        errors.Add("cursor", "It is none that a list has given.");
        return null;
    }
}
