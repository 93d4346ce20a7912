using System.Security.Cryptography;
using System.Text;
using Pressroom.Storage;

namespace Pressroom.Access;

/// <summary>The administrator's token and the key that signs links.</summary>
/// <param name="AdminToken">At least 32 characters.</param>
/// <param name="SigningKey">At least 32 characters.</param>
/// <param name="AdminTokenIsNew">Whether this start made the token, so that it is to be shown once.</param>
public sealed record Secrets(string AdminToken, string SigningKey, bool AdminTokenIsNew)
{
    /// <summary>Those of the settings; where a setting is absent, one made at the first start and kept in the data folder for its owner alone.</summary>
    public static Secrets Load(AccessSettings access, string dataFolder)
    {
        var (adminToken, isNew) = access.AdminToken is { } set ? (set, false) : LoadOrMake(Path.Combine(dataFolder, "admin-token"));
        var signingKey = access.SigningKey ?? LoadOrMake(Path.Combine(dataFolder, "signing-key")).Secret;
        return new Secrets(adminToken, signingKey, isNew);
    }

    /// <summary>A key of its own for each purpose.</summary>
    internal byte[] KeyFor(string purpose) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(SigningKey), Encoding.UTF8.GetBytes("pressroom " + purpose));

    private static (string Secret, bool IsNew) LoadOrMake(string file)
    {
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: >= 32 } kept)
        {
            return (kept, false);
        }

        // Written aside and renamed, so that a crash leaves either no secret or a whole one.
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var aside = file + ".new";
        File.Delete(aside);
        using (var stream = OwnerOnly.Open(aside, FileMode.CreateNew))
        {
            stream.Write(Encoding.ASCII.GetBytes(secret + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(aside, file, overwrite: true);
        return (secret, true);
    }
}
