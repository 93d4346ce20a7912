using Pressroom.Storage;

namespace Pressroom.StorageTests.Contract;

public sealed class EmbeddedLimitsTests() : LimitsContract(new EmbeddedEngine());

public sealed class AzureLimitsTests(Azurite azurite) : LimitsContract(new AzureEngine(azurite));

/// <summary>Both engines refuse what Azure would, before anything is stored, and take what it does.</summary>
public abstract class LimitsContract(IEngine engine) : ContractTests(engine)
{
    public static TheoryData<string> BadBlobNames => ["", "/a", "a/", "a//b", "a/./b", "../a", "a\\b", "a\u0001b", "a\uD800b", new string('a', 1025), new string('é', 128)];

    public static TheoryData<string> BadDashedNames => ["", "ab", "Abc", "a_b", "-abc", "abc-", "a--b", "é12", "a.b", new string('a', 64)];

    public static TheoryData<string> BadTableNames => ["", "ab", "1abc", "a-b", "a_b", "été", "tables", new string('a', 64)];

    public static TheoryData<string> BadKeys => ["a/b", "a\\b", "a#b", "a?b", "a\tb", "a\u007Fb", "a\u0085b", "a\uDC00", new string('a', 1025)];

    public static TheoryData<string> BadColumnNames => ["", "1a", "a-b", "a b", "a.b", "PartitionKey", "RowKey", "Timestamp", new string('a', 256)];

    [Theory]
    [MemberData(nameof(BadBlobNames))]
    public async Task A_blob_name_that_cannot_be_a_file_is_refused(string name)
    {
        var path = new BlobPath(Container, name);

        await RefusedAsync(() => Stores.Blobs.ReadAsync(path, Cancellation));
        await RefusedAsync(() => Stores.Blobs.WriteAsync(path, Content(), BlobCondition.None, Cancellation));
        await RefusedAsync(() => Stores.Blobs.DeleteAsync(path, Cancellation));
    }

    [Theory]
    [MemberData(nameof(BadDashedNames))]
    [InlineData("tmp")]
    [InlineData("lock")]
    [InlineData("site")]
    [InlineData("outbox")]
    [InlineData("admin-token")]
    [InlineData("$logs")]
    public async Task A_container_name_that_Azure_refuses_or_a_folder_has_already_is_refused(string name)
    {
        await RefusedAsync(() => Stores.Blobs.WriteAsync(new BlobPath(name, "a"), Content(), BlobCondition.None, Cancellation));
        await RefusedAsync(() => AllOf(Stores.Blobs.ListAsync(name, "", Cancellation)));
    }

    [Fact]
    public async Task Headers_that_HTTP_cannot_carry_are_refused()
    {
        await RefusedWriteAsync(Content() with { ContentType = "" });
        await RefusedWriteAsync(Content() with { ContentType = "text/html\r\nSet-Cookie: a=b" });
        await RefusedWriteAsync(Content() with { CacheControl = "é" });
        await RefusedWriteAsync(Content() with { Metadata = new Dictionary<string, string> { ["a-b"] = "1" } });
        await RefusedWriteAsync(Content() with { Metadata = new Dictionary<string, string> { ["1a"] = "1" } });
        await RefusedWriteAsync(Content() with { Metadata = new Dictionary<string, string> { ["a"] = "é" } });
        await RefusedWriteAsync(Content() with { Metadata = new Dictionary<string, string> { ["a"] = " 1" } });
        await RefusedWriteAsync(Content() with { Metadata = new Dictionary<string, string> { ["a"] = "" } });
        await RefusedWriteAsync(Content() with { Metadata = new Dictionary<string, string> { ["a"] = "1", ["A"] = "2" } });
        await RefusedWriteAsync(Content() with { Metadata = new Dictionary<string, string> { ["a"] = new('x', 8192) } });

        Assert.Empty(await AllOf(Stores.Blobs.ListAsync(Container, "", Cancellation)));
    }

