using System.Text;
using NetVips;
using Pressroom.Media;

namespace Pressroom.Tests.Media;

/// <summary>What becomes of a file that is uploaded.</summary>
public sealed class UploadTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_12_megapixel_photograph_comes_in_responsive_widths_upright_and_without_camera_data()
    {
        var file = PictureSamples.CameraJpeg(4000, 3000);
        foreach (var mark in new[] { "Exif", PictureSamples.Camera, "xmpmeta" })
        {
            Assert.True(Holds(file, mark), $"the sample has no {mark}");
        }

        await using var desk = MediaDesk.Open();
        var picture = await desk.UploadAsync(file);

        Assert.Equal((3000, 4000), (picture.Name.Width, picture.Name.Height));
        Assert.Equal(PictureForm.Photograph, picture.Form);
        var files = await desk.FilesAsync(picture);
        Assert.Equal([320, 640, 960, 1280, 1920, 2560], files.Where(made => made.File.Type == PictureType.WebP).Select(made => made.File.Width).Order());
        foreach (var (made, content) in files)
        {
            using var image = PictureSamples.Open(content.Bytes.ToArray());
            Assert.Equal((made.Width, made.Height), (image.Width, image.Height));
            Assert.Equal(made.Type.MediaType(), content.ContentType);
            Assert.Equal("public, max-age=31536000, immutable", content.CacheControl);

            // Turned by a quarter to the right: what was at the upper left is at the upper right.
            Assert.True(IsRed(image, 0.9, 0.1), $"{made.Path} is not upright");
            Assert.False(IsRed(image, 0.1, 0.1), $"{made.Path} is not upright");
            CheckBare(content.Bytes.Span, made.Path);
        }

        Assert.True(files.Single(made => made.File.IsShared).Content.Bytes.Length <= 1_000_000);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("avif")]
    [InlineData("gif")]
    public async Task No_kind_of_file_keeps_what_was_written_beside_the_pixels(string kind)
    {
        var file = kind switch
        {
            "png" => PictureSamples.CameraPng(700, 500),
            "webp" => PictureSamples.CameraWebP(700, 500),
            "avif" => PictureSamples.CameraAvif(700, 500),
            _ => [.. PictureSamples.Animation().GifsaveBuffer()[..^1], 0x21, 0xFE, 9, .. Encoding.ASCII.GetBytes(PictureSamples.Camera), 0, 0x3B],
        };
        Assert.True(Holds(file, PictureSamples.Camera));
        await using var desk = MediaDesk.Open();

        foreach (var (made, content) in await desk.FilesAsync(await desk.UploadAsync(file)))
        {
            CheckBare(content.Bytes.Span, made.Path);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    public async Task Orientation_is_that_of_the_camera(int orientation)
    {
        await using var desk = MediaDesk.Open();
        var picture = await desk.UploadAsync(PictureSamples.CameraJpeg(600, 400, orientation));
        Assert.Equal(orientation >= 5 ? (400, 600) : (600, 400), (picture.Name.Width, picture.Name.Height));
        using var image = PictureSamples.Open((await desk.FilesAsync(picture))[0].Content.Bytes.ToArray());
        var (x, y) = orientation switch
        {
            1 => (0.1, 0.1),
            3 => (0.9, 0.9),
            6 => (0.9, 0.1),
            _ => (0.1, 0.9),
        };
        Assert.True(IsRed(image, x, y));
    }

    [Theory]
    [InlineData("jpeg", PictureForm.Photograph, "image/jpeg")]
    [InlineData("png", PictureForm.Drawing, "image/png")]
    [InlineData("webp", PictureForm.Photograph, "image/jpeg")]
    [InlineData("avif", PictureForm.Photograph, "image/jpeg")]
    [InlineData("gif", PictureForm.Drawing, "image/png")]
    public async Task Each_kind_is_taken_and_kept_as_what_anything_can_show(string kind, PictureForm form, string type)
    {
        var file = kind switch
        {
            "jpeg" => PictureSamples.Jpeg(),
            "png" => PictureSamples.Png(),
            "webp" => PictureSamples.WebP(),
            "avif" => PictureSamples.Avif(),
            _ => PictureSamples.Gif(),
        };
        await using var desk = MediaDesk.Open();
        var picture = await desk.UploadAsync(file);
        Assert.Equal(form, picture.Form);
        Assert.Equal(type, picture.Whole.Type.MediaType());
        foreach (var (made, content) in await desk.FilesAsync(picture))
        {
            using var image = PictureSamples.Open(content.Bytes.ToArray());
            Assert.Equal((made.Width, made.Height), (image.Width, image.Height));
            Assert.Equal(made.Type, PictureTypes.Of(content.Bytes.Span));
        }
    }

    [Fact]
    public async Task Colours_end_in_sRGB_of_eight_bits()
    {
        await using var desk = MediaDesk.Open();
        foreach (var file in new[] { PictureSamples.CmykJpeg(), PictureSamples.SixteenBitPng() })
        {
            foreach (var (made, content) in await desk.FilesAsync(await desk.UploadAsync(file)))
            {
                using var image = PictureSamples.Open(content.Bytes.ToArray());
                Assert.Equal((Enums.BandFormat.Uchar, 3), (image.Format, image.Bands));
                var colour = image[image.Width / 2, image.Height / 2];
                Assert.True(Math.Abs(colour[0] - 200) < 15 && Math.Abs(colour[1] - 30) < 15 && Math.Abs(colour[2] - 30) < 20, $"{made.Path}: {string.Join(' ', colour)}");
            }
        }
    }

    [Fact]
    public async Task What_is_transparent_stays_so_and_is_white_where_it_cannot()
    {
        await using var desk = MediaDesk.Open();
        var picture = await desk.UploadAsync(PictureSamples.TransparentPng(1600, 900));
        Assert.Equal(PictureForm.Drawing, picture.Form);
        Assert.Contains(picture.Files, file => file is { Type: PictureType.Png, Width: 1200 });
        foreach (var (made, content) in await desk.FilesAsync(picture))
        {
            using var image = PictureSamples.Open(content.Bytes.ToArray());
            var pixel = image[10, 10];
            Assert.True(made.Type == PictureType.Jpeg ? pixel.All(value => value > 250) : image.HasAlpha() && pixel[^1] == 0, made.Path);
        }
    }

    [Theory]
    [InlineData("gif")]
    [InlineData("webp")]
    public async Task What_moves_goes_on_moving_at_its_pace(string kind)
    {
        using var animation = PictureSamples.Animation();
        await using var desk = MediaDesk.Open();
        var picture = await desk.UploadAsync(kind == "gif" ? animation.GifsaveBuffer() : animation.WebpsaveBuffer());
        Assert.Equal(PictureForm.Animation, picture.Form);
        Assert.EndsWith("-400x300.gif", picture.Whole.Path, StringComparison.Ordinal);
        foreach (var (made, content) in await desk.FilesAsync(picture))
        {
            if (made.Type == PictureType.Jpeg)
            {
                using var still = PictureSamples.Open(content.Bytes.ToArray());
                Assert.Equal((400, 300), (still.Width, still.Height));
                Assert.True(IsRed(still, 0.5, 0.5));
                continue;
            }

            using var image = PictureSamples.OpenFrames(content.Bytes.ToArray());
            Assert.Equal((made.Width, made.Height * 3), (image.Width, image.Height));
            Assert.Equal([70, 80, 90], (int[])image.Get("delay"));
            Assert.Equal(0, (int)image.Get("loop"));
        }
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpeg")]
    [InlineData("gif")]
    [InlineData("webp")]
    [InlineData("avif")]
    public async Task A_small_file_of_a_very_large_picture_is_refused_before_a_pixel_of_it_is_decoded(string kind)
    {
        var file = PictureSamples.Bomb(kind);
        Assert.True(file.Length < 4_000, "it is no small file");
        await using var desk = MediaDesk.Open();

        // Other tests of this process may take memory at the same moment, but not each time; the picture would.
        var taken = long.MaxValue;
        for (var tries = 0; taken >= 100 * 1024 && tries < 20; tries++)
        {
            var before = HighestMemory();
            var refused = Assert.IsType<UploadOutcome.TooLarge>(await desk.Upload.RunAsync(file, null, "A bomb", Stop));
            Assert.Contains("pixels", refused.Reason, StringComparison.Ordinal);
            taken = HighestMemory() - before;
        }

        Assert.True(taken < 100 * 1024, "memory was taken for it");
        Assert.Empty(await desk.AllNamesAsync());
    }

    [Fact]
    public async Task The_frames_of_a_moving_picture_count_together()
    {
        using var animation = PictureSamples.Animation();
        await using var desk = MediaDesk.Open(mostPixels: (400 * 300 * 3) - 1);
        var refused = Assert.IsType<UploadOutcome.TooLarge>(await desk.Upload.RunAsync(animation.GifsaveBuffer(), null, "x", Stop));
        Assert.Equal("It has 360,000 pixels in all its frames; 359,999 are allowed.", refused.Reason);
        await desk.UploadAsync(PictureSamples.Png(400, 300));
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("avif")]
    [InlineData("gif")]
    public async Task A_file_that_is_cut_short_anywhere_is_refused_and_leaves_nothing(string kind)
    {
        var file = kind switch
        {
            "jpeg" => PictureSamples.Jpeg(),
            "png" => PictureSamples.Png(),
            "webp" => PictureSamples.WebP(),
            "avif" => PictureSamples.Avif(),
            _ => PictureSamples.Gif(),
        };
        await using var desk = MediaDesk.Open();
        foreach (var part in new[] { 0.1, 0.5, 0.9, 0.98 })
        {
            Assert.IsType<UploadOutcome.Damaged>(await desk.Upload.RunAsync(file[..(int)(file.Length * part)], null, "x", Stop));
        }

        Assert.Empty(await desk.AllNamesAsync());
    }

    public static TheoryData<string, string> HungOn => new()
    {
        { "*/=1;alert(document.cookie)//", "a text" },
        { "\r\n<html><script>alert(1)</script>", "a web page or a script" },
        { "\0\0<?PHP system($_GET[0]);\u00FF", "a web page or a script" },
        { "PK\u0003\u0004\u0014\0\u00FF\u00FE", "an archive, a program or a document" },
        { "Rar!\u001A\u0007\0\u00FF", "an archive, a program or a document" },
        { "MZ\u0090\0\u0003\0\u00FF", "an archive, a program or a document" },
    };

    [Theory]
    [MemberData(nameof(HungOn))]
    public async Task A_picture_with_another_file_hung_on_to_it_is_refused(string hung, string kind)
    {
        await using var desk = MediaDesk.Open();
        foreach (var picture in PictureSamples.OfEachKind())
        {
            await CheckPolyglotAsync(desk, [.. picture, .. Encoding.Latin1.GetBytes(hung)], kind);
        }
    }

    [Fact]
    public async Task A_picture_with_another_file_inside_is_refused()
    {
        // A ZIP archive at the end of the file, and inside of the picture's comment.
        var archive = PictureSamples.Zip();
        var page = Encoding.ASCII.GetBytes("<!DOCTYPE HTML><p>--><SCRIPT>alert(1)</SCRIPT>");
        await using var desk = MediaDesk.Open();
        foreach (var picture in PictureSamples.OfEachKind())
        {
            await CheckPolyglotAsync(desk, [.. picture, 0xFF, .. archive], "a ZIP archive");
        }

        await CheckPolyglotAsync(desk, PictureSamples.WithComment(PictureSamples.Jpeg(), archive), "a ZIP archive");
        await CheckPolyglotAsync(desk, PictureSamples.WithComment(PictureSamples.Jpeg(), page), "a web page or a script");
        await CheckPolyglotAsync(desk, PictureSamples.WithComment(PictureSamples.Jpeg(), "%PDF-1.7"u8), "a PDF document");

        // A GIF that is JavaScript too: its screen is as wide as "/*" says, and what follows the pixels ends that comment.
        var script = PictureSamples.Gif(320, 200);
        "/*"u8.CopyTo(script.AsSpan(6));
        await CheckPolyglotAsync(desk, [.. script[..^1], 0x21, 0xFE, 20, .. "*/=1;alert('script')"u8, 0, 0x3B], "a script");
    }

    [Fact]
    public async Task What_cameras_hang_on_to_their_photographs_is_taken_and_does_not_come_through()
    {
        byte[][] tails =
        [
            PictureSamples.CameraJpeg(160, 120),
            [0, 0, 0, 0x18, .. "ftypmp42"u8, 0, 0, 0, 0, .. "mp42isom"u8, 0xFF, 0xFE, .. Encoding.ASCII.GetBytes(PictureSamples.Camera)],
            [0xDE, 0xAD, 0xBE, 0xEF, .. Encoding.ASCII.GetBytes(PictureSamples.Camera), 0x80],
            [0, 0, 0, 0, 0, 0, (byte)'\n'],
        ];
        await using var desk = MediaDesk.Open();
        foreach (var picture in PictureSamples.OfEachKind())
        {
            foreach (var tail in tails)
            {
                foreach (var (made, content) in await desk.FilesAsync(await desk.UploadAsync([.. picture, .. tail])))
                {
                    CheckBare(content.Bytes.Span, made.Path);
                    Assert.False(Holds(content.Bytes.Span, "ftypmp42"), made.Path);
                }
            }
        }
    }

    [Fact]
    public void The_end_of_a_picture_is_found_in_every_kind_of_file()
    {
        foreach (var picture in PictureSamples.OfEachKind().Append(PictureSamples.CameraJpeg(400, 300)).Append(PictureSamples.ProgressiveJpeg()).Append(PictureSamples.Animation().GifsaveBuffer()))
        {
            var type = PictureTypes.Of(picture)!.Value;
            Assert.Equal(picture.Length, PictureEnd.Of(picture, type));
            Assert.Equal(picture.Length, PictureEnd.Of([.. picture, 0x80, 0x3B, 0xFF, 0xD9, 0], type));
            for (var length = 16; length < picture.Length; length += 1 + (picture.Length / 500))
            {
                // Cut short it has no end, or, where boxes are not counted, one at the last whole box.
                Assert.InRange(PictureEnd.Of(picture.AsSpan(0, length), type) ?? 0, 0, type == PictureType.Avif ? length : 0);
            }
        }
    }

    [Theory]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><script>alert(1)</script></svg>")]
    [InlineData("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>")]
    [InlineData("%PDF-1.7\n")]
    [InlineData("II*\0\u0008\0\0\0")]
    [InlineData("BM0000")]
    [InlineData("<html>")]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0mif1heic")]
    [InlineData("")]
    public async Task Any_other_file_is_refused_whatever_it_is_said_to_be(string text)
    {
        await using var desk = MediaDesk.Open();
        Assert.IsType<UploadOutcome.NoPicture>(await desk.Upload.RunAsync(Encoding.Latin1.GetBytes(text), "image/png", "x", Stop));
        Assert.Empty(await desk.AllNamesAsync());
    }

    [Theory]
    [InlineData("image/png", false)]
    [InlineData("text/html", false)]
    [InlineData("image/svg+xml", false)]
    [InlineData("image/jpeg", true)]
    [InlineData("IMAGE/JPG", true)]
    [InlineData("application/octet-stream", true)]
    [InlineData(null, true)]
    public async Task A_file_that_is_said_to_be_another_kind_is_refused(string? declared, bool isTaken)
    {
        await using var desk = MediaDesk.Open();
        var outcome = await desk.Upload.RunAsync(PictureSamples.Jpeg(), declared, "x", Stop);
        Assert.Equal(isTaken, outcome is UploadOutcome.Stored);
        if (!isTaken)
        {
            Assert.Equal($"It is said to be {declared}, and is image/jpeg.", Assert.IsType<UploadOutcome.NoPicture>(outcome).Reason);
        }
    }

    [Fact]
    public async Task The_same_file_is_the_same_picture_in_any_month()
    {
        await using var desk = MediaDesk.Open();
        var file = PictureSamples.Jpeg();
        var first = await desk.UploadAsync(file, "First");
        var names = await desk.AllNamesAsync();
        desk.Time.Advance(TimeSpan.FromDays(40));
        var again = Assert.IsType<UploadOutcome.Stored>(await desk.Upload.RunAsync(file, null, "Second", Stop));
        Assert.False(again.IsNew);
        Assert.Equal(first, again.Picture.Picture);
        Assert.Equal(names, await desk.AllNamesAsync());
    }

    [Fact]
    public async Task Sent_by_many_at_once_a_file_is_stored_once()
    {
        await using var desk = MediaDesk.Open();
        var file = PictureSamples.Jpeg();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => desk.Upload.RunAsync(file, null, "x", Stop)));
        Assert.Single(outcomes, outcome => outcome is UploadOutcome.Stored { IsNew: true });
        var picture = Assert.Single((await desk.Pictures.ListAsync(null, 10, Stop)).Pictures);
        Assert.Equal(picture.Files.Select(made => made.Path).Order(StringComparer.Ordinal), await desk.AllNamesAsync());
    }

    [Fact]
    public async Task Killed_at_any_write_a_picture_is_whole_or_unseen_and_the_next_try_stores_it()
    {
        var file = PictureSamples.Jpeg();
        var kills = 0;
        for (var fatal = 1; kills == fatal - 1; fatal++)
        {
            await using var desk = MediaDesk.Open();
            kills += await desk.UntilKilledAsync(fatal, () => desk.UploadAsync(file));
            foreach (var listed in (await desk.Pictures.ListAsync(null, 10, Stop)).Pictures)
            {
                await desk.FilesAsync(listed);
            }

            var picture = await desk.UploadAsync(file);
            Assert.Equal(picture.Files.Select(made => made.Path).Order(StringComparer.Ordinal), await desk.AllNamesAsync());
            Assert.Equal([picture], (await desk.Pictures.ListAsync(null, 10, Stop)).Pictures);
        }

        Assert.InRange(kills, 6, 20);
    }

    [Fact]
    public async Task Killed_at_any_write_a_deletion_can_be_done_again_and_the_picture_uploaded_again()
    {
        var file = PictureSamples.Jpeg();
        var kills = 0;
        for (var fatal = 1; kills == fatal - 1; fatal++)
        {
            await using var desk = MediaDesk.Open();
            var picture = await desk.UploadAsync(file);
            kills += await desk.UntilKilledAsync(fatal, async () => Assert.True(await desk.Delete.RunAsync(picture.Id, _ => true, Stop)));
            if (await desk.Pictures.FindAsync(picture.Id, Stop) is { } still)
            {
                await desk.FilesAsync(still.Picture);
            }

            if (fatal % 2 == 0)
            {
                desk.Time.Advance(TimeSpan.FromDays(40));
                await desk.FilesAsync(await desk.UploadAsync(file));
            }

            await desk.Delete.RunAsync(picture.Id, _ => true, Stop);
            Assert.Empty(await desk.AllNamesAsync());
            Assert.Empty((await desk.Pictures.ListAsync(null, 10, Stop)).Pictures);
            Assert.Null(await desk.Delete.RunAsync(picture.Id, _ => true, Stop));
        }

        Assert.InRange(kills, 6, 20);
    }

    [Fact]
    public async Task Any_size_gives_the_files_that_its_name_promises()
    {
        await using var desk = MediaDesk.Open();
        foreach (var (width, height) in new[] { (1, 1), (3, 900), (900, 3), (319, 200), (320, 200), (321, 7), (1199, 800), (1200, 800), (1201, 800), (2560, 40), (2561, 40), (5000, 30), (30, 5000) })
        {
            var picture = await desk.UploadAsync(PictureSamples.Png(width, height));
            Assert.Equal((width, height), (picture.Name.Width, picture.Name.Height));
            var shown = ShownPicture.At(MediaDesk.Site.Absolute(picture.Whole.Path), MediaDesk.Site.BaseUrl)!;
            var names = await desk.AllNamesAsync();
            foreach (var address in shown.Srcset.Split(", ").Select(entry => entry.Split(' ')[0]).Append(shown.Source).Append(shown.Shared))
            {
                Assert.Contains(address["https://example.org/".Length..], names);
            }

            foreach (var (made, content) in await desk.FilesAsync(picture))
            {
                using var image = PictureSamples.Open(content.Bytes.ToArray());
                Assert.Equal((made.Width, made.Height), (image.Width, image.Height));
            }
        }
    }

    private static async Task CheckPolyglotAsync(MediaDesk desk, byte[] file, string kind)
    {
        var refused = Assert.IsType<UploadOutcome.NoPicture>(await desk.Upload.RunAsync(file, null, "x", Stop));
        Assert.StartsWith($"It is not only a picture but also {kind}", refused.Reason, StringComparison.Ordinal);
        Assert.Empty(await desk.AllNamesAsync());
    }

    private static void CheckBare(ReadOnlySpan<byte> file, string path)
    {
        foreach (var mark in new[] { "Exif", "EXIF", "eXIf", "GPS", "xmpmeta", "XMP ", "photoshop", "8BIM", "ICC_PROFILE", "iCCP", "tEXt", "iTXt", "zTXt", PictureSamples.Camera })
        {
            Assert.False(Holds(file, mark), $"{path} holds {mark}");
        }
    }

    private static bool Holds(ReadOnlySpan<byte> file, string mark) => file.IndexOf(Encoding.ASCII.GetBytes(mark)) >= 0;

    private static bool IsRed(Image image, double x, double y)
    {
        var pixel = image[(int)(image.Width * x), (int)(image.Height * y)];
        return pixel[0] > 220 && pixel[1] < 40 && pixel[2] < 40;
    }

    // In kilobytes, since the process began.
    private static long HighestMemory() => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
