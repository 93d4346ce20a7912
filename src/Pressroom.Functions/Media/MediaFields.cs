using Pressroom.Functions.Description;

namespace Pressroom.Functions.Media;

/// <summary>What <see cref="PictureUpload"/> reads of a form.</summary>
internal sealed record UploadForm(
    [Field("The picture.", ContentTypes = ["image/jpeg", "image/png", "image/webp", "image/avif", "image/gif"])] string File,
    [Field("What it shows, for those who cannot see it.", Most = PictureUpload.MostAltLength)] string? Alt = null,
    [Field("Whether it only decorates, and so has no such text. A box: `on`.")] bool? Decorative = null) : IExample<UploadForm>
{
    public static UploadForm Example { get; } = new("…", "The harbour at dawn");
}

/// <summary>Either <c>alt</c> or <c>decorative</c>.</summary>
internal sealed record PictureFields(
    [Field("What it shows, for those who cannot see it.", Most = PictureUpload.MostAltLength)] string? Alt = null,
    [Field("Whether it only decorates, and so has no such text.")] bool? Decorative = null) : IExample<PictureFields>
{
    public static PictureFields Example { get; } = new("The harbour at dawn");
}
