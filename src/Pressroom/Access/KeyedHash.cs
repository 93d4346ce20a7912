using System.Security.Cryptography;
using System.Text;

namespace Pressroom.Access;

/// <summary>Tells texts apart that are not to be stored: without the signing key a hash says nothing of its text, and a new key voids all hashes.</summary>
/// <param name="secrets">The signing key.</param>
/// <param name="purpose">What the hashes are for; those of one purpose say nothing for another.</param>
internal sealed class KeyedHash(Secrets secrets, string purpose)
{
    private readonly byte[] key = secrets.KeyFor(purpose);

    /// <summary>32 hexadecimal digits: half of HMAC-SHA256.</summary>
    public string Of(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
