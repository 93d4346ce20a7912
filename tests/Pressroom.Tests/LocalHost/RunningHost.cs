using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pressroom.Articles;
using Pressroom.LocalHost.Hosting;
using Pressroom.LocalHost.Site;
using Pressroom.LocalHost.Triggers;
using Pressroom.Storage;

namespace Pressroom.Tests.LocalHost;

/// <summary>A LocalHost on a free port, put together as Program.cs does, with stores in memory and the test's own functions.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly DirectoryInfo folder;

    private RunningHost(WebApplication app, DirectoryInfo folder, CollectedLog log)
    {
        (this.app, this.folder, Log) = (app, folder, log);
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public CollectedLog Log { get; }

    public static async Task<RunningHost> StartAsync(RunningHostOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("pressroom-host-");
        if (options.HostJson is { } hostJson)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "host.json"), hostJson);
        }

        var log = new CollectedLog();
        var builder = LocalHostBuilder.Create(["--urls=http://127.0.0.1:0", .. options.Arguments], folder.FullName, options.Limits);
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton(options.Time);
        builder.Services.AddSingleton(options.Blobs);
        builder.Services.AddSingleton<IQueueStore>(options.Queues);
        builder.Services.AddSingleton<ITableStore>(options.Tables);
        builder.Services.AddSingleton(new SiteSettings(new Uri("https://news.example.org"), new Uri("https://api.example.org/api"), "News", Language.Parse("en"), TimeZoneInfo.Utc));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTime ?? host.ShutdownTimeout);
        options.Services(builder.Services);
        builder.AddTriggers(options.Functions);
        builder.AddSite();

        var app = builder.Build();
        app.UseSiteCache();
        app.MapTriggers();
        app.MapSite();
        await app.StartAsync();
        return new RunningHost(app, folder, log);
    }

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

internal sealed record RunningHostOptions
{
    public IReadOnlyList<Type> Functions { get; init; } = [];

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public IBlobStore Blobs { get; init; } = new TellingMemoryBlobs();

    public MemoryQueues Queues { get; init; } = new(TimeProvider.System);

    public MemoryTables Tables { get; init; } = new();

    public Action<IServiceCollection> Services { get; init; } = _ => { };

    public string? HostJson { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public HttpLimits? Limits { get; init; }

    public TimeSpan? StopTime { get; init; }
}

internal static class Eventually
{
    private static readonly TimeSpan InVain = TimeSpan.FromMinutes(5);

    /// <summary>Returns when the condition holds; fails when it does not for a time that is far beyond any that it should need.</summary>
    public static async Task HoldsAsync(Func<bool> condition, Action? meanwhile = null, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var since = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(since.Elapsed < InVain, $"In vain: {what}");
            meanwhile?.Invoke();
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
