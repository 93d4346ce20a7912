using System.IO.Hashing;
using System.Text;
using Pressroom.Articles;
using Pressroom.Site.Pages;
using Pressroom.Storage;

namespace Pressroom.Site;

/// <summary>Keeps each article's page what the article is.</summary>
/// <remarks>A page's metadata has a stamp of all that it was made from, so that it is not made twice from the same.</remarks>
public sealed class ArticlePages(
    ArticleStore articles, AuthorStore authors, TranslationStore translations, PageRenderer renderer, SiteFiles files)
{
    private const string StampMetadata = "stamp";

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

            var surroundings = await SurroundingsAsync(document.Article, cancellation);
            if (await files.WriteAsync(FileOf(document.Article)!, Render(document, surroundings), BlobCondition.IfAbsent, cancellation))
            {
                return;
            }
        }

        await BringUpToDateAsync(document.Article.Id, cancellation);
    }

    /// <summary>Makes the page what the article is now, or takes it away when the article is not live.</summary>
    public async Task BringUpToDateAsync(ArticleId id, CancellationToken cancellation)
    {
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

                return;
            }

            var surroundings = await SurroundingsAsync(article, cancellation);
            if (page?.Metadata.GetValueOrDefault(StampMetadata) == Stamp(article, surroundings))
            {
                return;
            }

            var document = await articles.ReadAsync(id, article.Revision, cancellation)
                ?? throw new InvalidDataException($"Revision {article.Revision} of article {id} has no text.");
            if (await files.WriteAsync(file, Render(document, surroundings), BlobCondition.IfMatch(page?.ETag), cancellation))
            {
                return;
            }
        }
    }

    /// <summary>The page as it would look, with nothing stored.</summary>
    public async Task<byte[]> PreviewAsync(ArticleDocument document, CancellationToken cancellation) =>
        renderer.Article(Model(document, await SurroundingsAsync(document.Article, cancellation)) with { Preview = true });

    private static string? FileOf(Article article) => article.Path is null ? null : SiteFiles.Page(article.Path + "/");

    private async Task<Surroundings> SurroundingsAsync(Article article, CancellationToken cancellation)
    {
        var author = article.AuthorKey is { } key ? await authors.FindAsync(key, cancellation) : null;
        var others = await translations.ListAsync(article.TranslationGroup, cancellation);
        IReadOnlyList<Translation> group =
        [
            .. others.Where(other => other.Id != article.Id),
            new Translation(article.Id, article.Language, article.Title, article.Path ?? ""),
        ];
        return new Surroundings(author, group.Count == 1 ? [] : group.OrderBy(translation => translation.Id.Value, StringComparer.Ordinal).ToList());
    }

    private BlobContent Render(ArticleDocument document, Surroundings surroundings) =>
        new(renderer.Article(Model(document, surroundings)), "text/html; charset=utf-8")
        {
            CacheControl = "public, max-age=60",
            Metadata = new Dictionary<string, string> { [StampMetadata] = Stamp(document.Article, surroundings) },
        };

    private static ArticlePageModel Model(ArticleDocument document, Surroundings surroundings) =>
        new(document.Article, document.Text.Html, document.Text.Excerpt, surroundings.Author?.Author, surroundings.Translations);

    private string Stamp(Article article, Surroundings surroundings)
    {
        var inputs = new StringBuilder()
            .Append(renderer.Fingerprint).Append('\n')
            .Append(article.Revision).Append('\n')
            .Append(surroundings.Author?.ETag.Value).Append('\n');
        foreach (var translation in surroundings.Translations)
        {
            inputs.Append(translation).Append('\n');
        }

        return Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(inputs.ToString())));
    }

    private sealed record Surroundings(StoredAuthor? Author, IReadOnlyList<Translation> Translations);
}
