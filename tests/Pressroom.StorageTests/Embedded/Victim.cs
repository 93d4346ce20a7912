using System.Globalization;
using System.Text;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;

namespace Pressroom.StorageTests.Embedded;

/// <summary>What the process does that the crash tests kill. It says on standard output what it has been promised.</summary>
internal static class Victim
{
    private const int Writers = 6;

    /// <summary>Writes blobs, rows and messages until it is killed, and prints each before it begins and as soon as its task completes.
    /// What has a number is written over with a later one, so that a lost write shows.</summary>
    public static async Task<int> WriteAsync(string folder, string round)
    {
        var storage = EmbeddedStorage.Open(folder, TimeProvider.System, null, new UpkeepPace { Every = TimeSpan.FromMilliseconds(50), AfterPages = 200, RestartAfterPages = 400 });
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(storage, $"{round}-{writer}", output))));
        return 0;
    }

    /// <summary>Opens the folder and keeps it until it is killed.</summary>
    public static async Task<int> HoldAsync(string folder)
    {
        await using var storage = EmbeddedStorage.Open(folder, TimeProvider.System);
        await Console.Out.WriteLineAsync("open");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    /// <summary>Whether that change of a page deletes it.</summary>
    public static bool IsDeletion(int number) => number % 5 == 4;

    /// <summary>The bytes of the blob that a line tells of: of any size, and recognisable.</summary>
    public static byte[] Bytes(string name, int number)
    {
        var random = new Random(number);
        var bytes = new byte[random.Next(10) switch { 0 => 0, 1 => EmbeddedBlobs.LargestInRedo + random.Next(100_000), 2 => 100_000, _ => random.Next(10_000) }];
        random.NextBytes(bytes);
        Encoding.UTF8.GetBytes($"{name} {number}").AsSpan(0, Math.Min(bytes.Length, 8)).CopyTo(bytes);
        return bytes;
    }

    private static async Task WriteAsync(EmbeddedStorage storage, string writer, TextWriter output)
    {
        ETag? counter = null;
        for (var number = 1; ; number++)
        {
            var text = number.ToString(CultureInfo.InvariantCulture);
            var page = new BlobPath("$web", $"2026/{writer}/{number % 7}/index.html");
            await output.WriteLineAsync($"changing {page.Name} {text}");
            if (IsDeletion(number))
            {
                await storage.Blobs.DeleteAsync(page, CancellationToken.None);
            }
            else
            {
                await storage.Blobs.WriteAsync(page, new BlobContent(Bytes(page.Name, number), $"text/{text}"), BlobCondition.None, CancellationToken.None);
            }

            await output.WriteLineAsync($"changed {page.Name} {text}");

            TableOperation count = counter is { } etag
                ? new TableOperation.Replace("counter", new Columns { { "Number", number } }, etag)
                : new TableOperation.Upsert("counter", new Columns { { "Number", number } });
            var batch = await storage.Tables.CommitAsync(
                "Rows", writer, [count, new TableOperation.Upsert($"row{number % 50}", new Columns { { "Number", number } })], CancellationToken.None);
            counter = batch.ETags[0];
            await output.WriteLineAsync($"rows {writer} {text}");

            var receipt = await storage.Queues.HoldAsync("messages", $"{writer} {text}", TimeSpan.FromHours(1), CancellationToken.None);
            await output.WriteLineAsync($"message {writer} {text}");
            if (number % 2 == 0)
            {
                await storage.Queues.ReleaseAsync(receipt, TimeSpan.Zero, CancellationToken.None);
            }

            if (number % 3 == 0)
            {
                foreach (var message in await storage.Queues.ReceiveAsync("messages", 2, TimeSpan.FromHours(1), CancellationToken.None))
                {
                    await output.WriteLineAsync($"taking {message.Text}");
                    await storage.Queues.DeleteAsync(message.Receipt, CancellationToken.None);
                    await output.WriteLineAsync($"taken {message.Text}");
                }
            }
        }
    }
}
