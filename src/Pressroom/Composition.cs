using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

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
        services.AddSingleton(TimeProvider.System);
        return services;
    }
}
