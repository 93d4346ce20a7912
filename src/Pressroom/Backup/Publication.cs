using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Backup;

/// <summary>What a publication is made of, and what of its storage is not the publication.</summary>
internal static class Publication
{
    /// <summary>The tables that a backup carries, in the order in which it does: articles after all lists of them, so that no list names one
    /// that is not there; comments before theirs, which are written before they are.</summary>
    public static IReadOnlyList<string> Tables { get; } =
    [
        "articleindex", "authors", "commentbans", "comments", "commentqueue", "commenters", "deliveries", "lists", "mailevents", "media",
        "newsletters", "replypeople", "replywatches", "schedule", "setup", "slugs", "spamdecisions", "subscribers", "translations", "articles",
    ];

    /// <summary>The tables that it leaves: secrets, what lapses within days, and what belongs to this engine alone.</summary>
    public static IReadOnlyList<string> LeftTables { get; } =
        ["backups", "commentorigins", "commenttexts", "health", "idempotency", "limits", "poison", "signups", "timers", "tokens"];

    /// <summary>The blobs that a backup carries: a container and a prefix of names. Pages are made again.</summary>
    public static IReadOnlyList<(string Container, string Prefix)> Blobs { get; } =
        [("articles", ""), ("newsletters", ""), ("theme", ""), ("$web", "media/")];

    /// <summary>Whether a row is carried. That a list waits to be made again is no part of it: after an import all are.</summary>
    public static bool Carries(string table, TableRow row) => (table, row) switch
    {
        ("lists", _) => !row.Row.StartsWith("touch|", StringComparison.Ordinal) && !row.Row.StartsWith("state|", StringComparison.Ordinal),
        ("setup", _) => row.Partition != PublicationIdentity.Key,
        _ => true,
    };

    /// <summary>The article whose place in a list, or among translations, a row is; null where it is none's.</summary>
    /// <exception cref="FormatException">It is a place of nothing.</exception>
    /// <exception cref="ArgumentException">So it is.</exception>
    public static ArticleId? PlaceOf(string table, TableRow row) => table switch
    {
        "articleindex" => ArticleId.Parse(row.Row[^ArticleId.Length..]),
        "lists" when row.Row.StartsWith("item|", StringComparison.Ordinal) || row.Row.StartsWith("listing|", StringComparison.Ordinal) =>
            ArticleId.Parse(row.Row[^ArticleId.Length..]),
        "translations" => ArticleId.Parse(row.Partition.StartsWith("of-", StringComparison.Ordinal) ? row.Partition[^ArticleId.Length..] : row.Row),
        _ => null,
    };

    /// <summary>Whether a blob is one that a backup carries.</summary>
    public static bool Carries(BlobPath blob) => Blobs.Any(part => part.Container == blob.Container && blob.Name.StartsWith(part.Prefix, StringComparison.Ordinal));
}

/// <summary>Which publication this is: an id for life, so that an import never mixes two.</summary>
/// <remarks>Table <c>setup</c>, partition <c>publication</c>, row <c>publication</c>.</remarks>
public sealed class PublicationIdentity(ITableStore tables)
{
    internal const string Key = "publication";
    private const string Table = "setup";

    /// <summary>The publication's id, made where it has none yet.</summary>
    public async Task<string> GetAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (await FindAsync(cancellation) is { } known)
            {
                return known;
            }

            await InsertAsync(Guid.NewGuid().ToString("N"), cancellation);
        }
    }

    /// <summary>Lets this storage be the publication of that id: it is already, or it is empty.</summary>
    /// <returns>False where it holds another.</returns>
    public async Task<bool> ClaimAsync(string id, CancellationToken cancellation)
    {
        if (await FindAsync(cancellation) is null && !await HoldsAnythingAsync(cancellation))
        {
            await InsertAsync(id, cancellation);
        }

        return await FindAsync(cancellation) == id;
    }

    private async Task<string?> FindAsync(CancellationToken cancellation) => (await tables.GetAsync(Table, Key, Key, cancellation))?.Columns.Text("id");

    private Task InsertAsync(string id, CancellationToken cancellation) =>
        tables.CommitAsync(Table, Key, [new TableOperation.Insert(Key, new Columns { { "id", id } })], cancellation);

    private async Task<bool> HoldsAnythingAsync(CancellationToken cancellation)
    {
        foreach (var table in new[] { "articles", "comments", "subscribers", "media" })
        {
            if ((await tables.ScanAsync(table, null, 1, cancellation)).Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
