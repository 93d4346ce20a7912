using Microsoft.Extensions.Logging;
using Pressroom.Articles;
using Pressroom.Site.Feeds;
using Pressroom.Site.Pages;
using Pressroom.Site.Sitemaps;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Site.Lists;

/// <summary>Makes a list's pages and feeds again where its articles have changed.</summary>
public sealed partial class RefreshList(
    ListStore lists, RefreshRequests requests, RefreshPace pace, ArchivePages archive, ListFront front, ListArchiveWriter listWriter,
    SitemapFiles sitemaps, TimeProvider time, ILogger<RefreshList> logger)
{
    /// <summary>The queue that asks for it.</summary>
    public const string Queue = "site-refresh";

    /// <summary>The queue that asks for the home page, which waits for no other list.</summary>
    public const string HomeQueue = "site-refresh-home";

    private const int MostTouches = 2_000;
    private const int MostTries = 5;

    /// <summary>The queue that a list is asked for in.</summary>
    public static string QueueOf(ListKey list) => list.Kind == ListKind.Home ? HomeQueue : Queue;

    /// <summary>Makes again what is touched; all of the head with <see cref="RefreshListMessage.Whole"/>.</summary>
    public Task RunAsync(RefreshListMessage message, CancellationToken cancellation)
    {
        var list = ListKey.Parse(message.List);
        return list.Kind == ListKind.Home
            ? RunAsync(list, message.Whole, cancellation)
            : pace.RunAsync(() => RunAsync(list, message.Whole, cancellation), cancellation);
    }

    private async Task RunAsync(ListKey list, bool whole, CancellationToken cancellation)
    {
        await requests.BeginAsync(list, cancellation);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RefreshAsync(list, whole, cancellation);
                return;
            }
            catch (OvertakenException) when (attempt < MostTries)
            {
                LogOvertaken(list.Value);
            }
        }
    }

    private async Task RefreshAsync(ListKey list, bool whole, CancellationToken cancellation)
    {
        var touches = await lists.TouchesAsync(list, MostTouches, cancellation);
        if (touches.Count == 0 && !whole)
        {
            return;
        }

        if (list.Kind == ListKind.All)
        {
            await archive.RefreshAsync(list, touches, sitemaps, cancellation);
            await sitemaps.RefreshAsync(cancellation);
        }
        else
        {
            // The newest month first: the head links to it. The head before the rest, which may be long.
            var newest = touches.TakeWhile(touch => touch.Month == touches[0].Month).ToList();
            await archive.RefreshAsync(list, newest, listWriter, cancellation);
            await front.RefreshAsync(list, whole ? null : touches, cancellation);
            Measure(touches);
            await archive.RefreshAsync(list, touches.Skip(newest.Count).ToList(), listWriter, cancellation);
        }

        await lists.ForgetAsync(touches, cancellation);
        if (touches.Count == MostTouches)
        {
            await requests.AskAsync(list, cancellation);
        }
    }

    private void Measure(IReadOnlyList<Touch> touches)
    {
        foreach (var touch in touches)
        {
            if (touch.CommittedAt is { } committed)
            {
                Metrics.ReachedFeed(time.GetUtcNow() - committed);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Another host refreshes {List} too; looking again.")]
    private partial void LogOvertaken(string list);
}

/// <summary>A list's front: the page of its newest articles and its three feeds.</summary>
public sealed class ListFront(ListStore lists, ListNames names, ArticleStore articles, SiteFiles files, PageRenderer pages, SiteSettings site)
{
    /// <summary>How many articles the head page shows.</summary>
    public const int OnPage = 24;

    /// <summary>How many articles a feed carries, each whole.</summary>
    public const int InFeed = 20;

    /// <summary>Makes the head again, unless all that is touched is older than what it shows.</summary>
    /// <param name="list">The list.</param>
    /// <param name="touches">What is touched; null to make it in any case.</param>
    /// <param name="cancellation">Cancels.</param>
    internal Task RefreshAsync(ListKey list, IReadOnlyList<Touch>? touches, CancellationToken cancellation) => files.BringUpToDateAsync(
        [SiteFiles.Page(list.Folder), FeedModel.RssPath(list), FeedModel.AtomPath(list), FeedModel.JsonPath(list)],
        async stop =>
        {
            var items = await lists.ItemsAsync(list, KeyRange.All, OnPage, stop);
            if (touches is not null && items.Count == OnPage && touches.All(touch => string.CompareOrdinal(touch.Key, items[^1].Key) > 0))
            {
                return null;
            }

            return items.Count == 0 && list.Kind != ListKind.Home ? [null, null, null, null] : await MakeAsync(list, items, stop);
        },
        cancellation);

    private async Task<IReadOnlyList<BlobContent?>> MakeAsync(ListKey list, IReadOnlyList<ListItem> items, CancellationToken cancellation)
    {
        var name = await names.OfAsync(list, items, cancellation);
        var olderPath = items.Count == 0 ? null : list.Folder + items[0].Month.Folder;
        var page = pages.List(new ListView(
            list, name.Heading, null, list.Folder, null, olderPath, name.Language, name.Author, items.Select(item => item.Article).ToList()));
        var whole = await Task.WhenAll(items.Take(InFeed).Select(item => ReadAsync(item.Article, cancellation)));
        var feedItems = whole.OfType<FeedItem>().ToList();
        var updated = items.Select(item => item.Article.UpdatedAt).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max();
        var feed = new FeedModel(list, name.FeedTitle, name.Language, updated, feedItems);
        return
        [
            Content(page, "text/html; charset=utf-8"),
            Content(RssFeed.Write(feed, site), RssFeed.ContentType),
            Content(AtomFeed.Write(feed, site), AtomFeed.ContentType),
            Content(JsonFeed.Write(feed, site), JsonFeed.ContentType),
        ];
    }

    private async Task<FeedItem?> ReadAsync(ListedArticle article, CancellationToken cancellation) =>
        await articles.ReadHtmlAsync(article.Id, article.Revision, cancellation) is { } html ? new FeedItem(article, html) : null;

    private static BlobContent Content(byte[] bytes, string type) => new(bytes, type) { CacheControl = "public, max-age=60" };
}

/// <summary>The archive pages of a list.</summary>
public sealed class ListArchiveWriter(ListStore lists, ListNames names, SiteFiles files, PageRenderer pages) : IArchiveWriter
{
    /// <inheritdoc/>
    public int MostOnPage => 50;

    /// <inheritdoc/>
    Task IArchiveWriter.WriteAsync(ListKey list, Segment segment, KeyRange keys, Segment? newer, Segment? older, CancellationToken cancellation) =>
        files.BringUpToDateAsync(
            [SiteFiles.Page(PathOf(list, segment))],
            async stop =>
            {
                var items = await lists.ItemsAsync(list, keys, 10 * MostOnPage, stop);
                var name = await names.OfAsync(list, items, stop);
                var view = new ListView(
                    list, name.Heading, new DateOnly(segment.Month.Year, segment.Month.Number, 1), PathOf(list, segment),
                    newer is null ? null : PathOf(list, newer), older is null ? null : PathOf(list, older),
                    name.Language, name.Author, items.Select(item => item.Article).ToList());
                return [new BlobContent(pages.List(view), "text/html; charset=utf-8") { CacheControl = "public, max-age=300" }];
            },
            cancellation);

    /// <inheritdoc/>
    Task IArchiveWriter.RemoveAsync(ListKey list, Segment segment, CancellationToken cancellation) =>
        files.DeleteAsync(SiteFiles.Page(PathOf(list, segment)), cancellation);

    private static string PathOf(ListKey list, Segment segment) =>
        list.Folder + segment.Month.Folder + (segment.Name is null ? "" : segment.Name + "/");
}

/// <summary>What a list is called.</summary>
public sealed class ListNames(AuthorStore authors, SiteSettings site)
{
    /// <summary>The list's name as its newest article has it.</summary>
    public async Task<ListName> OfAsync(ListKey list, IReadOnlyList<ListItem> items, CancellationToken cancellation)
    {
        var newest = items.Count == 0 ? null : items[0].Article;
        var author = list.Kind == ListKind.Author ? (await authors.FindAsync(list.Name, cancellation))?.Author : null;
        var language = list.Kind == ListKind.Language && Language.TryParse(list.Name, out var own) ? own : site.Language;
        var heading = list.Kind switch
        {
            ListKind.Section => newest?.Section,
            ListKind.Tag => newest?.Tags.FirstOrDefault(tag => Slug.From(tag)?.Value == list.Name),
            ListKind.Author => author?.Name ?? newest?.AuthorName,
            ListKind.Language => language.Tag,
            _ => "",
        }
        ?? list.Name;
        return new ListName(heading, heading.Length == 0 ? site.Title : $"{site.Title}: {heading}", language, author);
    }
}

/// <summary>A list's heading, the title of its feeds, the language of its own words, and its author's record.</summary>
public sealed record ListName(string Heading, string FeedTitle, Language Language, Author? Author);
