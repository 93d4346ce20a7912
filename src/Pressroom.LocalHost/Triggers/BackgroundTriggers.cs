using Pressroom.LocalHost.Hosting;
using Pressroom.Storage;

namespace Pressroom.LocalHost.Triggers;

/// <summary>Runs the queue and timer functions from when the host answers requests until it is told to stop.</summary>
internal sealed class BackgroundTriggers(
    TriggerCatalog functions, HostJson hostJson, IQueueStore queues, ITableStore tables, IServiceScopeFactory scopes, CallsFirst courtesy, TimeProvider time,
    Microsoft.Extensions.Options.IOptions<HostOptions> host, ILoggerFactory loggers) : IHostedLifecycleService, IDisposable
{
    /// <summary>What is left of the host's time to stop once the functions' part is over: to make their messages visible again.</summary>
    private static readonly TimeSpan TimeToTidy = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource graceOver = new();
    private Task running = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var pumpLogger = loggers.CreateLogger<QueuePump>();
        var timerLogger = loggers.CreateLogger<Timer>();
        running = Task.WhenAll([
            .. functions.Queues.Select(function => Task.Run(() => new QueuePump(function, hostJson.Queues, queues, scopes, courtesy, time, pumpLogger).RunAsync(stopping.Token, graceOver.Token), CancellationToken.None)),
            .. functions.Timers.Select(function => Task.Run(() => new Timer(function, tables, scopes, time, timerLogger).RunAsync(stopping.Token, graceOver.Token), CancellationToken.None))]);
        return Task.CompletedTask;
    }

    // Before anything else is stopped: no message is taken any more.
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        graceOver.CancelAfter(host.Value.ShutdownTimeout - TimeToTidy);
        return stopping.CancelAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Storage takes nothing any more. What is not finished comes again when it is no longer hidden.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        stopping.Dispose();
        graceOver.Dispose();
    }
}
