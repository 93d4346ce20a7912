using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Pressroom.Backup;
using Pressroom.Storage;
using Pressroom.StorageTests;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Backup;

public sealed class BackupTests
{
    private const string SigningKey = "--Pressroom:SigningKey=a-signing-key-for-tests-of-forty-letters--";

    internal static readonly string[] Site = ["--Site:BaseUrl=https://news.example", "--Site:ApiBaseUrl=https://news.example/api", "--Site:Title=The Example", SigningKey];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_publication_goes_from_one_engine_to_the_other_and_back_and_its_pages_are_the_same_byte_for_byte()
    {
        await using var azurite = new Azurite();
        await using var home = await Newsroom.OpenAsync(Site);
        await FillAsync(home);
        var pages = await SettledSiteAsync(home);
        var archive = await ExportAsync(home);

        await using var azure = await Newsroom.OpenAsync([.. Site, $"--AzureWebJobsStorage={await azurite.ConnectionStringAsync()}"]);
        var imported = await ImportAsync(azure, archive);
        Assert.Equal("done", imported["stage"]!.GetValue<string>());
        await ShowsTheSameAsync(pages, azure);
        await TellsTheSameAsync(home, azure);
        Assert.Empty(Announced(azure));

        var before = await AllRowsAsync(azure);
        var again = await ImportAsync(azure, archive);
        Assert.Equal("done", again["stage"]!.GetValue<string>());
        Assert.Equal((0, 0), ((int)again["rows"]!, (int)again["blobs"]!));
        await ShowsTheSameAsync(pages, azure);
        Assert.Equal(before, await AllRowsAsync(azure));

        await using var back = await Newsroom.OpenAsync(Site);
        await ImportAsync(back, await ExportAsync(azure));
        await ShowsTheSameAsync(pages, back);
        await TellsTheSameAsync(home, back);
        Assert.Equal(await RowsAsync(archive), await RowsAsync(await ExportAsync(back)));
        Assert.Empty(home.Log.Errors.Concat(azure.Log.Errors).Concat(back.Log.Errors));
    }

