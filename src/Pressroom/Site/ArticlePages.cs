using System.Globalization;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Site.Pages;
using Pressroom.Storage;

namespace Pressroom.Site;

/// <summary>Keeps each article's page, and what there is of its comments, what the article is.</summary>
/// <remarks>A page's metadata has a stamp of all that it was made from, so that it is not made twice from the same.</remarks>
public sealed class ArticlePages(
    ArticleStore articles, AuthorStore authors, TranslationStore translations, CommentPages comments, PageRenderer renderer, SiteFiles files)
{
    internal const string StampMetadata = "stamp";

    private static readonly CommentsPage NoComments = new(null, IsClosed: false, Count: 0);

    /// <summary>Makes the page of an article that has just been committed.</summary>
    public async Task BringUpToDateAsync(ArticleDocument document, bool isNew, CancellationToken cancellation)
    {
        // Nothing can be there before an article's first revision, and mostly nobody is faster than us.
        if (isNew)
        {
            if (!document.Article.IsLive)
            {
                return;
            }

            var surroundings = await SurroundingsAsync(document.Article, NoComments, cancellation);
            var page = Render(document, surroundings, ArticleComments.None with { AreOpen = comments.AreOpen(document.Article, NoComments) });
            if (await files.WriteAsync(FileOf(document.Article)!, page, BlobCondition.IfAbsent, cancellation))
            {
                return;
            }
        }

        await BringUpToDateAsync(document.Article.Id, cancellation);
    }

    /// <summary>Makes the page what the article is now, or takes it away when the article is not live.</summary>
    public async Task BringUpToDateAsync(ArticleId id, CancellationToken cancellation)
    {
        var isOvertaken = false;
        while (await articles.FindAsync(id, cancellation) is { Article: var known } && FileOf(known) is { } file)
        {
            // The page's version is read before the state that the new page is made from: see SiteFiles.
            var page = await files.FindAsync(file, cancellation);
            if (await articles.FindAsync(id, cancellation) is not { Article: var article } || FileOf(article) != file)
            {
                continue;
            }

            if (!article.IsLive)
            {
                if (page is not null)
                {
                    await files.DeleteAsync(file, cancellation);
                }

                await comments.RemoveAsync(article.Path!, cancellation);
                return;
            }

            // Who was overtaken may have written over what the other made of the comments, so it looks at all of them again.
            var surroundings = await SurroundingsAsync(article, await comments.FindAsync(id, cancellation), cancellation);
            if (!isOvertaken && page?.Metadata.GetValueOrDefault(StampMetadata) == StampOf(article, surroundings))
            {
                return;
            }

            // The page comes after the comments' other files: it vouches for them.
            isOvertaken = true;
            if (await comments.BringUpToDateAsync(article, surroundings.Comments, cancellation) is not { } all)
            {
                continue;
            }

            var document = await articles.ReadAsync(id, article.Revision, cancellation)
                ?? throw new InvalidDataException($"Revision {article.Revision} of article {id} has no text.");
            if (await files.WriteAsync(file, Render(document, surroundings, all), BlobCondition.IfMatch(page?.ETag), cancellation))
            {
                return;
            }
        }
    }

    /// <summary>The page as it would look, with nothing stored.</summary>
    public async Task<byte[]> PreviewAsync(ArticleDocument document, CancellationToken cancellation) =>
        renderer.Article(Model(document, await SurroundingsAsync(document.Article, NoComments, cancellation)) with { Preview = true });

    private static string? FileOf(Article article) => article.Path is null ? null : SiteFiles.Page(article.Path + "/");

    private async Task<Surroundings> SurroundingsAsync(Article article, CommentsPage page, CancellationToken cancellation)
    {
        var author = article.AuthorKey is { } key ? await authors.FindAsync(key, cancellation) : null;
        var others = await translations.ListAsync(article.TranslationGroup, cancellation);
        IReadOnlyList<Translation> group =
        [
            .. others.Where(other => other.Id != article.Id),
            new Translation(article.Id, article.Language, article.Title, article.Path ?? ""),
        ];
        return new Surroundings(author, group.Count == 1 ? [] : group.OrderBy(translation => translation.Id.Value, StringComparer.Ordinal).ToList(), page);
    }

    private BlobContent Render(ArticleDocument document, Surroundings surroundings, ArticleComments all) =>
        new(renderer.Article(Model(document, surroundings) with { Comments = all }), "text/html; charset=utf-8")
        {
            CacheControl = "public, max-age=60",
            Metadata = new Dictionary<string, string> { [StampMetadata] = StampOf(document.Article, surroundings) },
        };

    private static ArticlePageModel Model(ArticleDocument document, Surroundings surroundings) =>
        new(document.Article, document.Text.Html, document.Text.Excerpt, surroundings.Author?.Author, surroundings.Translations);

    private string StampOf(Article article, Surroundings surroundings)
    {
        var stamp = new Stamp();
        stamp.Add(
            renderer.Fingerprint, article.Revision.ToString(CultureInfo.InvariantCulture), surroundings.Author?.ETag.Value ?? "",
            surroundings.Comments.Version?.Value ?? "", comments.AreOpen(article, surroundings.Comments) ? "open" : "closed");
        foreach (var translation in surroundings.Translations)
        {
            stamp.Add(translation.ToString());
        }

        return stamp.ToString();
    }

    private sealed record Surroundings(StoredAuthor? Author, IReadOnlyList<Translation> Translations, CommentsPage Comments);
}
