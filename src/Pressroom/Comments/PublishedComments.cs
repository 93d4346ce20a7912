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

    /// <summary>All approved comments of an article, the oldest first.</summary>
    public async Task<IReadOnlyList<PublishedComment>> ListAsync(ArticleId article, CancellationToken cancellation)
    {
        var comments = new List<PublishedComment>();
        await foreach (var row in tables.AllAsync(Table, article.Value, RowRange.Prefix(ApprovedPrefix), cancellation))
        {
            comments.Add(Read(row));
        }

        return comments;
    }

    /// <summary>An approved comment; null where it is not approved, or not any more.</summary>
    public async Task<PublishedComment?> FindAsync(ArticleId article, CommentId comment, CancellationToken cancellation) =>
        await tables.GetAsync(Table, article.Value, ApprovedPrefix + comment, cancellation) is { } row ? Read(row) : null;

    /// <summary>What stands over an article's comments as a whole.</summary>
    public async Task<CommentsPage> PageAsync(ArticleId article, CancellationToken cancellation) =>
        await tables.GetAsync(Table, article.Value, PageRow, cancellation) is { } row
            ? new CommentsPage(row.ETag, row.Columns.Flag("closed"), (int)(row.Columns.NumberOrNull("count") ?? 0))
            : new CommentsPage(null, false, 0);

    /// <summary>The comment of which a row of the table is what everybody may see; null for any other row.</summary>
    internal static (ArticleId Article, CommentId Comment)? ShownBy(TableRow row) => row.Row.StartsWith(ApprovedPrefix, StringComparison.Ordinal)
        ? (ArticleId.Parse(row.Partition), CommentId.Parse(row.Row[ApprovedPrefix.Length..]))
        : null;

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
