using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Functions.Http;
using Pressroom.Media;

namespace Pressroom.Functions.Media;

/// <summary>A picture, as the API shows it. What <see cref="Url"/> leads to is as large as what was uploaded, and made anew of its pixels.</summary>
internal sealed record MediaAnswer(
    string Id, string Url, int Width, int Height, string Type, string Alt, bool Decorative, IReadOnlyList<VariantAnswer> Variants, string Srcset,
    string SharedUrl, DateTimeOffset UploadedAt)
{
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

internal sealed record VariantAnswer(string Url, int Width, int Height, string Type);

internal sealed record MediaListAnswer(IReadOnlyList<MediaAnswer> Items, string? Cursor);

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
