using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Media;

namespace Pressroom.Functions.Media;

/// <summary>A picture, as the API shows it. What <see cref="Url"/> leads to is as large as what was uploaded, and made anew of its pixels.</summary>
internal sealed record MediaAnswer(
    string Id,
    [Field("The picture, as large as what was uploaded.", Format = "uri")] string Url,
    int Width,
    int Height,
    [Field("Its media type.")] string Type,
    [Field("What it shows; empty where it only decorates.")] string Alt,
    bool Decorative,
    [Field("The same in other sizes and types.")] IReadOnlyList<VariantAnswer> Variants,
    [Field("The widths that screens have, for an `img` in HTML.")] string Srcset,
    [Field("The file that networks and mails show.", Format = "uri")] string SharedUrl,
    DateTimeOffset UploadedAt) : IExample<MediaAnswer>
{
    private const string Sample = "https://news.example/media/2026/11/" + Samples.PictureId + "-4000x3000";

    public static MediaAnswer Example { get; } = new(
        Samples.PictureId,
        Sample + ".jpg",
        4_000,
        3_000,
        "image/jpeg",
        "The harbour at dawn",
        false,
        [new(Sample + "-640.webp", 640, 480, "image/webp")],
        Sample + "-640.webp 640w",
        Sample + "-1600.jpg",
        Samples.Morning);

    public static MediaAnswer Of(Picture picture, SiteSettings site)
    {
        var whole = picture.Whole;
        var files = picture.Files.Where(file => file != whole).ToList();
        var shown = ShownPicture.At(site.Absolute(whole.Path), site.BaseUrl)!;
        return new MediaAnswer(
            picture.Id.Value,
            site.Absolute(whole.Path),
            whole.Width,
            whole.Height,
            whole.Type.MediaType(),
            picture.Alt ?? "",
            picture.Alt is null,
            [.. files.Select(file => new VariantAnswer(site.Absolute(file.Path), file.Width, file.Height, file.Type.MediaType()))],
            shown.Srcset,
            shown.Shared,
            picture.UploadedAt);
    }

    public static Answer Answer(int status, StoredPicture stored, SiteSettings site) =>
        Http.Answer.Of(status, Of(stored.Picture, site), MediaAnswerJson.Default.MediaAnswer) with { ETag = Http.Answer.Quote(stored.ETag) };
}

internal sealed record VariantAnswer([Field("The file.", Format = "uri")] string Url, int Width, int Height, [Field("Its media type.")] string Type);

internal sealed record MediaListAnswer(IReadOnlyList<MediaAnswer> Items, string? Cursor) : IExample<MediaListAnswer>
{
    public static MediaListAnswer Example { get; } = new([MediaAnswer.Example], Samples.Cursor);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MediaAnswer))]
[JsonSerializable(typeof(MediaListAnswer))]
internal sealed partial class MediaAnswerJson : JsonSerializerContext
{
    static MediaAnswerJson() => Default = new MediaAnswerJson(new JsonSerializerOptions(s_defaultOptions)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
