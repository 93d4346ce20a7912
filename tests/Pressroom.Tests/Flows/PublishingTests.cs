using System.Net;
using System.Text.Json.Nodes;

namespace Pressroom.Tests.Flows;

public sealed class PublishingTests
{
    // Long enough for all that is to happen before, and less than a message is hidden.
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    private static readonly string[] EveryList = ["/", "/section/politique/", "/tag/tunis/", "/author/amina-haddad/", "/language/fr/"];

    [Fact]
    public async Task A_page_is_live_when_the_answer_arrives_and_all_lists_follow()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Le marché rouvre", new
        {
            body = "## Un titre\n\nIls disent « oui ».\n\nحرية الصحافة ليست امتيازًا للصحفيين، بل حق للقراء.",
            language = "fr",
            section = "Politique",
            tags = new[] { "Tunis" },
            author = "Amina Haddad",
            source = new { name = "Agence", url = "https://agence.example.org/" },
        });
        var path = PathOf(article);

        var page = await newsroom.ReadAsync(path);
        Assert.NotNull(page);
        Assert.Contains("<h2", page, StringComparison.Ordinal);
        Assert.Contains("« oui »", page, StringComparison.Ordinal);
        Assert.Contains("lang=\"ar\" dir=\"rtl\"", page, StringComparison.Ordinal);
        Assert.Contains("Agence", page, StringComparison.Ordinal);
        foreach (var list in EveryList)
        {
            await newsroom.ShowsAsync(list, "Le marché rouvre");
            foreach (var feed in new[] { "feed.xml", "atom.xml", "feed.json" })
            {
                await newsroom.ShowsAsync(list + feed, "« oui »");
            }

            await newsroom.ShowsAsync($"{list}archive/{path[1..8]}/", "Le marché rouvre");
        }

        await newsroom.ShowsAsync("/sitemap.xml", path);
        await newsroom.ShowsAsync("/news-sitemap.xml", path);
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task An_article_taken_back_is_gone_everywhere_and_comes_back_under_its_address()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Short life", new { section = "Desk" });
        await newsroom.ShowsAsync("/section/desk/feed.xml", "Short life");

        await newsroom.PostAsync($"/api/articles/{article["id"]}/unpublish", new { }, HttpStatusCode.OK);
        Assert.Null(await newsroom.ReadAsync(PathOf(article)));
        foreach (var list in new[] { "/", "/feed.xml", "/section/desk/", "/section/desk/feed.xml", "/sitemap.xml", "/news-sitemap.xml" })
        {
            await newsroom.HidesAsync(list, "short-life");
        }

        var again = await newsroom.PostAsync($"/api/articles/{article["id"]}/publish", new { }, HttpStatusCode.OK);
        Assert.Equal((string?)article["url"], (string?)again["url"]);
        Assert.NotNull(await newsroom.ReadAsync(PathOf(article)));
        await newsroom.ShowsAsync("/section/desk/feed.xml", "Short life");
    }

    [Fact]
    public async Task An_edit_shows_on_the_page_at_once_and_moves_the_article_between_lists()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Before", new { section = "One", tags = new[] { "a", "b" } });
        await newsroom.ShowsAsync("/section/one/", "Before");

        var edited = await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{article["id"]}", new { title = "After", section = "Two", tags = new[] { "b", "c" } });
        Assert.Equal(2, (int)edited["revision"]!);
        Assert.Equal((string?)article["slug"], (string?)edited["slug"]);
        Assert.Contains("After", await newsroom.ReadAsync(PathOf(article)), StringComparison.Ordinal);
        await newsroom.ShowsAsync("/section/two/", "After");
        await newsroom.ShowsAsync("/tag/c/", "After");
        await newsroom.ShowsAsync("/tag/b/", "After");
        await newsroom.ShowsAsync("/", "After");
        await Newsroom.EventuallyAsync(async () => await newsroom.ReadAsync("/section/one/") is null && await newsroom.ReadAsync("/tag/a/feed.xml") is null, "emptied lists are gone");
    }

    [Fact]
    public async Task A_changed_slug_and_a_changed_month_leave_redirects()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Moves", new { publishAt = "2024-03-05T10:00:00Z" });
        Assert.Equal("/2024/03/moves/", PathOf(article));

        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{article["id"]}", new { slug = "moved" });
        var moved = await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{article["id"]}", new { publishAt = "2023-01-02T10:00:00Z" });
        Assert.Equal("/2023/01/moved/", PathOf(moved));
        foreach (var old in new[] { "/2024/03/moves/", "/2024/03/moved/" })
        {
            await Newsroom.EventuallyAsync(
                async () =>
                {
                    using var answer = await newsroom.Reader.GetAsync(old, TestContext.Current.CancellationToken);
                    return answer.StatusCode == HttpStatusCode.MovedPermanently && answer.Headers.Location!.AbsolutePath == "/2023/01/moved/";
                },
                $"{old} redirects");
        }

        await newsroom.ShowsAsync("/archive/2023/01/", "Moves");
        await newsroom.HidesAsync("/archive/2024/03/", "Moves");
        await newsroom.PostAsync("/api/articles", new { title = "x", body = "y", slug = "moves" }, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_deleted_article_leaves_nothing_and_frees_its_slug()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Gone", new { slug = "gone" });
        await newsroom.ShowsAsync("/", "Gone");

        await newsroom.SendAsync(HttpMethod.Delete, $"/api/articles/{article["id"]}", null, HttpStatusCode.NoContent);
        Assert.Null(await newsroom.ReadAsync(PathOf(article)));
        await newsroom.SendAsync(HttpMethod.Get, $"/api/articles/{article["id"]}", null, HttpStatusCode.NotFound);
        await newsroom.SendAsync(HttpMethod.Delete, $"/api/articles/{article["id"]}", null, HttpStatusCode.NotFound);
        await newsroom.HidesAsync("/", "Gone");
        await Newsroom.EventuallyAsync(
            () => Task.FromResult(!Directory.Exists(Path.Combine(newsroom.DataFolder, "articles", (string)article["id"]!))), "its texts are gone");
        await Newsroom.EventuallyAsync(
            async () =>
            {
                using var answer = await newsroom.Editor.PostAsync(
                    "/api/articles", System.Net.Http.Json.JsonContent.Create(new { title = "x", body = "y", slug = "gone" }), TestContext.Current.CancellationToken);
                return answer.StatusCode == HttpStatusCode.Created;
            },
            "the slug is free");
    }

    [Fact]
    public async Task A_burst_of_publishes_leaves_every_article_on_exactly_one_archive_page()
    {
        const int articles = 230;
        await using var newsroom = await Newsroom.OpenAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, articles).Select(async number =>
            (string)(await newsroom.PublishAsync($"Burst {number:D3}", new { publishAt = "2025-05-06T07:08:09Z", tags = new[] { "burst" } }))["slug"]!));
        Assert.Equal(articles, ids.Distinct().Count());

        foreach (var folder in new[] { "", "tag/burst/" })
        {
            await Newsroom.EventuallyAsync(
                async () =>
                {
                    var pages = await WalkAsync(newsroom.ReadAsync, $"/{folder}archive/2025/05/");
                    return ids.All(slug => pages.Count(page => page.Contains($"/2025/05/{slug}/\"", StringComparison.Ordinal)) == 1);
                },
                $"all of /{folder}");
        }

        await Newsroom.EventuallyAsync(
            async () =>
            {
                var sitemap = await newsroom.ReadAsync("/sitemap.xml") ?? "";
                return ids.All(slug => sitemap.Contains($"/2025/05/{slug}/<", StringComparison.Ordinal));
            },
            "all in the sitemap");
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task A_scheduled_article_appears_at_its_time_and_keeps_it_as_its_date()
    {
        var clock = new ShiftedClock();
        await using var newsroom = await Newsroom.OpenAsync(clock.Set);
        var due = clock.GetUtcNow() + Soon;
        var article = await newsroom.PublishAsync("Later", new { status = "scheduled", publishAt = due });
        Assert.Null(article["url"]);
        await newsroom.HidesAsync("/", "Later");
        clock.Advance(Soon);

        await newsroom.ShowsAsync("/", "Later");
        var published = await newsroom.GetAsync($"/api/articles/{article["id"]}");
        Assert.Equal(due, (DateTimeOffset)published["publishAt"]!, TimeSpan.FromMilliseconds(1));
        Assert.True((DateTimeOffset)published["firstPublishedAt"]! >= due);
        Assert.NotNull(await newsroom.ReadAsync(PathOf(published)));
    }

    [Fact]
    public async Task A_translation_can_be_edited_and_keeps_its_schedule_when_its_original_is_deleted()
    {
        var clock = new ShiftedClock();
        await using var newsroom = await Newsroom.OpenAsync(clock.Set);
        var original = await newsroom.PublishAsync("Original");
        var live = await newsroom.PublishAsync("Vivant", new { language = "fr", translationOf = (string?)original["id"] });
        var scheduled = await newsroom.PublishAsync(
            "Prévu", new { language = "de", translationOf = (string?)original["id"], status = "scheduled", publishAt = clock.GetUtcNow() + Soon });
        await newsroom.SendAsync(HttpMethod.Delete, $"/api/articles/{original["id"]}", null, HttpStatusCode.NoContent);

        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{live["id"]}", new { title = "Corrigé" });
        Assert.Contains("Corrigé", await newsroom.ReadAsync(PathOf(live)), StringComparison.Ordinal);
        clock.Advance(Soon);
        await newsroom.ShowsAsync("/language/de/", "Prévu");
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{live["id"]}", new { language = "it" }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_schedule_moved_or_withdrawn_is_honoured()
    {
        var clock = new ShiftedClock();
        await using var newsroom = await Newsroom.OpenAsync(clock.Set);
        var soon = clock.GetUtcNow() + Soon;
        var moved = await newsroom.PublishAsync("Moved", new { status = "scheduled", publishAt = soon });
        var withdrawn = await newsroom.PublishAsync("Withdrawn", new { status = "scheduled", publishAt = soon });
        var plain = await newsroom.PublishAsync("Plain", new { status = "scheduled", publishAt = soon });
        await newsroom.PostAsync($"/api/articles/{moved["id"]}/publish", new { publishAt = soon.AddDays(1) }, HttpStatusCode.OK);
        await newsroom.PostAsync($"/api/articles/{withdrawn["id"]}/unpublish", new { }, HttpStatusCode.OK);

        clock.Advance(Soon);
        await newsroom.ShowsAsync("/", "Plain");
        Assert.Equal("scheduled", (string?)(await newsroom.GetAsync($"/api/articles/{moved["id"]}"))["status"]);
        Assert.Equal("draft", (string?)(await newsroom.GetAsync($"/api/articles/{withdrawn["id"]}"))["status"]);
        Assert.NotNull(plain["id"]);
    }

    [Fact]
    public async Task An_article_that_fell_due_while_the_host_was_down_is_published_at_the_next_start()
    {
        var clock = new ShiftedClock();
        await using var newsroom = await Newsroom.OpenAsync(clock.Set);
        await newsroom.PublishAsync("Overslept", new { status = "scheduled", publishAt = clock.GetUtcNow() + Soon });
        await newsroom.StopAsync();
        clock.Advance(Soon);
        await newsroom.RestartAsync();
        await newsroom.ShowsAsync("/feed.xml", "Overslept");
    }

    [Fact]
    public async Task Translations_link_to_each_other_and_home_shows_the_group_once()
    {
        await using var newsroom = await Newsroom.OpenAsync("--Site:Language=en");
        var french = await newsroom.PublishAsync("Bonjour", new { language = "fr" });
        await newsroom.ShowsAsync("/", "Bonjour");
        var english = await newsroom.PublishAsync("Hello", new { language = "en", translationOf = (string?)french["id"] });
        var arabic = await newsroom.PublishAsync("مرحبا", new { language = "ar", translationOf = (string?)english["id"] });

        await newsroom.ShowsAsync("/", "Hello");
        await newsroom.HidesAsync("/", "Bonjour");
        await newsroom.HidesAsync("/feed.xml", "مرحبا");
        foreach (var (path, text) in new[] { ("/language/fr/", "Bonjour"), ("/language/en/", "Hello"), ("/language/ar/", "مرحبا") })
        {
            await newsroom.ShowsAsync(path, text);
        }

        foreach (var page in new[] { french, english, arabic })
        {
            foreach (var version in new[] { ("fr", french), ("en", english), ("ar", arabic) })
            {
                await newsroom.ShowsAsync(PathOf(page), $"hreflang=\"{version.Item1}\" href=\"{(string?)version.Item2["url"]}\"");
            }
        }

        // The English version goes: home falls back on the original.
        await newsroom.PostAsync($"/api/articles/{english["id"]}/unpublish", new { }, HttpStatusCode.OK);
        await newsroom.ShowsAsync("/", "Bonjour");
        await newsroom.HidesAsync(PathOf(french), "hreflang=\"en\"");
    }

    [Fact]
    public async Task An_authors_record_reaches_the_pages_that_are_already_there()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var article = await newsroom.PublishAsync("Signed", new { author = "amina-haddad" });
        await newsroom.ShowsAsync("/author/amina-haddad/", "Signed");

        await newsroom.SendAsync(HttpMethod.Put, "/api/authors/amina-haddad", new { name = "Amina Haddad", bio = "Writes from *Tunis*." }, HttpStatusCode.Created);
        await newsroom.ShowsAsync(PathOf(article), "Writes from <em>Tunis</em>");
        await newsroom.ShowsAsync("/feed.xml", "Amina Haddad");
        await newsroom.ShowsAsync("/author/amina-haddad/", "Writes from <em>Tunis</em>");
    }

    [Fact]
    public async Task A_new_title_of_the_site_reaches_every_page()
    {
        await using var newsroom = await Newsroom.OpenAsync("--Site:Title=The Old Paper");
        var article = await newsroom.PublishAsync("Stays");
        await newsroom.ShowsAsync("/", "Stays");
        Assert.Contains("The Old Paper", await newsroom.ReadAsync(PathOf(article)), StringComparison.Ordinal);

        await newsroom.RestartAsync("--Site:Title=The New Paper");
        foreach (var page in new[] { PathOf(article), "/", "/archive/" + PathOf(article)[1..8] + "/", "/no-such-page/" })
        {
            await Newsroom.EventuallyAsync(
                async () => (await newsroom.Reader.GetStringOfAnyStatusAsync(page)).Contains("The New Paper", StringComparison.Ordinal), $"{page} has the new title");
        }
    }

    internal static string PathOf(JsonNode article) => new Uri((string)article["url"]!).AbsolutePath;

    /// <summary>All pages from one to the oldest, along their links.</summary>
    internal static async Task<List<string>> WalkAsync(Func<string, Task<string?>> read, string path)
    {
        var pages = new List<string>();
        for (var next = path; next is not null && pages.Count < 500;)
        {
            var page = await read(next);
            if (page is null)
            {
                break;
            }

            pages.Add(page);
            var link = System.Text.RegularExpressions.Regex.Match(page, "<a[^>]*rel=\"next\"[^>]*href=\"([^\"]+)\"|<a[^>]*href=\"([^\"]+)\"[^>]*rel=\"next\"");
            next = !link.Success ? null : link.Groups[1].Success ? link.Groups[1].Value : link.Groups[2].Value;
        }

        return pages;
    }
}

internal static class ReaderExtensions
{
    public static async Task<string> GetStringOfAnyStatusAsync(this HttpClient reader, string path)
    {
        using var answer = await reader.GetAsync(path, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
