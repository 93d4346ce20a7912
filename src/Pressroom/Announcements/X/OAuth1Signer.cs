using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pressroom.Announcements.X;

/// <summary>Signs requests as OAuth 1.0a does (RFC 5849, section 3) with HMAC-SHA1. A body of JSON is no part of what is signed.</summary>
internal sealed class OAuth1Signer(string consumerKey, string consumerSecret, string token, string tokenSecret)
{
    /// <summary>The <c>Authorization</c> header's parameter for the scheme <c>OAuth</c>.</summary>
    /// <param name="method">The verb.</param>
    /// <param name="address">The address, its query included.</param>
    /// <param name="form">The parameters of a form in the body.</param>
    /// <param name="now">The time of the request.</param>
    /// <param name="nonce">A word that was not used before; made if not given.</param>
    public string Sign(HttpMethod method, Uri address, IEnumerable<KeyValuePair<string, string>> form, DateTimeOffset now, string? nonce = null)
    {
        var own = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["oauth_consumer_key"] = consumerKey,
            ["oauth_nonce"] = nonce ?? RandomNumberGenerator.GetHexString(32, lowercase: true),
            ["oauth_signature_method"] = "HMAC-SHA1",
            ["oauth_timestamp"] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["oauth_token"] = token,
            ["oauth_version"] = "1.0",
        };
        own["oauth_signature"] = Signature(method, address, own.Concat(form).Concat(QueryOf(address)));
        return string.Join(", ", own.Select(pair => $"{Encoded(pair.Key)}=\"{Encoded(pair.Value)}\""));
    }

#pragma warning disable CA5350 // X signs with HMAC-SHA1; a weak hash there is no weak HMAC.
    private string Signature(HttpMethod method, Uri address, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var normalised = string.Join('&', parameters
            .Select(pair => (Name: Encoded(pair.Key), Value: Encoded(pair.Value)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}"));
        var text = $"{method.Method.ToUpperInvariant()}&{Encoded(address.GetLeftPart(UriPartial.Path))}&{Encoded(normalised)}";
        var key = $"{Encoded(consumerSecret)}&{Encoded(tokenSecret)}";
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.ASCII.GetBytes(key), Encoding.ASCII.GetBytes(text)));
    }
#pragma warning restore CA5350

    private static IEnumerable<KeyValuePair<string, string>> QueryOf(Uri address) => address.Query.TrimStart('?')
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .Select(pair => KeyValuePair.Create(Uri.UnescapeDataString(pair[0]), pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""));

    // Section 3.6: all but letters, digits, '-', '.', '_' and '~', as .NET does it.
    private static string Encoded(string text) => Uri.EscapeDataString(text);
}
