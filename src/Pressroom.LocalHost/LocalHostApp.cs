using Microsoft.Azure.Functions.Worker;
using Pressroom.Functions;
using Pressroom.Functions.Telemetry;
using Pressroom.LocalHost.Hosting;
using Pressroom.LocalHost.Outbox;
using Pressroom.LocalHost.Site;
using Pressroom.LocalHost.Triggers;

namespace Pressroom.LocalHost;

/// <summary>The whole product on one machine.</summary>
internal static class LocalHostApp
{
    /// <summary>Puts it together, ready to be started.</summary>
    /// <param name="args">Settings from the command line.</param>
    /// <param name="workingFolder">Where host.json and local.settings.json are looked for; the current folder when null.</param>
    /// <param name="logging">Changes to the logging.</param>
    public static WebApplication Build(string[] args, string? workingFolder = null, Action<ILoggingBuilder>? logging = null)
    {
        var builder = LocalHostBuilder.Create(args, workingFolder);
        logging?.Invoke(builder.Logging);
        builder.Services.AddPressroom(builder.Configuration);
        builder.Services.AddTriggerServices();
        builder.Services.AddTelemetry();
        builder.AddTriggers(typeof(FunctionAttribute).Assembly); // Pressroom.Functions, which holds the stand-in of the attributes too
        builder.AddSite();

        var app = builder.Build();
        app.UseStrictTransport();
        app.UseSiteCache();
        app.MapTriggers();
        app.MapOutbox();
        app.MapSite();
        return app;
    }
}
