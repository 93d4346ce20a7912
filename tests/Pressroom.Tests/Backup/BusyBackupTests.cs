using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Pressroom.Backup;
using Pressroom.Storage;
using Pressroom.Tests.Flows;
using static Pressroom.Tests.Backup.BackupTests;

namespace Pressroom.Tests.Backup;

/// <summary>Backups taken out and brought in while others work.</summary>
public sealed class BusyBackupTests
{
    private const string Dated = "2025-05-06T07:08:09Z";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_archive_that_was_written_while_articles_changed_has_each_of_them_whole()
    {
        await using var home = await Newsroom.OpenAsync([.. BackupTests.Site, "--Comments:LimitPerPrefix=0"]);
        var at = 0;
        for (var number = 0; number < 8; number++)
        {
            await home.PublishAsync($"Old {number}", new { publishAt = Dated, section = "Before", tags = new[] { "Before" } });
        }

        await home.SettledAsync();
        var export = new ExportPublication(
            new HookedTables(home.Service<ITableStore>(), () => ChangeAsync(home, at++)),
            new HookedBlobs(home.Service<IBlobStore>(), () => DeleteNewestAsync(home)),
            home.Service<PublicationIdentity>(), home.Service<SiteSettings>(), TimeProvider.System);
        using var stream = new MemoryStream();
        await export.RunAsync(stream, Stop);
        Assert.Equal(Publication.Tables.Count, at);

        await using var other = await Newsroom.OpenAsync(BackupTests.Site);
        Assert.Equal("done", (await ImportAsync(other, stream.ToArray()))["stage"]!.GetValue<string>());
        await IsWholeAsync(other);
        await HasItsCommentsListedAsync(other);
        Assert.Empty(other.Log.Errors);
    }

