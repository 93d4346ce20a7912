using Microsoft.Extensions.DependencyInjection;
using Pressroom.Deliveries;
using Pressroom.Newsletters.Issues;

namespace Pressroom.Backup;

/// <summary>The services of backups.</summary>
internal static class BackupServices
{
    /// <summary>Adds them. They need storage, articles, the site, comments, deliveries and newsletters.</summary>
    public static IServiceCollection AddBackup(this IServiceCollection services) => services
        .AddSingleton<PublicationIdentity>()
        .AddSingleton<ImportStore>()
        .AddSingleton<ExportPublication>()
        .AddSingleton<ImportPublication>()
        .AddSingleton<SettleArrivals>()
        .AddSingleton<IArrival, DeliveryArrival>()
        .AddSingleton<IArrival, NewsletterArrival>();
}
