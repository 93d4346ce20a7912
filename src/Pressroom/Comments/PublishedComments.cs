using Pressroom.Articles;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>The approved comments of articles, as pages and feeds show them.</summary>
/// <remarks>Table <c>comments</c>: partition = article id; row <c>approved-{comment id}</c> what everybody may see of an approved comment;
/// row <c>page</c> what stands over the comments as a whole: whether they are closed, and when any of it last changed. Both are written in
/// one batch with the comment that they follow from, so they are never at odds with it.</remarks>
public sealed class PublishedComments(ITableStore tables)
{
    internal const string Table = "comments";
    internal const string ApprovedPrefix = "approved-";
    internal const string PageRow = "page";
    private const int MostInOneAnswer = 1_000;

    /// <summary>All approved comments of an article, the oldest first.</summary>
    public async Task<IReadOnlyList<PublishedComment>> ListAsync(ArticleId article, CancellationToken cancellation)
    {
        var comments = new List<PublishedComment>();
        var range = RowRange.Prefix(ApprovedPrefix);
        while (true)
        {
            var rows = await tables.QueryAsync(Table, article.Value, range, MostInOneAnswer, cancellation);
            comments.AddRange(rows.Select(Read));
            if (rows.Count < MostInOneAnswer)
            {
                return comments;
            }

            range = range with { From = rows[^1].Row + "0" };
        }
    }

    /// <summary>An approved comment; null where it is not approved, or not any more.</summary>
    public async Task<PublishedComment?> FindAsync(ArticleId article, CommentId comment, CancellationToken cancellation) =>
        await tables.GetAsync(Table, article.Value, ApprovedPrefix + comment, cancellation) is { } row ? Read(row) : null;

    /// <summary>Some of the approved comments of an article after a comment, the oldest first; from the beginning where that is null.</summary>
    public async Task<IReadOnlyList<PublishedComment>> ListAsync(ArticleId article, CommentId? after, int limit, CancellationToken cancellation)
    {
        var range = RowRange.Prefix(ApprovedPrefix);
        var rows = await tables.QueryAsync(Table, article.Value, after is { } last ? range with { From = ApprovedPrefix + last + "0" } : range, limit, cancellation);
        return [.. rows.Select(Read)];
    }

    /// <summary>What stands over an article's comments as a whole.</summary>
    public async Task<CommentsPage> PageAsync(ArticleId article, CancellationToken cancellation) =>
        await tables.GetAsync(Table, article.Value, PageRow, cancellation) is { } row
            ? new CommentsPage(row.ETag, row.Columns.Flag("closed"), (int)(row.Columns.NumberOrNull("count") ?? 0))
            : new CommentsPage(null, false, 0);

    internal static Columns Write(PublishedComment comment) => new()
    {
        { "parentId", comment.ParentId?.Value },
        { "name", comment.Name },
        { "html", comment.Html },
        { "language", comment.Language.Tag },
        { "createdAt", comment.CreatedAt },
    };

    private static PublishedComment Read(TableRow row) => new(
        CommentId.Parse(row.Row[ApprovedPrefix.Length..]),
        row.Columns.TextOrNull("parentId") is { } parent ? CommentId.Parse(parent) : null,
        row.Columns.Text("name"),
        row.Columns.Text("html"),
        Language.Parse(row.Columns.Text("language")),
        row.Columns.Time("createdAt"));
}

/// <summary>What stands over an article's comments as a whole.</summary>
/// <param name="Version">Changes whenever the approved comments, or whether they are closed, change; null before the first.</param>
/// <param name="IsClosed">Whether a moderator closed them.</param>
/// <param name="Count">How many are approved.</param>
public sealed record CommentsPage(ETag? Version, bool IsClosed, int Count);
