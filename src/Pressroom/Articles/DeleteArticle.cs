using Pressroom.Site;
using Pressroom.Storage;

namespace Pressroom.Articles;

/// <summary>Deletes an article for good: page, redirects, comments, texts, history, slugs.</summary>
public sealed class DeleteArticle(
    ArticleStore articles, SlugStore slugs, ArticleIndex index, ArticlePages pages, IEnumerable<IArticleTrace> traces, IQueueStore queues, TimeProvider time)
{
    /// <summary>Deletes the article; its page is gone when this returns, all else soon after.</summary>
    /// <returns>Null where there is no such article; false when it is not what the editor saw.</returns>
    public async Task<bool?> RunAsync(ArticleId id, Func<Article, bool> isExpected, string editor, CancellationToken cancellation)
    {
        while (await articles.FindLivingAsync(id, cancellation) is { } stored)
        {
            if (!isExpected(stored.Article))
            {
                return false;
            }

            // The same order as in SaveArticle: intent, commit, release.
            var deleted = stored.Article with { Status = ArticleStatus.Deleted, Revision = stored.Article.Revision + 1, UpdatedAt = time.GetUtcNow() };
            var message = new ArticleChanged(id.Value, deleted.Revision).ToJson();
            var intent = await Intent.HoldAsync(queues, ArticleChanged.Queue, message, cancellation);
            var note = new RevisionNote(deleted.Revision, deleted.UpdatedAt, editor, "deleted", deleted.Title, deleted.Status);
            if (await articles.CommitAsync(deleted, note, stored.ETag, cancellation) is null)
            {
                await intent.WithdrawAsync();
                continue;
            }

            await Task.WhenAll(pages.BringUpToDateAsync(id, CancellationToken.None), index.PutAsync(deleted, CancellationToken.None));
            await intent.ReleaseAsync();
            return true;
        }

        return null;
    }

    /// <summary>Removes what is left once page and lists are without it. The slugs last: until then nobody else has its addresses.</summary>
    public async Task FinishAsync(Article article, CancellationToken cancellation)
    {
        foreach (var trace in traces)
        {
            await trace.RemoveAsync(article.Id, cancellation);
        }

        await articles.PurgeAsync(article.Id, cancellation);
        foreach (var slug in article.FormerPaths.Select(path => path[(path.LastIndexOf('/') + 1)..]).Append(article.Slug.Value).Distinct())
        {
            await slugs.FreeAsync(Slug.Stored(slug), article.Id, cancellation);
        }
    }
}
