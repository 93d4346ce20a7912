using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Caching.Memory;
using Pressroom.Storage;

namespace Pressroom.Articles;

/// <summary>The articles: what each is now, what it was at every revision, and its texts.</summary>
/// <remarks>
/// Table <c>articles</c>, partition = article id: row <c>article</c> is the current state, rows <c>revision-{n:D10}</c> the history.
/// A change is one batch over both, so an article and its history never disagree.
/// Container <c>articles</c>: <c>{id}/{revision}.json</c> holds the whole article with its text as of that revision. It is written
/// before the batch and never changed after; one that no batch followed is an orphan that nothing reads.
/// </remarks>
public sealed class ArticleStore(ITableStore tables, IBlobStore blobs) : IDisposable
{
    internal const string Table = "articles";
    private const int MostCachedHtml = 8 * 1024 * 1024;
    private const string Container = "articles";
    private const string CurrentRow = "article";
    private const string RevisionPrefix = "revision-";

    // A feed shows the same texts again at every refresh; a revision's text never changes.
    private readonly MemoryCache html = new(new MemoryCacheOptions { SizeLimit = MostCachedHtml });

    /// <summary>The article as it is now; null where there is none. A deleted one is found until its traces are gone.</summary>
    public async Task<StoredArticle?> FindAsync(ArticleId id, CancellationToken cancellation)
    {
        var row = await tables.GetAsync(Table, id.Value, CurrentRow, cancellation);
        return row is null ? null : new StoredArticle(ArticleColumns.Read(id, row.Columns), row.ETag);
    }

    /// <summary>Whether there is any article.</summary>
    internal async Task<bool> AnyAsync(CancellationToken cancellation) => (await tables.ScanAsync(Table, null, 1, cancellation)).Count > 0;

    /// <summary>The article that a row of the table is; null for a line of history.</summary>
    internal static Article? ArticleOf(TableRow row) => row.Row == CurrentRow ? ArticleColumns.Read(ArticleId.Parse(row.Partition), row.Columns) : null;

    /// <summary>A row of a backup as it is to be stored, once the backup's texts are: an article without its text was deleted while the backup was
    /// made, after its row was read.</summary>
    internal async Task<TableRow> ArriveAsync(TableRow row, CancellationToken cancellation) =>
        ArticleOf(row) is { Status: not ArticleStatus.Deleted } article && await blobs.FindAsync(DocumentPath(article.Id, article.Revision), cancellation) is null
            ? row with { Columns = ArticleColumns.Write(article with { Status = ArticleStatus.Deleted, Revision = article.Revision + 1 }) }
            : row;

    /// <summary>The article as it is now, if editors can see it.</summary>
    public async Task<StoredArticle?> FindLivingAsync(ArticleId id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) is { Article.Status: not ArticleStatus.Deleted } stored ? stored : null;

    /// <summary>The article and its text as of a revision; null where that was never written or is deleted.</summary>
    public async Task<ArticleDocument?> ReadAsync(ArticleId id, int revision, CancellationToken cancellation)
    {
        var blob = await blobs.ReadAsync(DocumentPath(id, revision), cancellation);
        return blob is null ? null : JsonSerializer.Deserialize(blob.Content.Bytes.Span, StoredJson.Default.ArticleDocument);
    }

    /// <summary>The safe HTML of a revision; null where that is deleted.</summary>
    public async Task<string?> ReadHtmlAsync(ArticleId id, int revision, CancellationToken cancellation)
    {
        if (html.TryGetValue((id, revision), out string? cached))
        {
            return cached;
        }

        var text = (await ReadAsync(id, revision, cancellation))?.Text.Html;
        return text is null ? null : html.Set((id, revision), text, new MemoryCacheEntryOptions { Size = text.Length * sizeof(char) });
    }

