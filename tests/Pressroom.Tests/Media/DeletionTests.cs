namespace Pressroom.Tests.Media;

/// <summary>Deletions beside uploads of the same file.</summary>
public sealed class DeletionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_at_any_moment_of_a_deletion_ends_with_all_files_or_none()
    {
        var file = PictureSamples.Jpeg();
        await CheckEveryMomentAsync(
            async desk => await desk.UploadAsync(file),
            async desk => await desk.Delete.RunAsync(Pressroom.Media.PictureId.Of(file), _ => true, Stop),
            async desk => await desk.UploadAsync(file));
    }

    [Fact]
    public async Task A_deletion_at_any_moment_of_an_upload_ends_with_all_files_or_none()
    {
        var file = PictureSamples.Jpeg();
        await CheckEveryMomentAsync(
            async desk =>
            {
                var picture = await desk.UploadAsync(file);
                Assert.Equal(1, await desk.UntilKilledAsync(3, () => desk.Delete.RunAsync(picture.Id, _ => true, Stop)));
            },
            async desk => await desk.UploadAsync(file),
            async desk => await desk.Delete.RunAsync(Pressroom.Media.PictureId.Of(file), _ => true, Stop));
    }

    // The other runs as a whole before a write of the first, for each of its writes.
    private static async Task CheckEveryMomentAsync(Func<MediaDesk, Task> prepare, Func<MediaDesk, Task> first, Func<MediaDesk, Task> other)
    {
        var moments = 0;
        for (var isMet = true; isMet; moments++)
        {
            await using var desk = MediaDesk.Open();
            await prepare(desk);
            desk.Time.Advance(TimeSpan.FromSeconds(1));
            var writes = 0;
            isMet = false;
            desk.OnWrite = () =>
            {
                if (writes++ == moments)
                {
                    isMet = true;
                    desk.Time.Advance(TimeSpan.FromSeconds(1));
                    other(desk).GetAwaiter().GetResult();
                    desk.Time.Advance(TimeSpan.FromSeconds(1));
                }
            };
            await first(desk);
            var listed = (await desk.Pictures.ListAsync(null, 10, Stop)).Pictures;
            Assert.Equal(listed.SelectMany(picture => picture.Files).Select(made => made.Path).Order(StringComparer.Ordinal), await desk.AllNamesAsync());
        }

        Assert.InRange(moments, 6, 40);
    }
}
