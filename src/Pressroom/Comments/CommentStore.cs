using System.Globalization;
using System.Text.Json;
using Pressroom.Articles;
using Pressroom.Comments.Spam;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Comments;

/// <summary>The comments, with what everybody may see of them kept in step.</summary>
/// <remarks>
/// Table <c>comments</c>, partition = article id: row <c>comment-{id}</c>; row <c>submission-{hash}</c> → comment id, inserted with the comment, so
/// that one submission is one comment; rows <c>approved-{id}</c> and <c>page</c>: see <see cref="PublishedComments"/>. All that a change changes is
/// one batch.
/// </remarks>
public sealed class CommentStore(ITableStore tables)
{
    /// <summary>The most UTF-16 units of a comment's HTML: a column's bound.</summary>
    public const int MostHtml = 32_768;

    private const string Table = PublishedComments.Table;
    private const string CommentPrefix = "comment-";
    private const string SubmissionPrefix = "submission-";
    private const int MostFindings = 40;
    private const int MostReason = 500;

    /// <summary>The comment; null where there is none (any more).</summary>
    public async Task<StoredComment?> FindAsync(ArticleId article, CommentId id, CancellationToken cancellation) =>
        await tables.GetAsync(Table, article.Value, CommentPrefix + id, cancellation) is { } row ? new StoredComment(Read(article, id, row.Columns), row.ETag) : null;

    /// <summary>The comment that a row of the table is; null for any other row.</summary>
    internal static Comment? CommentOf(TableRow row) => row.Row.StartsWith(CommentPrefix, StringComparison.Ordinal)
        ? Read(ArticleId.Parse(row.Partition), CommentId.Parse(row.Row[CommentPrefix.Length..]), row.Columns)
        : null;

    /// <summary>The comment that a submission became; null before it.</summary>
    internal async Task<CommentId?> FindSubmissionAsync(ArticleId article, string submission, CancellationToken cancellation) =>
        (await tables.GetAsync(Table, article.Value, SubmissionPrefix + submission, cancellation))?.Columns.TextOrNull("commentId") is { } id ? CommentId.Parse(id) : null;

    /// <summary>The ids of an article's comments, the oldest first.</summary>
    internal IAsyncEnumerable<CommentId> IdsAsync(ArticleId article, CancellationToken cancellation) =>
        tables.AllAsync(Table, article.Value, RowRange.Prefix(CommentPrefix), cancellation).Select(row => CommentId.Parse(row.Row[CommentPrefix.Length..]));

    /// <summary>Forgets how many comments an article has, and whether they are closed.</summary>
    internal async Task RemovePageAsync(ArticleId article, CancellationToken cancellation)
    {
        while (await tables.GetAsync(Table, article.Value, PublishedComments.PageRow, cancellation) is { } page
            && !(await tables.CommitAsync(Table, article.Value, [new TableOperation.Delete(page.Row, page.ETag)], cancellation)).Committed)
        {
            // It has just changed: look again.
        }
    }

    /// <summary>Adds a comment with its submission.</summary>
    /// <returns>False where that submission is a comment already.</returns>
    internal async Task<bool> AddAsync(Comment comment, CancellationToken cancellation)
    {
        var submission = new TableOperation.Insert(SubmissionPrefix + comment.Submission, new Columns { { "commentId", comment.Id.Value } });
        var isAdded = await CommitAsync(
            comment.Article,
            [submission, new TableOperation.Insert(CommentPrefix + comment.Id, Write(comment with { IsPageDue = comment.Published is not null }))],
            null,
            comment.Published,
            cancellation);
        return Counted(isAdded, comment.Status);
    }

    /// <summary>Writes a comment over the version that was read; a submission that it has no more goes with it.</summary>
    /// <returns>False when it has changed since.</returns>
    internal async Task<bool> WriteAsync(Comment changed, StoredComment basis, CancellationToken cancellation)
    {
        var isPageDue = changed.IsPageDue || changed.Published != basis.Comment.Published;
        var write = new TableOperation.Replace(CommentPrefix + changed.Id, Write(changed with { IsPageDue = isPageDue }), basis.ETag);
        IReadOnlyList<TableOperation> own = changed.Submission is null ? [write, .. await SubmissionOfAsync(basis.Comment, cancellation)] : [write];
        var isWritten = await CommitAsync(changed.Article, own, basis.Comment.Published, changed.Published, cancellation);
        return changed.Status == basis.Comment.Status ? isWritten : Counted(isWritten, changed.Status);
    }

    /// <summary>Deletes a comment of the version that was read, with its submission.</summary>
    /// <returns>False when it has changed since.</returns>
    internal async Task<bool> DeleteAsync(StoredComment basis, CancellationToken cancellation)
    {
        var comment = basis.Comment;
        var delete = new TableOperation.Delete(CommentPrefix + comment.Id, basis.ETag);
        return await CommitAsync(comment.Article, [delete, .. await SubmissionOfAsync(comment, cancellation)], comment.Published, null, cancellation);
    }

    /// <summary>Closes an article's comments, or opens them again.</summary>
    internal async Task CloseAsync(ArticleId article, bool isClosed, CancellationToken cancellation)
    {
        while (true)
        {
            var page = await tables.GetAsync(Table, article.Value, PublishedComments.PageRow, cancellation);
            if ((page?.Columns.Flag("closed") ?? false) == isClosed
                || (await tables.CommitAsync(Table, article.Value, [PageWith(page, isClosed, CountOf(page))], cancellation)).Committed)
            {
                return;
            }
        }
    }

