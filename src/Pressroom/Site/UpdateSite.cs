using Pressroom.Articles;
using Pressroom.Site.Lists;
using Pressroom.Site.Pages;
using Pressroom.Storage;

namespace Pressroom.Site;

/// <summary>Makes the site what an article's newest revision says: its page, its redirects, its place in every list.</summary>
/// <remarks>May run twice, and for several revisions at once: each step looks at the article as it is now, and the last to finish
/// has looked last.</remarks>
public sealed class UpdateSite(
    ArticleStore articles, ArticleIndex index, AuthorStore authors, TranslationStore translations, ArticlePages pages,
    Redirects redirects, Schedule schedule, DeleteArticle deletion, ListStore lists, RefreshRequests requests, IQueueStore queues, SiteSettings site)
{
    /// <summary>Does what the message asks; nothing where the revision was never committed.</summary>
    /// <returns>The article that the site shows now; null where there was nothing to do, or only its page.</returns>
    public async Task<Article?> RunAsync(ArticleChanged message, CancellationToken cancellation)
    {
        var id = ArticleId.Parse(message.Id);
        if (message.Cause == ChangeCause.Comments)
        {
            await pages.BringUpToDateAsync(id, cancellation);
            return null;
        }

        Article? done = null;
        while (await articles.FindAsync(id, cancellation) is { Article: var article } && article.Revision >= message.Revision && article.Revision != done?.Revision)
        {
            await UpdateAsync(article, message.Cause, cancellation);
            done = article;
        }

        return done;
    }

    private async Task UpdateAsync(Article article, ChangeCause cause, CancellationToken cancellation)
    {
        var left = await translations.PlaceAsync(article, cancellation);
        await Task.WhenAll(
            pages.BringUpToDateAsync(article.Id, cancellation),
            index.PutAsync(article, cancellation),
            redirects.PlaceAsync(article, cancellation),
            schedule.PlaceAsync(article, cancellation));

        var group = await translations.ListAsync(article.TranslationGroup, cancellation);
        await PlaceInListsAsync(article, group, cause, cancellation);
        if (cause == ChangeCause.Edit)
        {
            await TellTranslationsAsync(article, group, cancellation);
        }

        if (left is { } former)
        {
            await TellTranslationsAsync(article, await translations.ListAsync(former, cancellation), cancellation);
        }

        await translations.SettleAsync(article, left, cancellation);
        if (article.Status == ArticleStatus.Deleted)
        {
            await deletion.FinishAsync(article, cancellation);
        }
    }

    private async Task PlaceInListsAsync(Article article, IReadOnlyList<Translation> group, ChangeCause cause, CancellationToken cancellation)
    {
        var author = article.AuthorKey is { } key ? await authors.FindAsync(key, cancellation) : null;
        var listed = new ListedArticle(
            article.Id, article.Revision, article.Path ?? "", article.Title, article.Summary, article.Language, article.Section, article.Tags,
            author?.Author.Name ?? article.Author, article.Image, article.PublishAt ?? article.CreatedAt, article.UpdatedAt);
        var touched = await lists.PlaceAsync(listed, ListsOf(article, group), again: cause == ChangeCause.Surroundings, cancellation);
        await Task.WhenAll(touched.Select(list => requests.AskAsync(list, cancellation)));
    }

    private IReadOnlyCollection<ListKey> ListsOf(Article article, IReadOnlyList<Translation> group)
    {
        if (!article.IsLive)
        {
            return [];
        }

        var keys = new HashSet<ListKey> { ListKey.All, new(ListKind.Language, article.Language.Tag) };
        if (group.Count == 0 || RepresentativeOf(article.TranslationGroup, group).Id == article.Id)
        {
            keys.Add(ListKey.Home);
        }

        if (article.Section is not null && Slug.From(article.Section) is { } section)
        {
            keys.Add(new ListKey(ListKind.Section, section.Value));
        }

        if (article.AuthorKey is { } author)
        {
            keys.Add(new ListKey(ListKind.Author, author));
        }

        keys.UnionWith(article.Tags.Select(tag => Slug.From(tag)).OfType<Slug>().Select(tag => new ListKey(ListKind.Tag, tag.Value)));
        return keys;
    }

    // Home shows a group of translations once: in the site's language, else as it was first written, else the oldest there is.
    private Translation RepresentativeOf(ArticleId group, IReadOnlyList<Translation> translations) =>
        translations.FirstOrDefault(translation => translation.Language == site.Language)
        ?? translations.FirstOrDefault(translation => translation.Language.Primary == site.Language.Primary)
        ?? translations.FirstOrDefault(translation => translation.Id == group)
        ?? translations[0];

    // Their pages link to this one, and which of them home shows may have changed. They do not tell others in turn.
    private async Task TellTranslationsAsync(Article article, IReadOnlyList<Translation> group, CancellationToken cancellation)
    {
        foreach (var other in group.Where(other => other.Id != article.Id))
        {
            var message = new ArticleChanged(other.Id.Value, 1, ChangeCause.Translation).ToJson();
            await queues.SendAsync(ArticleChanged.Queue, message, TimeSpan.Zero, cancellation);
        }
    }
}

/// <summary>Keeps a redirect at each address that an article, or a page of its comments, had before.</summary>
public sealed class Redirects(SiteFiles files, CommentPages comments, PageRenderer pages, SiteSettings site)
{
    /// <summary>Makes the redirects what the article says: to its page while it is live, none otherwise.</summary>
    public Task PlaceAsync(Article article, CancellationToken cancellation) =>
        Task.WhenAll(article.FormerPaths.Select(path => PlaceAllAsync(article, path, cancellation)));

    private async Task PlaceAllAsync(Article article, string formerPath, CancellationToken cancellation)
    {
        await PlaceAsync(article, SiteFiles.Page(formerPath + "/"), article.Path + "/", cancellation);
        await foreach (var file in comments.FilesAsync(formerPath, cancellation))
        {
            if (SiteFiles.PathOfPage(file) is { } page)
            {
                await PlaceAsync(article, file, article.Path + page[formerPath.Length..], cancellation);
            }
            else
            {
                await files.DeleteAsync(file, cancellation); // no feed reader follows a redirect in HTML
            }
        }
    }

    private async Task PlaceAsync(Article article, string file, string toPath, CancellationToken cancellation)
    {
        var target = site.Absolute(toPath);
        var present = await files.FindAsync(file, cancellation);
        if (!article.IsLive && present is not null)
        {
            await files.DeleteAsync(file, cancellation);
        }
        else if (article.IsLive && present?.Metadata.GetValueOrDefault(SiteFiles.RedirectMetadata) != target)
        {
            var content = new BlobContent(pages.Redirect(toPath.TrimEnd('/'), article.Language), "text/html; charset=utf-8")
            {
                CacheControl = "public, max-age=300",
                Metadata = new Dictionary<string, string> { [SiteFiles.RedirectMetadata] = target },
            };
            await files.WriteAsync(file, content, BlobCondition.None, cancellation);
        }
    }
}
