using System.Security.Cryptography;
using System.Text;
using Pressroom.Storage;

namespace Pressroom.Access;

/// <summary>Bearer tokens (RFC 6750): made, recognised, revoked. What is stored is a SHA-256 of the token, never the token.</summary>
/// <remarks>Table <c>tokens</c>: partition <c>tokens</c>, row = token id. A token reads <c>prt_{id}_{secret}</c>; the secret has
/// 256 random bits, so that a fast hash is enough. The administrator's own token comes from <see cref="Secrets"/>.</remarks>
public sealed class Tokens(ITableStore tables, Secrets secrets, TimeProvider time)
{
    private const string Table = "tokens";
    private const string Partition = "tokens";
    private const string Prefix = "prt_";

    private readonly byte[] adminHash = Hash(secrets.AdminToken);

    /// <summary>Who holds this token; null when nobody does.</summary>
    public async Task<Caller?> RecogniseAsync(string token, CancellationToken cancellation)
    {
        var hash = Hash(token);
        if (CryptographicOperations.FixedTimeEquals(hash, adminHash))
        {
            return new Caller("admin", "admin", [Role.Admin]);
        }

        if (!token.StartsWith(Prefix, StringComparison.Ordinal) || token.Length > 200
            || token[Prefix.Length..].Split('_') is not [var id, _] || !IsId(id))
        {
            return null;
        }

        var row = await tables.GetAsync(Table, Partition, id, cancellation);
        return row?.Columns.BytesOrNull("hash") is { } stored && CryptographicOperations.FixedTimeEquals(hash, stored)
            ? new Caller(id, row.Columns.Text("name"), RolesOf(row))
            : null;
    }

    /// <summary>Makes a token; its secret is told this once.</summary>
    public async Task<(TokenInfo Info, string Token)> MakeAsync(string name, IReadOnlyCollection<Role> roles, CancellationToken cancellation)
    {
        var info = new TokenInfo(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), name, roles, time.GetUtcNow());
        var token = $"{Prefix}{info.Id}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}";
        var columns = new Columns
        {
            { "name", name },
            { "roles", string.Join(' ', roles) },
            { "createdAt", info.CreatedAt },
            { "hash", Hash(token) },
        };
        var result = await tables.CommitAsync(Table, Partition, [new TableOperation.Insert(info.Id, columns)], cancellation);
        return result.Committed ? (info, token) : await MakeAsync(name, roles, cancellation);
    }

    /// <summary>The tokens by id, after <paramref name="after"/> where given.</summary>
    public async Task<IReadOnlyList<TokenInfo>> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        var range = new RowRange(after is null ? "" : after + '\u0001', null);
        return (await tables.QueryAsync(Table, Partition, range, limit, cancellation))
            .Select(row => new TokenInfo(row.Row, row.Columns.Text("name"), RolesOf(row), row.Columns.Time("createdAt")))
            .ToList();
    }

    /// <summary>Revokes a token from now on.</summary>
    /// <returns>False where there is none of that id.</returns>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellation)
    {
        if (!IsId(id) || await tables.GetAsync(Table, Partition, id, cancellation) is not { } row)
        {
            return false;
        }

        await tables.CommitAsync(Table, Partition, [new TableOperation.Delete(id, row.ETag)], cancellation);
        return true;
    }

    private static bool IsId(string id) => id.Length == 16 && id.All(char.IsAsciiHexDigitLower);

    private static List<Role> RolesOf(TableRow row) => row.Columns.Text("roles").Split(' ').Select(Enum.Parse<Role>).ToList();

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

/// <summary>What is known of a token.</summary>
public sealed record TokenInfo(string Id, string Name, IReadOnlyCollection<Role> Roles, DateTimeOffset CreatedAt);
