using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pressroom.Announcements;
using Pressroom.People;

namespace Pressroom.Comments.Spam;

/// <summary>The services that score comments.</summary>
public static class SpamServices
{
    /// <summary>Adds all signals, as <see cref="ISpamSignal"/> each, and what teaches them; <see cref="Akismet"/> only where it has a
    /// key. They need besides: comments' own services, <see cref="Storage.ITableStore"/>, <see cref="SiteSettings"/>, <see cref="TimeProvider"/> and logging.</summary>
    public static IServiceCollection AddSpam(this IServiceCollection services, SpamSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<ISpamSignal, LinksRule>();
        services.AddSingleton<ISpamSignal, ShapeRule>();
        services.AddSingleton<ISpamSignal, ForeignScriptRule>();
        services.AddSingleton<ISpamSignal, ListedWordsRule>();
        services.AddSingleton<ISpamSignal, FormTokenRule>();
        services.AddSingleton<RepeatedText>();
        services.AddSingleton<ISpamSignal>(provider => provider.GetRequiredService<RepeatedText>());
        services.AddSingleton<SpamDecisions>();
        services.AddSingleton<BayesFilter>();
        services.AddSingleton<ISpamSignal>(provider => provider.GetRequiredService<BayesFilter>());
        services.AddSingleton(provider => new LearnDecision(provider.GetRequiredService<SpamDecisions>(), provider.GetRequiredService<BayesFilter>()));
        services.AddSingleton<TeachFilter>();
        services.AddSingleton<ICommentDecided>(provider => provider.GetRequiredService<TeachFilter>());
        services.AddSingleton<IPersonalData>(provider => provider.GetRequiredService<TeachFilter>());
        if (settings.Akismet is { } akismet)
        {
            services.AddSingleton(provider =>
            {
                // Its own limit of time is shorter, and is what ends a call.
                var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
                var time = provider.GetRequiredService<TimeProvider>();
                return new Akismet(akismet, provider.GetRequiredService<SiteSettings>(), new Outbound(http, time), time, provider.GetRequiredService<ILogger<Akismet>>());
            });
            services.AddSingleton<ISpamSignal>(provider => provider.GetRequiredService<Akismet>());
            services.AddSingleton<ICommentDecided, TeachAkismet>();
            services.AddHostedService<VerifyAkismetKey>();
        }

        return services;
    }
}
