using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Media;

/// <summary>What pictures may cost, in a process of its own: its memory is nobody else's.</summary>
public sealed class PictureBombTests
{
    // Half a gigabyte for fifty million pixels, which the settings allow, and what the host takes.
    private const long MostMemory = 1_000L * 1024 * 1024;

    private static readonly (string Name, string Value)[] Settings = [("Site__BaseUrl", "https://news.example")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_file_costs_much_memory_whatever_it_unpacks_to()
    {
        var folder = Directory.CreateTempSubdirectory("pressroom-bombs-");
        using (var host = await ChildHost.StartAsync(folder.FullName, Settings))
        {
            using var first = await UploadAsync(host, PictureSamples.Png(9, 9));
            Assert.Equal(HttpStatusCode.Created, first.StatusCode);
            foreach (var (what, file, isRefused) in new (string, byte[], bool)[]
            {
                ("a GIF of 100,000 frames", PictureBombs.GifOfFrames(100_000), true),
                ("a GIF of a frame larger than its screen", PictureBombs.GifOfLargeFrame(), false),
                ("a WebP of 5,000 frames", PictureBombs.WebPOfFrames(5_000), true),
                ("an AVIF of another size than it says", PictureBombs.AvifOfAnotherSize(), true),
                ("a PNG with a profile of 100 MB", PictureBombs.PngOfMetadata("iCCP", 1), false),
                ("a PNG with 20 texts of 100 MB", PictureBombs.PngOfMetadata("zTXt", 20), false),
                ("a PNG with 20 international texts of 100 MB", PictureBombs.PngOfMetadata("iTXt", 20), false),
                ("a JPEG of 10,000 scans", PictureBombs.JpegOfScans(200, 200, 10_000), true),
                ("a JPEG of 80 scans of nothing and 49 megapixels", PictureBombs.JpegOfEmptyScans(7_000, 7_000, 80), false),
                ("a JPEG of 10,000 scans of nothing", PictureBombs.JpegOfEmptyScans(5_000, 5_000, 10_000), true),
            })
            {
                var before = HighestMemory(host);
                using var answer = await UploadAsync(host, file);
                var report = string.Create(CultureInfo.InvariantCulture, $"{what}: {file.Length:N0} bytes, {(int)answer.StatusCode}, {(HighestMemory(host) - before) / 1024 / 1024} MiB more");
                TestContext.Current.TestOutputHelper?.WriteLine(report);
                Assert.True(HighestMemory(host) < MostMemory, report);
                Assert.True(isRefused ? answer.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest : (int)answer.StatusCode < 500, report);
            }

            host.Kill();
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Of_twenty_uploads_at_once_none_is_lost_and_memory_stays_bounded()
    {
        var folder = Directory.CreateTempSubdirectory("pressroom-uploads-");
        using (var host = await ChildHost.StartAsync(folder.FullName, Settings))
        {
            var (sent, refusals) = (0, 0);

            // Until they have met: a busy machine may send one after the other.
            while (refusals == 0 && sent < 100)
            {
                await Task.WhenAll(Enumerable.Range(sent, 20).Select(number => PictureSamples.Jpeg(1_000 + number, 700)).ToList().Select(SendAsync));
                sent += 20;
            }

            Assert.NotEqual(0, refusals);
            Assert.True(HighestMemory(host) < MostMemory, $"{HighestMemory(host):N0} bytes");
            Assert.Equal(sent, await CheckAllAsync(host));
            host.Kill();

            async Task SendAsync(byte[] file)
            {
                while (true)
                {
                    using var answer = await UploadAsync(host, file);
                    if (answer.StatusCode == HttpStatusCode.Created)
                    {
                        return;
                    }

                    Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
                    Assert.NotNull(answer.Headers.RetryAfter);
                    Interlocked.Increment(ref refusals);
                    await Task.Delay(Random.Shared.Next(100, 1_000), Stop);
                }
            }
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_upload_that_is_killed_anywhere_is_whole_after_it_is_sent_again()
    {
        var folder = Directory.CreateTempSubdirectory("pressroom-uploads-");
        var stored = 0;
        for (var round = 0; round < 3; round++)
        {
            using var host = await ChildHost.StartAsync(folder.FullName, Settings);
            Assert.Equal(stored, await CheckAllAsync(host));
            var killed = PictureSamples.Jpeg(3_000 + round, 2_000);
            var upload = UploadAsync(host, killed);
            await Task.Delay(round * 150, Stop);
            host.Kill();
            await Record.ExceptionAsync(() => upload);

            using var again = await ChildHost.StartAsync(folder.FullName, Settings);
            using var answer = await UploadAsync(again, killed);
            Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK, $"{answer.StatusCode}");
            Assert.Equal(++stored, await CheckAllAsync(again));
            again.Kill();
        }

        folder.Delete(recursive: true);
    }

    private static async Task<HttpResponseMessage> UploadAsync(ChildHost host, byte[] file)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/" + file switch { [0x89, ..] => "png", [0xFF, ..] => "jpeg", [(byte)'G', ..] => "gif", [(byte)'R', ..] => "webp", _ => "avif" });
        return await host.Client.PostAsync("/api/media?decorative=true", content, Stop);
    }

    // All that is listed can be fetched, each of its files.
    private static async Task<int> CheckAllAsync(ChildHost host)
    {
        var items = (await host.GetAsync("/api/media?limit=100"))["items"]!.AsArray();
        foreach (var picture in items)
        {
            foreach (var address in picture!["variants"]!.AsArray().Select(variant => variant!["url"]).Append(picture["url"]))
            {
                using var answer = await host.Client.GetAsync(new Uri((string)address!).AbsolutePath, Stop);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync(Stop));
            }
        }

        return items.Count;
    }

    // In bytes, since the process began.
    private static long HighestMemory(ChildHost host) => 1024 * long.Parse(
        File.ReadLines($"/proc/{host.ProcessId}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
