using Microsoft.Azure.Functions.Worker;
using Pressroom.Articles;
using Pressroom.Deliveries;
using Pressroom.Newsletters.Issues;
using Pressroom.Site;
using Pressroom.Site.Lists;
using Pressroom.Site.Sitemaps;
using Pressroom.Telemetry;

namespace Pressroom.Functions.Site;

/// <summary>What keeps the site up to date.</summary>
public sealed class SiteFunctions(
    UpdateSite update, StartDeliveries deliveries, StartArticleIssue issue, RefreshList refresh, RebuildSite rebuild, SitemapFiles sitemaps)
{
    /// <summary>An article has a new revision, or its pages show something that changed: the site first, then whoever is told of it.</summary>
    [Function("ArticleChanged")]
    public Task ArticleChanged([QueueTrigger(Pressroom.Articles.ArticleChanged.Queue)] ArticleChanged message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(Pressroom.Articles.ArticleChanged.Queue, message, async () =>
        {
            if (await update.RunAsync(message, cancellation) is { } article && message.Cause == ChangeCause.Edit)
            {
                await deliveries.RunAsync(article, cancellation);
                await issue.RunAsync(article, cancellation);
            }
        });

    /// <summary>A list's articles have changed.</summary>
    [Function("RefreshList")]
    public Task RefreshList([QueueTrigger(Pressroom.Site.Lists.RefreshList.Queue)] RefreshListMessage message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(Pressroom.Site.Lists.RefreshList.Queue, message, () => refresh.RunAsync(message, cancellation));

    /// <summary>The home page's articles have changed.</summary>
    [Function("RefreshHome")]
    public Task RefreshHome([QueueTrigger(Pressroom.Site.Lists.RefreshList.HomeQueue)] RefreshListMessage message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(Pressroom.Site.Lists.RefreshList.HomeQueue, message, () => refresh.RunAsync(message, cancellation));

    /// <summary>Many articles' pages are to be made again.</summary>
    [Function("RebuildSite")]
    public Task RebuildSite([QueueTrigger(Pressroom.Site.RebuildSite.Queue)] RebuildMessage message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(Pressroom.Site.RebuildSite.Queue, message, () => rebuild.RunAsync(message, cancellation));

    /// <summary>Every hour: articles older than two days leave the news sitemap.</summary>
    [Function("RefreshNewsSitemap")]
    public Task RefreshNewsSitemap([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken cancellation) =>
        sitemaps.RefreshNewsAsync(cancellation);
}
