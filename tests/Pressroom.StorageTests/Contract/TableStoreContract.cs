using Pressroom.Storage;

namespace Pressroom.StorageTests.Contract;

public sealed class EmbeddedTableStoreTests() : TableStoreContract(new EmbeddedEngine());

public sealed class AzureTableStoreTests(Azurite azurite) : TableStoreContract(new AzureEngine(azurite));

public abstract class TableStoreContract(IEngine engine) : ContractTests(engine)
{
    private ITableStore Tables => Stores.Tables;

    [Fact]
    public async Task Columns_of_every_type_come_back_as_they_were_written()
    {
        var columns = new Columns
        {
            { "Text", "« Été » خبر 😀 \"quoted\" \\ / <b>\n\t" },
            { "Empty", "" },
            { "True", true },
            { "False", false },
            { "Smallest", long.MinValue },
            { "Largest", long.MaxValue },
            { "Int", 42 },
            { "Third", 1.0 / 3 },
            { "Whole", 2.0 },
            { "Tiny", double.Epsilon },
            { "At", new DateTimeOffset(2026, 11, 24, 10, 30, 15, 123, TimeSpan.FromHours(2)).AddTicks(4567) },
            { "First", new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero) },
            { "Last", DateTimeOffset.MaxValue },
            { "Bytes", new byte[] { 0, 1, 2, 255 } },
            { "NoBytes", Array.Empty<byte>() },
            { "Null", null },
            { "été_1", "a name beyond ASCII" },
        };

        await CommitAsync(new TableOperation.Insert("row", columns));
        var read = await Tables.GetAsync(Table, "p", "row", Cancellation);

