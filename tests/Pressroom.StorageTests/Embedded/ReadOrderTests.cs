using Pressroom.Storage;

namespace Pressroom.StorageTests.Embedded;

/// <summary>Whatever many writers and readers do at once, a row that is read is never older than one that was read or written before.</summary>
public sealed class ReadOrderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_reader_sees_rows_go_forward_only_and_its_own_writes_at_once()
    {
        await using var under = new EmbeddedUnderTest();
        var tables = under.Storage.Tables;
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => WatchAsync(tables, done.Token), Stop)).ToList();
        var counted = await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() => CountAsync(tables, writer), Stop)));
        await done.CancelAsync();
        await Task.WhenAll(readers);
        for (var number = 0; number < 3; number++)
        {
            // Each Replace held against the row as it was: not one was lost.
            Assert.Equal(counted.Sum(counts => counts[number]), (await tables.GetAsync("counters", "p", $"r{number}", Stop))!.Columns.Number("n"));
        }
    }

    [Fact]
    public async Task A_row_that_comes_and_goes_is_there_when_a_query_has_shown_it_and_gone_when_none_does()
    {
        await using var under = new EmbeddedUnderTest();
        var tables = under.Storage.Tables;
        using var done = new CancellationTokenSource();
        var watching = Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    // Two rows of one batch: once a query has shown the later state, no look-up may show an earlier one.
                    var (queried, got) = (await StateAsync(query: true), await StateAsync(query: false));
                    Assert.True(got >= queried, $"A query showed {queried}, and then a look-up {got}.");
                }
            },
            Stop);
        for (var number = 1; number <= 300; number++)
        {
            await tables.CommitAsync("pairs", "p", [new TableOperation.Upsert("a", new Columns { { "n", number } }), new TableOperation.Upsert("b", new Columns { { "n", number } })], Stop);
        }

        await done.CancelAsync();
        await watching;

        async Task<long> StateAsync(bool query) => query
            ? (await tables.QueryAsync("pairs", "p", RowRange.All, 10, Stop)) is [var first, _] ? first.Columns.Number("n") : 0
            : (await tables.GetAsync("pairs", "p", "b", Stop))?.Columns.Number("n") ?? 0;
    }

    [Fact]
    public async Task A_table_is_the_same_in_capitals()
    {
        await using var under = new EmbeddedUnderTest();
        var tables = under.Storage.Tables;
        Assert.Null(await tables.GetAsync("Things", "p", "r", Stop));
        await tables.CommitAsync("things", "p", [new TableOperation.Insert("r", new Columns { { "n", 1 } })], Stop);
        Assert.NotNull(await tables.GetAsync("THINGS", "p", "r", Stop));
    }

    private static async Task<int[]> CountAsync(ITableStore tables, int seed)
    {
        var random = new Random(seed);
        var counts = new int[3];
        for (var turn = 0; turn < 150; turn++)
        {
            var number = random.Next(3);
            var row = await tables.GetAsync("counters", "p", $"r{number}", Stop);
            var columns = new Columns { { "n", (row?.Columns.Number("n") ?? 0) + 1 } };
            TableOperation write = row is null ? new TableOperation.Insert($"r{number}", columns) : new TableOperation.Replace($"r{number}", columns, row.ETag);
            if ((await tables.CommitAsync("counters", "p", [write], Stop)).Committed)
            {
                counts[number]++;
                Assert.True((await tables.GetAsync("counters", "p", $"r{number}", Stop))!.Columns.Number("n") >= columns.Number("n"));
            }
        }

        return counts;
    }

    private static async Task WatchAsync(ITableStore tables, CancellationToken done)
    {
        var seen = new long[3];
        for (var turn = 0; !done.IsCancellationRequested; turn++)
        {
            var now = (await tables.GetAsync("counters", "p", $"r{turn % 3}", Stop))?.Columns.Number("n") ?? 0;
            Assert.True(now >= seen[turn % 3], $"It was {seen[turn % 3]}, and then {now}.");
            seen[turn % 3] = now;
        }
    }
}
