using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Deliveries;
using Pressroom.Newsletters.Issues;
using Pressroom.Storage;

namespace Pressroom.Backup;

/// <summary>Brings the articles and comments of an archive to rest here: nothing of them is announced or mailed again, and each is in its lists.</summary>
/// <remarks>A backup reads one table after the other while others write, so what changed while it was made may be in it without its place in a
/// list. Articles are read after their lists, comments before theirs.</remarks>
public sealed class SettleArrivals(
    ArticleStore articles, SlugStore slugs, CommentStore comments, CommentQueue commentQueue, DeliveryStore deliveries, StartArticleIssue issues, IQueueStore queues, TimeProvider time)
{
    // What was changed in this time before a backup was made may not have been in all lists when they were read.
    private static readonly TimeSpan Unsettled = TimeSpan.FromHours(1);

    /// <summary>Reads rows as what they are.</summary>
    /// <exception cref="InvalidDataException">One is not like any of its table.</exception>
    internal static void Check(string table, IReadOnlyList<TableRow> rows)
    {
        foreach (var row in rows)
        {
            _ = table switch
            {
                ArticleStore.Table => ArticleStore.ArticleOf(row),
                PublishedComments.Table => CommentStore.CommentOf(row) ?? PublishedComments.ShownBy(row) as object,
                _ => Publication.PlaceOf(table, row),
            };
        }
    }

    /// <summary>Notes what arrives.</summary>
    /// <returns>The rows as they are to be stored, without those that are not.</returns>
    internal async Task<IReadOnlyList<TableRow>> NoteAsync(Arrivals arrivals, string table, IReadOnlyList<TableRow> rows, CancellationToken cancellation)
    {
        if (table == PublishedComments.Table)
        {
            arrivals.Comments.AddRange(rows.Select(CommentStore.CommentOf).OfType<Comment>()
                .Where(comment => MayBeUnsettled(comment.History.Count > 0 ? comment.History[^1].At : comment.Id.CreatedAt)));
        }

        if (table != ArticleStore.Table)
        {
            return await rows.ToAsyncEnumerable().Where(async (row, stop) => !await IsFormerAsync(arrivals, table, row, stop)).ToListAsync(cancellation);
        }

        var arriving = new List<TableRow>();
        foreach (var row in rows)
        {
            arriving.Add(await articles.ArriveAsync(row, cancellation));
            if (ArticleStore.ArticleOf(arriving[^1]) is { } article)
            {
                arrivals.Live.AddRange(article.IsLive ? [article.Id] : []);
                arrivals.Articles.AddRange(MayBeUnsettled(article.UpdatedAt) || arriving[^1] != row ? [article] : []);
            }
        }

        return arriving;

        bool MayBeUnsettled(DateTimeOffset changedAt) => arrivals.MadeAt - changedAt < Unsettled;
    }

    // An article that is here has its places, and may have left those that the archive knows; so may a comment that is no longer shown. Articles and
    // comments arrive after these: one that is here when they come was here before, or has them all.
    private async Task<bool> IsFormerAsync(Arrivals arrivals, string table, TableRow row, CancellationToken cancellation)
    {
        if (table == PublishedComments.Table)
        {
            return PublishedComments.ShownBy(row) is var (article, comment)
                && await IsHereAsync(article)
                && await comments.FindAsync(article, comment, cancellation) is { Comment.Status: not CommentStatus.Approved };
        }

        return Publication.PlaceOf(table, row) is { } placed && await IsHereAsync(placed);

        async Task<bool> IsHereAsync(ArticleId id)
        {
            arrivals.IsNothingHere ??= !await articles.AnyAsync(cancellation);
            if (arrivals.IsNothingHere.Value)
            {
                return false;
            }

            if (!arrivals.IsHere.TryGetValue(id, out var isHere))
            {
                arrivals.IsHere[id] = isHere = await articles.FindAsync(id, cancellation) is not null;
            }

            return isHere;
        }
    }

    /// <summary>Settles what was noted, once all rows are there. May run twice.</summary>
    internal async Task RunAsync(Arrivals arrivals, CancellationToken cancellation)
    {
        foreach (var article in arrivals.Live)
        {
            await HushAsync(article, cancellation);
        }

        foreach (var article in arrivals.Articles)
        {
            await PlaceAsync(article, cancellation);
        }

        foreach (var comment in arrivals.Comments)
        {
            await commentQueue.PlaceAsync(comment, cancellation);
        }
    }

    // An article that was live was announced there, or is about to be: never here as well.
    private async Task HushAsync(ArticleId article, CancellationToken cancellation)
    {
        if (!await deliveries.IsStartedAsync(article, cancellation))
        {
            await deliveries.MarkStartedAsync(article, time.GetUtcNow(), cancellation);
        }

        await issues.MarkDecidedAsync(article, cancellation);
    }

    private async Task PlaceAsync(Article article, CancellationToken cancellation)
    {
        if (article.Status != ArticleStatus.Deleted)
        {
            await slugs.ReserveAsync(article.Slug, article.Id, cancellation);
        }

        await queues.SendAsync(ArticleChanged.Queue, new ArticleChanged(article.Id.Value, 1, ChangeCause.Translation).ToJson(), TimeSpan.Zero, cancellation);
    }
}

/// <summary>What of an archive has to be settled.</summary>
internal sealed record Arrivals(DateTimeOffset MadeAt)
{
    /// <summary>Whether there was no article here before; null while that is not known.</summary>
    public bool? IsNothingHere { get; set; }

    /// <summary>Which articles were here before, as far as was looked.</summary>
    public Dictionary<ArticleId, bool> IsHere { get; } = [];

    /// <summary>The articles that readers can see.</summary>
    public List<ArticleId> Live { get; } = [];

    /// <summary>The articles that may not be in their lists.</summary>
    public List<Article> Articles { get; } = [];

    /// <summary>The comments that may not be in theirs.</summary>
    public List<Comment> Comments { get; } = [];
}