    // False where one of the comment's own operations fails; the page's row is tried again, for it belongs to all comments of the article.
    private async Task<bool> CommitAsync(
        ArticleId article, IReadOnlyList<TableOperation> own, PublishedComment? before, PublishedComment? after, CancellationToken cancellation)
    {
        while (true)
        {
            var operations = new List<TableOperation>(own);
            if (before != after)
            {
                if (after is not null)
                {
                    operations.Add(new TableOperation.Upsert(PublishedComments.ApprovedPrefix + after.Id, PublishedComments.Write(after)));
                }
                else if (await tables.GetAsync(Table, article.Value, PublishedComments.ApprovedPrefix + before!.Id, cancellation) is { } approved)
                {
                    operations.Add(new TableOperation.Delete(approved.Row, approved.ETag));
                }
                else
                {
                    // Somebody else has just taken it off, and with it changed the comment.
                    return false;
                }

                var page = await tables.GetAsync(Table, article.Value, PublishedComments.PageRow, cancellation);
                var count = CountOf(page) + (after is null ? 0 : 1) - (before is null ? 0 : 1);
                operations.Add(PageWith(page, page?.Columns.Flag("closed") ?? false, count));
            }

            var result = await tables.CommitAsync(Table, article.Value, operations, cancellation);
            if (result.Committed || result.FailedOperation < own.Count)
            {
                return result.Committed;
            }
        }
    }

    private static bool Counted(bool isDone, CommentStatus status)
    {
        if (isDone)
        {
            Metrics.Commented(status);
        }

        return isDone;
    }

    private async Task<IReadOnlyList<TableOperation>> SubmissionOfAsync(Comment comment, CancellationToken cancellation) =>
        comment.Submission is { } hash && await tables.GetAsync(Table, comment.Article.Value, SubmissionPrefix + hash, cancellation) is { } row
            ? [new TableOperation.Delete(row.Row, row.ETag)]
            : [];

    private static long CountOf(TableRow? page) => page?.Columns.NumberOrNull("count") ?? 0;

    private static TableOperation PageWith(TableRow? page, bool isClosed, long count)
    {
        var columns = new Columns { { "closed", isClosed }, { "count", count } };
        return page is null
            ? new TableOperation.Insert(PublishedComments.PageRow, columns)
            : new TableOperation.Replace(PublishedComments.PageRow, columns, page.ETag);
    }

    private static Columns Write(Comment comment)
    {
        var columns = new Columns
        {
            { "parentId", comment.ParentId?.Value },
            { "name", comment.Name },
            { "text", comment.Text },
            { "html", comment.Html },
            { "language", comment.Language.Tag },
            { "status", comment.Status.ToString() },
            { "createdAt", comment.CreatedAt },
            { "person", comment.Person?.Value },
            { "notify", comment.Notify ? true : null },
            { "form", comment.Form == FormToken.Missing ? null : comment.Form.ToString() },
            { "findings", comment.Score.Findings.Count == 0 ? null : JsonSerializer.Serialize(Stored(comment.Score.Findings), StoredCommentJson.Default.IReadOnlyListSpamFinding) },
            { "history", comment.History.Count == 0 ? null : JsonSerializer.Serialize(comment.History, StoredCommentJson.Default.IReadOnlyListCommentChange) },
            { "submission", comment.Submission },
            { "reviewed", comment.IsReviewed ? true : null },
            { "mailed", comment.Mailed == 0 ? null : comment.Mailed },
            { "told", comment.Told == 0 ? null : comment.Told },
            { "pageDue", comment.IsPageDue ? true : null },
        };
        foreach (var edit in comment.History.Where(change => change.TextBefore is not null))
        {
            columns.Add(FormerText(edit.Number), edit.TextBefore);
        }

        return columns;
    }

    private static Comment Read(ArticleId article, CommentId id, Columns columns) => new()
    {
        Id = id,
        Article = article,
        ParentId = columns.TextOrNull("parentId") is { } parent ? CommentId.Parse(parent) : null,
        Name = columns.Text("name"),
        Text = columns.Text("text"),
        Html = columns.Text("html"),
        Language = Language.Parse(columns.Text("language")),
        Status = Enum.Parse<CommentStatus>(columns.Text("status")),
        Person = columns.TextOrNull("person") is { } person ? SubscriberId.Parse(person) : null,
        Notify = columns.Flag("notify"),
        Form = Enum.Parse<FormToken>(columns.TextOrNull("form") ?? nameof(FormToken.Missing)),
        Score = new SpamScore(columns.TextOrNull("findings") is { } findings ? JsonSerializer.Deserialize(findings, StoredCommentJson.Default.IReadOnlyListSpamFinding)! : []),
        History = columns.TextOrNull("history") is { } history
            ? [.. JsonSerializer.Deserialize(history, StoredCommentJson.Default.IReadOnlyListCommentChange)!.Select(change => change with { TextBefore = columns.TextOrNull(FormerText(change.Number)) })]
            : [],
        Submission = columns.TextOrNull("submission"),
        IsReviewed = columns.Flag("reviewed"),
        Mailed = (int)(columns.NumberOrNull("mailed") ?? 0),
        Told = (int)(columns.NumberOrNull("told") ?? 0),
        IsPageDue = columns.Flag("pageDue"),
    };

    private static string FormerText(int number) => string.Create(CultureInfo.InvariantCulture, $"textBefore{number}");

    // Signals come from anywhere; a column has its bound.
    private static IReadOnlyList<SpamFinding> Stored(IReadOnlyList<SpamFinding> findings) =>
        [.. findings.Take(MostFindings).Select(finding => finding.Reason.Length <= MostReason ? finding : finding with { Reason = finding.Reason[..MostReason] })];
}
