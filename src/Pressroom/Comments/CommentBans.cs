using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pressroom.Access;
using Pressroom.Comments.Spam;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>Whose comments, and which, are spam without more ado; they are not told.</summary>
/// <remarks>Table <c>commentbans</c>: partition <c>bans</c>, row = inverted time and random digits. Addresses and networks are there as keyed hashes
/// alone. Hosts read the bans anew every few seconds.</remarks>
public sealed class CommentBans(ITableStore tables, Secrets secrets, TimeProvider time)
{
    /// <summary>The most characters of banned words.</summary>
    public const int MostWords = 200;

    private const string Table = "commentbans";
    private const string Partition = "bans";
    private const int MostBans = 10_000;
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(5);

    private readonly KeyedHash hash = new(secrets, "comment bans");
    private Known known = new(DateTimeOffset.MinValue, []);

    /// <summary>Bans whoever wrote a comment by their address.</summary>
    public Task<CommentBan> AddAsync(SubscriberId person, CommentId comment, string by, DateTimeOffset? until, CancellationToken cancellation) =>
        AddAsync(BanKind.Address, person.Value, comment, by, until, cancellation);

    /// <summary>Bans the network that a comment came from.</summary>
    public Task<CommentBan> AddAsync(NetworkPrefix network, CommentId comment, string by, DateTimeOffset? until, CancellationToken cancellation) =>
        AddAsync(BanKind.Prefix, hash.Of(network.Text), comment, by, until, cancellation);

    /// <summary>Bans comments with some words in their text or name.</summary>
    public Task<CommentBan> AddAsync(string words, string by, DateTimeOffset? until, CancellationToken cancellation) =>
        AddAsync(BanKind.Words, words, null, by, until, cancellation);

    /// <summary>The bans, the newest first, after the id <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<CommentBan>> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        var rows = await tables.QueryAsync(Table, Partition, after is null ? RowRange.All : RowRange.All.After(after), limit, cancellation);
        return [.. rows.Select(Read)];
    }

    /// <summary>Lifts a ban.</summary>
    /// <returns>False where there is none of that id.</returns>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellation)
    {
        if (id.Length > 40 || !id.All(c => char.IsAsciiHexDigitLower(c) || c == '-') || await tables.GetAsync(Table, Partition, id, cancellation) is not { } row)
        {
            return false;
        }

        await tables.CommitAsync(Table, Partition, [new TableOperation.Delete(id, row.ETag)], cancellation);
        known = new Known(DateTimeOffset.MinValue, []);
        return true;
    }

    /// <summary>The finding for a comment that is banned; null for any other.</summary>
    internal async ValueTask<SpamFinding?> JudgeAsync(SubscriberId person, NetworkPrefix network, string name, string text, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var bans = await KnownAsync(now, cancellation);
        if (bans.Count == 0)
        {
            return null;
        }

        var from = hash.Of(network.Text);
        var said = Plain($"{name} \0 {text}"); // no words go from the one into the other
        return bans.FirstOrDefault(ban => !(ban.Until <= now) && ban.Kind switch
        {
            BanKind.Address => ban.Value == person.Value,
            BanKind.Prefix => ban.Value == from,
            _ => Has(said, Plain(ban.Value)),
        }) is not { } broken ? null : new SpamFinding("ban", 100, broken.Kind switch
        {
            BanKind.Address => "Its author's address is banned.",
            BanKind.Prefix => "The network that it came from is banned.",
            _ => $"It has the banned words “{broken.Value}”.",
        });
    }

    /// <summary>Whether a person is banned by their address.</summary>
    internal async Task<bool> IsBannedAsync(SubscriberId person, CancellationToken cancellation) =>
        (await KnownAsync(time.GetUtcNow(), cancellation)).Any(ban => ban.Kind == BanKind.Address && ban.Value == person.Value && !(ban.Until <= time.GetUtcNow()));

    private async Task<CommentBan> AddAsync(BanKind kind, string value, CommentId? comment, string by, DateTimeOffset? until, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var ban = new CommentBan($"{RowKey.NewestFirst(now)}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}", kind, value, comment, by, now, until);
        var columns = new Columns
        {
            { "kind", kind.ToString() },
            { "value", value },
            { "comment", comment?.Value },
            { "by", by },
            { "at", now },
            { "until", until },
        };
        await tables.CommitAsync(Table, Partition, [new TableOperation.Insert(ban.Id, columns)], cancellation);
        known = new Known(DateTimeOffset.MinValue, []);
        return ban;
    }

    private async ValueTask<IReadOnlyList<CommentBan>> KnownAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var read = known;
        if (read.At + ReadEvery <= now)
        {
            var bans = new List<CommentBan>();
            while (bans.Count < MostBans && await ListAsync(bans.Count == 0 ? null : bans[^1].Id, 1_000, cancellation) is { Count: > 0 } more)
            {
                bans.AddRange(more);
            }

            // Not over what somebody has just changed: then the next comment reads again.
            Interlocked.CompareExchange(ref known, new Known(now, bans), read);
            return bans;
        }

        return read.Bans;
    }

    // Whole words, whatever their case and the spaces between them; scripts that write no spaces have no ends of words to look for.
    private static bool Has(string said, string words)
    {
        for (var at = 0; words.Length > 0 && (at = said.IndexOf(words, at, StringComparison.Ordinal)) >= 0; at++)
        {
            var end = at + words.Length;
            if ((at == 0 || !RunsOn(said[at - 1], words[0])) && (end == said.Length || !RunsOn(words[^1], said[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool RunsOn(char one, char next) => IsOfWord(one) && IsOfWord(next);

    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) && c < '\u0E00';

    private static string Plain(string text) =>
        string.Join(' ', text.Normalized(NormalizationForm.FormKC).ToLower(CultureInfo.InvariantCulture).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static CommentBan Read(TableRow row) => new(
        row.Row,
        Enum.Parse<BanKind>(row.Columns.Text("kind")),
        row.Columns.Text("value"),
        row.Columns.TextOrNull("comment") is { } comment ? CommentId.Parse(comment) : null,
        row.Columns.Text("by"),
        row.Columns.Time("at"),
        row.Columns.TimeOrNull("until"));

    private sealed record Known(DateTimeOffset At, IReadOnlyList<CommentBan> Bans);
}

/// <summary>What a ban goes by.</summary>
public enum BanKind
{
    /// <summary>The author's address.</summary>
    Address,

    /// <summary>The network.</summary>
    Prefix,

    /// <summary>Words in the text or the name.</summary>
    Words,
}

/// <summary>A ban.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Kind">What it goes by.</param>
/// <param name="Value">The words; of an address or network, a keyed hash.</param>
/// <param name="Comment">The comment that it was made from.</param>
/// <param name="By">Who made it.</param>
/// <param name="At">When.</param>
/// <param name="Until">When it ends; null for never.</param>
public sealed record CommentBan(string Id, BanKind Kind, string Value, CommentId? Comment, string By, DateTimeOffset At, DateTimeOffset? Until);
