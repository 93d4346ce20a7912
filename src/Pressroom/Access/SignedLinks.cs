using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pressroom.Access;

/// <summary>Tokens for links in mails: they say something that only this installation can have said, for one purpose, until a moment.</summary>
/// <remarks>A token is base64url of: the moment (8 bytes, Unix seconds), the payload in UTF-8, and HMAC-SHA256 over purpose, moment and payload
/// with a key derived from the signing key. The payload is readable by whoever has the link: it holds ids, never addresses.</remarks>
public sealed class SignedLinks(Secrets secrets, TimeProvider time)
{
    private const int MomentBytes = sizeof(long);
    private const int MostPayloadBytes = 512;

    private readonly byte[] key = secrets.KeyFor("signed links");

    /// <summary>A token of URL-safe characters.</summary>
    /// <param name="purpose">What it allows; ASCII. A token for one purpose is nothing for any other.</param>
    /// <param name="payload">What it says; at most 512 bytes.</param>
    /// <param name="until">The last moment at which it counts; the same arguments give the same token.</param>
    public string Sign(string purpose, string payload, DateTimeOffset until)
    {
        var length = Encoding.UTF8.GetByteCount(payload);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MostPayloadBytes, nameof(payload));
        Span<byte> token = stackalloc byte[MomentBytes + length + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, until.ToUnixTimeSeconds());
        Encoding.UTF8.GetBytes(payload, token[MomentBytes..]);
        Authenticate(purpose, token[..(MomentBytes + length)], token[(MomentBytes + length)..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>What the token says; null for one that is forged, changed, expired or for another purpose.</summary>
    public string? Read(string purpose, string? token)
    {
        const int overhead = MomentBytes + HMACSHA256.HashSizeInBytes;
        Span<byte> bytes = stackalloc byte[overhead + MostPayloadBytes];
        if (token is null || token.Length > Base64Url.GetEncodedLength(bytes.Length)
            || Base64Url.DecodeFromChars(token, bytes, out _, out var length) != System.Buffers.OperationStatus.Done
            || length < overhead)
        {
            return null;
        }

        var signed = bytes[..(length - HMACSHA256.HashSizeInBytes)];
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Authenticate(purpose, signed, expected);
        return CryptographicOperations.FixedTimeEquals(expected, bytes[signed.Length..length])
            && BinaryPrimitives.ReadInt64BigEndian(signed) >= time.GetUtcNow().ToUnixTimeSeconds()
            ? Encoding.UTF8.GetString(signed[MomentBytes..])
            : null;
    }

    // A purpose has no zero byte, so where it ends is plain.
    private void Authenticate(string purpose, ReadOnlySpan<byte> signed, Span<byte> mac)
    {
        Span<byte> input = stackalloc byte[purpose.Length + 1 + signed.Length];
        Encoding.ASCII.GetBytes(purpose, input);
        input[purpose.Length] = 0;
        signed.CopyTo(input[(purpose.Length + 1)..]);
        HMACSHA256.HashData(key, input, mac);
    }
}
