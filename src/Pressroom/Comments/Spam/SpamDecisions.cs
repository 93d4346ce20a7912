using System.Runtime.InteropServices;
using Pressroom.Storage;

namespace Pressroom.Comments.Spam;

/// <summary>What a moderator made of a comment, as the Bayesian filter learns it.</summary>
/// <param name="IsSpam">Whether it was spam.</param>
/// <param name="Hashes">The hashes of its tokens, each once.</param>
internal sealed record SpamDecision(bool IsSpam, ulong[] Hashes);

/// <summary>The moderators' decisions that the Bayesian filter is learned from.</summary>
/// <remarks>Table <c>spamdecisions</c>: partition = the language's primary subtag; row = comment id: <c>label</c> (spam or good) and
/// <c>tokens</c>, eight bytes each; row <c>version</c>: another value after each change, so that hosts know when to read again. Partition
/// <c>languages</c>: a row for each language that may have decisions; it is written before the first of them, so none is ever missed.</remarks>
internal sealed class SpamDecisions(ITableStore tables)
{
    /// <summary>So many of a language are learned from: the newest comments'.</summary>
    public const int MostOfALanguage = 5_000;

    private const string Table = "spamdecisions";
    private const string LanguagesPartition = "languages";
    private const string VersionRow = "version";

    // Comment ids are hexadecimal digits, so the version's row comes after all of them.
    private const string AfterDecisions = "g";

    /// <summary>Keeps a decision in place of an earlier one about the comment.</summary>
    public async Task WriteAsync(string language, CommentId comment, SpamDecision decision, CancellationToken cancellation)
    {
        await tables.CommitAsync(Table, LanguagesPartition, [new TableOperation.Upsert(language, [])], cancellation);
        await tables.CommitAsync(Table, language, [new TableOperation.Upsert(comment.Value, Write(decision)), Changed()], cancellation);
    }

    /// <summary>Forgets the decision about a comment.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DeleteAsync(string language, CommentId comment, CancellationToken cancellation)
    {
        while (await tables.GetAsync(Table, language, comment.Value, cancellation) is { } row)
        {
            var result = await tables.CommitAsync(Table, language, [new TableOperation.Delete(row.Row, row.ETag), Changed()], cancellation);
            if (result.Committed)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The languages that there may be decisions in.</summary>
    public async Task<IReadOnlyList<string>> LanguagesAsync(CancellationToken cancellation)
    {
        var rows = await tables.QueryAsync(Table, LanguagesPartition, RowRange.All, 1_000, cancellation);
        return rows.Select(row => row.Row).ToList();
    }

    /// <summary>The version of a language's decisions; null before the first.</summary>
    public async Task<string?> VersionAsync(string language, CancellationToken cancellation) =>
        (await tables.GetAsync(Table, language, VersionRow, cancellation))?.ETag.Value;

    /// <summary>The decisions about the newest comments of a language, by comment; older ones beyond <see cref="MostOfALanguage"/> are passed over.</summary>
    /// <param name="language">The language.</param>
    /// <param name="from">The oldest comment that can be among them, where that is known; empty where it is not.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task<IReadOnlyDictionary<string, SpamDecision>> NewestAsync(string language, string from, CancellationToken cancellation)
    {
        var newest = new Queue<TableRow>();
        await foreach (var row in tables.AllAsync(Table, language, new RowRange(from, AfterDecisions), cancellation))
        {
            newest.Enqueue(row);
            if (newest.Count > MostOfALanguage)
            {
                newest.Dequeue();
            }
        }

        return newest.Where(IsCurrent).ToDictionary(row => row.Row, Read, StringComparer.Ordinal);
    }

    private static TableOperation.Upsert Changed() => new(VersionRow, new Columns { { "change", Guid.NewGuid().ToString("N") } });

    private static Columns Write(SpamDecision decision) => new()
    {
        { "label", decision.IsSpam ? "spam" : "good" },
        { "rules", CommentTokens.Version },
        { "tokens", MemoryMarshal.AsBytes<ulong>(decision.Hashes).ToArray() },
    };

    // Tokens that were made by other rules would never match.
    private static bool IsCurrent(TableRow row) => row.Columns.NumberOrNull("rules") == CommentTokens.Version;

    private static SpamDecision Read(TableRow row) => new(
        row.Columns.Text("label") == "spam",
        MemoryMarshal.Cast<byte, ulong>(row.Columns.BytesOrNull("tokens") ?? []).ToArray());
}