    /// <summary>Writes the text of a revision that is about to be committed.</summary>
    /// <returns>False when another writer has taken that revision's number.</returns>
    public async Task<bool> WriteAsync(ArticleDocument document, CancellationToken cancellation)
    {
        var content = new BlobContent(JsonSerializer.SerializeToUtf8Bytes(document, StoredJson.Default.ArticleDocument), "application/json");
        var path = DocumentPath(document.Article.Id, document.Article.Revision);
        return await blobs.WriteAsync(path, content, BlobCondition.IfAbsent, cancellation) is not null;
    }

    /// <summary>Takes back a text whose commit lost.</summary>
    public Task DiscardAsync(ArticleId id, int revision, CancellationToken cancellation) =>
        blobs.DeleteAsync(DocumentPath(id, revision), cancellation);

    /// <summary>Makes the revision the article's current one, over the given version; over nothing when that is null.</summary>
    /// <returns>The new version; null when the article has changed since.</returns>
    public async Task<ETag?> CommitAsync(Article article, RevisionNote note, ETag? previous, CancellationToken cancellation)
    {
        var columns = ArticleColumns.Write(article);
        TableOperation current = previous is { } etag
            ? new TableOperation.Replace(CurrentRow, columns, etag)
            : new TableOperation.Insert(CurrentRow, columns);
        var history = new TableOperation.Insert(RevisionPrefix + Number(note.Revision), new Columns
        {
            { "savedAt", note.SavedAt },
            { "savedBy", note.SavedBy },
            { "change", note.Change },
            { "title", note.Title },
            { "status", note.Status.ToString() },
        });
        var result = await tables.CommitAsync(Table, article.Id.Value, [current, history], cancellation);
        return result.Committed ? result.ETags[0] : null;
    }

    /// <summary>The history after <paramref name="after"/> (0: from the beginning), oldest first.</summary>
    public async Task<IReadOnlyList<RevisionNote>> RevisionsAsync(ArticleId id, int after, int limit, CancellationToken cancellation)
    {
        var range = RowRange.Prefix(RevisionPrefix) with { From = RevisionPrefix + Number(after + 1) };
        var rows = await tables.QueryAsync(Table, id.Value, range, limit, cancellation);
        return rows.Select(row => new RevisionNote(
            int.Parse(row.Row.AsSpan(RevisionPrefix.Length), System.Globalization.CultureInfo.InvariantCulture),
            row.Columns.Time("savedAt"),
            row.Columns.Text("savedBy"),
            row.Columns.Text("change"),
            row.Columns.Text("title"),
            Enum.Parse<ArticleStatus>(row.Columns.Text("status")))).ToList();
    }

    /// <summary>Removes the texts and history of a deleted article; its own row stays as a tombstone, so that late messages find it.</summary>
    public async Task PurgeAsync(ArticleId id, CancellationToken cancellation)
    {
        await foreach (var name in blobs.ListAsync(Container, $"{id}/", cancellation))
        {
            await blobs.DeleteAsync(new BlobPath(Container, name), cancellation);
        }

        await tables.DeleteAllAsync(Table, id.Value, RowRange.Prefix(RevisionPrefix), cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => html.Dispose();

    private static BlobPath DocumentPath(ArticleId id, int revision) =>
        new(Container, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{id}/{revision}.json"));

    private static string Number(int revision) => revision.ToString("D10", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An article and the version of its row.</summary>
public sealed record StoredArticle(Article Article, ETag ETag);

/// <summary>An article with its text, as one revision has it.</summary>
public sealed record ArticleDocument(Article Article, ArticleText Text);

/// <summary>A line of an article's history: who made which revision, when, and by which kind of change.</summary>
public sealed record RevisionNote(int Revision, DateTimeOffset SavedAt, string SavedBy, string Change, string Title, ArticleStatus Status);

/// <summary>How articles are written to blobs and packed into columns.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ArticleDocument))]
[JsonSerializable(typeof(Announce))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class StoredJson : JsonSerializerContext
{
    static StoredJson() => Default = new StoredJson(new JsonSerializerOptions(s_defaultOptions)
    {
        // Stored text stays readable: it is never put into HTML without being escaped there.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
