using System.Text;
using CsCheck;
using Pressroom.Storage;

namespace Pressroom.StorageTests.Contract;

public sealed class EmbeddedModelTests() : ModelContract(new EmbeddedEngine(), samples: 200);

public sealed class AzureModelTests(Azurite azurite) : ModelContract(new AzureEngine(azurite), samples: 15);

/// <summary>Random calls, compared with dictionaries that do the same.</summary>
public abstract class ModelContract(IEngine engine, int samples) : ContractTests(engine)
{
    private static readonly string[] Names = ["a", "b", "b-c", "b1", "é"];

    private static readonly Gen<object> AnyValue = Gen.OneOf<object>(
        Gen.Long.Select(n => (object)n),
        Gen.Double.Where(double.IsFinite).Select(n => (object)n),
        Gen.Bool.Select(b => (object)b),
        Gen.String[0, 40].Where(IsWellFormed).Select(s => (object)s),
        Gen.Byte.Array[0, 40].Select(b => (object)b),
        Gen.DateTime.Where(t => t.Year >= 1601).Select(t => (object)new DateTimeOffset(DateTime.SpecifyKind(t, DateTimeKind.Utc))));

    private static readonly Gen<Columns> AnyColumns = Gen.Dictionary(Gen.OneOf("One", "Two", "Three"), AnyValue)[0, 3].Select(ColumnsOf);

    private int run;

    private enum Act
    {
        Insert,
        Upsert,
        Replace,
        Delete,
    }

    [Fact]
    public Task Batches_do_to_a_partition_what_they_do_to_a_dictionary()
    {
        var operation = Gen.Select(Gen.Enum<Act>(), Gen.OneOf(Names), Gen.Bool, AnyColumns);
        var batch = operation.Array[1, 4].Select(operations => operations.DistinctBy(o => o.Item2).ToArray());
        return batch.Array[1, 12].SampleAsync(
            async batches =>
            {
                var partition = $"{Interlocked.Increment(ref run)}";
                var model = new Dictionary<string, (ETag ETag, Columns Columns)>();
                var stale = new ETag?[1];
                foreach (var acts in batches)
                {
                    TableOperation[] operations = [.. acts.Select(act => Operation(act.Item1, act.Item2, act.Item3, act.Item4, model, stale[0]))];
                    var failing = Array.FindIndex(operations, o => !Holds(o, model));
                    var result = await Stores.Tables.CommitAsync(Table, partition, operations, Cancellation);
                    Assert.Equal(failing < 0 ? null : failing, result.FailedOperation);
                    if (result.Committed)
                    {
                        stale[0] = model.Values.Select(row => (ETag?)row.ETag).FirstOrDefault() ?? stale[0];
                        Apply(operations, result, model);
                    }
                }

                var rows = await Stores.Tables.QueryAsync(Table, partition, RowRange.All, 100, Cancellation);
                Assert.Equal(model.Keys.Order(StringComparer.Ordinal), rows.Select(row => row.Row));
                foreach (var row in rows)
                {
                    Assert.Equal(model[row.Row].ETag, row.ETag);
                    TableStoreContract.AssertSame(model[row.Row].Columns, row.Columns);
                }
            },
            iter: samples,
            threads: 2);
    }

    [Fact]
    public Task Blobs_do_what_a_dictionary_does()
    {
        var call = Gen.Select(Gen.OneOf(Names), Gen.Int[0, 4], Gen.String[0, 20].Where(IsWellFormed), Gen.OneOf("text/plain", "text/html"));
        return call.Array[1, 15].SampleAsync(
            async calls =>
            {
                var folder = $"{Interlocked.Increment(ref run)}/";
                var model = new Dictionary<string, (ETag ETag, BlobContent Content)>();
                foreach (var (name, kind, text, type) in calls)
                {
                    var path = new BlobPath(Container, folder + name);
                    ETag? current = model.TryGetValue(name, out var known) ? known.ETag : null;
                    var content = new BlobContent(Encoding.UTF8.GetBytes(text), type);
                    var (condition, holds) = kind switch
                    {
                        0 => (BlobCondition.None, true),
                        1 => (BlobCondition.IfAbsent, current is null),
                        2 => (BlobCondition.IfMatch(current), true),
                        _ => (BlobCondition.IfMatch(new ETag("\"0x8D0000000000000\"")), false),
                    };
                    if (kind == 4)
                    {
                        await Stores.Blobs.DeleteAsync(path, Cancellation);
                        model.Remove(name);
                        continue;
                    }

                    var written = await Stores.Blobs.WriteAsync(path, content, condition, Cancellation);
                    Assert.Equal(holds, written is not null);
                    if (written is { } etag)
                    {
                        model[name] = (etag, content);
                    }
                }

                Assert.Equal(
                    model.Keys.Select(name => folder + name).Order(StringComparer.Ordinal),
                    await AllOf(Stores.Blobs.ListAsync(Container, folder, Cancellation)));
                foreach (var name in Names)
                {
                    var read = await Stores.Blobs.ReadAsync(new BlobPath(Container, folder + name), Cancellation);
                    Assert.Equal(model.ContainsKey(name), read is not null);
                    if (read is not null)
                    {
                        Assert.Equal(model[name].ETag, read.ETag);
                        Assert.Equal(model[name].Content.ContentType, read.Content.ContentType);
                        Assert.True(model[name].Content.Bytes.Span.SequenceEqual(read.Content.Bytes.Span));
                    }
                }
            },
            iter: samples,
            threads: 2);
    }

