using System.IO.Hashing;
using System.Text;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Thread;
using Pressroom.Site.Feeds;
using Pressroom.Site.Pages;
using Pressroom.Storage;

namespace Pressroom.Site;

/// <summary>Keeps the pages of articles' older comments, and their feeds of comments, what the approved comments are.</summary>
/// <remarks>Each file's metadata has a stamp of all that it was made from: of an article's many pages only those are written that changed.</remarks>
public sealed class CommentPages(PublishedComments comments, PageRenderer renderer, SiteFiles files, TimeProvider time)
{
    /// <summary>What stands over an article's comments, as one small read tells it.</summary>
    public Task<CommentsPage> FindAsync(ArticleId article, CancellationToken cancellation) => comments.PageAsync(article, cancellation);

    /// <summary>Whether readers can comment on the article now.</summary>
    public bool AreOpen(Article article, CommentsPage page) =>
        !page.IsClosed
        && (renderer.CommentsOpenForDays == 0
            || (article.PublishAt ?? article.FirstPublishedAt ?? article.CreatedAt).AddDays(renderer.CommentsOpenForDays) > time.GetUtcNow());

    /// <summary>Makes the files of a live article what <paramref name="page"/> stands over.</summary>
    /// <returns>The comments, for the article's own page; null where another was faster, or they have changed since.</returns>
    /// <remarks>Versions of files are read before it is made sure that the comments are still the same: see <see cref="SiteFiles"/>.</remarks>
    public async Task<ArticleComments?> BringUpToDateAsync(Article article, CommentsPage page, CancellationToken cancellation)
    {
        var areOpen = AreOpen(article, page);
        if (page.Version is null)
        {
            return ArticleComments.None with { AreOpen = areOpen };
        }

        var all = new ArticleComments(new CommentPlaces(await comments.ListAsync(article.Id, cancellation)), areOpen);
        var wanted = Wanted(article, all).ToList();
        var present = await Task.WhenAll(wanted.Select(file => files.FindAsync(file.Name, cancellation)));
        var surplus = await SurplusAsync(article, all.Places, cancellation);
        if ((await comments.PageAsync(article.Id, cancellation)).Version != page.Version)
        {
            return null;
        }

        var written = await Task.WhenAll(wanted.Select((file, index) => PutAsync(file, present[index], cancellation)));
        foreach (var name in surplus)
        {
            await files.DeleteAsync(name, cancellation);
        }

        return written.All(done => done) ? all : null;
    }

    /// <summary>Takes away all files of comments below a path that no article is live at.</summary>
    public async Task RemoveAsync(string articlePath, CancellationToken cancellation)
    {
        await foreach (var name in FilesAsync(articlePath, cancellation))
        {
            await files.DeleteAsync(name, cancellation);
        }
    }

    /// <summary>The names of all files of comments below an article's path.</summary>
    internal async IAsyncEnumerable<string> FilesAsync(string articlePath, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var name in files.ListAsync(articlePath + "/comments", cancellation))
        {
            if (name == CommentPlaces.FeedPath(articlePath) || name.StartsWith(articlePath + "/comments/", StringComparison.Ordinal))
            {
                yield return name;
            }
        }
    }

    private IEnumerable<CommentFile> Wanted(Article article, ArticleComments all)
    {
        for (var number = 1; number <= all.Places.Pages; number++)
        {
            var page = number;
            yield return new CommentFile(
                SiteFiles.Page(CommentPlaces.PagePath(article.Path!, page)), "text/html; charset=utf-8", StampOfPage(article, all, page),
                () => renderer.Comments(article, all, page));
        }

        if (all.Places.Count > 0)
        {
            yield return new CommentFile(
                CommentPlaces.FeedPath(article.Path!), AtomFeed.ContentType, StampOfFeed(article, all.Places), () => renderer.CommentFeed(article, all.Places));
        }
    }

    // Pages are numbered without gaps, so the first that is not there ends them. The last is deleted first, which keeps it so.
    private async Task<IReadOnlyList<string>> SurplusAsync(Article article, CommentPlaces places, CancellationToken cancellation)
    {
        var surplus = new List<string>();
        if (places.Count == 0)
        {
            surplus.Add(CommentPlaces.FeedPath(article.Path!));
        }

        for (var number = places.Pages + 1; ; number++)
        {
            var name = SiteFiles.Page(CommentPlaces.PagePath(article.Path!, number));
            if (await files.FindAsync(name, cancellation) is null)
            {
                surplus.Reverse();
                return surplus;
            }

            surplus.Add(name);
        }
    }

    private async Task<bool> PutAsync(CommentFile file, BlobProperties? present, CancellationToken cancellation)
    {
        if (present?.Metadata.GetValueOrDefault(ArticlePages.StampMetadata) == file.Stamp)
        {
            return true;
        }

        var content = new BlobContent(file.Make(), file.ContentType)
        {
            CacheControl = "public, max-age=60",
            Metadata = new Dictionary<string, string> { [ArticlePages.StampMetadata] = file.Stamp },
        };
        return await files.WriteAsync(file.Name, content, BlobCondition.IfMatch(present?.ETag), cancellation);
    }

    private string StampOfPage(Article article, ArticleComments all, int number)
    {
        var stamp = NewStamp(article);
        stamp.Add(all.AreOpen ? "open" : "closed", number < all.Places.Pages ? "newer pages" : "newest page");
        foreach (var comment in all.Places.OnPage(number).SelectMany(thread => thread.First.AndReplies))
        {
            Add(stamp, comment.Comment, comment.Answers, article, all.Places);
        }

        return stamp.ToString();
    }

    private string StampOfFeed(Article article, CommentPlaces places)
    {
        var stamp = NewStamp(article);
        foreach (var entry in CommentFeed.EntriesOf(places))
        {
            Add(stamp, entry.Comment, entry.Answers, article, places);
            stamp.Add(entry.Comment.ParentId is { } parent ? places.PathOf(parent, article.Path!) : "", places.PathOf(entry.Comment.Id, article.Path!));
        }

        return stamp.ToString();
    }

    private Stamp NewStamp(Article article)
    {
        var stamp = new Stamp();
        stamp.Add(renderer.Fingerprint, article.Id.Value, article.Title, article.Language.Tag, article.Path!);
        return stamp;
    }

    private static void Add(Stamp stamp, PublishedComment comment, PublishedComment? answers, Article article, CommentPlaces places) => stamp.Add(
        comment.Id.Value, comment.ParentId?.Value ?? "", comment.Name, comment.Html, comment.Language.Tag, XmlFeed.Rfc3339(comment.CreatedAt),
        answers?.Name ?? "", answers is null ? "" : places.PathOf(answers.Id, article.Path!));

    private sealed record CommentFile(string Name, string ContentType, string Stamp, Func<byte[]> Make);
}

/// <summary>A hash over all that a file is made from, each part ended, so that no two lists of parts are the same.</summary>
internal sealed class Stamp
{
    private readonly XxHash128 hash = new();

    public void Add(params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            hash.Append(Encoding.UTF8.GetBytes(part));
            hash.Append([0xFF]);
        }
    }

    public override string ToString() => Convert.ToHexStringLower(hash.GetCurrentHash());
}
