using Microsoft.Data.Sqlite;
using Pressroom.Storage.Embedded;

namespace Pressroom.StorageTests.Embedded;

public sealed class WriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pressroom-tests").FullName;
    private readonly Database database;
    private readonly Writer writer;

    public WriterTests()
    {
        database = Database.Open(Path.Combine(folder, "test.db"), 1024);
        database.Run("create table numbers (number integer primary key, parent integer references numbers (number) deferrable initially deferred)");
        database.Run("pragma foreign_keys = on");
        writer = new Writer(database);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_that_waits_together_is_committed_together()
    {
        var groups = 0;
        using var pause = await PauseAsync();
        writer.Committed += () => groups++;
        var works = Enumerable.Range(0, 200).Select(Insert).ToList();
        pause.Set();

        await Task.WhenAll(works);

        Assert.Equal(200, await CountAsync());
        Assert.Equal(1, groups);
    }

    [Fact]
    public async Task Work_that_fails_hurts_none_of_the_others()
    {
        using var pause = await PauseAsync();
        var before = Enumerable.Range(0, 10).Select(Insert).ToList();
        var thrown = writer.CommitAsync<int>(
            transaction =>
            {
                transaction.Database.Run("insert into numbers (number) values (100)");
                throw new InvalidOperationException("a bug");
            },
            Cancellation);
        var refused = Insert(5);
        var after = Enumerable.Range(10, 10).Select(Insert).ToList();
        pause.Set();

        Assert.Equal("a bug", (await Assert.ThrowsAsync<InvalidOperationException>(() => thrown)).Message);
        await Assert.ThrowsAsync<SqliteException>(() => refused);
        await Task.WhenAll(before.Concat(after));
        Assert.Equal(20, await CountAsync());
    }

    [Fact]
    public async Task A_commit_that_fails_fails_all_of_its_group_and_nothing_follows_from_it()
    {
        var followed = new List<string>();
        using var pause = await PauseAsync();
        var good = writer.CommitAsync(
            transaction =>
            {
                transaction.AfterCommit(() => followed.Add("good"));
                return transaction.Database.Run("insert into numbers (number) values (1)");
            },
            Cancellation);
        var orphan = writer.CommitAsync(transaction => transaction.Database.Run("insert into numbers (number, parent) values (2, 99)"), Cancellation);
        pause.Set();

        await Assert.ThrowsAsync<SqliteException>(() => good);
        await Assert.ThrowsAsync<SqliteException>(() => orphan);
        Assert.Empty(followed);
        Assert.Equal(0, await CountAsync());
        Assert.Equal(1, await Insert(3));
    }

    [Fact]
    public async Task A_full_disk_fails_writes_until_there_is_room()
    {
        await writer.BetweenGroupsAsync(db => db.Run("pragma max_page_count = 10"), Cancellation);
        await Assert.ThrowsAsync<SqliteException>(() => FillAsync(100_000));
        Assert.Equal(1, await Insert(1));
        await writer.BetweenGroupsAsync(db => db.Run("pragma max_page_count = 1000000"), Cancellation);

        await FillAsync(100_000);

        Task<int> FillAsync(int bytes) => writer.CommitAsync(
            transaction =>
            {
                transaction.Database.Run("create table if not exists filler (bytes blob)");
                return transaction.Database.Run("insert into filler values (?)", new byte[bytes]);
            },
            Cancellation);
    }

    [Fact]
    public async Task What_follows_a_commit_follows_in_the_order_of_the_work_and_before_its_task_completes()
    {
        var followed = new List<int>();
        using var pause = await PauseAsync();
        var works = Enumerable.Range(0, 50)
            .Select(number => writer.CommitAsync(
                transaction =>
                {
                    transaction.AfterCommit(() => followed.Add(number));
                    return transaction.Database.Run("insert into numbers (number) values (?)", number);
                },
                Cancellation))
            .ToList();
        pause.Set();

        await works[0];
        Assert.Contains(0, followed.ToArray());
        await Task.WhenAll(works);
        Assert.Equal(Enumerable.Range(0, 50), followed);
    }

    [Fact]
    public async Task Cancelled_work_is_not_done()
    {
        using var cancelled = new CancellationTokenSource();
        using var pause = await PauseAsync();
        var work = writer.CommitAsync(transaction => transaction.Database.Run("insert into numbers (number) values (1)"), cancelled.Token);
        var other = Insert(2);
        await cancelled.CancelAsync();
        pause.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.Equal(1, await other);
        Assert.Equal(1, await CountAsync());
    }

    public void Dispose()
    {
        writer.Stop();
        database.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Holds the writer, so that what comes next waits together.</summary>
    private async Task<ManualResetEventSlim> PauseAsync()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pause = new ManualResetEventSlim();
        _ = writer.BetweenGroupsAsync(
            _ =>
            {
                begun.SetResult();
                pause.Wait(Cancellation);
                return true;
            },
            Cancellation);
        await begun.Task;
        return pause;
    }

    private Task<int> Insert(int number) =>
        writer.CommitAsync(transaction => transaction.Database.Run("insert into numbers (number) values (?)", number), Cancellation);

    private Task<long> CountAsync() => writer.BetweenGroupsAsync(
        db =>
        {
            using var rows = db.Query("select count(*) from numbers");
            rows.Read();
            return rows.Number(0);
        },
        Cancellation);
}
