using System.Globalization;

namespace Pressroom.Articles;

/// <summary>Goes back to an earlier text, by a new revision. Whether and since when the article is published stays as it is.</summary>
public sealed class RestoreRevision(ArticleStore articles, SaveArticle save)
{
    /// <summary>The article as it was; null where it has no such revision.</summary>
    public async Task<ArticleDocument?> FindAsync(ArticleId id, int revision, CancellationToken cancellation)
    {
        // A text without a line in the history was never committed.
        var isCommitted = await articles.FindLivingAsync(id, cancellation) is not null
            && await articles.RevisionsAsync(id, revision - 1, 1, cancellation) is [{ Revision: var found }] && found == revision;
        return isCommitted ? await articles.ReadAsync(id, revision, cancellation) : null;
    }

    /// <summary>Makes the article say what it said then; null where there is no such article or revision.</summary>
    public async Task<SaveOutcome?> RunAsync(ArticleId id, int revision, Func<Article, bool> isExpected, string editor, CancellationToken cancellation)
    {
        if (await FindAsync(id, revision, cancellation) is not { } old)
        {
            return null;
        }

        return await save.InsistAsync(
            id,
            isExpected,
            async stored =>
            {
                var content = ArticleContent.Of(old) with
                {
                    Slug = stored.Article.Slug,
                    Status = stored.Article.Status,
                    PublishAt = stored.Article.PublishAt,
                };
                var change = string.Create(CultureInfo.InvariantCulture, $"restored revision {revision}");
                return await save.SaveAsync(id, stored, content, editor, change, cancellation);
            },
            cancellation);
    }
}
