using System.Net;
using System.Text;
using Pressroom.Tests.Flows;
using static Pressroom.Tests.Backup.BackupTests;

namespace Pressroom.Tests.Backup;

/// <summary>kill -9 while an archive is imported.</summary>
public sealed class KilledImportTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_import_that_is_killed_goes_on_and_nothing_is_missing()
    {
        await using var home = await Newsroom.OpenAsync(BackupTests.Site);
        foreach (var number in Enumerable.Range(0, 60))
        {
            await home.PublishAsync($"Article {number}", new { tags = new[] { $"Tag {number % 7}" }, section = $"Section {number % 3}" });
        }

        var pages = await SettledSiteAsync(home);
        var archive = await ExportAsync(home);
        var folder = Directory.CreateTempSubdirectory("pressroom-");
        var settings = BackupTests.Site.Select(setting => setting[2..].Split('=', 2)).Select(pair => (pair[0].Replace(":", "__", StringComparison.Ordinal), pair[1])).ToList();
        try
        {
            string? location = null;
            for (var round = 0; round < 4; round++)
            {
                using var host = await ChildHost.StartAsync(folder.FullName, settings);
                if (location is null)
                {
                    using var body = Body(archive);
                    using var received = await host.Client.PostAsync("/api/backup", body, Stop);
                    Assert.Equal(HttpStatusCode.Accepted, received.StatusCode);
                    location = received.Headers.Location!.AbsolutePath;
                }

                if (round < 3)
                {
                    await Task.Delay(20 + (round * 150), Stop);
                    host.Kill();
                    continue;
                }

                await Newsroom.EventuallyAsync(async () => (await host.GetAsync(location))["stage"]!.GetValue<string>() == "done", "the import is done");
                foreach (var (name, bytes) in pages.Where(page => page.Key.EndsWith(".html", StringComparison.Ordinal)))
                {
                    await Newsroom.EventuallyAsync(async () => await host.ReadAsync("/" + name.Replace("index.html", "", StringComparison.Ordinal)) == Encoding.UTF8.GetString(bytes) || name == "404.html", name);
                }

                host.Kill();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
