using System.Text;
using Pressroom.Storage;

namespace Pressroom.StorageTests.Contract;

public sealed class EmbeddedBlobStoreTests() : BlobStoreContract(new EmbeddedEngine());

public sealed class AzureBlobStoreTests(Azurite azurite) : BlobStoreContract(new AzureEngine(azurite));

public abstract class BlobStoreContract(IEngine engine) : ContractTests(engine)
{
    private IBlobStore Blobs => Stores.Blobs;

    [Fact]
    public async Task A_blob_comes_back_as_it_was_written()
    {
        var content = Text("<p>Bonjour</p>") with
        {
            ContentType = "text/html; charset=utf-8",
            CacheControl = "public, max-age=60",
            Metadata = new Dictionary<string, string> { ["revision"] = "7", ["by_Whom"] = "an editor; of the desk" },
        };

        var written = await Blobs.WriteAsync(Path("2026/11/bonjour/index.html"), content, BlobCondition.None, Cancellation);
        var read = await Blobs.ReadAsync(Path("2026/11/bonjour/index.html"), Cancellation);

        Assert.NotNull(read);
        Assert.Equal(written, read.ETag);
        Assert.Equal(content.Bytes, read.Content.Bytes);
        Assert.Equal("text/html; charset=utf-8", read.Content.ContentType);
        Assert.Equal("public, max-age=60", read.Content.CacheControl);
        Assert.Equal(content.Metadata.OrderBy(m => m.Key), read.Content.Metadata.OrderBy(m => m.Key));
        Assert.NotEqual(default, read.ModifiedAt);
    }

    [Fact]
    public async Task What_is_not_there_reads_as_null()
    {
        Assert.Null(await Blobs.ReadAsync(Path("nothing"), Cancellation));

        await Blobs.WriteAsync(Path("something"), Text("1"), BlobCondition.None, Cancellation);

        Assert.Null(await Blobs.ReadAsync(Path("nothing"), Cancellation));
        Assert.Null(await Blobs.ReadAsync(Path("some"), Cancellation));
        Assert.Null(await Blobs.ReadAsync(Path("something/else"), Cancellation));
    }

    [Fact]
    public async Task Writing_where_nothing_is_happens_once()
    {
        var first = await Blobs.WriteAsync(Path("a"), Text("1"), BlobCondition.IfAbsent, Cancellation);
        var second = await Blobs.WriteAsync(Path("a"), Text("2"), BlobCondition.IfAbsent, Cancellation);
        var third = await Blobs.WriteAsync(Path("a"), Text("3"), BlobCondition.IfMatch(null), Cancellation);

        Assert.NotNull(first);
        Assert.Null(second);
        Assert.Null(third);
        Assert.Equal("1", await ReadTextAsync("a"));
    }

    [Fact]
    public async Task Writing_over_a_version_happens_only_over_that_version()
    {
        var first = await Blobs.WriteAsync(Path("a"), Text("1"), BlobCondition.None, Cancellation);
        var second = await Blobs.WriteAsync(Path("a"), Text("2"), BlobCondition.IfMatch(first), Cancellation);
        var stale = await Blobs.WriteAsync(Path("a"), Text("3"), BlobCondition.IfMatch(first), Cancellation);
        var onNothing = await Blobs.WriteAsync(Path("b"), Text("3"), BlobCondition.IfMatch(first), Cancellation);

        Assert.NotNull(second);
        Assert.NotEqual(first, second);
        Assert.Null(stale);
        Assert.Null(onNothing);
        Assert.Equal("2", await ReadTextAsync("a"));
        Assert.Null(await Blobs.ReadAsync(Path("b"), Cancellation));
    }

    [Fact]
    public async Task Writing_over_a_blob_replaces_its_headers_too()
    {
        await Blobs.WriteAsync(
            Path("a"),
            Text("1") with { CacheControl = "no-store", Metadata = new Dictionary<string, string> { ["x"] = "1" } },
            BlobCondition.None,
            Cancellation);
        await Blobs.WriteAsync(Path("a"), new BlobContent("1"u8.ToArray(), "application/json"), BlobCondition.None, Cancellation);

        var read = await Blobs.ReadAsync(Path("a"), Cancellation);

        Assert.Equal("application/json", read!.Content.ContentType);
        Assert.Null(read.Content.CacheControl);
        Assert.Empty(read.Content.Metadata);
    }

