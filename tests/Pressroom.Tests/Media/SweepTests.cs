using Pressroom.Backup;

namespace Pressroom.Tests.Media;

/// <summary>What is left of uploads and deletions that were cut short.</summary>
public sealed class SweepTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_killed_upload_leaves_is_swept_away_after_a_day_and_whole_pictures_stay()
    {
        var kills = 0;
        for (var fatal = 1; kills == fatal - 1; fatal++)
        {
            await using var desk = MediaDesk.Open();
            var whole = await desk.UploadAsync(PictureSamples.Png());
            await desk.PutAsync("media/logo.svg");
            kills += await desk.UntilKilledAsync(fatal, () => desk.UploadAsync(PictureSamples.Jpeg()));
            var left = await desk.AllNamesAsync();
            desk.Time.Advance(TimeSpan.FromHours(23));
            await desk.Sweep.RunAsync(Stop);
            Assert.Equal(left, await desk.AllNamesAsync());

            desk.Time.Advance(TimeSpan.FromHours(2));
            await desk.Sweep.RunAsync(Stop);
            var listed = (await desk.Pictures.ListAsync(null, 10, Stop)).Pictures;
            Assert.Contains(whole, listed);
            Assert.Equal(
                listed.SelectMany(picture => picture.Files).Select(file => file.Path).Append("media/logo.svg").Order(StringComparer.Ordinal), await desk.AllNamesAsync());
        }

        Assert.InRange(kills, 6, 20);
    }

    [Fact]
    public async Task What_a_killed_deletion_leaves_is_swept_away_with_its_row()
    {
        var kills = 0;
        for (var fatal = 2; kills == fatal - 2; fatal++)
        {
            await using var desk = MediaDesk.Open();
            var picture = await desk.UploadAsync(PictureSamples.Jpeg());
            kills += await desk.UntilKilledAsync(fatal, () => desk.Delete.RunAsync(picture.Id, _ => true, Stop));
            var isAnyLeft = (await desk.AllNamesAsync()).Count > 0;
            desk.Time.Advance(TimeSpan.FromDays(2));
            await desk.Sweep.RunAsync(Stop);
            Assert.Empty(await desk.AllNamesAsync());
            if (isAnyLeft)
            {
                Assert.Null(await desk.Pictures.ReadAsync(picture.Id, Stop));
            }
        }

        Assert.InRange(kills, 6, 20);
    }

    [Fact]
    public async Task A_sweep_at_any_moment_of_an_upload_takes_nothing_from_it_though_old_files_of_the_same_picture_are_there()
    {
        var file = PictureSamples.Jpeg();
        var isSwept = true;
        for (var moment = 1; isSwept; moment++)
        {
            await using var desk = MediaDesk.Open();
            Assert.Equal(1, await desk.UntilKilledAsync(6, () => desk.UploadAsync(file)));
            desk.Time.Advance(TimeSpan.FromDays(2));
            var writes = 0;
            isSwept = false;
            desk.OnWrite = () =>
            {
                if (++writes == moment)
                {
                    isSwept = true;
                    desk.Sweep.RunAsync(Stop).GetAwaiter().GetResult();
                }
            };
            var picture = await desk.UploadAsync(file);
            Assert.Equal(picture.Files.Count(), (await desk.FilesAsync(picture)).Count);
            Assert.True(isSwept || moment > 6);
        }
    }

    [Fact]
    public async Task A_picture_that_is_uploaded_again_in_another_month_keeps_its_files_and_not_those_of_the_first_try()
    {
        var file = PictureSamples.Jpeg();
        await using var desk = MediaDesk.Open();
        Assert.Equal(1, await desk.UntilKilledAsync(4, () => desk.UploadAsync(file)));
        desk.Time.Advance(TimeSpan.FromDays(40));
        var picture = await desk.UploadAsync(file);
        desk.Time.Advance(TimeSpan.FromDays(2));
        await desk.Sweep.RunAsync(Stop);
        Assert.Equal(picture.Files.Select(made => made.Path).Order(StringComparer.Ordinal), await desk.AllNamesAsync());
    }

    [Fact]
    public async Task Nothing_is_swept_while_an_import_is_under_way_and_one_that_stands_still_holds_nothing_up()
    {
        await using var desk = MediaDesk.Open();
        Assert.Equal(1, await desk.UntilKilledAsync(4, () => desk.UploadAsync(PictureSamples.Jpeg())));
        var left = await desk.AllNamesAsync();
        Assert.NotEmpty(left);
        desk.Time.Advance(TimeSpan.FromDays(2));
        var now = desk.Time.GetUtcNow();
        await desk.Imports.WriteAsync(new BackupImport(ImportStore.NewId(now), ImportStage.Rows, 1, 0, 0, 0, now, now, null), Stop);
        await desk.Sweep.RunAsync(Stop);
        Assert.Equal(left, await desk.AllNamesAsync());

        desk.Time.Advance(TimeSpan.FromDays(2));
        await desk.Sweep.RunAsync(Stop);
        Assert.Empty(await desk.AllNamesAsync());
    }
}