    [Fact]
    public Task A_queue_gives_each_message_once_to_whoever_asks()
    {
        // 0 sends, 1 holds, 2 releases the oldest held, 3 receives and deletes, 4 receives and gives back.
        return Gen.Int[0, 4].Array[1, 15].SampleAsync(
            async calls =>
            {
                var queue = $"{Queue}-{Interlocked.Increment(ref run)}";
                var visible = new HashSet<string>();
                var held = new Queue<(string Text, Receipt Receipt)>();
                for (var i = 0; i < calls.Length; i++)
                {
                    switch (calls[i])
                    {
                        case 0:
                            await Stores.Queues.SendAsync(queue, $"{i}", TimeSpan.Zero, Cancellation);
                            visible.Add($"{i}");
                            break;
                        case 1:
                            held.Enqueue(($"{i}", await Stores.Queues.HoldAsync(queue, $"{i}", TimeSpan.FromHours(1), Cancellation)));
                            break;
                        case 2 when held.TryDequeue(out var oldest):
                            Assert.True(await Stores.Queues.ReleaseAsync(oldest.Receipt, TimeSpan.Zero, Cancellation));
                            visible.Add(oldest.Text);
                            break;
                        case 3 or 4:
                            var messages = await Stores.Queues.ReceiveAsync(queue, 2, TimeSpan.FromHours(1), Cancellation);
                            Assert.Equal(Math.Min(2, visible.Count), messages.Count);
                            foreach (var message in messages)
                            {
                                Assert.Contains(message.Text, visible);
                                if (calls[i] == 3)
                                {
                                    Assert.True(await Stores.Queues.DeleteAsync(message.Receipt, Cancellation));
                                    visible.Remove(message.Text);
                                }
                                else
                                {
                                    Assert.NotNull(await Stores.Queues.ExtendAsync(message.Receipt, TimeSpan.Zero, Cancellation));
                                }
                            }

                            break;
                        default:
                            break;
                    }
                }

                var left = await Stores.Queues.ReceiveAsync(queue, 32, TimeSpan.FromHours(1), Cancellation);
                Assert.Equal(visible.Order(), left.Select(m => m.Text).Order());
            },
            iter: samples,
            threads: 2);
    }

    private static TableOperation Operation(
        Act act, string row, bool isStale, Columns columns, Dictionary<string, (ETag ETag, Columns Columns)> model, ETag? stale)
    {
        ETag? version = isStale || !model.TryGetValue(row, out var known) ? stale : known.ETag;
        return act switch
        {
            Act.Insert => new TableOperation.Insert(row, columns),
            Act.Replace when version is { } etag => new TableOperation.Replace(row, columns, etag),
            Act.Delete when version is { } etag => new TableOperation.Delete(row, etag),
            _ => new TableOperation.Upsert(row, columns),
        };
    }

    private static bool Holds(TableOperation operation, Dictionary<string, (ETag ETag, Columns Columns)> model) => operation switch
    {
        TableOperation.Insert insert => !model.ContainsKey(insert.Row),
        TableOperation.Replace replace => model.TryGetValue(replace.Row, out var row) && row.ETag == replace.ETag,
        TableOperation.Delete delete => model.TryGetValue(delete.Row, out var row) && row.ETag == delete.ETag,
        _ => true,
    };

    private static void Apply(TableOperation[] operations, BatchResult result, Dictionary<string, (ETag ETag, Columns Columns)> model)
    {
        foreach (var (operation, etag) in operations.Zip(result.ETags))
        {
            Columns? columns = operation switch
            {
                TableOperation.Insert insert => insert.Columns,
                TableOperation.Upsert upsert => upsert.Columns,
                TableOperation.Replace replace => replace.Columns,
                _ => null,
            };
            Assert.Equal(columns is null, etag is null);
            if (columns is null)
            {
                model.Remove(operation.Row);
            }
            else
            {
                model[operation.Row] = (etag!.Value, columns);
            }
        }
    }

    private static Columns ColumnsOf(Dictionary<string, object> values)
    {
        var columns = new Columns();
        foreach (var (name, value) in values)
        {
            columns.Add(name, value);
        }

        return columns;
    }

    private static bool IsWellFormed(string text) => !text.Any(char.IsSurrogate);
}
