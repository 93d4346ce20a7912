using System.Net;
using Pressroom.Telemetry;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Telemetry;

/// <summary>The data folder of a running host goes away, as a disk does that is not mounted any more, and comes back.</summary>
public sealed class GoneStorageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Storage_that_is_gone_is_told_of_and_so_is_its_return(bool leavesMountPoint)
    {
        var clock = new ShiftedClock();
        await using var newsroom = await Newsroom.OpenAsync(clock.Set);
        await newsroom.PublishAsync("Before");
        await newsroom.SettledAsync();
        var away = newsroom.DataFolder + "-away";
        Directory.Move(newsroom.DataFolder, away);
        if (leavesMountPoint)
        {
            Directory.CreateDirectory(newsroom.DataFolder);
        }

        clock.Advance(CheckHealth.KeptFor);
        var told = "";
        await Newsroom.EventuallyAsync(
            async () =>
            {
                using var answer = await newsroom.Reader.GetAsync("/api/health", Stop);
                told = await answer.Content.ReadAsStringAsync(Stop);
                return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            "it is told of");
        Assert.Contains("\"reason\"", told, StringComparison.Ordinal);
        Assert.DoesNotContain(newsroom.DataFolder, told, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", told, StringComparison.Ordinal);

        // Search engines drop what is said not to exist, and keep what fails.
        using (var page = await newsroom.Reader.GetAsync("/2020/01/not-in-any-cache/", Stop))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, page.StatusCode);
            Assert.DoesNotContain(newsroom.DataFolder, await page.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }

        await newsroom.PostAsync("/api/articles", new { title = "Meanwhile", body = "Text.", status = "published" }, HttpStatusCode.InternalServerError);
        if (leavesMountPoint)
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(newsroom.DataFolder));
            Directory.Delete(newsroom.DataFolder);
        }

        Directory.Move(away, newsroom.DataFolder);
        clock.Advance(CheckHealth.KeptFor);
        await Newsroom.EventuallyAsync(
            async () =>
            {
                using var answer = await newsroom.Reader.GetAsync("/api/health", Stop);
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "it is healthy again");
        await newsroom.PublishAsync("After");
        await newsroom.ShowsAsync("/", "After");
        await newsroom.ShowsAsync("/", "Before");
        Assert.Null(await newsroom.ReadAsync("/2020/01/not-in-any-cache/"));
    }
}
