using System.Text;
using Microsoft.Extensions.Hosting;
using Pressroom.Announcements;
using Pressroom.Site.Lists;
using Pressroom.Site.Pages;
using Pressroom.Site.Sitemaps;
using Pressroom.Site.Themes;
using Pressroom.Storage;

namespace Pressroom.Site;

/// <summary>Writes at start what no article brings: stylesheet, robots.txt, the page for addresses that are none, an empty home page.
/// When theme or settings have changed since, it has every page made again.</summary>
/// <remarks>The 404 page, written last, carries the fingerprint of all that pages are made from; so a start that was cut short is
/// made up by the next.</remarks>
public sealed class SetUpSite(
    SiteFiles files, PageRenderer pages, Theme theme, SiteSettings site, Channels channels, RebuildSite rebuild) : IHostedService
{
    private const string NotFoundFile = "404.html";
    private const string FingerprintMetadata = "fingerprint";

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var proof in channels.All.Select(channel => channel.Proof).OfType<ProofFile>())
        {
            await files.WriteAsync(
                proof.Name, new BlobContent(Encoding.UTF8.GetBytes(proof.Text), "text/plain; charset=utf-8"), BlobCondition.None, cancellationToken);
        }

        var present = await files.FindAsync(NotFoundFile, cancellationToken);
        if (present?.Metadata.GetValueOrDefault(FingerprintMetadata) == pages.Fingerprint)
        {
            return;
        }

        await Task.WhenAll(theme.Assets.Select(asset => files.WriteAsync(
            asset.Path, new BlobContent(asset.Bytes, asset.ContentType) { CacheControl = asset.CacheControl }, BlobCondition.None, cancellationToken)));
        await files.WriteAsync("robots.txt", new BlobContent(RobotsTxt.Write(site), RobotsTxt.ContentType), BlobCondition.None, cancellationToken);
        await rebuild.AskForHeadsAsync(cancellationToken);
        if (present is not null)
        {
            await rebuild.AskAsync(ListKey.All, cancellationToken);
        }

        var notFound = new BlobContent(pages.NotFound(), "text/html; charset=utf-8")
        {
            CacheControl = "no-cache",
            Metadata = new Dictionary<string, string> { [FingerprintMetadata] = pages.Fingerprint },
        };
        await files.WriteAsync(NotFoundFile, notFound, BlobCondition.None, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
