using System.Formats.Tar;
using System.Net;
using System.Text;
using Pressroom.Backup;
using Pressroom.Storage;
using Pressroom.Tests.Flows;
using static Pressroom.Tests.Backup.BackupTests;

namespace Pressroom.Tests.Backup;

/// <summary>Archives that nobody's export made.</summary>
public sealed class HostileArchiveTests
{
    private const string Article = "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static (string Name, string Text) Ending => ("end.json", """{"rows":1,"blobs":0}""");

    private static (string What, byte[] Archive)[] Unfit =>
    [
        ("a row twice", Rows("articles", $$"""["a","b",{}]{{'\n'}}["a","b",{}]""")),
        ("a row of two parts", Rows("articles", """["a","b"]""")),
        ("a row of nothing", Rows("articles", "[]")),
        ("a row without a key", Rows("articles", """["a",null,{}]""")),
        ("a row without columns", Rows("articles", """["a","b",7]""")),
        ("null for a row", Rows("articles", "null")),
        ("a number without end", Rows("articles", """["a","b",{"n":99999999999999999999}]""")),
        ("a column of nothing", Rows("articles", """["a","b",{"c":null}]""")),
        ("a column of no type", Rows("articles", """["a","b",{"c":{"x":1}}]""")),
        ("a column with no fit name", Rows("articles", """["a","b",{"a b":"x"}]""")),
        ("a column twice", Rows("articles", """["a","b",{"c":1,"c":2}]""")),
        ("a text that no table takes", Rows("authors", $$"""["a","b",{"c":"{{new string('x', 40_000)}}"}]""")),
        ("half a character", Rows("authors", """["a","b",{"c":"\ud800"}]""")),
        ("columns without number", Rows("authors", $$"""["a","b",{{{string.Join(',', Enumerable.Range(0, 300).Select(number => $"\"c{number}\":1"))}}}]""")),
        ("an article that is none", Rows("articles", """["a","article",{"title":"x"}]""")),
        ("an article without a title", Rows("articles", $$"""["{{Article}}","article",{"revision":1}]""")),
        ("an article of other types", Rows("articles", $$"""["{{Article}}","article",{"revision":"one","status":7}]""")),
        ("a comment of other types", Rows("comments", $$"""["{{Article}}","comment-{{Article}}",{"name":7}]""")),
        ("a delivery of other types", Rows("deliveries", """["a","channel-x",{"state":7}]""")),
        ("an issue of other types", Rows("newsletters", """["a","batch-00-00000",{"state":"Sending","marks":7}]""")),
        ("null for a manifest", Tar(("manifest.json", "null"), Ending)),
        ("a manifest of a list", Tar(("manifest.json", "[]"), Ending)),
        ("null for an end", Tar(Manifest, ("end.json", "null"))),
        ("two manifests", Tar(Manifest, Manifest, ("end.json", """{"rows":0,"blobs":0}"""))),
        ("its end before its rows", Tar(Manifest, Ending, ("rows/articles/000000.jsonl", """["a","b",{}]"""))),
        ("its rows before its manifest", Tar(("rows/articles/000000.jsonl", """["a","b",{}]"""), Manifest, Ending)),
        ("a file of its own", Tar(Manifest, ("readme.txt", "x"), Ending)),
        ("an absolute name", Tar(Manifest, ("/etc/passwd", "x"), Ending)),
        ("an absolute blob", Tar(Manifest, ("blobs//etc/passwd", "x"), ("end.json", """{"rows":0,"blobs":1}"""))),
        ("a blob with a way out", Tar(Manifest, ("blobs/theme/a/../../../x", "x"), ("end.json", """{"rows":0,"blobs":1}"""))),
        ("a blob of another folder", Tar(Manifest, ("blobs/backups/x", "x"), ("end.json", """{"rows":0,"blobs":1}"""))),
        ("a page by a way round", Tar(Manifest, ("blobs/$web/media/../index.html", "x"), ("end.json", """{"rows":0,"blobs":1}"""))),
        ("a blob without a name", Tar(Manifest, ("blobs/theme/", "x"), ("end.json", """{"rows":0,"blobs":1}"""))),
        ("rows with a way out", Tar(Manifest, ("rows/../articles/0.jsonl", """["a","b",{}]"""), Ending)),
        ("a symbolic link", Entries(new PaxTarEntry(TarEntryType.SymbolicLink, "blobs/theme/x") { LinkName = "/etc/passwd" })),
        ("a hard link", Entries(new PaxTarEntry(TarEntryType.HardLink, "blobs/theme/x") { LinkName = "/etc/passwd" })),
        ("a folder", Entries(new PaxTarEntry(TarEntryType.Directory, "blobs/theme/x"))),
        ("a pipe", Entries(new PaxTarEntry(TarEntryType.Fifo, "blobs/theme/x"))),
        ("global attributes", Entries(new PaxGlobalExtendedAttributesTarEntry(new Dictionary<string, string> { ["path"] = "/etc/passwd" }))),
        ("a blob of GNU's tar", Entries(new GnuTarEntry(TarEntryType.RegularFile, "blobs/theme/x") { DataStream = new MemoryStream([1]) })),
        ("a blob of the old tar", Entries(new UstarTarEntry(TarEntryType.RegularFile, "blobs/theme/x") { DataStream = new MemoryStream([1]) })),
        ("metadata of nothing", Entries(Blob((Archive.TypeAttribute, "text/html"), (Archive.MetadataAttribute, "null")))),
        ("metadata of a list", Entries(Blob((Archive.TypeAttribute, "text/html"), (Archive.MetadataAttribute, "[]")))),
        ("metadata with a null", Entries(Blob((Archive.TypeAttribute, "text/html"), (Archive.MetadataAttribute, """{"a":null}""")))),
        ("a header that no answer has", Entries(Blob((Archive.TypeAttribute, "text/html\rSet-Cookie: a=b")))),
        ("a size of 200 gigabytes", Declared("77777777777\0")),
        ("a size of 200 megabytes", Declared("01400000000\0")),
        ("a size below nothing", Declared("-0000000001\0")),
    ];

    [Fact]
    public async Task An_archive_that_could_not_be_imported_whole_is_refused_and_nothing_of_it_is_there()
    {
        await using var newsroom = await Newsroom.OpenAsync(BackupTests.Site);
        foreach (var (what, archive) in Unfit)
        {
            var failed = await ImportAsync(newsroom, archive, settles: false);
            Assert.True(failed["stage"]!.GetValue<string>() == "failed", $"{what}: {failed}");
            var reason = failed["reason"]!.GetValue<string>();
            Assert.True(reason.Length > 0 && !reason.Contains('/', StringComparison.Ordinal), $"{what}: {reason}");
        }

        await newsroom.SettledAsync(); // an import tells that it is over before its archive goes
        foreach (var table in Publication.Tables.Except(["setup", "lists"]))
        {
            Assert.Empty(await newsroom.Service<ITableStore>().ScanAsync(table, null, 10, Stop));
        }

        Assert.Empty(await ListAsync(newsroom, "theme"));
        Assert.Empty(await ListAsync(newsroom, "backups"));
        Assert.Empty((await newsroom.GetAsync("/api/poison"))["items"]!.AsArray());
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task What_comes_twice_in_two_places_is_there_as_it_came_first()
    {
        var archive = Tar(
            ("manifest.json", """{"format":1,"publication":"p"}"""), // made at no time
            ("rows/authors/000000.jsonl", """["authors","ada",{"name":"Ada","bio":"","updatedAt":{"time":"2026-11-24T10:00:00Z"}}]"""),
            ("rows/authors/000001.jsonl", """["authors","ada",{"name":"Eve","bio":"","updatedAt":{"time":"2026-11-24T10:00:00Z"}}]"""),
            ("blobs/theme/x.css", "first"),
            ("blobs/theme/x.css", "second"),
            ("end.json", """{"rows":2,"blobs":2}"""));
        await using var newsroom = await Newsroom.OpenAsync(BackupTests.Site);

        Assert.Equal("done", (await ImportAsync(newsroom, archive))["stage"]!.GetValue<string>());
        Assert.Equal("Ada", (await newsroom.Service<ITableStore>().GetAsync("authors", "authors", "ada", Stop))!.Columns.Text("name"));
        Assert.Equal("first", Encoding.UTF8.GetString((await newsroom.Service<IBlobStore>().ReadAsync(new BlobPath("theme", "x.css"), Stop))!.Content.Bytes.Span));
    }

    [Fact]
    public async Task An_upload_that_is_cut_leaves_nothing()
    {
        await using var newsroom = await Newsroom.OpenAsync(BackupTests.Site);
        var address = newsroom.Editor.BaseAddress!;
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync(address.Host, address.Port, Stop);
            var head = $"POST /api/backup HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Newsroom.AdminToken}\r\nContent-Type: application/gzip\r\nContent-Length: 20000000\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Stop);
            await client.GetStream().WriteAsync(new byte[9_000_000], Stop);
            await Newsroom.EventuallyAsync(async () => (await ListAsync(newsroom, "backups")).Count > 0, "its first part is kept");
        }

        await Newsroom.EventuallyAsync(async () => (await ListAsync(newsroom, "backups")).Count == 0, "nothing is kept of it");
        Assert.Empty(newsroom.Log.Errors);
        await newsroom.SendAsync(HttpMethod.Get, "/api/backup/0", null, HttpStatusCode.NotFound);
    }

    private static byte[] Rows(string table, string lines) => Tar(Manifest, ($"rows/{table}/000000.jsonl", lines), ("end.json", $$"""{"rows":{{lines.Split('\n').Length}},"blobs":0}"""));

    private static PaxTarEntry Blob(params (string Name, string Value)[] attributes) =>
        new(TarEntryType.RegularFile, "blobs/theme/x", attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Value)) { DataStream = new MemoryStream([1]) };

    private static byte[] Entries(TarEntry entry)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            Write("manifest.json", Manifest.Item2);
            tar.WriteEntry(entry);
            Write("end.json", """{"rows":0,"blobs":1}""");

            void Write(string name, string text) =>
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        }

        return Gzip(stream.ToArray());
    }

    // A blob whose header says another size than it has.
    private static byte[] Declared(string size)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "manifest.json") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(Manifest.Item2)) });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "blobs/theme/x") { DataStream = new MemoryStream([1]) });
        }

        var bytes = stream.ToArray();
        var header = bytes.AsSpan(bytes.AsSpan().IndexOf("blobs/theme/x"u8), 512);
        Encoding.ASCII.GetBytes(size, header[124..]);
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var value in header)
        {
            sum += value;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", header[148..]);
        return Gzip(bytes);
    }
}
