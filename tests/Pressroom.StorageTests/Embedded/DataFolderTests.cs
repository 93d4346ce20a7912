using Microsoft.Data.Sqlite;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;

namespace Pressroom.StorageTests.Embedded;

public sealed class DataFolderTests : IAsyncDisposable
{
    private readonly EmbeddedUnderTest engine = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_folder_opens_once_in_a_process()
    {
        _ = engine.Storage;

        var refused = Assert.Throws<DataFolderInUseException>(() => EmbeddedStorage.Open(engine.Folder, engine.Time));

        Assert.Contains(engine.Folder, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_opens_in_one_process_and_is_free_when_that_is_killed()
    {
        using var holder = new VictimProcess("hold-folder", engine.Folder);
        Assert.Equal("open", await holder.Output.ReadLineAsync(Cancellation));

        Assert.Throws<DataFolderInUseException>(() => engine.Storage);

        await holder.KillAsync(Cancellation);
        Assert.Null(await engine.Storage.Tables.GetAsync("Rows", "p", "r", Cancellation));
    }

    [Fact]
    public async Task A_closed_folder_can_be_opened_again()
    {
        await engine.Storage.Tables.CommitAsync("Rows", "p", [new TableOperation.Insert("r", [])], Cancellation);

        var storage = await engine.ReopenAsync();

        Assert.NotNull(await storage.Tables.GetAsync("Rows", "p", "r", Cancellation));
    }

    [Fact]
    public async Task A_closed_folder_is_one_database_and_plain_files()
    {
        await engine.Storage.Blobs.WriteAsync(new BlobPath("$web", "index.html"), new BlobContent("home"u8.ToArray(), "text/html"), BlobCondition.None, Cancellation);
        await engine.CloseAsync();

        Assert.Equal(
            ["lock", "pressroom.db", "site/index.html"],
            Directory.EnumerateFiles(engine.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(engine.Folder, file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_database_is_for_nobody_else_to_read()
    {
        await engine.Storage.Tables.CommitAsync("Rows", "p", [new TableOperation.Insert("r", [])], Cancellation);
        var files = Directory.GetFiles(engine.Folder, "pressroom.db*");

        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), file);
        }
    }

    [Fact]
    public async Task Blobs_are_for_nobody_else_to_read_unless_they_are_the_sites()
    {
        foreach (var container in new[] { "articles", "$web" })
        {
            await engine.Storage.Blobs.WriteAsync(new BlobPath(container, "a/b"), new BlobContent("x"u8.ToArray(), "text/plain"), BlobCondition.None, Cancellation);
        }

        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        foreach (var (folder, seenByOthers) in new[] { ("articles", false), ("tmp", false), ("site", true) })
        {
            Assert.True(OperatingSystem.IsWindows() || (File.GetUnixFileMode(Path.Combine(engine.Folder, folder)) & others) != 0 == seenByOthers, folder);
        }
    }

    [Fact]
    public async Task A_folder_of_a_newer_version_is_left_alone()
    {
        _ = engine.Storage;
        await engine.CloseAsync();
        await using (var connection = new SqliteConnection($"Data Source={engine.Folder}/pressroom.db;Pooling=False"))
        {
            await connection.OpenAsync(Cancellation);
            await using var command = connection.CreateCommand();
            command.CommandText = "pragma user_version = 99";
            await command.ExecuteNonQueryAsync(Cancellation);
        }

        Assert.Throws<InvalidDataException>(() => engine.Storage);
    }

    [Fact]
    public async Task Closing_finishes_what_was_accepted_and_then_takes_no_more()
    {
        var storage = engine.Storage;
        var writes = Enumerable.Range(0, 500).Select(i => storage.Tables.CommitAsync("Rows", $"{i}", [new TableOperation.Insert("r", [])], Cancellation)).ToList();
        await engine.CloseAsync();

        Assert.All(await Task.WhenAll(writes), result => Assert.True(result.Committed));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => storage.Tables.CommitAsync("Rows", "p", [new TableOperation.Insert("r", [])], Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => storage.Tables.GetAsync("Rows", "p", "r", Cancellation));
        Assert.NotNull(await engine.Storage.Tables.GetAsync("Rows", "499", "r", Cancellation));
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
