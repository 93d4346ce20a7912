using Pressroom.Articles;
using Pressroom.Newsletters.Writing;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Issues;

/// <summary>Mails an article to subscribers at its first publication, where its editor wants that.</summary>
/// <remarks>Table <c>newsletters</c>, partition <c>articles</c>, row = article id: written when that was decided, so that no later edit of a
/// published article decides anew.</remarks>
public sealed class StartArticleIssue(
    ITableStore tables, ArticleStore articles, AuthorStore authors, ComposeMail compose, StartNewsletter start, TimeProvider time)
{
    private const string Partition = "articles";

    /// <summary>Starts the issue of an article that has changed, if this is its first publication. May run twice, and beside itself.</summary>
    public async Task RunAsync(Article article, CancellationToken cancellation)
    {
        if (!article.IsLive || await tables.GetAsync(NewsletterStore.Table, Partition, article.Id.Value, cancellation) is not null)
        {
            return;
        }

        if (article.Newsletter && await articles.ReadAsync(article.Id, article.Revision, cancellation) is { } document)
        {
            var author = article.AuthorKey is { } key ? await authors.FindAsync(key, cancellation) : null;
            var composed = compose.Article(document with { Article = article }, author?.Author.Name ?? article.Author);
            var section = article.Section is { } name ? Slug.From(name)?.Value : null;
            var audience = new Audience(article.Language, section is null ? [] : [section]);
            await start.MakeAsync(NewsletterId.Of(article.Id), NewsletterKind.Article, audience, composed, cancellation);
        }

        await DecideAsync(article.Id, article.Newsletter, cancellation);
    }

    /// <summary>Notes that an article's first publication is past: no edit mails it.</summary>
    internal async Task MarkDecidedAsync(ArticleId article, CancellationToken cancellation)
    {
        if (await tables.GetAsync(NewsletterStore.Table, Partition, article.Value, cancellation) is null)
        {
            await DecideAsync(article, isMailed: false, cancellation);
        }
    }

    private Task DecideAsync(ArticleId article, bool isMailed, CancellationToken cancellation)
    {
        var columns = new Columns { { "decidedAt", time.GetUtcNow() }, { "newsletter", isMailed } };
        return tables.CommitAsync(NewsletterStore.Table, Partition, [new TableOperation.Upsert(article.Value, columns)], cancellation);
    }
}
