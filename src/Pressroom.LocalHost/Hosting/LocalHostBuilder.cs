using System.Globalization;
using Microsoft.Extensions.Logging.Console;

namespace Pressroom.LocalHost.Hosting;

/// <summary>The bare host: settings, host.json, console, Kestrel with its limits. What it serves is added by the caller.</summary>
internal static class LocalHostBuilder
{
    /// <summary>How long a stop waits for requests and messages in hand.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    /// <exception cref="SettingException">host.json or local.settings.json is wrong.</exception>
    public static WebApplicationBuilder Create(string[] args, string? workingFolder = null, HttpLimits? limits = null)
    {
        var folder = workingFolder ?? Directory.GetCurrentDirectory();

        // The empty builder: no configuration file is watched, no logging provider or middleware comes along unseen.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = folder });
        builder.Configuration.AddSettings(folder, args);
        var hostJson = HostJson.Read(folder, builder.Configuration);
        builder.Services.AddSingleton(hostJson);
        builder.AddConsole(hostJson.LogLevels);

        builder.ListenOnLoopbackUnlessTold();
        builder.WebHost.UseKestrelCore().ConfigureKestrel((limits ?? new HttpLimits()).Apply);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = StopTime;
            options.ServicesStopConcurrently = true; // requests and messages in hand share that time
        });
        return builder;
    }

    private static void AddConsole(this WebApplicationBuilder builder, IReadOnlyDictionary<string, LogLevel> levels)
    {
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss'Z' ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = Console.IsOutputRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        });

        builder.Logging.SetMinimumLevel(levels.GetValueOrDefault("default", LogLevel.Information));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        foreach (var (category, level) in levels.Where(level => !level.Key.Equals("default", StringComparison.OrdinalIgnoreCase)))
        {
            builder.Logging.AddFilter(category, level);
        }

        // It logs what it throws: a failed start would be told twice, and an operator's error with a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // This one makes a scope and an activity for each request once any of its levels is on. Failures are logged by our own middleware.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    private static void ListenOnLoopbackUnlessTold(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
        {
            var port = Uri.TryCreate(builder.Configuration["Site:BaseUrl"], UriKind.Absolute, out var site) && !site.IsDefaultPort ? site.Port : 7071;
            builder.Configuration["urls"] = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");
        }
    }
}
