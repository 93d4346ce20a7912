using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>A subscriber's identity: 32 lower-case hexadecimal digits that the same address always has, and that tell nothing of it.</summary>
public readonly record struct SubscriberId
{
    private SubscriberId(string value) => Value = value;

    /// <summary>The 32 digits.</summary>
    public string Value { get; }

    /// <summary>The shard that the subscriber is in, 0 to 63: the id's first six bits, so that ids sort by shard.</summary>
    public int Shard => int.Parse(Value.AsSpan(0, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) >> 2;

    /// <summary>Reads an id; false for any text that is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SubscriberId id)
    {
        var valid = text is { Length: 32 } && text.All(char.IsAsciiHexDigitLower);
        id = valid ? new SubscriberId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id from our own storage.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static SubscriberId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException("That is no subscriber's id.");

    internal static SubscriberId Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(bytes[..16]));

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Knows which id an address has: HMAC-SHA256 of it with a key of the list's own.</summary>
/// <remarks>Table <c>subscribers</c>: partition <c>key</c>, row <c>key</c>. The key is made once and kept with the list, not derived from the
/// signing key: a new signing key voids links, but must not make two subscribers of one.</remarks>
public sealed class SubscriberIds(ITableStore tables)
{
    private const string Partition = "key";
    private const string Row = "key";

    private byte[]? key;

    /// <summary>The address's id.</summary>
    public async ValueTask<SubscriberId> OfAsync(EmailAddress address, CancellationToken cancellation)
    {
        key ??= await LoadAsync(cancellation);
        return SubscriberId.Of(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(address.Normalized.Normalized(NormalizationForm.FormC))));
    }

    private async Task<byte[]> LoadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if ((await tables.GetAsync(SubscriberStore.Table, Partition, Row, cancellation))?.Columns.BytesOrNull("key") is { } known)
            {
                return known;
            }

            var columns = new Columns { { "key", RandomNumberGenerator.GetBytes(32) } };
            await tables.CommitAsync(SubscriberStore.Table, Partition, [new TableOperation.Insert(Row, columns)], cancellation);
        }
    }
}
