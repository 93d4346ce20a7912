using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Media;

/// <summary>Pictures over HTTP, in the whole product.</summary>
public sealed class MediaFlowTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_is_uploaded_listed_described_anew_and_deleted()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var (answer, picture) = await UploadAsync(newsroom, Form(PictureSamples.Jpeg(), "image/jpeg", ("alt", " The harbour ")));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var id = (string)picture["id"]!;
        Assert.Equal($"http://localhost:7071/api/media/{id}", answer.Headers.Location!.AbsoluteUri);
        Assert.Equal((800, 600, "image/jpeg", "The harbour"), ((int)picture["width"]!, (int)picture["height"]!, (string)picture["type"]!, (string)picture["alt"]!));
        Assert.Equal(["320", "640", "800"], picture["variants"]!.AsArray().Where(file => (string)file!["type"]! == "image/webp").Select(file => file!["width"]!.ToString()).Order());
        await CheckFilesAsync(newsroom, picture);

        var (_, second) = await UploadAsync(newsroom, Form(PictureSamples.Png(), null, ("alt", ""), ("decorative", "true")));
        Assert.True((bool)second["decorative"]!);
        var firstPage = await newsroom.GetAsync("/api/media?limit=1");
        Assert.Equal((string)second["id"]!, (string)firstPage["items"]![0]!["id"]!);
        var secondPage = await newsroom.GetAsync($"/api/media?limit=1&cursor={firstPage["cursor"]}");
        Assert.Equal(id, (string)secondPage["items"]![0]!["id"]!);
        Assert.Null(secondPage["cursor"]);

        var tag = answer.Headers.ETag!.Tag;
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/media/{id}", new { alt = "Boats" }, HttpStatusCode.PreconditionFailed, "\"other\"");
        var changed = await newsroom.SendAsync(HttpMethod.Patch, $"/api/media/{id}", new { alt = "Boats" }, ifMatch: tag);
        Assert.Equal("Boats", (string)changed["alt"]!);
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/media/{id}", new { alt = "Again" }, HttpStatusCode.PreconditionFailed, tag);
        await newsroom.SendAsync(HttpMethod.Patch, $"/api/media/{id}", new { alt = "" }, HttpStatusCode.BadRequest);
        Assert.Equal("Boats", (string)(await newsroom.GetAsync($"/api/media/{id}"))["alt"]!);

        await newsroom.SendAsync(HttpMethod.Delete, $"/api/media/{id}", null, HttpStatusCode.NoContent);
        await newsroom.SendAsync(HttpMethod.Get, $"/api/media/{id}", null, HttpStatusCode.NotFound);
        await newsroom.SendAsync(HttpMethod.Delete, $"/api/media/{id}", null, HttpStatusCode.NotFound);
        Assert.Null(await newsroom.ReadAsync(PathOf(picture["url"])));
        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task A_picture_can_be_the_body_itself_and_is_the_same_when_it_comes_again()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var file = PictureSamples.Avif();
        var (first, picture) = await UploadAsync(newsroom, Body(file, "image/avif"), "?alt=Un%20port");
        Assert.Equal((HttpStatusCode.Created, "Un port"), (first.StatusCode, (string)picture["alt"]!));
        var (again, same) = await UploadAsync(newsroom, Form(file, "image/avif", ("alt", "Another")));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(picture.ToJsonString(), same.ToJsonString());
    }

    [Fact]
    public async Task A_key_stands_for_one_upload_whatever_the_boundaries_of_its_form()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var file = PictureSamples.Png();
        var (first, picture) = await UploadAsync(newsroom, Form(file, null, ("alt", "One")), key: "k1");
        var (repeated, same) = await UploadAsync(newsroom, Form(file, null, ("alt", "One")), key: "k1");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, repeated.StatusCode));
        Assert.Equal(picture.ToJsonString(), same.ToJsonString());
        var (other, problem) = await UploadAsync(newsroom, Form(file, null, ("alt", "Two")), key: "k1");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "urn:pressroom:problem:idempotency-key-reused"), (other.StatusCode, (string)problem["type"]!));
    }

    [Fact]
    public async Task A_file_may_be_larger_than_other_bodies_but_not_than_the_setting()
    {
        await using var newsroom = await Newsroom.OpenAsync("--Media:MostBytes=12000000");
        var padded = new byte[12_000_000];
        PictureSamples.Jpeg().CopyTo(padded, 0);
        var (taken, _) = await UploadAsync(newsroom, Form(padded, null, ("alt", "Large")));
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        foreach (var content in new HttpContent[] { Form([.. padded, 0], null, ("alt", "x")), Body([.. padded, 0], "image/jpeg"), Form(new byte[30_000_000], null, ("alt", "x")) })
        {
            var (refused, problem) = await UploadAsync(newsroom, content, "?alt=x");
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
            Assert.Equal("It has more than 12,000,000 bytes.", (string)problem["errors"]!["file"]![0]!);
        }

        Assert.Empty(newsroom.Log.Errors);
    }

    [Fact]
    public async Task What_cannot_be_taken_is_refused_with_its_reason()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var jpeg = PictureSamples.Jpeg();
        await RefusesAsync(Form(Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "image/svg+xml", ("alt", "x")), 415, "no-picture", "file");
        await RefusesAsync(Form(jpeg, "image/png", ("alt", "x")), 415, "no-picture", "file");
        await RefusesAsync(Form([], "image/png", ("alt", "x")), 415, "no-picture", "file");
        await RefusesAsync(Form(PictureSamples.Bomb("png"), null, ("alt", "x")), 422, "picture-too-large", "file");
        await RefusesAsync(Form(jpeg[..(jpeg.Length / 2)], null, ("alt", "x")), 422, "picture-damaged", "file");
        await RefusesAsync(Form(jpeg, null), 400, "invalid-request", "alt");
        await RefusesAsync(Form(jpeg, null, ("alt", "  ")), 400, "invalid-request", "alt");
        await RefusesAsync(Form(jpeg, null, ("alt", "x"), ("decorative", "true")), 400, "invalid-request", "alt");
        await RefusesAsync(Form(jpeg, null, ("alt", "x"), ("title", "x")), 400, "invalid-request", "title");
        await RefusesAsync(Form(jpeg, null, ("alt", "x"), ("alt", "y")), 400, "invalid-request", "alt");
        await RefusesAsync(Form(jpeg, null, ("alt", new string('x', 9_000))), 400, "invalid-request", "alt");
        await RefusesAsync(Form(null, null, ("alt", "x")), 400, "invalid-request", "file");
        await RefusesAsync(Body(jpeg, "multipart/form-data"), 400, "invalid-request", "body");
        await RefusesAsync(Body(jpeg, "multipart/form-data; boundary=x"), 400, "invalid-request", "body");
        await RefusesAsync(Body(Encoding.ASCII.GetBytes("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nGIF89a"), "multipart/form-data; boundary=x"), 400, "invalid-request", "body");
        await RefusesAsync(Body(jpeg, "application/json"), 415, "unsupported-media-type", null);
        await RefusesAsync(Body(jpeg, "image/jpeg"), 400, "invalid-request", "alt");
        var two = Form(jpeg, null, ("alt", "x"));
        two.Add(new ByteArrayContent(jpeg), "other", "b.jpg");
        await RefusesAsync(two, 400, "invalid-request", "other");
        Assert.Empty((await newsroom.GetAsync("/api/media"))["items"]!.AsArray());
        Assert.Empty(newsroom.Log.Errors);

        async Task RefusesAsync(HttpContent content, int status, string type, string? field)
        {
            var (answer, problem) = await UploadAsync(newsroom, content);
            Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode} {problem.ToJsonString()}");
            Assert.Equal("urn:pressroom:problem:" + type, (string)problem["type"]!);
            if (field is not null)
            {
                Assert.NotNull(problem["errors"]![field]);
            }
        }
    }

    [Fact]
    public async Task The_library_that_converts_is_not_loaded_before_the_first_picture_comes()
    {
        var folder = Directory.CreateTempSubdirectory("pressroom-");
        using (var host = await ChildHost.StartAsync(folder.FullName))
        {
            await host.PublishMarkerAsync();
            Assert.DoesNotContain("vips", await MapsAsync(), StringComparison.OrdinalIgnoreCase);
            await host.SendAsync(HttpMethod.Post, "/api/media", Form(PictureSamples.Png(9, 9), null, ("alt", "x")));
            Assert.Contains("libvips", await MapsAsync(), StringComparison.Ordinal);

            Task<string> MapsAsync() => File.ReadAllTextAsync($"/proc/{host.ProcessId}/maps", Stop);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Only_editors_upload()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        using var answer = await newsroom.Reader.PostAsync("/api/media", Form(PictureSamples.Png(9, 9), null, ("alt", "x")), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Who_comes_when_all_places_are_taken_is_asked_to_come_again()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var places = newsroom.Service<Pressroom.Media.UploadPlaces>();
        var taken = Enumerable.Range(0, Pressroom.Media.UploadPlaces.Most).Select(_ => places.TryEnter()).ToList();
        Assert.DoesNotContain(null, taken);
        var (refused, _) = await UploadAsync(newsroom, Form(PictureSamples.Png(9, 9), null, ("alt", "x")));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(10), refused.Headers.RetryAfter!.Delta);
        taken[0]!.Dispose();
        var (accepted, _) = await UploadAsync(newsroom, Form(PictureSamples.Png(9, 9), null, ("alt", "x")));
        Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);
    }

    [Fact]
    public async Task An_article_shows_it_in_its_widths_and_so_do_its_head_and_the_feeds()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var (_, picture) = await UploadAsync(newsroom, Form(PictureSamples.Jpeg(1600, 1200), null, ("alt", "The harbour at dawn")));
        var url = (string)picture["url"]!;
        var path = PathOf(url)[1..];
        var article = await newsroom.PublishAsync("Harbour", new { body = $"Text.\n\n![](/{path} \"By day.\")", image = new { url } });
        var stem = url[..^".jpg".Length];
        Assert.Equal("The harbour at dawn", (string)article["image"]!["alt"]!);
        var page = (await newsroom.ReadAsync(PathOf(article["url"])))!;
        var widths = string.Join(", ", new[] { 320, 640, 960, 1280, 1600 }.Select(width => $"{stem}-{width}.webp {width}w"));
        Assert.Contains($"<meta property=\"og:image\" content=\"{stem}-1200.jpg\">", page, StringComparison.Ordinal);
        Assert.Contains("<meta property=\"og:image:width\" content=\"1200\">", page, StringComparison.Ordinal);
        Assert.Contains("<meta property=\"og:image:height\" content=\"900\">", page, StringComparison.Ordinal);
        Assert.Contains("<meta property=\"og:image:alt\" content=\"The harbour at dawn\">", page, StringComparison.Ordinal);
        Assert.Contains($"\"image\":[\"{stem}-1200.jpg\"]", page, StringComparison.Ordinal);
        Assert.Contains($"<figure class=\"hero\"><img src=\"{stem}-1200.jpg\" alt=\"The harbour at dawn\" srcset=\"{widths}\" sizes=\"", page, StringComparison.Ordinal);
        Assert.Contains($"<img src=\"{stem}-1200.jpg\" alt=\"The harbour at dawn\" width=\"1600\" height=\"1200\" srcset=\"{widths}\"", page, StringComparison.Ordinal);
        await newsroom.ShowsAsync("/", $"srcset=\"{widths}\"");
        await newsroom.ShowsAsync("/feed.xml", $"<media:content url=\"{stem}-1200.jpg\" medium=\"image\" type=\"image/jpeg\" width=\"1200\" height=\"900\"");
        await newsroom.ShowsAsync("/atom.xml", $"<link rel=\"enclosure\" type=\"image/jpeg\" href=\"{stem}-1200.jpg\"");
        await newsroom.ShowsAsync("/feed.json", $"\"image\": \"{stem}-1200.jpg\"");
        var preview = await newsroom.SendAsync(HttpMethod.Post, "/api/preview", new { title = "Harbour", body = $"![](/{path})" });
        Assert.Contains("alt=\"The harbour at dawn\"", (string)preview["html"]!, StringComparison.Ordinal);
        Assert.Empty(newsroom.Log.Errors);
    }

    // Every address of the answer leads to a file of the type and size that it is said to have.
    private static async Task CheckFilesAsync(Newsroom newsroom, JsonNode picture)
    {
        foreach (var file in picture["variants"]!.AsArray().Append(picture))
        {
            using var answer = await newsroom.Reader.GetAsync(PathOf(file!["url"]), Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal((string)file["type"]!, answer.Content.Headers.ContentType!.ToString());
            Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl!.ToString().Replace("max-age=31536000, public", "public, max-age=31536000", StringComparison.Ordinal));
            using var image = PictureSamples.Open(await answer.Content.ReadAsByteArrayAsync(Stop));
            Assert.Equal(((int)file["width"]!, (int)file["height"]!), (image.Width, image.Height));
        }

        foreach (var entry in ((string)picture["srcset"]!).Split(", "))
        {
            using var answer = await newsroom.Reader.GetAsync(PathOf(entry.Split(' ')[0]), Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private static string PathOf(JsonNode? url) => PathOf((string)url!);

    private static string PathOf(string url) => new Uri(url).AbsolutePath;

    private static async Task<(HttpResponseMessage Answer, JsonNode Json)> UploadAsync(Newsroom newsroom, HttpContent content, string query = "", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/media" + query) { Content = content };

        // As curl does: a large body is not sent before the server wants it.
        request.Headers.ExpectContinue = true;
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        var answer = await newsroom.Editor.SendAsync(request, Stop);
        return (answer, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!);
    }

    private static MultipartFormDataContent Form(byte[]? file, string? type, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        if (file is not null)
        {
            var content = new ByteArrayContent(file);
            content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
            form.Add(content, "file", "harbour.html");
        }

        return form;
    }

    private static ByteArrayContent Body(byte[] file, string type)
    {
        var content = new ByteArrayContent(file);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }
}
