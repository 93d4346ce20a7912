using System.Text;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;

namespace Pressroom.StorageTests.Embedded;

/// <summary>Blob files that a loss of power took, because they were only in the machine's memory.</summary>
public sealed class RedoTests : IAsyncDisposable
{
    private readonly EmbeddedUnderTest engine = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_that_are_lost_are_written_again_with_their_headers_and_times()
    {
        var content = Text("page") with { CacheControl = "no-store", Metadata = new Dictionary<string, string> { ["a"] = "1" } };
        var first = await WriteAsync("2026/11/a/index.html", content);
        var second = await WriteAsync("empty", Text(""));

        await using var after = engine.AfterLosingPower();
        var page = await after.Storage.Blobs.ReadAsync(Path("2026/11/a/index.html"), Cancellation);
        var empty = await after.Storage.Blobs.ReadAsync(Path("empty"), Cancellation);

        Assert.Equal((first, "page", "no-store", "1"), (page!.ETag, TextOf(page), page.Content.CacheControl, page.Content.Metadata["a"]));
        Assert.Equal((second, ""), (empty!.ETag, TextOf(empty)));
        Assert.Equal(engine.Time.GetUtcNow(), page.ModifiedAt);
        Assert.Equal(engine.Time.GetUtcNow(), File.GetLastWriteTimeUtc(after.Storage.Blobs.FileOf(Path("empty"))!));
        Assert.NotNull(await after.Storage.Blobs.WriteAsync(Path("empty"), Text("1"), BlobCondition.IfMatch(second), Cancellation));
    }

