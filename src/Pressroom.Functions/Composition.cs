using Microsoft.Extensions.DependencyInjection;
using Pressroom.Functions.Articles;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;

namespace Pressroom.Functions;

/// <summary>Puts together what the triggers share; each host finds the triggers themselves.</summary>
public static class Composition
{
    /// <summary>Adds the services that only the triggers use.</summary>
    public static IServiceCollection AddTriggerServices(this IServiceCollection services) =>
        services.AddSingleton<Gate>().AddSingleton<ClientNetworks>().AddSingleton<ArticleFunctions>().AddSingleton<ApiDescription>().AddSingleton<DocsPage>();
}
