using System.Text;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;

namespace Pressroom.StorageTests.Embedded;

/// <summary>Blobs as the plain files that they are.</summary>
public sealed class FileTests : IAsyncDisposable
{
    private readonly EmbeddedUnderTest engine = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EmbeddedBlobs Blobs => engine.Storage.Blobs;

    [Fact]
    public async Task The_site_is_a_folder_that_any_web_server_can_serve()
    {
        await WriteAsync("2026/11/été/index.html", "page");

        var file = Path.Combine(engine.Folder, "site", "2026", "11", "été", "index.html");
        Assert.Equal("page", await File.ReadAllTextAsync(file, Cancellation));
        Assert.Equal(engine.Time.GetUtcNow(), File.GetLastWriteTimeUtc(file));
        Assert.Equal(file, Blobs.FileOf(In("2026/11/été/index.html")));
        Assert.Null(Blobs.FileOf(In("2026/11/été")));
        Assert.Null(Blobs.FileOf(In("nothing")));
    }

    [Theory]
    [InlineData("main.liquid", "text/plain; charset=utf-8")]
    [InlineData("style.css", "text/css; charset=utf-8")]
    [InlineData("LOGO.SVG", "image/svg+xml")]
    [InlineData("nested/photo.jpeg", "image/jpeg")]
    [InlineData("no-extension", "application/octet-stream")]
    public async Task A_file_that_somebody_put_there_is_a_blob(string name, string type)
    {
        await PutByHandAsync("theme", name, "by hand");
        var path = new BlobPath("theme", name);

        var read = await Blobs.ReadAsync(path, Cancellation);

        Assert.Equal(("by hand", type), (TextOf(read!), read!.Content.ContentType));
        Assert.Equal([name], await ListAsync("theme"));
        Assert.Null(await Blobs.WriteAsync(path, Text("1"), BlobCondition.IfAbsent, Cancellation));
        Assert.NotNull(await Blobs.WriteAsync(path, Text("2"), BlobCondition.IfMatch(read.ETag), Cancellation));
        await Blobs.DeleteAsync(path, Cancellation);
        Assert.Null(await Blobs.ReadAsync(path, Cancellation));
    }

    [Fact]
    public async Task A_file_that_somebody_deleted_is_no_blob()
    {
        await PutByHandAsync("theme", "a", "1");
        await Blobs.DeleteAsync(new BlobPath("theme", "a"), Cancellation);
        var etag = await WriteAsync("b", "1");
        File.Delete(Blobs.FileOf(In("b"))!);

        Assert.Null(await Blobs.ReadAsync(In("b"), Cancellation));
        Assert.Empty(await ListAsync("$web"));
        Assert.Null(await Blobs.WriteAsync(In("b"), Text("2"), BlobCondition.IfMatch(etag), Cancellation));
        Assert.NotNull(await Blobs.WriteAsync(In("b"), Text("2"), BlobCondition.IfAbsent, Cancellation));
    }

    [Fact]
    public async Task A_file_that_somebody_edited_is_another_version()
    {
        var etag = await WriteAsync("a", "1");
        await PutByHandAsync("site", "a", "edited");

        var read = await Blobs.ReadAsync(In("a"), Cancellation);

        Assert.Equal(("edited", "text/html"), (TextOf(read!), read!.Content.ContentType));
        Assert.NotEqual(etag, read.ETag);
        Assert.Null(await Blobs.WriteAsync(In("a"), Text("2"), BlobCondition.IfMatch(etag), Cancellation));
        Assert.NotNull(await Blobs.WriteAsync(In("a"), Text("2"), BlobCondition.IfMatch(read.ETag), Cancellation));
    }

