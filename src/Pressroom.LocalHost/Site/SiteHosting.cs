using Pressroom.Storage;

namespace Pressroom.LocalHost.Site;

/// <summary>Adds the site and puts it into the pipeline.</summary>
internal static class SiteHosting
{
    private const long MostCachedBytes = 64 * 1024 * 1024;

    // Others write to this storage too, and nobody tells of it.
    private static readonly TimeSpan FreshUntold = TimeSpan.FromSeconds(1);

    // What is told of is dropped at once; this is for files that somebody puts into the site's folder by hand.
    private static readonly TimeSpan FreshToldOf = TimeSpan.FromSeconds(10);

    // Readers of an article come within seconds of one another; a crawler comes once.
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);

    public static void AddSite(this WebApplicationBuilder builder) => builder.Services.AddSingleton(services =>
    {
        var blobs = services.GetRequiredService<IBlobStore>();
        var changes = blobs as INotifyBlobChanges;
        var cache = new SiteCache(MostCachedBytes, changes is { IsAlone: true } ? FreshToldOf : FreshUntold, KeptFor, services.GetRequiredService<TimeProvider>());
        var site = new SiteServer(blobs, cache, services.GetRequiredService<SiteSettings>());
        if (changes is not null)
        {
            changes.Changed += site.Drop;
        }

        return site;
    });

    /// <summary>Lets ready answers go out before anything else: call it first.</summary>
    public static void UseSiteCache(this WebApplication app)
    {
        var site = app.Services.GetRequiredService<SiteServer>();
        app.Use(next => context => site.AnswerFromCache(context, next));
    }

    /// <summary>Gives the site every address that nothing else is mapped to: call it after routing.</summary>
    public static void MapSite(this WebApplication app)
    {
        var site = app.Services.GetRequiredService<SiteServer>();
        app.Use(next => context => context.GetEndpoint() is null ? site.AnswerAsync(context) : next(context));
    }
}
