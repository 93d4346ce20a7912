using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pressroom.Newsletters.Mail;

/// <summary>Tells SendGrid's event calls from those of others: ECDSA over the timestamp's text and the body's bytes as they came (Signed Event
/// Webhook of Twilio SendGrid).</summary>
public sealed class EventSignature
{
    /// <summary>The header with the signature: base64 of its DER form.</summary>
    public const string SignatureHeader = "X-Twilio-Email-Event-Webhook-Signature";

    /// <summary>The header with the time of signing, in seconds since 1970.</summary>
    public const string TimestampHeader = "X-Twilio-Email-Event-Webhook-Timestamp";

    // A call is repeated for a day after the event, and nothing says that it is signed anew each time.
    private static readonly TimeSpan MostAge = TimeSpan.FromHours(25);
    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(10);

    private readonly byte[] publicKey;
    private readonly TimeProvider time;

    private EventSignature(byte[] publicKey, TimeProvider time) => (this.publicKey, this.time) = (publicKey, time);

    /// <summary>Reads the key: base64 of a SubjectPublicKeyInfo on the curve P-256.</summary>
    /// <exception cref="SettingException">It is none.</exception>
    public static EventSignature Create(string publicKey, TimeProvider time)
    {
        try
        {
            var bytes = Convert.FromBase64String(publicKey);
            using var key = Import(bytes);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                throw Wrong();
            }

            return new EventSignature(bytes, time);
        }
        catch (Exception none) when (none is FormatException or CryptographicException)
        {
            throw Wrong();
        }
    }

    /// <summary>Whether SendGrid signed this, not more than 25 hours ago. False for whatever is no signature at all.</summary>
    /// <param name="signature">What <see cref="SignatureHeader"/> holds; null where it is absent.</param>
    /// <param name="timestamp">What <see cref="TimestampHeader"/> holds; null where it is absent.</param>
    /// <param name="body">The body, not decoded, to its last line break.</param>
    public bool IsGenuine(string? signature, string? timestamp, ReadOnlySpan<byte> body)
    {
        if (signature is null or { Length: > 512 } || !IsRecent(timestamp))
        {
            return false;
        }

        var der = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, der, out var length))
        {
            return false;
        }

        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(Encoding.ASCII.GetBytes(timestamp!));
        sha.AppendData(body);
        try
        {
            // One for each call: a key object is not promised to bear two threads.
            using var key = Import(publicKey);
            return key.VerifyHash(sha.GetHashAndReset(), der.AsSpan(0, length), DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private bool IsRecent(string? timestamp) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && time.GetUtcNow().ToUnixTimeSeconds() - seconds is var age
        && age <= MostAge.TotalSeconds && age >= -MostAhead.TotalSeconds;

    private static ECDsa Import(byte[] spki)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out var read);
            return read == spki.Length ? key : throw new CryptographicException();
        }
        catch (CryptographicException)
        {
            key.Dispose();
            throw;
        }
    }

    private static SettingException Wrong() => new("SendGrid__EventWebhookPublicKey is no base64 of a P-256 public key (SubjectPublicKeyInfo).");
}
