using System.Security.Cryptography;
using System.Text;

namespace Pressroom.Announcements.Webhook;

/// <summary>A secret of Standard Webhooks 1.0.0: 24 to 64 random bytes, written as <c>whsec_</c> and base64.</summary>
internal sealed class WebhookSecret
{
    private const string Prefix = "whsec_";
    private readonly byte[] key;

    private WebhookSecret(byte[] key) => this.key = key;

    public static WebhookSecret? ParseOrNull(string text)
    {
        var base64 = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var key = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, key, out var length) && length is >= 24 and <= 64 ? new WebhookSecret(key[..length]) : null;
    }

    /// <summary>One signature of the header's list: HMAC-SHA256 over id, time of this attempt in unix seconds, and body.</summary>
    public string Sign(string id, string timestamp, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));
}