    [Fact]
    public async Task What_was_imported_is_edited_without_being_announced_or_mailed_again()
    {
        await using var home = await Newsroom.OpenAsync(Site);
        await SubscribersAsync(home);
        var article = await home.PublishAsync("Told once", new { newsletter = true });
        await home.SettledAsync();
        await using var other = await Newsroom.OpenAsync(Site);
        await ImportAsync(other, await ExportAsync(home));

        await other.SendAsync(HttpMethod.Patch, $"/api/articles/{article["id"]}", new { title = "Told once, and corrected" });
        await other.ShowsAsync("/", "Told once, and corrected");
        await other.SettledAsync();

        Assert.Equal(3, Announced(home).Count); // the post and two mails
        Assert.Equal("Told once", (await home.GetAsync($"/api/articles/{article["id"]}"))["title"]!.GetValue<string>());
        Assert.DoesNotContain(Announced(other), file => file.EndsWith(".eml", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_delivery_and_an_issue_that_were_under_way_wait_for_a_person()
    {
        var article = Guid.NewGuid().ToString("N");
        var archive = await ArchiveAsync(
            "https://news.example",
            ("deliveries", [
                Row(article, "channel-one", new Columns { { "state", "Queued" }, { "claimedBy", null }, { "updatedAt", DateTimeOffset.UnixEpoch } }),
                Row(article, "channel-two", new Columns { { "state", "Sending" }, { "claimedBy", "host" }, { "updatedAt", DateTimeOffset.UnixEpoch } }),
                Row(article, "channel-three", new Columns { { "state", "Sent" }, { "remoteId", "7" }, { "updatedAt", DateTimeOffset.UnixEpoch } }),
            ]),
            ("newsletters", [
                Row("letter-1", "batch-00-00000", new Columns { { "state", "Sending" }, { "marks", "ss>." }, { "claimedBy", "host" }, { "updatedAt", DateTimeOffset.UnixEpoch } }),
                Row("letter-1", "batch-00-00001", new Columns { { "state", "Sent" }, { "marks", "ss" }, { "updatedAt", DateTimeOffset.UnixEpoch } }),
                Row("letter-1", "issue", new Columns { { "state", "Sending" } }),
                Row("letter-2", "issue", new Columns { { "state", "Sent" } }),
            ]));
        await using var newsroom = await Newsroom.OpenAsync(Site);
        Assert.Equal("done", (await ImportAsync(newsroom, archive))["stage"]!.GetValue<string>());

        var tables = newsroom.Service<ITableStore>();
        Assert.Equal(["Unknown", "Sent", "Unknown"], (await tables.QueryAsync("deliveries", article, RowRange.All, 9, Stop)).Select(row => row.Columns.Text("state")));
        var issue = await tables.QueryAsync("newsletters", "letter-1", RowRange.All, 9, Stop);
        Assert.Equal(["Unknown", "Sent", "Paused"], issue.Select(row => row.Columns.Text("state")));
        Assert.Equal(["ss??", "ss"], issue.Take(2).Select(row => row.Columns.Text("marks")));
        Assert.Equal("Sent", (await tables.GetAsync("newsletters", "letter-2", "issue", Stop))!.Columns.Text("state"));
    }

    [Fact]
    public async Task An_archive_that_is_cut_anywhere_is_not_imported_at_all()
    {
        await using var home = await Newsroom.OpenAsync(Site);
        await FillAsync(home);
        var archive = await ExportAsync(home);
        await using var other = await Newsroom.OpenAsync(Site);
        foreach (var length in new[] { 0, 5, 1_000, archive.Length / 2, archive.Length - 600 })
        {
            var failed = await ImportAsync(other, archive[..length]);
            Assert.True(failed["stage"]!.GetValue<string>() == "failed", $"cut at {length}: {failed}");
            Assert.NotEmpty(failed["reason"]!.GetValue<string>());
        }

        Assert.Empty((await other.GetAsync("/api/articles"))["items"]!.AsArray());
        Assert.Empty(await ListAsync(other, "backups"));
    }

    private static (string What, byte[] Archive)[] Foreign =>
    [
        ("text", "an archive"u8.ToArray()),
        ("empty gzip", Gzip([])),
        ("gzip of text", Gzip("an archive"u8.ToArray())),
        ("no manifest", Tar(("end.json", """{"rows":0,"blobs":0}"""))),
        ("another format", Tar(("manifest.json", """{"format":2,"publication":"p","site":"s","madeAt":"2026-11-24T10:00:00Z"}"""), ("end.json", """{"rows":0,"blobs":0}"""))),
        ("a table of secrets", Tar(Manifest, ("rows/tokens/000000.jsonl", """["tokens","0123456789abcdef",{"name":"x"}]"""), ("end.json", """{"rows":1,"blobs":0}"""))),
        ("an unknown table", Tar(Manifest, ("rows/xyz/000000.jsonl", """["a","b",{}]"""), ("end.json", """{"rows":1,"blobs":0}"""))),
        ("a bad key", Tar(Manifest, ("rows/articles/000000.jsonl", """["a/b","b",{}]"""), ("end.json", """{"rows":1,"blobs":0}"""))),
        ("a bad line", Tar(Manifest, ("rows/articles/000000.jsonl", """{"a":1}"""), ("end.json", """{"rows":1,"blobs":0}"""))),
        ("a bad column", Tar(Manifest, ("rows/articles/000000.jsonl", """["a","b",{"c":[1]}]"""), ("end.json", """{"rows":1,"blobs":0}"""))),
        ("a page", Tar(Manifest, ("blobs/$web/index.html", "<script>"), ("end.json", """{"rows":0,"blobs":1}"""))),
        ("a way out", Tar(Manifest, ("blobs/articles/../../x", "x"), ("end.json", """{"rows":0,"blobs":1}"""))),
        ("miscounted", Tar(Manifest, ("end.json", """{"rows":1,"blobs":0}"""))),
    ];

    internal static (string, string) Manifest => ("manifest.json", """{"format":1,"publication":"p","site":"s","madeAt":"2026-11-24T10:00:00Z"}""");

    [Fact]
    public async Task What_is_no_backup_is_refused_with_its_reason_and_nothing_is_written()
    {
        await using var newsroom = await Newsroom.OpenAsync(Site);
        foreach (var (what, archive) in Foreign)
        {
            var failed = await ImportAsync(newsroom, archive, settles: false);
            Assert.True(failed["stage"]!.GetValue<string>() == "failed", what);
            Assert.NotEmpty(failed["reason"]!.GetValue<string>());
        }

        await newsroom.SettledAsync();
        foreach (var table in Publication.Tables)
        {
            Assert.DoesNotContain(await newsroom.Service<ITableStore>().ScanAsync(table, null, 10, Stop), row => row.Partition is "a" or "a/b" or PublicationIdentity.Key);
        }
    }

    [Fact]
    public async Task What_unpacks_to_far_more_than_it_is_is_refused_before_it_is_unpacked()
    {
        var zeros = new string('0', 100 * 1024 * 1024);
        await RefusesAsync(Tar(Manifest, ("blobs/theme/bomb", zeros), ("end.json", """{"rows":0,"blobs":1}""")), "hundred times");
        await RefusesAsync(Tar(Manifest, ("blobs/theme/" + zeros[..(1024 * 1024)], ""), ("end.json", """{"rows":0,"blobs":1}""")), "no backup has");
        await RefusesAsync(Tar(Manifest, ("rows/articles/000000.jsonl", zeros[..(17 * 1024 * 1024)]), ("end.json", """{"rows":0,"blobs":0}""")), "no backup has");

        static async Task RefusesAsync(byte[] archive, string reason)
        {
            using var stream = new MemoryStream(archive);
            var refused = await Assert.ThrowsAsync<InvalidDataException>(async () => await ArchiveReader.ReadAsync(stream, Stop).CountAsync(Stop));
            Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_publication_is_not_mixed_into_one_that_has_something()
    {
        await using var home = await Newsroom.OpenAsync(Site);
        await home.PublishAsync("Of the one");
        await using var other = await Newsroom.OpenAsync(Site);
        await other.PublishAsync("Of the other");

        var failed = await ImportAsync(other, await ExportAsync(home));

        Assert.Equal("failed", failed["stage"]!.GetValue<string>());
        Assert.Contains("another publication", failed["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("Of the other", Assert.Single((await other.GetAsync("/api/articles"))["items"]!.AsArray())!["title"]!.GetValue<string>());
    }

    [Fact]
    public async Task Only_an_administrator_takes_a_publication_out_or_brings_one_in()
    {
        await using var newsroom = await Newsroom.OpenAsync(Site);
        var made = await newsroom.PostAsync("/api/tokens", new { name = "Desk", roles = new[] { "editor", "moderator" } });
        foreach (var (token, status) in new[] { (null, HttpStatusCode.Unauthorized), (made["token"]!.GetValue<string>(), HttpStatusCode.Forbidden) })
        {
            foreach (var (method, address) in new[] { (HttpMethod.Get, "/api/backup"), (HttpMethod.Post, "/api/backup"), (HttpMethod.Get, "/api/backup/0") })
            {
                using var answer = await newsroom.CallAsync(token, method, address, method == HttpMethod.Post ? Body("x"u8.ToArray()) : null);
                Assert.Equal(status, answer.StatusCode);
            }
        }

        using var text = new StringContent("x", Encoding.UTF8, "text/plain");
        using var refused = await newsroom.Editor.PostAsync("/api/backup", text, Stop);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
        await newsroom.SendAsync(HttpMethod.Get, "/api/backup/0", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Whatever_is_stored_is_carried_or_left_on_purpose()
    {
        await using var home = await Newsroom.OpenAsync(Site);
        await FillAsync(home);
        await home.SettledAsync();
        await ExportAsync(home);
        await home.StopAsync();

        using var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(home.DataFolder, "pressroom.db")};Pooling=false");
        await database.OpenAsync(Stop);
        await using var query = database.CreateCommand();
        query.CommandText = "select distinct \"table\" from rows";
        await using var found = await query.ExecuteReaderAsync(Stop);
        var tables = new List<string>();
        while (await found.ReadAsync(Stop))
        {
            tables.Add(found.GetString(0));
        }

        Assert.Empty(tables.Except([.. Publication.Tables, .. Publication.LeftTables]));
        Assert.Empty(Publication.Tables.Intersect(Publication.LeftTables));
    }

    internal static async Task FillAsync(Newsroom newsroom)
    {
        await newsroom.SendAsync(HttpMethod.Put, "/api/authors/amina-haddad", new { name = "Amina Haddad", bio = "Writes about **cities**." }, HttpStatusCode.Created);
        var french = await newsroom.PublishAsync("Le marché déménage", new { language = "fr", section = "Ville", tags = new[] { "Marché", "Pont" }, author = "Amina Haddad", body = "Ils disent « oui ».\n\nقالوا نعم اليوم في المدينة." });
        await newsroom.PublishAsync("السوق ينتقل", new { language = "ar", translationOf = french["id"]!.GetValue<string>(), tags = new[] { "سوق" } });
        var english = await newsroom.PublishAsync("The market moves", new { language = "en", section = "City", tags = new[] { "Market" }, author = "Amina Haddad", newsletter = true });
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/articles/{english["id"]}", new { slug = "the-market-has-moved", title = "The market has moved" });
        await newsroom.PostAsync("/api/articles", new { title = "A draft", body = "Not yet." });
        await newsroom.PostAsync("/api/articles", new { title = "Later", body = "In years.", status = "scheduled", publishAt = "2190-01-01T00:00:00Z" });
        var gone = await newsroom.PublishAsync("Taken back");
        await newsroom.SendAsync(HttpMethod.Post, $"/api/articles/{gone["id"]}/unpublish", new { });
        foreach (var number in Enumerable.Range(0, 30))
        {
            await newsroom.PublishAsync($"Number {number}", new { section = "City", tags = new[] { "Market" } });
        }

        await SubscribersAsync(newsroom);
        var first = await CommentAsync(newsroom, english, "Rosa", "rosa@reader.example", "I was there, and it was *loud*.", null);
        await newsroom.SendAsync(HttpMethod.Post, $"/api/comments/{first}/approve", new { });
        var second = await CommentAsync(newsroom, english, "Ben", "ben@reader.example", "So was I, on the other side.", first);
        await newsroom.SendAsync(HttpMethod.Post, $"/api/comments/{second}/approve", new { });
        await CommentAsync(newsroom, english, "Spammer", "spam@reader.example", "Buy now https://a.example https://b.example https://c.example", null);
        await newsroom.PostAsync("/api/comments/bans", new { words = "buy cheap" });
    }

    private static async Task SubscribersAsync(Newsroom newsroom)
    {
        using var csv = new StringContent("email,language,sections,consentDate\nada@reader.example,en,,2026-01-05\nzoé@reader.example,fr,ville,2026-02-05\n", Encoding.UTF8, "text/csv");
        using var answer = await newsroom.Editor.PostAsync("/api/subscribers/import", csv, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    internal static async Task<string> CommentAsync(Newsroom newsroom, JsonNode article, string name, string email, string body, string? parentId)
    {
        var sent = await newsroom.PostAsync($"/api/articles/{article["id"]}/comments", new { name, email, body, parentId }, HttpStatusCode.Accepted);
        return sent["id"]!.GetValue<string>();
    }

    internal static async Task<byte[]> ExportAsync(Newsroom newsroom)
    {
        await newsroom.SettledAsync();
        using var answer = await newsroom.Editor.GetAsync("/api/backup", Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/gzip", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        return await answer.Content.ReadAsByteArrayAsync(Stop);
    }

    internal static async Task<JsonNode> ImportAsync(Newsroom newsroom, byte[] archive, bool settles = true)
    {
        using var body = Body(archive);
        using var received = await newsroom.Editor.PostAsync("/api/backup", body, Stop);
        Assert.Equal(HttpStatusCode.Accepted, received.StatusCode);
        JsonNode import = new JsonObject();
        await Newsroom.EventuallyAsync(
            async () =>
            {
                import = await newsroom.GetAsync(received.Headers.Location!.AbsolutePath);
                return import["stage"]!.GetValue<string>() is "done" or "failed";
            },
            "the import is over");
        if (settles)
        {
            await newsroom.SettledAsync();
        }

        return import;
    }

    internal static ByteArrayContent Body(byte[] archive) => new(archive) { Headers = { ContentType = new MediaTypeHeaderValue("application/gzip") } };

    // The site when nothing is under way any more.
    internal static async Task<SortedDictionary<string, byte[]>> SettledSiteAsync(Newsroom newsroom)
    {
        await newsroom.SettledAsync();
        return await SiteAsync(newsroom);
    }

    private static async Task<SortedDictionary<string, byte[]>> SiteAsync(Newsroom newsroom)
    {
        var pages = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var blobs = newsroom.Service<IBlobStore>();
        await foreach (var name in blobs.ListAsync("$web", "", Stop))
        {
            pages[name] = (await blobs.ReadAsync(new BlobPath("$web", name), Stop))?.Content.Bytes.ToArray() ?? [];
        }

        return pages;
    }

    private static async Task ShowsTheSameAsync(SortedDictionary<string, byte[]> pages, Newsroom newsroom)
    {
        var shown = await SettledSiteAsync(newsroom);
        Assert.Equal(pages.Keys, shown.Keys);
        foreach (var (name, bytes) in pages)
        {
            Assert.True(bytes.AsSpan().SequenceEqual(shown[name]), $"{name}:\n{Encoding.UTF8.GetString(bytes)}\n—\n{Encoding.UTF8.GetString(shown[name])}");
        }
    }

    // What editors, moderators and administrators are told.
    private static async Task TellsTheSameAsync(Newsroom one, Newsroom other)
    {
        var articles = (await one.GetAsync("/api/articles?limit=100"))["items"]!.AsArray();
        var addresses = new List<string> { "/api/articles?limit=100", "/api/comments?limit=100", "/api/comments/bans", "/api/authors", "/api/newsletters", "/api/subscribers", "/api/people?email=ada@reader.example" };
        foreach (var article in articles)
        {
            addresses.AddRange([$"/api/articles/{article!["id"]}", $"/api/articles/{article["id"]}/revisions", $"/api/articles/{article["id"]}/deliveries", $"/api/articles/{article["id"]}/comments"]);
        }

        foreach (var address in addresses.Where(address => !address.EndsWith("/comments", StringComparison.Ordinal)))
        {
            Assert.Equal((await one.GetAsync(address)).ToJsonString(), (await other.GetAsync(address)).ToJsonString());
        }
    }

    private static List<string> Announced(Newsroom newsroom)
    {
        var outbox = new DirectoryInfo(Path.Combine(newsroom.DataFolder, "outbox"));
        return outbox.Exists ? outbox.GetFiles("*", SearchOption.AllDirectories).Select(file => file.Name).Where(name => !name.StartsWith('.')).ToList() : [];
    }

    private static async Task<List<string>> AllRowsAsync(Newsroom newsroom)
    {
        var rows = new List<string>();
        foreach (var table in Publication.Tables.Where(table => table != "lists"))
        {
            rows.AddRange((await newsroom.Service<ITableStore>().ScanAsync(table, null, 1_000, Stop)).Select(row => $"{table} {row.Partition} {row.Row} {Encoding.UTF8.GetString(ColumnsJson.Write(Sorted(row.Columns)).Span)}"));
        }

        return rows;
    }

    internal static async Task<List<string>> ListAsync(Newsroom newsroom, string container)
    {
        var names = new List<string>();
        await foreach (var name in newsroom.Service<IBlobStore>().ListAsync(container, "", Stop))
        {
            names.Add(name);
        }

        return names;
    }

    // The archive's lines, but for those of lists, which remember how they came about.
    private static async Task<List<string>> RowsAsync(byte[] archive)
    {
        using var stream = new MemoryStream(archive);
        var rows = new List<string>();
        await foreach (var entry in ArchiveReader.ReadAsync(stream, Stop))
        {
            if (entry is ArchiveEntry.Rows { Table: not "lists" } some)
            {
                rows.AddRange(some.Items.Select(row => $"{some.Table} {row.Partition} {row.Row} {Encoding.UTF8.GetString(ColumnsJson.Write(Sorted(row.Columns)).Span)}"));
            }
            else if (entry is ArchiveEntry.File file)
            {
                rows.Add($"{file.Path} {file.Content.Bytes.Length} {file.Content.ContentType}");
            }
        }

        return [.. rows.Order(StringComparer.Ordinal)];
    }

    private static Columns Sorted(Columns columns)
    {
        var sorted = new Columns();
        foreach (var (name, value) in columns.OrderBy(column => column.Key, StringComparer.Ordinal))
        {
            sorted.Add(name, value);
        }

        return sorted;
    }

    internal static TableRow Row(string partition, string row, Columns columns) => new(partition, row, default, columns);

    private static async Task<byte[]> ArchiveAsync(string site, params (string Table, TableRow[] Rows)[] tables)
    {
        using var stream = new MemoryStream();
        await using (var archive = new ArchiveWriter(stream, DateTimeOffset.UtcNow))
        {
            await archive.BeginAsync(new ArchiveManifest(Archive.Format, Guid.NewGuid().ToString("N"), site, DateTimeOffset.UtcNow), Stop);
            foreach (var (table, rows) in tables)
            {
                await archive.WriteRowsAsync(table, rows.ToAsyncEnumerable(), Stop);
            }

            await archive.EndAsync(Stop);
        }

        return stream.ToArray();
    }

    internal static byte[] Tar(params (string Name, string Text)[] entries)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                var attributes = name.StartsWith("blobs/", StringComparison.Ordinal) ? new Dictionary<string, string> { [Archive.TypeAttribute] = "text/html" } : [];
                using var data = new MemoryStream(Encoding.UTF8.GetBytes(text));
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name, attributes) { DataStream = data });
            }
        }

        return Gzip(stream.ToArray());
    }

    internal static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