        Assert.NotNull(read);
        AssertSame(columns, read.Columns);
        AssertSame(columns, Assert.Single(await QueryAsync(RowRange.All)).Columns);
    }

    [Fact]
    public async Task What_is_not_there_reads_as_null()
    {
        Assert.Null(await Tables.GetAsync(Table, "p", "a", Cancellation));
        Assert.Empty(await QueryAsync(RowRange.All));

        await CommitAsync(new TableOperation.Insert("a", []));

        Assert.Null(await Tables.GetAsync(Table, "p", "b", Cancellation));
        Assert.Null(await Tables.GetAsync(Table, "q", "a", Cancellation));
        Assert.Null(await Tables.GetAsync(Table + "x", "p", "a", Cancellation));
    }

    [Fact]
    public async Task A_change_in_a_table_that_is_not_there_finds_no_row()
    {
        var stale = (await CommitAsync(new TableOperation.Insert("a", []))).ETags[0]!.Value;

        foreach (TableOperation operation in (TableOperation[])[new TableOperation.Replace("a", [], stale), new TableOperation.Delete("a", stale)])
        {
            Assert.Equal(0, (await Tables.CommitAsync(Table + "x", "p", [operation], Cancellation)).FailedOperation);
        }
    }

    [Fact]
    public async Task A_batch_answers_with_the_versions_that_are_then_read()
    {
        var old = (await CommitAsync(new TableOperation.Insert("d", Number(0)), new TableOperation.Insert("r", Number(0)))).ETags;

        var result = await CommitAsync(
            new TableOperation.Insert("i", Number(1)),
            new TableOperation.Upsert("u", Number(2)),
            new TableOperation.Replace("r", Number(3), old[1]!.Value),
            new TableOperation.Delete("d", old[0]!.Value));

        Assert.True(result.Committed);
        var rows = (await QueryAsync(RowRange.All)).ToDictionary(row => row.Row);
        Assert.Equal(["i", "r", "u"], rows.Keys.Order());
        Assert.Equal([rows["i"].ETag, rows["u"].ETag, rows["r"].ETag, null], result.ETags);
        Assert.Equal((1, 2, 3), (rows["i"].Columns.Number("Number"), rows["u"].Columns.Number("Number"), rows["r"].Columns.Number("Number")));
        Assert.Equal(rows["u"], await Tables.GetAsync(Table, "p", "u", Cancellation), (a, b) => a.ETag == b!.ETag);
    }

    [Fact]
    public async Task Every_write_makes_a_new_version()
    {
        var first = (await CommitAsync(new TableOperation.Upsert("a", Number(1)))).ETags[0];
        var second = (await CommitAsync(new TableOperation.Upsert("a", Number(1)))).ETags[0];

        Assert.NotNull(first);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task A_row_is_written_whole()
    {
        await CommitAsync(new TableOperation.Insert("a", new Columns { { "One", 1 }, { "Two", 2 } }));
        var etag = (await CommitAsync(new TableOperation.Upsert("a", new Columns { { "Two", 22 } }))).ETags[0]!.Value;
        AssertSame(new Columns { { "Two", 22 } }, (await Tables.GetAsync(Table, "p", "a", Cancellation))!.Columns);

        await CommitAsync(new TableOperation.Replace("a", new Columns { { "Three", 3 } }, etag));
        AssertSame(new Columns { { "Three", 3 } }, (await Tables.GetAsync(Table, "p", "a", Cancellation))!.Columns);
    }

    [Fact]
    public async Task A_single_operation_whose_condition_fails_does_nothing()
    {
        var first = (await CommitAsync(new TableOperation.Insert("a", Number(1)))).ETags[0]!.Value;
        var second = (await CommitAsync(new TableOperation.Replace("a", Number(2), first))).ETags[0]!.Value;

        Assert.Equal(0, (await CommitAsync(new TableOperation.Insert("a", Number(3)))).FailedOperation);
        Assert.Equal(0, (await CommitAsync(new TableOperation.Replace("a", Number(3), first))).FailedOperation);
        Assert.Equal(0, (await CommitAsync(new TableOperation.Delete("a", first))).FailedOperation);
        Assert.Equal(0, (await CommitAsync(new TableOperation.Replace("b", Number(3), first))).FailedOperation);
        Assert.Equal(0, (await CommitAsync(new TableOperation.Delete("b", first))).FailedOperation);

        var row = Assert.Single(await QueryAsync(RowRange.All));
        Assert.Equal((2, second), (row.Columns.Number("Number"), row.ETag));
        Assert.True((await CommitAsync(new TableOperation.Delete("a", second))).Committed);
        Assert.Empty(await QueryAsync(RowRange.All));
    }

    [Theory]
    [InlineData("insert of a row that is there")]
    [InlineData("replace of a stale version")]
    [InlineData("replace of nothing")]
    [InlineData("delete of a stale version")]
    [InlineData("delete of nothing")]
    public async Task A_batch_with_one_failed_condition_does_nothing_and_names_the_operation(string failure)
    {
        var stale = (await CommitAsync(new TableOperation.Insert("a", Number(1)))).ETags[0]!.Value;
        var current = (await CommitAsync(new TableOperation.Replace("a", Number(2), stale))).ETags[0]!.Value;
        TableOperation failing = failure switch
        {
            "insert of a row that is there" => new TableOperation.Insert("a", Number(3)),
            "replace of a stale version" => new TableOperation.Replace("a", Number(3), stale),
            "replace of nothing" => new TableOperation.Replace("none", Number(3), stale),
            "delete of a stale version" => new TableOperation.Delete("a", stale),
            _ => new TableOperation.Delete("none", stale),
        };

        var result = await CommitAsync(
            new TableOperation.Upsert("b", Number(4)), new TableOperation.Insert("c", Number(5)), failing, new TableOperation.Upsert("d", Number(6)));

        Assert.False(result.Committed);
        Assert.Equal(2, result.FailedOperation);
        var row = Assert.Single(await QueryAsync(RowRange.All));
        Assert.Equal(("a", current, 2), (row.Row, row.ETag, row.Columns.Number("Number")));
    }

    [Fact]
    public async Task A_range_has_its_beginning_and_not_its_end_in_ordinal_order()
    {
        string[] rows = ["b", "a", "B", "a1", "a2", "a-", "é", "ab", "A", "1", "خ"];
        foreach (var row in rows)
        {
            await CommitAsync(new TableOperation.Insert(row, []));
        }

        await Tables.CommitAsync(Table, "other", [new TableOperation.Insert("a3", [])], Cancellation);
        await Tables.CommitAsync(Table + "x", "p", [new TableOperation.Insert("a4", [])], Cancellation);

        Assert.Equal(rows.Order(StringComparer.Ordinal), await KeysAsync(RowRange.All));
        Assert.Equal(["a", "a-", "a1", "a2"], await KeysAsync(new RowRange("a", "ab")));
        Assert.Equal(["b", "é", "خ"], await KeysAsync(new RowRange("b", null)));
        Assert.Equal(["a", "a-", "a1", "a2", "ab"], await KeysAsync(RowRange.Prefix("a")));
        Assert.Equal(["a", "a-"], await KeysAsync(RowRange.Prefix("a"), limit: 2));
        Assert.Empty(await KeysAsync(new RowRange("b", "a")));
    }

    [Fact]
    public async Task A_range_goes_on_beyond_one_page_of_the_service()
    {
        for (var batch = 0; batch < 11; batch++)
        {
            await CommitAsync([.. Enumerable.Range(batch * 100, 100).Select(i => new TableOperation.Insert($"{i:0000}", Number(i)))]);
        }

        var all = await QueryAsync(RowRange.All, limit: 5000);
        Assert.Equal(Enumerable.Range(0, 1100).Select(i => (long)i), all.Select(row => row.Columns.Number("Number")));
        Assert.Equal(1050, (await QueryAsync(RowRange.All, limit: 1050)).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("it's")]
    [InlineData("100%41+&=;:@,$!()*~")]
    [InlineData("été-à-l’œuvre")]
    [InlineData("خبر-عاجل 😀")]
    [InlineData("\"<>[]{}|^`")]
    public async Task A_key_is_taken_as_it_is(string key)
    {
        var inserted = await Tables.CommitAsync(Table, key, [new TableOperation.Insert(key, Number(1))], Cancellation);
        var etag = inserted.ETags[0]!.Value;

        Assert.Equal((key, key), ((await Tables.GetAsync(Table, key, key, Cancellation))!.Partition, (await Tables.GetAsync(Table, key, key, Cancellation))!.Row));
        Assert.Single(await Tables.QueryAsync(Table, key, new RowRange(key, null), 10, Cancellation));
        Assert.Equal(0, (await Tables.CommitAsync(Table, key, [new TableOperation.Insert(key, [])], Cancellation)).FailedOperation);

        var batch = await Tables.CommitAsync(
            Table, key, [new TableOperation.Replace(key, Number(2), etag), new TableOperation.Insert(key + "2", [])], Cancellation);
        Assert.True(batch.Committed);
        Assert.True((await Tables.CommitAsync(Table, key, [new TableOperation.Delete(key, batch.ETags[0]!.Value)], Cancellation)).Committed);
    }

    [Fact]
    public async Task Of_many_who_replace_the_same_version_one_wins()
    {
        var etag = (await CommitAsync(new TableOperation.Insert("a", Number(-1)))).ETags[0]!.Value;

        var tries = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => CommitAsync(new TableOperation.Replace("a", Number(i), etag), new TableOperation.Insert($"by{i}", [])), Cancellation)));

        var winner = Assert.Single(Enumerable.Range(0, 8), i => tries[i].Committed);
        Assert.Equal(winner, (await Tables.GetAsync(Table, "p", "a", Cancellation))!.Columns.Number("Number"));
        Assert.Equal([$"by{winner}"], await KeysAsync(RowRange.Prefix("by")));
    }

    [Fact]
    public async Task A_batch_of_a_hundred_is_all_or_nothing()
    {
        var operations = Enumerable.Range(0, 100).Select(i => (TableOperation)new TableOperation.Insert($"{i:00}", Number(i))).ToArray();
        Assert.True((await CommitAsync(operations)).Committed);
        Assert.Equal(100, (await QueryAsync(RowRange.All)).Count);

        TableOperation[] again = [.. Enumerable.Range(100, 99).Select(i => new TableOperation.Insert($"{i}", Number(i))), operations[7]];
        Assert.Equal(99, (await CommitAsync(again)).FailedOperation);
        Assert.Equal(100, (await QueryAsync(RowRange.All)).Count);
    }

    private Task<BatchResult> CommitAsync(params TableOperation[] operations) => Tables.CommitAsync(Table, "p", operations, Cancellation);

    private Task<IReadOnlyList<TableRow>> QueryAsync(RowRange range, int limit = 1000) => Tables.QueryAsync(Table, "p", range, limit, Cancellation);

    private async Task<IEnumerable<string>> KeysAsync(RowRange range, int limit = 1000) => (await QueryAsync(range, limit)).Select(row => row.Row);

    private static Columns Number(long number) => new() { { "Number", number } };

    internal static void AssertSame(Columns expected, Columns actual) => Assert.Equal(
        expected.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value)),
        actual.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value)),
        (a, b) => a.Key == b.Key && (a.Value is byte[] bytes ? bytes.SequenceEqual((byte[])b.Value) : a.Value.Equals(b.Value)));
}