    [Theory]
    [MemberData(nameof(BadDashedNames))]
    public async Task A_queue_name_that_Azure_refuses_is_refused(string name)
    {
        await RefusedAsync(() => Stores.Queues.SendAsync(name, "a", TimeSpan.Zero, Cancellation));
        await RefusedAsync(() => Stores.Queues.ReceiveAsync(name, 1, TimeSpan.FromMinutes(1), Cancellation));
        await RefusedAsync(() => Stores.Queues.WaitAsync(name, TimeSpan.Zero, Cancellation));
    }

    [Fact]
    public async Task Messages_and_times_beyond_the_limits_are_refused()
    {
        await RefusedAsync(() => Stores.Queues.SendAsync(Queue, new string('a', (48 * 1024) + 1), TimeSpan.Zero, Cancellation));
        await RefusedAsync(() => Stores.Queues.SendAsync(Queue, "\uD800", TimeSpan.Zero, Cancellation));
        await RefusedAsync(() => Stores.Queues.SendAsync(Queue, "a", TimeSpan.FromTicks(-1), Cancellation));
        await RefusedAsync(() => Stores.Queues.HoldAsync(Queue, "a", TimeSpan.FromDays(7) + TimeSpan.FromTicks(1), Cancellation));
        await RefusedAsync(() => Stores.Queues.ReceiveAsync(Queue, 0, TimeSpan.FromMinutes(1), Cancellation));
        await RefusedAsync(() => Stores.Queues.ReceiveAsync(Queue, 33, TimeSpan.FromMinutes(1), Cancellation));
        await RefusedAsync(() => Stores.Queues.ReceiveAsync(Queue, 1, TimeSpan.Zero, Cancellation));
        await RefusedAsync(() => Stores.Queues.ExtendAsync(new Receipt(Queue, "1", "1"), TimeSpan.FromDays(8), Cancellation));

        await Stores.Queues.SendAsync(Queue, "a", TimeSpan.FromDays(7), Cancellation);
        Assert.Empty(await Stores.Queues.ReceiveAsync(Queue, 32, TimeSpan.FromDays(7), Cancellation));
    }

