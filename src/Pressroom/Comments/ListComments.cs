using Pressroom.Articles;

namespace Pressroom.Comments;

/// <summary>Shows moderators the comments, newest first, with all that they may know of each.</summary>
public sealed class ListComments(CommentStore comments, CommentQueue queue, Commenters commenters, ArticleStore articles, SiteSettings site)
{
    private const int ScannedAtMost = 2_000;
    private const int PageSize = 100;

    /// <summary>Up to <paramref name="limit"/> comments after the row <paramref name="after"/> that pass the filters, and where to go on; a page may
    /// be short before the end.</summary>
    public async Task<(IReadOnlyList<ModeratedComment> Items, string? Cursor)> RunAsync(
        CommentStatus? status, ArticleId? article, string? after, int limit, CancellationToken cancellation)
    {
        var found = new List<QueuedComment>();
        for (var scanned = 0; scanned < ScannedAtMost && found.Count <= limit;)
        {
            var page = await queue.ListAsync(status, after, PageSize, cancellation);
            found.AddRange(page.Where(comment => article is null || comment.Article == article));
            scanned += page.Count;
            if (page.Count < PageSize)
            {
                after = null;
                break;
            }

            after = page[^1].Row;
        }

        var cursor = found.Count > limit ? found[limit - 1].Row : after;
        var items = await Task.WhenAll(found.Take(limit).Select(comment => FindAsync(comment.Article, comment.Id, cancellation)));

        // A list is behind its comments for a moment.
        return ([.. items.OfType<ModeratedComment>().Where(item => status is null || item.Comment.Status == status)], cursor);
    }

    /// <summary>One comment; null where there is none.</summary>
    public async Task<ModeratedComment?> FindAsync(CommentId id, CancellationToken cancellation) =>
        await queue.FindArticleAsync(id, cancellation) is { } article ? await FindAsync(article, id, cancellation) : null;

    /// <summary>A comment that is at hand, with what else moderators may know.</summary>
    public async Task<ModeratedComment> WithAllAsync(Comment comment, CancellationToken cancellation)
    {
        var person = comment.Person is { } author ? await commenters.FindAsync(author, cancellation) : null;
        var article = (await articles.FindAsync(comment.Article, cancellation))?.Article;
        return new ModeratedComment(comment, person, article, article is { IsLive: true, Path: { } path } ? site.Absolute(path + "/") : null);
    }

    private async Task<ModeratedComment?> FindAsync(ArticleId articleId, CommentId id, CancellationToken cancellation) =>
        await comments.FindAsync(articleId, id, cancellation) is { Comment: var comment } ? await WithAllAsync(comment, cancellation) : null;
}

/// <summary>A comment with what moderators may know besides.</summary>
/// <param name="Comment">The comment.</param>
/// <param name="Author">Who wrote it; null where they were erased.</param>
/// <param name="Article">The article.</param>
/// <param name="ArticleUrl">Where it is live; null where it is not.</param>
public sealed record ModeratedComment(Comment Comment, Commenter? Author, Article? Article, string? ArticleUrl);
