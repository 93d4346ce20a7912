using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Pressroom.Access;
using Pressroom.Announcements;
using Pressroom.Announcements.Pictures;
using Pressroom.Articles;
using Pressroom.Articles.Welcome;
using Pressroom.Backup;
using Pressroom.Comments;
using Pressroom.Comments.Replies;
using Pressroom.Comments.Spam;
using Pressroom.Deliveries;
using Pressroom.Media;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Mail;
using Pressroom.Site;
using Pressroom.Site.Lists;
using Pressroom.Site.Pages;
using Pressroom.Site.Sitemaps;
using Pressroom.Site.Themes;
using Pressroom.Storage;
using Pressroom.Storage.Azure;
using Pressroom.Storage.Embedded;
using Pressroom.Telemetry;

namespace Pressroom;

/// <summary>Puts Pressroom together.</summary>
public static class Composition
{
    /// <summary>Adds the whole backend, as the settings want it. The host adds logging.</summary>
    /// <exception cref="SettingException">A setting is wrong.</exception>
    public static IServiceCollection AddPressroom(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = Settings.Read(configuration);
        services.AddSingleton(settings);
        services.AddSingleton(settings.Site);
        services.AddSingleton(settings.Channels);
        services.TryAddSingleton(TimeProvider.System);
        AddStorage(services, settings);
        AddAccess(services, settings);
        AddArticles(services);
        AddSite(services);
        AddDeliveries(services, settings);
        AddNewsletters(services, settings);
        services.AddSpam(settings.Spam);
        services.AddSingleton(settings.Comments);
        services.AddComments();
        services.AddReplyNotices();
        services.AddMedia(settings.Media);
        services.AddBackup();
        return services;
    }

    private static void AddStorage(IServiceCollection services, Settings settings)
    {
        if (settings.Storage.IsEmbedded)
        {
            services.AddSingleton(provider => EmbeddedStorage.Open(
                settings.Storage.DataFolder, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<EmbeddedStorage>>()));
            services.AddSingleton<IBlobStore>(provider => provider.GetRequiredService<EmbeddedStorage>().Blobs);
            services.AddSingleton<ITableStore>(provider => provider.GetRequiredService<EmbeddedStorage>().Tables);
            services.AddSingleton(provider => Traced(provider.GetRequiredService<EmbeddedStorage>().Queues));
        }
        else
        {
            services.AddSingleton(provider => AzureStorage.Connect(settings.Storage, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<IBlobStore>(provider => provider.GetRequiredService<AzureStorage>().Blobs);
            services.AddSingleton<ITableStore>(provider => provider.GetRequiredService<AzureStorage>().Tables);
            services.AddSingleton(provider => Traced(provider.GetRequiredService<AzureStorage>().Queues));
        }

        IQueueStore Traced(IQueueStore queues) => settings.Telemetry.IsOn ? new TracedQueues(queues) : queues;
    }

    private static void AddAccess(IServiceCollection services, Settings settings)
    {
        services.AddSingleton(provider =>
        {
            // The embedded engine makes the folder that its secrets are kept in.
            provider.GetRequiredService<IBlobStore>();
            return Secrets.Load(settings.Access, settings.Storage.DataFolder);
        });
        services.AddSingleton<Tokens>();
        services.AddSingleton<Idempotency>();
        services.AddSingleton<RateLimits>();
        services.AddSingleton(settings.Access);
        services.AddSingleton(provider => new Callers(
            provider.GetRequiredService<Tokens>(),
            provider.GetRequiredService<RateLimits>(),
            settings.Access,
            settings.Access.OpenIdConnect is { } issuer ? new OpenIdConnect(issuer, OfIssuer(), provider.GetRequiredService<TimeProvider>()) : null));

        // An editor's call waits for it.
        static HttpClient OfIssuer() => new(NoRedirects()) { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = 1024 * 1024 };
    }

    private static void AddArticles(IServiceCollection services)
    {
        services.AddSingleton<ArticleStore>();
        services.AddSingleton<ArticleIndex>();
        services.AddSingleton<SlugStore>();
        services.AddSingleton<AuthorStore>();
        services.AddSingleton<Schedule>();
        services.AddSingleton<SaveArticle>();
        services.AddSingleton<SaveAuthor>();
        services.AddSingleton<PublishArticle>();
        services.AddSingleton<RestoreRevision>();
        services.AddSingleton<DeleteArticle>();
        services.AddSingleton<PreviewArticle>();
        services.AddSingleton<PublishWelcome>();
    }

    private static void AddDeliveries(IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new HostIdentity(Guid.NewGuid().ToString("N"), IsAlone: settings.Storage.IsEmbedded));
        services.AddSingleton(provider => new FetchPicture(settings.Site.BaseUrl));
        services.AddSingleton(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var outbound = new Outbound(new HttpClient(NoRedirects()) { Timeout = TimeSpan.FromSeconds(30) }, time);
            var outbox = MailTransports.OutboxFolder(settings.Storage.DataFolder);
            return ChannelKinds.Create(settings.Channels, new ChannelTools(outbound, provider.GetRequiredService<FetchPicture>(), outbox, time));
        });
        services.AddSingleton<ComposeAnnouncement>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<StartDeliveries>();
        services.AddSingleton<Deliveries.Announce>();
        services.AddSingleton<RetryDelivery>();
        services.AddSingleton<TestChannel>();
        services.AddSingleton<PoisonStore>();
        services.AddSingleton<CheckHealth>();
        services.AddHostedService<CheckAtStart>();
    }

    private static void AddNewsletters(IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.Mail);
        services.AddSingleton(settings.Newsletter);
        services.AddSingleton<SignedLinks>();
        services.AddSingleton<IMailTransport>(provider => new MeasuredTransport(MailTransports.Create(
            settings.Mail, settings.Storage.DataFolder, new HttpClient(NoRedirects()), provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton(provider => new ForgetOutbox(MailTransports.OutboxFolder(settings.Storage.DataFolder), provider.GetRequiredService<TimeProvider>()));
        services.AddNewsletters();
    }

    // Nobody follows redirects or repeats a call behind the ledger's back.
    private static SocketsHttpHandler NoRedirects() => new() { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };

    private static void AddSite(IServiceCollection services)
    {
        services.AddSingleton<SiteFiles>();
        services.AddSingleton<TranslationStore>();
        services.AddSingleton<CommentPages>();
        services.AddSingleton<ArticlePages>();
        services.AddSingleton<Redirects>();
        services.AddSingleton<UpdateSite>();
        services.AddSingleton<RebuildSite>();
        services.AddSingleton<ListStore>();
        services.AddSingleton<ListNames>();
        services.AddSingleton<ListFront>();
        services.AddSingleton<ListArchiveWriter>();
        services.AddSingleton<ArchivePages>();
        services.AddSingleton<RefreshRequests>();
        services.AddSingleton<RefreshPace>();
        services.AddSingleton<RefreshList>();
        services.AddSingleton<SitemapFiles>();

        // Read once at the start, before there is anything that waiting for it could hold up.
        services.AddSingleton(provider => ThemeFiles.LoadAsync(provider.GetRequiredService<IBlobStore>(), CancellationToken.None).GetAwaiter().GetResult());
        services.AddSingleton(provider => new PageRenderer(
            provider.GetRequiredService<Theme>(), provider.GetRequiredService<SiteSettings>(), provider.GetRequiredService<IReadOnlyList<ChannelSettings>>(),
            provider.GetRequiredService<CommentSettings>().CloseAfterDays));
        services.AddHostedService<SetUpSite>();
    }
}
