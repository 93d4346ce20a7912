namespace Pressroom.Articles;

/// <summary>Publishes an article now or at a time, and takes it back.</summary>
public sealed class PublishArticle(ArticleStore articles, SaveArticle save, Schedule schedule, TimeProvider time)
{
    /// <summary>Publishes the article: with a date past or absent now, with one to come then.</summary>
    /// <param name="id">The article.</param>
    /// <param name="publishAt">The date that readers see; null for now, or for the date it had.</param>
    /// <param name="isExpected">Whether the article is still what the editor saw.</param>
    /// <param name="editor">Who is named in the history.</param>
    /// <param name="cancellation">Cancels.</param>
    public Task<SaveOutcome?> PublishAsync(ArticleId id, DateTimeOffset? publishAt, Func<Article, bool> isExpected, string editor, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            isExpected,
            content => publishAt > time.GetUtcNow()
                ? content with { Status = ArticleStatus.Scheduled, PublishAt = publishAt }
                : content with
                {
                    Status = ArticleStatus.Published,

                    // A schedule is brought forward to now; a date that readers have seen is kept.
                    PublishAt = publishAt ?? (content.PublishAt > time.GetUtcNow() ? null : content.PublishAt),
                },
            editor,
            "published",
            cancellation);

    /// <summary>Makes a draft of the article: its page, redirects and places in lists are gone.</summary>
    public Task<SaveOutcome?> UnpublishAsync(ArticleId id, Func<Article, bool> isExpected, string editor, CancellationToken cancellation) =>
        ChangeAsync(id, isExpected, content => content with { Status = ArticleStatus.Draft }, editor, "unpublished", cancellation);

    /// <summary>Publishes what is due, in the order of time.</summary>
    public async Task PublishDueAsync(CancellationToken cancellation)
    {
        foreach (var due in await schedule.DueAsync(cancellation))
        {
            await PublishDueAsync(due, cancellation);
        }
    }

    /// <summary>Publishes one article if it is still scheduled and its time has come; its date stays the intended one.</summary>
    public async Task PublishDueAsync(DueArticle due, CancellationToken cancellation)
    {
        await ChangeAsync(
            due.Id,
            article => article.Status == ArticleStatus.Scheduled && article.PublishAt <= time.GetUtcNow(),
            content => content with { Status = ArticleStatus.Published },
            "schedule",
            "published",
            cancellation);

        // Still due: others changed it each time, or it was refused. The timer tries again.
        if (await articles.FindLivingAsync(due.Id, cancellation) is not { Article: { Status: ArticleStatus.Scheduled } article } || article.PublishAt?.ToUnixTimeMilliseconds() != due.PublishAt.ToUnixTimeMilliseconds())
        {
            await schedule.StrikeAsync(due, cancellation);
        }
    }

    private Task<SaveOutcome?> ChangeAsync(
        ArticleId id, Func<Article, bool> isExpected, Func<ArticleContent, ArticleContent> change, string editor, string name, CancellationToken cancellation) =>
        save.InsistAsync(
            id,
            isExpected,
            async stored =>
            {
                var document = await articles.ReadAsync(id, stored.Article.Revision, cancellation)
                    ?? throw new InvalidDataException($"Revision {stored.Article.Revision} of article {id} has no text.");
                var content = change(ArticleContent.Of(document));
                return content.Status == stored.Article.Status && content.PublishAt == stored.Article.PublishAt
                    ? new SaveOutcome.Saved(stored, document.Text)
                    : await save.SaveAsync(id, stored, content, editor, name, cancellation);
            },
            cancellation);
}
