using Pressroom.Storage;
using Pressroom.Storage.Embedded;

namespace Pressroom.StorageTests.Embedded;

public sealed class LogSizeTests : IAsyncDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly EmbeddedUnderTest engine = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_is_begun_anew_under_a_load_that_never_pauses()
    {
        var pace = new UpkeepPace { Every = TimeSpan.FromMilliseconds(100), AfterPages = 100, RestartAfterPages = 200, MostPages = 2000 };
        await using var storage = EmbeddedStorage.Open(engine.Folder, TimeProvider.System, null, pace);

        await WriteAsync(storage, writers: 4, each: 250);

        Assert.InRange(LogLength(), 1, 12 * Megabyte);
    }

    [Fact]
    public async Task The_log_is_begun_anew_even_when_the_background_never_gets_to_it()
    {
        // The clock stands still, and nothing else wakes it.
        var pace = new UpkeepPace { AfterPages = int.MaxValue, MostPages = 500 };
        await using var storage = EmbeddedStorage.Open(engine.Folder, engine.Time, null, pace);

        await WriteAsync(storage, writers: 4, each: 250);

        Assert.InRange(LogLength(), 1, 4 * Megabyte);
    }

    [Fact]
    public async Task A_large_log_is_cut_in_a_quiet_moment()
    {
        var pace = new UpkeepPace { Every = TimeSpan.FromMilliseconds(20), LargestLogAtRest = 100_000 };
        await using var storage = EmbeddedStorage.Open(engine.Folder, TimeProvider.System, null, pace);
        await WriteAsync(storage, writers: 2, each: 50);

        while (LogLength() > 0)
        {
            await Task.Delay(10, Cancellation);
        }

        Assert.Equal(100, (await storage.Tables.QueryAsync("Rows", "p", RowRange.All, 1000, Cancellation)).Count);
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private static Task WriteAsync(EmbeddedStorage storage, int writers, int each) => Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(
        async () =>
        {
            for (var i = 0; i < each; i++)
            {
                await storage.Blobs.WriteAsync(
                    new BlobPath("$web", $"{writer}/{i}"), new BlobContent(new byte[20_000], "text/html"), BlobCondition.None, Cancellation);
                await storage.Tables.CommitAsync("Rows", "p", [new TableOperation.Insert($"{writer} {i}", [])], Cancellation);
            }
        },
        Cancellation)));

    private long LogLength() => new FileInfo(Path.Combine(engine.Folder, "pressroom.db-wal")).Length;
}