    [Fact]
    public async Task Folders_go_with_their_last_file()
    {
        await WriteAsync("2026/11/a/index.html", "1");
        await WriteAsync("2026/12/b/index.html", "1");

        await Blobs.DeleteAsync(In("2026/11/a/index.html"), Cancellation);
        Assert.Equal(["12"], new DirectoryInfo(Path.Combine(engine.Folder, "site", "2026")).GetDirectories().Select(d => d.Name));

        await Blobs.DeleteAsync(In("2026/12/b/index.html"), Cancellation);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(engine.Folder, "site")));
    }

    [Fact]
    public async Task Deleting_the_last_file_of_a_folder_takes_none_that_is_being_written_with_it()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 40; i++)
                {
                    var path = In($"shared/folder/{writer}");
                    await Blobs.WriteAsync(path, Text($"{i}"), BlobCondition.IfAbsent, Cancellation);
                    Assert.Equal($"{i}", TextOf((await Blobs.ReadAsync(path, Cancellation))!));
                    await Blobs.DeleteAsync(path, Cancellation);
                }
            },
            Cancellation)));

        Assert.Empty(await ListAsync("$web"));
    }

    [Fact]
    public async Task A_name_cannot_be_a_blob_and_a_folder()
    {
        await WriteAsync("a", "1");
        await WriteAsync("b/c", "1");

        await Assert.ThrowsAnyAsync<IOException>(() => WriteAsync("a/b", "2"));
        await Assert.ThrowsAnyAsync<IOException>(() => WriteAsync("a/b/c", "2"));
        await Assert.ThrowsAnyAsync<IOException>(() => WriteAsync("b", "2"));
    }

    [Theory]
    [InlineData("x", "x/y")]
    [InlineData("x/y", "x")]
    public async Task Of_a_blob_and_one_under_it_that_are_written_together_the_first_wins(string first, string second)
    {
        var writes = await WriteTogetherAsync([(first, "1"), (second, "2")]);

        Assert.NotNull(await writes[0]);
        await Assert.ThrowsAnyAsync<IOException>(() => writes[1]);
        await engine.ReopenAsync();
        Assert.Equal(["busy", first], await ListAsync("$web"));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(engine.Folder, "tmp")));
    }

    [Fact]
    public async Task A_reader_never_gets_the_bytes_of_one_version_with_the_headers_of_another()
    {
        var done = false;
        var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 150; i++)
                {
                    var text = $"{writer}-{i}";
                    await Blobs.WriteAsync(In("a"), new BlobContent(Encoding.UTF8.GetBytes(text), $"text/{text}"), BlobCondition.None, Cancellation);
                }
            },
            Cancellation)).ToList();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                while (!Volatile.Read(ref done))
                {
                    if (await Blobs.ReadAsync(In("a"), Cancellation) is { } read)
                    {
                        Assert.Equal("text/" + TextOf(read), read.Content.ContentType);
                        Assert.StartsWith("\"" + BlobHeaders.HashOf(read.Content), read.ETag.Value, StringComparison.Ordinal);
                    }
                }
            },
            Cancellation)).ToList();

        await Task.WhenAll(writers);
        Volatile.Write(ref done, true);
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task Between_the_commit_and_the_rename_a_reader_waits_for_the_new_version()
    {
        await WriteAsync("b", "old");
        using var pause = new ManualResetEventSlim();
        var paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Blobs.Changed += path =>
        {
            if (path.Name == "a")
            {
                // Both are committed now, and b is not in place yet.
                paused.SetResult();
                pause.Wait(Cancellation);
            }
        };
        var writes = await WriteTogetherAsync([("a", "1"), ("b", "new")]);
        await paused.Task;

        var read = Blobs.ReadAsync(In("b"), Cancellation);
        var waited = !read.IsCompleted;
        pause.Set();

        Assert.Equal("new", TextOf((await read)!));
        Assert.True(waited);
        await Task.WhenAll(writes);
    }

    [Fact]
    public async Task A_change_is_told_when_it_can_be_read_and_before_its_task_completes()
    {
        var told = new List<(string Name, string? File)>();
        Blobs.Changed += path => told.Add((path.Name, Blobs.FileOf(path) is { } file ? File.ReadAllText(file) : null));

        await WriteAsync("a", "1");
        Assert.Equal([("a", "1")], told);
        await WriteAsync("a", "2");
        await Blobs.DeleteAsync(In("a"), Cancellation);
        await Blobs.DeleteAsync(In("a"), Cancellation);
        await Blobs.WriteAsync(In("a"), Text("3"), BlobCondition.IfMatch(new ETag("no")), Cancellation);

        Assert.Equal([("a", "1"), ("a", "2"), ("a", null)], told);
    }

    [Fact]
    public async Task Writes_that_do_not_happen_leave_no_file_behind()
    {
        await WriteAsync("a", "1");
        await Blobs.WriteAsync(In("a"), Text("2"), BlobCondition.IfAbsent, Cancellation);
        await Blobs.WriteAsync(In("a"), new BlobContent(new byte[EmbeddedBlobs.LargestInRedo + 1], "image/png"), BlobCondition.IfAbsent, Cancellation);

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(engine.Folder, "tmp")));
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    /// <summary>Begins writes while the writer is busy, so that they share a transaction.</summary>
    private async Task<List<Task<ETag?>>> WriteTogetherAsync((string Name, string Text)[] blobs)
    {
        using var busy = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hold(BlobPath path)
        {
            if (path.Name == "busy")
            {
                begun.SetResult();
                busy.Wait(Cancellation);
            }
        }

        Blobs.Changed += Hold;
        var first = WriteAsync("busy", "1");
        await begun.Task;
        var writes = blobs.Select(blob => WriteAsync(blob.Name, blob.Text)).ToList();
        busy.Set();
        await first;
        Blobs.Changed -= Hold;
        return writes;
    }

    private Task<ETag?> WriteAsync(string name, string text) => Blobs.WriteAsync(In(name), Text(text), BlobCondition.None, Cancellation);

    private async Task PutByHandAsync(string folder, string name, string text)
    {
        var file = Path.Combine(engine.Folder, folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text, Cancellation);
    }

    private async Task<List<string>> ListAsync(string container)
    {
        var names = new List<string>();
        await foreach (var name in Blobs.ListAsync(container, "", Cancellation))
        {
            names.Add(name);
        }

        return names;
    }

    private static BlobPath In(string name) => new("$web", name);

    private static BlobContent Text(string text) => new(Encoding.UTF8.GetBytes(text), "text/html");

    private static string TextOf(Blob blob) => Encoding.UTF8.GetString(blob.Content.Bytes.Span);
}