    [Theory]
    [MemberData(nameof(BadTableNames))]
    public async Task A_table_name_that_Azure_refuses_is_refused(string name)
    {
        await RefusedAsync(() => Stores.Tables.GetAsync(name, "p", "r", Cancellation));
        await RefusedAsync(() => Stores.Tables.QueryAsync(name, "p", RowRange.All, 1, Cancellation));
        await RefusedAsync(() => Stores.Tables.CommitAsync(name, "p", [new TableOperation.Insert("r", [])], Cancellation));
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task A_key_that_Azure_refuses_is_refused(string key)
    {
        await RefusedAsync(() => Stores.Tables.GetAsync(Table, key, "r", Cancellation));
        await RefusedAsync(() => Stores.Tables.GetAsync(Table, "p", key, Cancellation));
        await RefusedAsync(() => Stores.Tables.QueryAsync(Table, key, RowRange.All, 1, Cancellation));
        await RefusedAsync(() => Stores.Tables.CommitAsync(Table, key, [new TableOperation.Insert("r", [])], Cancellation));
        await RefusedAsync(() => Stores.Tables.CommitAsync(Table, "p", [new TableOperation.Delete(key, new ETag("1"))], Cancellation));
    }

    [Theory]
    [MemberData(nameof(BadColumnNames))]
    public Task A_column_name_that_Azure_refuses_is_refused(string name) => RefusedRowAsync(new Columns { { name, 1 } });

    [Fact]
    public async Task Columns_beyond_the_limits_are_refused()
    {
        await RefusedRowAsync(new Columns { { "A", new string('a', 32_769) } });
        await RefusedRowAsync(new Columns { { "A", "half of a pair \uDC00" } });
        await RefusedRowAsync(new Columns { { "A", new byte[65_537] } });
        await RefusedRowAsync(new Columns { { "A", double.NaN } });
        await RefusedRowAsync(new Columns { { "A", double.PositiveInfinity } });
        await RefusedRowAsync(new Columns { { "A", new DateTimeOffset(1600, 12, 31, 23, 59, 59, TimeSpan.Zero) } });
        await RefusedRowAsync(Many(253, _ => true));
        Assert.Throws<ArgumentException>(() => new Columns { { "A", 1.5m } });

        Assert.Empty(await Stores.Tables.QueryAsync(Table, "p", RowRange.All, 1, Cancellation));
    }

    [Fact]
    public async Task A_row_at_the_limits_is_taken_and_read()
    {
        await TakenAsync("text", new Columns { { "A", new string('é', 32_768) } });
        await TakenAsync("bytes", new Columns { { "A", new byte[65_536] } });
        await TakenAsync("columns", Many(252, i => i));
        await TakenAsync("name", new Columns { { new string('a', 255), 1 } });
        await TakenAsync(new string('k', 255), new Columns { { "A", 1 } });
    }

    [Fact]
    public async Task A_row_has_at_most_1_MiB_by_the_formula_of_Azure()
    {
        // 4 + 2 × 2 for the keys, and 15 times 8 + 2 × 2 for a name, 4 + 2 × 32,768 for the text.
        const int Full = 15 * (8 + 4 + 4 + 65_536);
        var rest = (((1024 * 1024) - 4 - 4 - Full) - 8 - 2 - 4) / 2;
        var largest = Many(15, _ => new string('x', 32_768));
        largest.Add("Z", new string('y', rest));
        var larger = Many(15, _ => new string('x', 32_768));
        larger.Add("Z", new string('y', rest + 1));

        Assert.Equal(1024 * 1024, AzureLimits.RowSize("p", "r", largest));
        await TakenAsync("r", largest);
        await RefusedRowAsync(larger);
    }

    [Fact]
    public async Task A_batch_beyond_the_limits_is_refused()
    {
        TableOperation Insert(int i) => new TableOperation.Insert($"{i}", []);
        TableOperation Large(int i) => new TableOperation.Insert($"{i}", Many(10, _ => new string('é', 8_000)));

        await RefusedBatchAsync([]);
        await RefusedBatchAsync([.. Enumerable.Range(0, 101).Select(Insert)]);
        await RefusedBatchAsync([Insert(1), new TableOperation.Upsert("1", [])]);
        await RefusedBatchAsync([.. Enumerable.Range(0, 10).Select(Large)]);

        Assert.True((await Stores.Tables.CommitAsync(Table, "p", [.. Enumerable.Range(0, 8).Select(Large)], Cancellation)).Committed);
    }

    private static BlobContent Content() => new("1"u8.ToArray(), "text/plain");

    private static Columns Many(int count, Func<int, object> value)
    {
        var columns = new Columns();
        for (var i = 0; i < count; i++)
        {
            columns.Add($"{(char)('A' + (i / 26))}{(char)('a' + (i % 26))}", value(i));
        }

        return columns;
    }

    private static async Task RefusedAsync(Func<Task> call) => await Assert.ThrowsAnyAsync<ArgumentException>(call);

    private Task RefusedWriteAsync(BlobContent content) =>
        RefusedAsync(() => Stores.Blobs.WriteAsync(new BlobPath(Container, "a"), content, BlobCondition.None, Cancellation));

    private Task RefusedRowAsync(Columns columns) => RefusedBatchAsync([new TableOperation.Upsert("r", columns)]);

    private Task RefusedBatchAsync(TableOperation[] operations) => RefusedAsync(() => Stores.Tables.CommitAsync(Table, "p", operations, Cancellation));

    private async Task TakenAsync(string row, Columns columns)
    {
        Assert.True((await Stores.Tables.CommitAsync(Table, "p", [new TableOperation.Insert(row, columns)], Cancellation)).Committed);
        TableStoreContract.AssertSame(columns, (await Stores.Tables.GetAsync(Table, "p", row, Cancellation))!.Columns);
    }
}