    [Fact]
    public async Task Only_the_last_of_several_changes_counts()
    {
        await WriteAsync("written twice", Text("1"));
        await WriteAsync("written twice", Text("2"));
        await WriteAsync("deleted", Text("1"));
        await engine.Storage.Blobs.DeleteAsync(Path("deleted"), Cancellation);
        await WriteAsync("deleted and written", Text("1"));
        await engine.Storage.Blobs.DeleteAsync(Path("deleted and written"), Cancellation);
        await WriteAsync("deleted and written", Text("3"));

        await using var after = engine.AfterLosingPower();

        // The deletion did not reach the disk either.
        Directory.CreateDirectory(System.IO.Path.Combine(after.Folder, "site"));
        await File.WriteAllTextAsync(System.IO.Path.Combine(after.Folder, "site", "deleted"), "1", Cancellation);
        Assert.Equal("2", await ReadAsync(after, "written twice"));
        Assert.Null(await ReadAsync(after, "deleted"));
        Assert.Equal("3", await ReadAsync(after, "deleted and written"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PAGE")]
    public async Task A_file_whose_name_reached_the_disk_before_its_bytes_is_written_again(string onDisk)
    {
        await WriteAsync("index.html", Text("page"));

        await using var after = engine.AfterLosingPower();
        var file = System.IO.Path.Combine(after.Folder, "site", "index.html");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, onDisk, Cancellation);
        File.SetLastWriteTimeUtc(file, engine.Time.GetUtcNow().UtcDateTime);

        Assert.Equal("page", await ReadAsync(after, "index.html"));
    }

    [Fact]
    public async Task A_large_file_whose_rename_was_lost_is_put_in_place()
    {
        var bytes = new byte[EmbeddedBlobs.LargestInRedo + 1];
        new Random(1).NextBytes(bytes);
        await WriteAsync("image.png", Text("before"));
        var etag = await WriteAsync("image.png", new BlobContent(bytes, "image/png"));

        await using var after = engine.AfterLosingPower();
        using (var database = Database.Open(System.IO.Path.Combine(after.Folder, "pressroom.db"), 1024))
        using (var redo = database.Query("select temporary from blob_redo where temporary is not null"))
        {
            Assert.True(redo.Read());
            Directory.CreateDirectory(System.IO.Path.Combine(after.Folder, "tmp"));
            File.Copy(engine.Storage.Blobs.FileOf(Path("image.png"))!, System.IO.Path.Combine(after.Folder, "tmp", redo.Text(0)));
        }

        var read = await after.Storage.Blobs.ReadAsync(Path("image.png"), Cancellation);
        Assert.Equal(etag, read!.ETag);
        Assert.True(bytes.AsSpan().SequenceEqual(read.Content.Bytes.Span));
        Assert.Empty(Directory.EnumerateFiles(System.IO.Path.Combine(after.Folder, "tmp")));
    }

    [Fact]
    public async Task A_large_file_that_is_in_place_is_not_written_over_by_an_earlier_small_one()
    {
        var bytes = new byte[EmbeddedBlobs.LargestInRedo + 1];
        await WriteAsync("image.png", Text("before"));
        var etag = await WriteAsync("image.png", new BlobContent(bytes, "image/png"));

        await using var after = engine.AfterLosingPower();
        Directory.CreateDirectory(System.IO.Path.Combine(after.Folder, "site"));
        File.Copy(engine.Storage.Blobs.FileOf(Path("image.png"))!, System.IO.Path.Combine(after.Folder, "site", "image.png"));

        Assert.Equal(etag, (await after.Storage.Blobs.ReadAsync(Path("image.png"), Cancellation))!.ETag);
    }

    [Fact]
    public async Task What_a_dead_process_left_in_tmp_is_thrown_away()
    {
        _ = engine.Storage;
        await using var after = engine.AfterLosingPower();
        Directory.CreateDirectory(System.IO.Path.Combine(after.Folder, "tmp"));
        await File.WriteAllTextAsync(System.IO.Path.Combine(after.Folder, "tmp", "0123"), "half", Cancellation);

        _ = after.Storage;

        Assert.Empty(Directory.EnumerateFiles(System.IO.Path.Combine(after.Folder, "tmp")));
    }

    [Fact]
    public async Task A_file_that_cannot_be_put_in_place_now_is_put_there_later()
    {
        var blobs = engine.Storage.Blobs;
        using var release = new ManualResetEventSlim();
        var inTheWay = System.IO.Path.Combine(engine.Folder, "site", "second");
        blobs.Changed += path =>
        {
            if (path.Name == "first")
            {
                // Holds the writer until the other two wait, so that they share a transaction.
                release.Wait(Cancellation);
            }

            if (path.Name == "between")
            {
                Directory.CreateDirectory(inTheWay);
            }
        };
        var first = WriteAsync("first", Text("1"));
        var between = WriteAsync("between", Text("1"));
        var second = WriteAsync("second", Text("2"));
        release.Set();
        await Task.WhenAll(first, between);

        await Assert.ThrowsAnyAsync<Exception>(() => second);
        Directory.Delete(inTheWay);
        while (blobs.FileOf(Path("second")) is null)
        {
            engine.Time.Advance(TimeSpan.FromSeconds(2)); // again and again: upkeep may not be waiting for it yet
            await Task.Delay(5, Cancellation);
        }

        Assert.Equal("2", await ReadAsync(engine, "second"));
    }

    [Fact]
    public async Task Redo_is_forgotten_once_the_files_are_durable()
    {
        for (var i = 0; i < 300; i++)
        {
            await WriteAsync($"{i}", Text($"{i}"));
        }

        using var database = Database.Open(System.IO.Path.Combine(engine.Folder, "pressroom.db"), 1024);
        Assert.Equal(300, Count(database));
        while (Count(database) > 0)
        {
            engine.Time.Advance(TimeSpan.FromSeconds(2)); // again and again: upkeep may not be waiting for it yet
            await Task.Delay(5, Cancellation);
        }

        await using var after = engine.AfterLosingPower();
        Assert.Null(await ReadAsync(after, "7"));
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private static long Count(Database database)
    {
        using var rows = database.Query("select count(*) from blob_redo");
        rows.Read();
        return rows.Number(0);
    }

    private Task<ETag?> WriteAsync(string name, BlobContent content) => engine.Storage.Blobs.WriteAsync(Path(name), content, BlobCondition.None, Cancellation);

    private static async Task<string?> ReadAsync(EmbeddedUnderTest engine, string name) =>
        await engine.Storage.Blobs.ReadAsync(Path(name), Cancellation) is { } blob ? TextOf(blob) : null;

    private static BlobPath Path(string name) => new("$web", name);

    private static BlobContent Text(string text) => new(Encoding.UTF8.GetBytes(text), "text/html");

    private static string TextOf(Blob blob) => Encoding.UTF8.GetString(blob.Content.Bytes.Span);
}
