using Pressroom.Site.Lists;
using Pressroom.Storage;

namespace Pressroom.Site.Sitemaps;

/// <summary>The sitemaps: <c>/sitemap.xml</c> lists all pages while they are few and the monthly sitemaps when they are many;
/// <c>/news-sitemap.xml</c> has the articles of the last two days.</summary>
public sealed class SitemapFiles(ListStore lists, ArchivePages archive, SiteFiles files, SiteSettings site, TimeProvider time) : IArchiveWriter
{
    private const string Name = "sitemap.xml";
    private const string NewsName = "news-sitemap.xml";
    private const int MostInOneFile = 1_000;

    /// <inheritdoc/>
    public int MostOnPage => 200;

    /// <summary>Makes <c>sitemap.xml</c> and <c>news-sitemap.xml</c> again.</summary>
    public Task RefreshAsync(CancellationToken cancellation) => Task.WhenAll(RefreshSitemapAsync(cancellation), RefreshNewsAsync(cancellation));

    /// <summary>Makes the news sitemap again: articles leave it as they age.</summary>
    public Task RefreshNewsAsync(CancellationToken cancellation) => files.BringUpToDateAsync(
        [NewsName],
        async stop =>
        {
            var newest = await lists.ItemsAsync(ListKey.All, KeyRange.All, NewsSitemap.MostArticles, stop);
            return [Content(NewsSitemap.Write(site, newest.Select(item => item.Article), time.GetUtcNow()))];
        },
        cancellation);

    /// <inheritdoc/>
    Task IArchiveWriter.WriteAsync(ListKey list, Segment segment, KeyRange keys, Segment? newer, Segment? older, CancellationToken cancellation) =>
        files.BringUpToDateAsync(
            [FileOf(segment)],
            async stop => [Content(Sitemap.Write(site, Urls(await lists.ItemsAsync(list, keys, 10 * MostOnPage, stop))))],
            cancellation);

    /// <inheritdoc/>
    Task IArchiveWriter.RemoveAsync(ListKey list, Segment segment, CancellationToken cancellation) => files.DeleteAsync(FileOf(segment), cancellation);

    private Task RefreshSitemapAsync(CancellationToken cancellation) => files.BringUpToDateAsync(
        [Name],
        async stop =>
        {
            var segments = await archive.AllAsync(ListKey.All, stop);
            if (segments.Count <= MostInOneFile / MostOnPage)
            {
                var items = await lists.ItemsAsync(ListKey.All, KeyRange.All, MostInOneFile, stop);
                var home = new SitemapEntry("", items.Select(item => (DateTimeOffset?)item.Article.UpdatedAt).Max());
                return [Content(Sitemap.Write(site, [home, .. Urls(items)]))];
            }

            return [Content(SitemapIndex.Write(site, segments.Select(segment => new SitemapEntry(FileOf(segment), null)).ToList()))];
        },
        cancellation);

    private static IReadOnlyList<SitemapEntry> Urls(IEnumerable<ListItem> items) =>
        items.Select(item => new SitemapEntry(item.Article.Path + "/", item.Article.UpdatedAt)).ToList();

    private static string FileOf(Segment segment) => $"sitemaps/{segment.Month}{(segment.Name is null ? "" : "-" + segment.Name)}.xml";

    private static BlobContent Content(byte[] bytes) => new(bytes, Sitemap.ContentType) { CacheControl = "public, max-age=60" };
}
