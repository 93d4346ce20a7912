using Microsoft.Extensions.DependencyInjection;

namespace Pressroom.Media;

internal static class MediaServices
{
    /// <summary>Adds what takes in pictures and knows of them.</summary>
    public static IServiceCollection AddMedia(this IServiceCollection services, MediaSettings settings) => services
        .AddSingleton(settings)
        .AddSingleton<PictureStore>()
        .AddSingleton<PictureWords>()
        .AddSingleton<UploadPlaces>()
        .AddSingleton<UploadPicture>()
        .AddSingleton<DeletePicture>()
        .AddSingleton<SweepPictures>();
}
