using System.Globalization;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;

namespace Pressroom.StorageTests.Embedded;

public sealed class CrashTests : IAsyncDisposable
{
    private const int Rounds = 20;

    private readonly EmbeddedUnderTest engine = new();
    private readonly Dictionary<string, int> changing = [];
    private readonly Dictionary<string, int> changed = [];
    private readonly Dictionary<string, int> rows = [];
    private readonly HashSet<string> messages = [];
    private readonly HashSet<string> taking = [];
    private readonly HashSet<string> taken = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_promised_survives_a_kill_and_nothing_is_half_there()
    {
        var random = new Random();
        for (var round = 1; round <= Rounds; round++)
        {
            using (var victim = new VictimProcess("write-until-killed", engine.Folder, $"{round}"))
            {
                for (var promises = random.Next(20, 400); promises > 0; promises--)
                {
                    Note(await victim.Output.ReadLineAsync(Cancellation));
                }

                await victim.KillAsync(Cancellation);
                while (await victim.Output.ReadLineAsync(Cancellation) is { } line)
                {
                    Note(line);
                }
            }

            // Every second time the next victim finds things as they were left.
            if (round % 2 == 0)
            {
                await using var storage = EmbeddedStorage.Open(engine.Folder, TimeProvider.System);
                await CheckBlobsAsync(storage.Blobs);
                await CheckRowsAsync(storage.Tables);
                await CheckMessagesAsync(storage.Queues);
                Assert.Empty(Directory.EnumerateFiles(Path.Combine(engine.Folder, "tmp")));
            }
        }
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private void Note(string? line)
    {
        var (what, name, number) = line?.Split(' ') is [var first, var second, var third]
            ? (first, second, int.Parse(third, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The victim said '{line}'.");
        switch (what)
        {
            case "changing":
                changing[name] = number;
                break;
            case "changed":
                changed[name] = number;
                break;
            case "rows":
                rows[name] = number;
                break;
            case "message":
                messages.Add($"{name} {number}");
                break;
            case "taking":
                taking.Add($"{name} {number}");
                break;
            default:
                taken.Add($"{name} {number}");
                break;
        }
    }

    private async Task CheckBlobsAsync(EmbeddedBlobs blobs)
    {
        foreach (var (name, next) in changing)
        {
            // The change that was under way when the kill came may be done or not.
            int[] possible = changed.TryGetValue(name, out var last) ? [last, next] : [next];
            var blob = await blobs.ReadAsync(new BlobPath("$web", name), Cancellation);
            if (blob is null)
            {
                Assert.True(!changed.ContainsKey(name) || possible.Any(Victim.IsDeletion), $"{name} {last} is lost.");
                continue;
            }

            var found = int.Parse(blob.Content.ContentType["text/".Length..], CultureInfo.InvariantCulture);
            Assert.Contains(found, possible);
            Assert.True(Victim.Bytes(name, found).AsSpan().SequenceEqual(blob.Content.Bytes.Span), $"{name} {found} is not whole.");
            Assert.StartsWith("\"" + BlobHeaders.HashOf(blob.Content), blob.ETag.Value, StringComparison.Ordinal);
            changed[name] = found;
        }
    }

    private async Task CheckRowsAsync(ITableStore tables)
    {
        foreach (var (writer, number) in rows)
        {
            var counter = (int)(await tables.GetAsync("Rows", writer, "counter", Cancellation))!.Columns.Number("Number");
            Assert.InRange(counter, number, number + 1);
            var row = await tables.GetAsync("Rows", writer, $"row{counter % 50}", Cancellation);
            Assert.Equal(counter, row!.Columns.Number("Number"));
        }
    }

    private async Task CheckMessagesAsync(IQueueStore queues)
    {
        var found = new HashSet<string>();
        while (await queues.ReceiveAsync("messages", 32, TimeSpan.FromHours(1), Cancellation) is { Count: > 0 } received)
        {
            foreach (var message in received)
            {
                Assert.True(found.Add(message.Text), $"{message.Text} came twice.");
            }
        }

        Assert.Empty(messages.Except(found).Except(taking));
        Assert.Empty(found.Intersect(taken));
    }
}
