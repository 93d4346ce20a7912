using Pressroom.Articles;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>The moderators' lists: the comments of each status, newest first, and where each comment is.</summary>
/// <remarks>Table <c>commentqueue</c>: partition = a status's word, row <c>{inverted time}-{comment id}</c> → article id; partition <c>ids</c>, row = comment
/// id → article id and person. They follow the comment's own row: see <see cref="SettleComment"/>.</remarks>
public sealed class CommentQueue(ITableStore tables)
{
    private const string Table = "commentqueue";
    private const string IdsPartition = "ids";

    private static readonly CommentStatus[] Statuses = Enum.GetValues<CommentStatus>();

    /// <summary>The article of a comment; null where there is no such comment.</summary>
    public async Task<ArticleId?> FindArticleAsync(CommentId id, CancellationToken cancellation) =>
        (await FindAsync(id, cancellation))?.Article;

    /// <summary>Who wrote a comment; null where that is not known (any more).</summary>
    public async Task<SubscriberId?> FindPersonAsync(CommentId id, CancellationToken cancellation) =>
        (await FindAsync(id, cancellation))?.Person;

    internal async Task<CommentPlace?> FindAsync(CommentId id, CancellationToken cancellation) =>
        await tables.GetAsync(Table, IdsPartition, id.Value, cancellation) is { Columns: var columns }
            ? new CommentPlace(ArticleId.Parse(columns.Text("articleId")), columns.TextOrNull("person") is { } person ? SubscriberId.Parse(person) : null)
            : null;

    /// <summary>Enters a comment that is about to be committed.</summary>
    internal Task EnterAsync(Comment comment, CancellationToken cancellation) => Task.WhenAll(
        tables.CommitAsync(Table, IdsPartition, [new TableOperation.Upsert(comment.Id.Value, Write(PlaceOf(comment)))], cancellation),
        tables.CommitAsync(Table, comment.Status.Word(), [new TableOperation.Upsert(RowOf(comment.Id), ArticleOf(comment))], cancellation));

    /// <summary>Makes the lists what the comment says.</summary>
    internal async Task PlaceAsync(Comment comment, CancellationToken cancellation)
    {
        if (await FindAsync(comment.Id, cancellation) != PlaceOf(comment))
        {
            await tables.CommitAsync(Table, IdsPartition, [new TableOperation.Upsert(comment.Id.Value, Write(PlaceOf(comment)))], cancellation);
        }

        if (await tables.GetAsync(Table, comment.Status.Word(), RowOf(comment.Id), cancellation) is null)
        {
            await tables.CommitAsync(Table, comment.Status.Word(), [new TableOperation.Upsert(RowOf(comment.Id), ArticleOf(comment))], cancellation);
        }

        if (comment.History.Count > 0)
        {
            await RemoveAsync(comment.Id, Statuses.Where(status => status != comment.Status), cancellation);
        }
    }

    /// <summary>Takes a comment that is gone out of all lists.</summary>
    internal async Task RemoveAsync(CommentId id, CancellationToken cancellation)
    {
        await RemoveAsync(id, Statuses, cancellation);
        await RemoveAsync(IdsPartition, id.Value, cancellation);
    }

    /// <summary>The comments of a status, of any where that is null, newest first, after the row <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<QueuedComment>> ListAsync(CommentStatus? status, string? after, int limit, CancellationToken cancellation)
    {
        var range = after is null ? RowRange.All : RowRange.All.After(after);
        var lists = await Task.WhenAll((status is { } one ? [one] : Statuses).Select(each => tables.QueryAsync(Table, each.Word(), range, limit, cancellation)));
        return [.. lists.SelectMany(rows => rows).OrderBy(row => row.Row, StringComparer.Ordinal).DistinctBy(row => row.Row).Take(limit)
            .Select(row => new QueuedComment(row.Row, ArticleId.Parse(row.Columns.Text("articleId")), CommentId.Parse(row.Row[(row.Row.IndexOf('-') + 1)..])))];
    }

    private async Task RemoveAsync(CommentId id, IEnumerable<CommentStatus> statuses, CancellationToken cancellation)
    {
        foreach (var status in statuses)
        {
            await RemoveAsync(status.Word(), RowOf(id), cancellation);
        }
    }

    private async Task RemoveAsync(string partition, string row, CancellationToken cancellation)
    {
        if (await tables.GetAsync(Table, partition, row, cancellation) is { } found)
        {
            await tables.CommitAsync(Table, partition, [new TableOperation.Delete(row, found.ETag)], cancellation);
        }
    }

    private static string RowOf(CommentId id) => $"{RowKey.NewestFirst(id.CreatedAt)}-{id}";

    private static CommentPlace PlaceOf(Comment comment) => new(comment.Article, comment.Person);

    private static Columns ArticleOf(Comment comment) => new() { { "articleId", comment.Article.Value } };

    private static Columns Write(CommentPlace place) => new() { { "articleId", place.Article.Value }, { "person", place.Person?.Value } };
}

/// <summary>Where a comment is, and who wrote it.</summary>
internal sealed record CommentPlace(ArticleId Article, SubscriberId? Person);

/// <summary>A line of a moderators' list. <paramref name="Row"/> is what the list goes on after.</summary>
public sealed record QueuedComment(string Row, ArticleId Article, CommentId Id);
