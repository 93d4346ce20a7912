using System.Reflection;
using Microsoft.AspNetCore.HttpOverrides;
using Pressroom.LocalHost.Hosting;

namespace Pressroom.LocalHost.Triggers;

/// <summary>Adds and serves the functions.</summary>
internal static class HttpTriggers
{
    /// <summary>Finds the functions in the public classes of an assembly, and lets queues and timers run while the host is up.</summary>
    /// <exception cref="InvalidOperationException">A function cannot be called by this host; the message names it.</exception>
    public static void AddTriggers(this WebApplicationBuilder builder, Assembly assembly) => builder.AddTriggers(assembly.GetExportedTypes());

    /// <summary>The same for given classes.</summary>
    public static void AddTriggers(this WebApplicationBuilder builder, IEnumerable<Type> classes)
    {
        builder.Services.AddSingleton(new TriggerCatalog(builder.Configuration, classes));
        builder.Services.AddSingleton<CallsFirst>();
        builder.Services.AddHostedService<BackgroundTriggers>();
    }

    /// <summary>Routes the HTTP functions below host.json's prefix, where no other address has anything but a problem answer.</summary>
    public static void MapTriggers(this WebApplication app)
    {
        var functions = app.Services.GetRequiredService<TriggerCatalog>();
        var courtesy = app.Services.GetRequiredService<CallsFirst>();
        var prefix = app.Services.GetRequiredService<HostJson>().RoutePrefix;
        app.Services.RequireServicesOf(functions.Types);

        app.UseMiddleware<ProblemsMiddleware>();
        app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto });
        app.UseRouting();
        if (prefix.Length > 0)
        {
            PathString api = "/" + prefix;
            app.Use((context, next) => context.GetEndpoint() is null && context.Request.Path.StartsWithSegments(api)
                ? context.WriteProblemAsync(StatusCodes.Status404NotFound)
                : next(context));
        }

        var routes = app.MapGroup(prefix);
        foreach (var function in functions.Http)
        {
            RequestDelegate handler = context => courtesy.CallAsync(async () => await (await function.RunAsync(context)).ExecuteAsync(context));
            var endpoint = function.Methods is [] ? routes.Map(function.Route, handler) : routes.MapMethods(function.Route, WithHead(function.Methods), handler);
            endpoint.WithDisplayName(function.Name);
        }
    }

    // RFC 9110, section 9.3.2: HEAD is GET without the content, which Kestrel leaves out. A GET changes nothing, so neither does it.
    private static IEnumerable<string> WithHead(IReadOnlyList<string> methods) => methods.Contains(HttpMethods.Get) ? methods.Union([HttpMethods.Head]) : methods;

    // What a class lacks should stop the start, not the first call.
    private static void RequireServicesOf(this IServiceProvider services, IEnumerable<Type> types)
    {
        var known = services.GetRequiredService<IServiceProviderIsService>();
        foreach (var type in types)
        {
            if (type.GetConstructors()[0].GetParameters().FirstOrDefault(parameter => !known.IsService(parameter.ParameterType)) is { } missing)
            {
                throw new InvalidOperationException($"{type.Name} needs a {missing.ParameterType.Name}, which is not among the services.");
            }
        }
    }
}
