using System.Net;
using Pressroom.StorageTests;

namespace Pressroom.Tests.Flows;

/// <summary>The same flow with Azurite as storage. One account, so these tests share a publication and look only at their own articles.</summary>
public sealed class AzureFlowTests(Azurite azurite)
{
    [Fact]
    public async Task An_article_goes_all_the_way_on_azure_storage_and_is_taken_back()
    {
        await using var newsroom = await OpenAsync();
        var article = await newsroom.PublishAsync("Un article sur Azure", new { language = "fr", section = "Nuages", tags = new[] { "Azure" }, author = "Amina Haddad", body = "Ils disent « oui »." });
        var path = PublishingTests.PathOf(article);
        Assert.Contains("« oui »", await newsroom.ReadAsync(path), StringComparison.Ordinal);
        foreach (var list in new[] { "/", "/section/nuages/", "/tag/azure/", "/author/amina-haddad/", "/language/fr/" })
        {
            await newsroom.ShowsAsync(list, "Un article sur Azure");
            await newsroom.ShowsAsync(list + "feed.xml", path);
            await newsroom.ShowsAsync(list + "atom.xml", path);
            await newsroom.ShowsAsync(list + "feed.json", path);
        }

        await newsroom.ShowsAsync("/sitemap.xml", path);
        await newsroom.ShowsAsync("/news-sitemap.xml", path);
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{article["id"]}", new { slug = "renommé" });
        await Newsroom.EventuallyAsync(
            async () =>
            {
                using var answer = await newsroom.Reader.GetAsync(path, TestContext.Current.CancellationToken);
                return answer.StatusCode == HttpStatusCode.MovedPermanently;
            },
            "the old address redirects");
        await newsroom.SendAsync(HttpMethod.Delete, $"/api/articles/{article["id"]}", null, HttpStatusCode.NoContent);
        await newsroom.HidesAsync("/section/nuages/", "Un article sur Azure");
        await newsroom.HidesAsync("/sitemap.xml", "renomm");
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task Two_hosts_publishing_to_one_account_at_once_leave_lists_and_feeds_complete()
    {
        await using var one = await OpenAsync();
        await using var other = await OpenAsync();
        var articles = await Task.WhenAll(Enumerable.Range(0, 12).Select(number =>
            (number % 2 == 0 ? one : other).PublishAsync("Together", new { publishAt = "2025-05-06T07:08:09Z", section = "Both", tags = new[] { "shared" } })));
        var paths = articles.Select(PublishingTests.PathOf).ToList();
        Assert.Equal(12, paths.Distinct().Count());

        var month = paths[0][1..8];
        foreach (var list in new[] { "/section/both/", "/tag/shared/", $"/section/both/archive/{month}/", "/section/both/feed.xml", "/tag/shared/atom.xml", "/section/both/feed.json", "/sitemap.xml" })
        {
            await Newsroom.EventuallyAsync(
                async () =>
                {
                    var text = await one.ReadAsync(list) ?? "";
                    return paths.All(path => text.Contains(path, StringComparison.Ordinal));
                },
                $"{list} is complete");
        }

        Assert.Empty(one.Log.Errors.Concat(other.Log.Errors));
    }

    private async Task<Newsroom> OpenAsync() => await Newsroom.OpenAsync(
        $"--AzureWebJobsStorage={await azurite.ConnectionStringAsync()}", "--Pressroom:SigningKey=a-signing-key-for-tests-of-forty-letters--");
}