    [Fact]
    public async Task The_same_archive_and_another_one_at_once_make_one_publication()
    {
        await using var one = await Newsroom.OpenAsync(BackupTests.Site);
        await using var two = await Newsroom.OpenAsync(BackupTests.Site);
        foreach (var number in Enumerable.Range(0, 20))
        {
            await one.PublishAsync($"Of the one {number}", new { publishAt = Dated, tags = new[] { "Tag" } });
            await two.PublishAsync($"Of the other {number}", new { publishAt = Dated, tags = new[] { "Tag" } });
        }

        var (first, second) = (await ExportAsync(one), await ExportAsync(two));
        await using var newsroom = await Newsroom.OpenAsync(BackupTests.Site);
        var imports = await Task.WhenAll(new[] { first, second, first, second, first }.Select(archive => ImportAsync(newsroom, archive)));

        var done = imports.Select(import => import["stage"]!.GetValue<string>() == "done").ToList();
        Assert.Equal(done[0] ? [true, false, true, false, true] : [false, true, false, true, false], done);
        var articles = (await newsroom.GetAsync("/api/articles?limit=100"))["items"]!.AsArray();
        Assert.Equal(20, articles.Count);
        Assert.All(articles, article => Assert.StartsWith(done[0] ? "Of the one" : "Of the other", (string)article!["title"]!, StringComparison.Ordinal));
        await IsWholeAsync(newsroom);
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task Editors_and_readers_go_on_while_an_archive_is_imported()
    {
        await using var home = await Newsroom.OpenAsync(BackupTests.Site);
        foreach (var number in Enumerable.Range(0, 60))
        {
            await home.PublishAsync($"Imported {number}", new { publishAt = Dated, section = "Both", tags = new[] { "Both" } });
        }

        var archive = await ExportAsync(home);
        await using var newsroom = await Newsroom.OpenAsync(BackupTests.Site);
        await ImportAsync(newsroom, Empty(archive)); // from here on it is that publication
        var importing = ImportAsync(newsroom, archive, settles: false);
        var written = 0;
        while (written < 5 || (!importing.IsCompleted && written < 30))
        {
            var article = await newsroom.PublishAsync($"Written {written++}", new { publishAt = Dated, section = "Both", tags = new[] { "Both" } });
            Assert.NotNull(await newsroom.ReadAsync(new Uri((string)article["url"]!).AbsolutePath));
            await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{article["id"]}", new { title = $"Written {written}, and changed" });
        }

        Assert.Equal("done", (await importing)["stage"]!.GetValue<string>());
        var titles = await IsWholeAsync(newsroom);
        Assert.Equal(60, titles.Count(title => title.StartsWith("Imported", StringComparison.Ordinal)));
        Assert.Equal(written, titles.Count(title => title.StartsWith("Written", StringComparison.Ordinal)));
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task An_archive_divided_into_pages_in_its_own_way_comes_into_a_publication_that_has_begun_anew()
    {
        await using var home = await Newsroom.OpenAsync(BackupTests.Site);
        await using var newsroom = await Newsroom.OpenAsync(BackupTests.Site);
        await ImportAsync(newsroom, Empty(await ExportAsync(home))); // the same publication from here on
        foreach (var number in Enumerable.Range(0, 70))
        {
            var (there, title) = number < 60 ? (home, "Imported") : (newsroom, "Written");
            await there.PublishAsync($"{title} {number}", new { publishAt = Dated, section = "Both", tags = new[] { "Both" } });
        }

        var archive = await ExportAsync(home);
        await newsroom.SettledAsync();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            Assert.Equal("done", (await ImportAsync(newsroom, archive))["stage"]!.GetValue<string>());
            Assert.Equal(70, (await IsWholeAsync(newsroom)).Count);
        }

        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task What_went_elsewhere_since_a_backup_was_made_is_only_there_after_its_import()
    {
        await using var newsroom = await Newsroom.OpenAsync(BackupTests.Site);
        var articles = new List<System.Text.Json.Nodes.JsonNode>();
        foreach (var number in Enumerable.Range(0, 60))
        {
            articles.Add(await newsroom.PublishAsync($"Number {number}", new { publishAt = Dated, section = "Before", tags = new[] { "Before" } }));
        }

        var comments = new List<string>();
        foreach (var body in new[] { "A word that stays.", "A word that is taken back." })
        {
            comments.Add(await CommentAsync(newsroom, articles[9], "Rosa", "rosa@reader.example", body, null));
            await newsroom.SendAsync(HttpMethod.Post, $"/api/comments/{comments[^1]}/approve", new { });
        }

        var archive = await ExportAsync(newsroom);
        await newsroom.SendAsync(HttpMethod.Post, $"/api/comments/{comments[1]}/reject", new { });
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{articles[0]["id"]}", new { title = "Retold", section = "After", tags = new[] { "After" } });
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{articles[1]["id"]}", new { publishAt = "2025-05-08T07:08:09Z" });
        await newsroom.SendAsync(HttpMethod.Post, $"/api/articles/{articles[2]["id"]}/unpublish", new { });
        await newsroom.SendAsync(HttpMethod.Delete, $"/api/articles/{articles[3]["id"]}", null, HttpStatusCode.NoContent, "*");
        foreach (var number in Enumerable.Range(60, 30))
        {
            await newsroom.PublishAsync($"Number {number}", new { publishAt = Dated, section = "Before", tags = new[] { "Before" } });
        }

        await newsroom.SettledAsync();
        Assert.Equal("done", (await ImportAsync(newsroom, archive))["stage"]!.GetValue<string>());

        var titles = await IsWholeAsync(newsroom);
        Assert.Equal(88, titles.Count); // what was taken back or deleted here stays so
        Assert.Contains("Retold", titles);
        var commented = await newsroom.ReadAsync(new Uri((string)articles[9]["url"]!).AbsolutePath);
        Assert.Contains("A word that stays.", commented, StringComparison.Ordinal);
        Assert.DoesNotContain("A word that is taken back.", commented, StringComparison.Ordinal);
        var shown = (await newsroom.Service<ITableStore>().ScanAsync("comments", null, 1_000, Stop)).Where(row => row.Row.StartsWith("approved-", StringComparison.Ordinal));
        Assert.Equal("approved-" + comments[0], Assert.Single(shown).Row);
        Assert.DoesNotContain("Number 2", titles);
        Assert.DoesNotContain("/number-0/", string.Concat(await PublishingTests.WalkAsync(newsroom.ReadAsync, "/section/before/archive/2025/05/")), StringComparison.Ordinal);
        Assert.Single((await newsroom.GetAsync("/api/articles?section=After"))["items"]!.AsArray());
        Assert.DoesNotContain((await newsroom.GetAsync("/api/articles?section=Before&limit=100"))["items"]!.AsArray(), article => (string)article!["id"]! == (string)articles[0]["id"]!);
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task An_export_that_the_client_cuts_is_no_error_and_holds_nothing()
    {
        await using var newsroom = await Newsroom.OpenAsync(BackupTests.Site);
        for (var number = 0; number < 20; number++)
        {
            var noise = new byte[1024 * 1024];
            Random.Shared.NextBytes(noise);
            await newsroom.Service<IBlobStore>().WriteAsync(new BlobPath("theme", $"noise-{number}"), new BlobContent(noise, "application/octet-stream"), BlobCondition.None, Stop);
        }

        for (var round = 0; round < 12; round++)
        {
            using var client = new HttpClient { BaseAddress = newsroom.Editor.BaseAddress };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Newsroom.AdminToken);
            using var answer = await client.GetAsync("/api/backup", HttpCompletionOption.ResponseHeadersRead, Stop);
            await using var body = await answer.Content.ReadAsStreamAsync(Stop);
            await body.ReadExactlyAsync(new byte[100_000 * round], Stop);
        }

        Assert.InRange((await ExportAsync(newsroom)).Length, 20 * 1024 * 1024, 22 * 1024 * 1024);
        Assert.Empty(newsroom.Log.Errors);
    }

    // One of each kind of change between two tables of the export.
    private static async Task ChangeAsync(Newsroom home, int at)
    {
        var made = await home.PublishAsync($"New {at}", new { publishAt = Dated, section = "Between", tags = new[] { "Between" } });
        await home.PostAsync("/api/articles", new { title = $"Draft {at}", body = "Text." });
        var comment = await CommentAsync(home, made, "Rosa", $"rosa{at}@reader.example", $"I was there on day {at}, and it was loud.", null);
        if (at % 2 == 0)
        {
            await home.SendAsync(HttpMethod.Post, $"/api/comments/{comment}/approve", new { });
        }

        var old = (await home.GetAsync("/api/articles?section=Before"))["items"]!.AsArray().Select(article => (string)article!["id"]!).ToList();
        switch (at % 4)
        {
            case 0 when old.Count > 0:
                await home.SendAsync(HttpMethod.Delete, $"/api/articles/{old[0]}", null, HttpStatusCode.NoContent, "*");
                break;
            case 1 when old.Count > 0:
                await home.SendAsync(HttpMethod.Post, $"/api/articles/{old[^1]}/unpublish", new { });
                break;
            case 2 when old.Count > 1:
                await home.SendAsync(HttpMethod.Patch, $"/api/articles/{old[1]}", new { title = $"Moved {at}", slug = $"moved-{at}", section = "Between", tags = new[] { "Between" } });
                break;
            default:
                await home.SendAsync(HttpMethod.Patch, $"/api/articles/{made["id"]}", new { body = "Another text.", tags = new[] { "Later" } });
                break;
        }

        await home.SettledAsync();
    }

    private static async Task DeleteNewestAsync(Newsroom home)
    {
        var live = (await home.GetAsync("/api/articles?status=published"))["items"]!.AsArray();
        await home.SendAsync(HttpMethod.Delete, $"/api/articles/{live[0]!["id"]}", null, HttpStatusCode.NoContent, "*");
        await home.SettledAsync();
    }

    // Whatever the API lists is there, and the site shows all that is live and nothing else. Gives the titles of what is live.
    private static async Task<List<string>> IsWholeAsync(Newsroom newsroom)
    {
        await newsroom.SettledAsync();
        var listed = (await newsroom.GetAsync("/api/articles?limit=100"))["items"]!.AsArray().Select(article => (string)article!["id"]!).ToHashSet();
        var stored = await newsroom.Service<ITableStore>().ScanAsync("articles", null, 1_000, Stop);
        var living = stored.Where(row => row.Row == "article" && row.Columns.Text("status") != "Deleted").ToList();
        Assert.Equal(living.Select(row => row.Partition).Order(), listed.Order());
        var (paths, titles) = (new List<string>(), new List<string>());
        foreach (var id in listed)
        {
            var article = await newsroom.GetAsync($"/api/articles/{id}");
            var isLive = (string)article["status"]! == "published";
            Assert.NotEmpty((await newsroom.GetAsync($"/api/articles/{id}/revisions"))["items"]!.AsArray());
            var path = isLive ? new Uri((string)article["url"]!).AbsolutePath : $"/2025/05/{article["slug"]}/";
            var page = await newsroom.ReadAsync(path);
            Assert.True((page?.Contains((string)article["title"]!, StringComparison.Ordinal) == true) == isLive, $"{article["status"]} {path} {article["title"]}");
            if (isLive)
            {
                paths.Add(path);
                titles.Add((string)article["title"]!);
            }
        }

        await ShowsAsync("/", paths);
        await ShowsAsync("/sitemap.xml", paths);
        return titles;

        async Task ShowsAsync(string from, List<string> expected)
        {
            var text = from == "/" ? string.Concat(await PublishingTests.WalkAsync(newsroom.ReadAsync, "/archive/2025/05/")) + await newsroom.ReadAsync("/") : await newsroom.ReadAsync(from) ?? "";
            var shown = System.Text.RegularExpressions.Regex.Matches(text, "(?<!archive)/2025/05/[^/\"<?#]+/").Select(match => match.Value).ToHashSet();
            Assert.Equal(expected.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
        }
    }

    // Moderators find each comment once, by its status, and who wrote it.
    private static async Task HasItsCommentsListedAsync(Newsroom newsroom)
    {
        var stored = (await newsroom.Service<ITableStore>().ScanAsync("comments", null, 1_000, Stop)).Where(row => row.Row.StartsWith("comment-", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(stored);
        foreach (var status in stored.GroupBy(row => row.Columns.Text("status").ToLowerInvariant()))
        {
            var listed = (await newsroom.GetAsync($"/api/comments?limit=100&status={status.Key}"))["items"]!.AsArray().Select(comment => (string)comment!["id"]!);
            Assert.Equal(status.Select(row => row.Row["comment-".Length..]).Order(), listed.Order());
        }

        foreach (var person in stored.Select(row => row.Columns.Text("person")).Distinct())
        {
            Assert.NotNull(await newsroom.Service<ITableStore>().GetAsync("commenters", person, "person", Stop));
        }
    }

    // The same publication's archive with nothing in it.
    private static byte[] Empty(byte[] archive)
    {
        using var gzip = new System.IO.Compression.GZipStream(new MemoryStream(archive), System.IO.Compression.CompressionMode.Decompress);
        using var tar = new System.Formats.Tar.TarReader(gzip);
        using var manifest = new StreamReader(tar.GetNextEntry(copyData: true)!.DataStream!);
        return Tar(("manifest.json", manifest.ReadToEnd()), ("end.json", """{"rows":0,"blobs":0}"""));
    }

    /// <summary>Tables that tell of each that is about to be read from its beginning.</summary>
    private sealed class HookedTables(ITableStore tables, Func<Task> onBeginning) : ITableStore
    {
        public Task<TableRow?> GetAsync(string table, string partition, string row, CancellationToken cancellation) => tables.GetAsync(table, partition, row, cancellation);

        public Task<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellation) =>
            tables.QueryAsync(table, partition, range, limit, cancellation);

        public async Task<IReadOnlyList<TableRow>> ScanAsync(string table, TablePlace? after, int limit, CancellationToken cancellation)
        {
            if (after is null)
            {
                await onBeginning();
            }

            return await tables.ScanAsync(table, after, limit, cancellation);
        }

        public Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation) =>
            tables.CommitAsync(table, partition, operations, cancellation);
    }

    /// <summary>Blobs that tell when the articles' texts are about to be listed.</summary>
    private sealed class HookedBlobs(IBlobStore blobs, Func<Task> onTexts) : IBlobStore
    {
        public Task<Blob?> ReadAsync(BlobPath path, CancellationToken cancellation) => blobs.ReadAsync(path, cancellation);

        public Task<BlobProperties?> FindAsync(BlobPath path, CancellationToken cancellation) => blobs.FindAsync(path, cancellation);

        public Task<ETag?> WriteAsync(BlobPath path, BlobContent content, BlobCondition condition, CancellationToken cancellation) =>
            blobs.WriteAsync(path, content, condition, cancellation);

        public Task DeleteAsync(BlobPath path, CancellationToken cancellation) => blobs.DeleteAsync(path, cancellation);

        public Task<bool> DeleteAsync(BlobPath path, ETag version, CancellationToken cancellation) => blobs.DeleteAsync(path, version, cancellation);

        public async IAsyncEnumerable<string> ListAsync(string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
        {
            if (container == "articles")
            {
                await onTexts();
            }

            await foreach (var name in blobs.ListAsync(container, prefix, cancellation))
            {
                yield return name;
            }
        }
    }
}