    [Fact]
    public async Task A_change_of_headers_alone_is_a_new_version()
    {
        var first = await Blobs.WriteAsync(Path("a"), Text("1"), BlobCondition.None, Cancellation);
        var second = await Blobs.WriteAsync(Path("a"), Text("1") with { CacheControl = "no-store" }, BlobCondition.None, Cancellation);

        Assert.NotEqual(first, second);
        Assert.Null(await Blobs.WriteAsync(Path("a"), Text("2"), BlobCondition.IfMatch(first), Cancellation));
    }

    [Fact]
    public async Task Of_many_who_write_where_nothing_is_one_wins()
    {
        var tries = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => Blobs.WriteAsync(Path("a"), Text($"{i}"), BlobCondition.IfAbsent, Cancellation), Cancellation)));

        var winner = Assert.Single(Enumerable.Range(0, 8), i => tries[i] is not null);
        Assert.Equal($"{winner}", await ReadTextAsync("a"));
    }

    [Fact]
    public async Task Writers_who_check_the_version_lose_no_change()
    {
        await Blobs.WriteAsync(Path("count"), Text("0"), BlobCondition.None, Cancellation);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                for (var added = 0; added < 10;)
                {
                    var read = await Blobs.ReadAsync(Path("count"), Cancellation);
                    var next = int.Parse(TextOf(read!), null) + 1;
                    if (await Blobs.WriteAsync(Path("count"), Text($"{next}"), BlobCondition.IfMatch(read!.ETag), Cancellation) is not null)
                    {
                        added++;
                    }
                }
            },
            Cancellation)));

        Assert.Equal("40", await ReadTextAsync("count"));
    }

    [Fact]
    public async Task A_deleted_blob_is_gone_and_can_be_written_anew()
    {
        var first = await Blobs.WriteAsync(Path("a/b/c"), Text("1"), BlobCondition.None, Cancellation);
        await Blobs.DeleteAsync(Path("a/b/c"), Cancellation);

        Assert.Null(await Blobs.ReadAsync(Path("a/b/c"), Cancellation));
        Assert.Empty(await ListAsync(""));
        Assert.Null(await Blobs.WriteAsync(Path("a/b/c"), Text("2"), BlobCondition.IfMatch(first), Cancellation));
        Assert.NotNull(await Blobs.WriteAsync(Path("a/b/c"), Text("3"), BlobCondition.IfAbsent, Cancellation));
        Assert.Equal("3", await ReadTextAsync("a/b/c"));
    }

    [Fact]
    public async Task Deleting_what_is_not_there_succeeds()
    {
        await Blobs.DeleteAsync(Path("a"), Cancellation);
        await Blobs.WriteAsync(Path("b"), Text("1"), BlobCondition.None, Cancellation);
        await Blobs.DeleteAsync(Path("a"), Cancellation);
        await Blobs.DeleteAsync(Path("b/c"), Cancellation);

        Assert.Equal(["b"], await ListAsync(""));
    }

    [Fact]
    public async Task Deleting_a_version_leaves_any_other()
    {
        var first = await Blobs.WriteAsync(Path("a"), Text("1"), BlobCondition.None, Cancellation);
        var again = await Blobs.WriteAsync(Path("a"), Text("1"), BlobCondition.None, Cancellation);

        Assert.False(await Blobs.DeleteAsync(Path("a"), first!.Value, Cancellation));
        Assert.Equal("1", await ReadTextAsync("a"));
        Assert.True(await Blobs.DeleteAsync(Path("a"), again!.Value, Cancellation));
        Assert.Null(await Blobs.ReadAsync(Path("a"), Cancellation));
        Assert.False(await Blobs.DeleteAsync(Path("a"), again.Value, Cancellation));
        Assert.False(await Blobs.DeleteAsync(Path("never/there"), again.Value, Cancellation));
    }

    [Fact]
    public async Task Names_are_listed_by_prefix_in_ordinal_order()
    {
        string[] names = ["2026/11/b/index.html", "2026/11/a/index.html", "2026/11-x", "2026/1", "2026/11/a-b/index.html", "feed.xml", "Feed.xml", "é"];
        foreach (var name in names)
        {
            await Blobs.WriteAsync(Path(name), Text(name), BlobCondition.None, Cancellation);
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), await ListAsync(""));
        Assert.Equal(["2026/11/a-b/index.html", "2026/11/a/index.html", "2026/11/b/index.html"], await ListAsync("2026/11/"));
        Assert.Equal(["2026/11/a-b/index.html", "2026/11/a/index.html"], await ListAsync("2026/11/a"));
        Assert.Equal(["2026/1", "2026/11-x", "2026/11/a-b/index.html", "2026/11/a/index.html", "2026/11/b/index.html"], await ListAsync("2026/1"));
        Assert.Equal(["feed.xml"], await ListAsync("feed.xml"));
        Assert.Empty(await ListAsync("2027/"));
        Assert.Empty(await ListAsync("../"));
        Assert.Empty(await AllOf(Blobs.ListAsync("n" + Container, "", Cancellation)));
    }

    [Theory]
    [InlineData("with space/a b.html")]
    [InlineData("percent%41/%2F%.html")]
    [InlineData("query?a=b&c#d.html")]
    [InlineData("plus+semi;comma,.html")]
    [InlineData("quotes'\"`.html")]
    [InlineData("2026/11/خبر-عاجل/index.html")]
    [InlineData("2026/11/été-à-l’œuvre/😀.html")]
    [InlineData("ends.with.dots.html/a..b")]
    [InlineData(".well-known/security.txt")]
    public async Task A_name_is_taken_as_it_is(string name)
    {
        await Blobs.WriteAsync(Path(name), Text(name), BlobCondition.IfAbsent, Cancellation);

        Assert.Equal(name, await ReadTextAsync(name));
        Assert.Equal([name], await ListAsync(name[..3]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1024 * 1024)]
    [InlineData((1024 * 1024) + 1)]
    [InlineData(5_000_000)]
    public async Task A_blob_may_be_empty_or_large(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        var written = await Blobs.WriteAsync(Path("image.png"), new BlobContent(bytes, "image/png"), BlobCondition.IfAbsent, Cancellation);
        var read = await Blobs.ReadAsync(Path("image.png"), Cancellation);
        Assert.Equal(written, read!.ETag);
        Assert.True(bytes.AsSpan().SequenceEqual(read.Content.Bytes.Span));

        await Blobs.WriteAsync(Path("image.png"), Text("small"), BlobCondition.IfMatch(read.ETag), Cancellation);
        Assert.Equal("small", await ReadTextAsync("image.png"));
    }

    [Fact]
    public async Task The_site_has_a_container_of_its_own()
    {
        var path = new BlobPath("$web", $"{Container}/index.html");
        await Blobs.WriteAsync(path, Text("home"), BlobCondition.None, Cancellation);

        Assert.Equal("home", TextOf((await Blobs.ReadAsync(path, Cancellation))!));
        Assert.Equal([path.Name], await AllOf(Blobs.ListAsync("$web", Container, Cancellation)));

        await Blobs.DeleteAsync(path, Cancellation);
        Assert.Empty(await AllOf(Blobs.ListAsync("$web", Container, Cancellation)));
    }

    [Fact]
    public async Task A_cancelled_write_is_not_begun()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Blobs.WriteAsync(Path("a"), Text("1"), BlobCondition.None, cancelled.Token));

        Assert.Null(await Blobs.ReadAsync(Path("a"), Cancellation));
    }

    private BlobPath Path(string name) => new(Container, name);

    private Task<List<string>> ListAsync(string prefix) => AllOf(Blobs.ListAsync(Container, prefix, Cancellation));

    private async Task<string> ReadTextAsync(string name) => TextOf((await Blobs.ReadAsync(Path(name), Cancellation))!);

    private static string TextOf(Blob blob) => Encoding.UTF8.GetString(blob.Content.Bytes.Span);

    private static BlobContent Text(string text) => new(Encoding.UTF8.GetBytes(text), "text/plain");
}
