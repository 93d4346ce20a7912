using Pressroom.LocalHost.Hosting;
using Pressroom.Storage;

namespace Pressroom.LocalHost.Triggers;

/// <summary>Feeds one queue's messages to its function, as the Functions host's queue listener does.</summary>
/// <remarks>A function that returns is done with its message; one that throws gets it again after host.json's visibilityTimeout,
/// and after maxDequeueCount failures the message is copied to <c>{queue}-poison</c> and then deleted, in that order: a crash
/// between the two leaves it in both rather than in neither.</remarks>
internal sealed partial class QueuePump(
    QueueFunction function, QueueSettings settings, IQueueStore queues, IServiceScopeFactory scopes, CallsFirst courtesy, TimeProvider time,
    ILogger<QueuePump> logger)
{
    private const string PoisonSuffix = "-poison";
    private const int LongestQueueName = 63;
    private static readonly TimeSpan LongestOutageWait = TimeSpan.FromSeconds(30);

    // Two, as storage may well hand out messages while it takes none back.
    private readonly Outage receiving = new($"queue {function.Queue}", time, logger);
    private readonly Outage ending = new($"the ends of {function.Queue}'s messages", time, logger);

    // As in the Functions host, the message of a poison queue has nowhere further to go: it stays hidden and comes again.
    private readonly string? poisonQueue =
        function.Queue.EndsWith(PoisonSuffix, StringComparison.Ordinal) || function.Queue.Length + PoisonSuffix.Length > LongestQueueName ? null : function.Queue + PoisonSuffix;

    /// <summary>Pumps until <paramref name="stopping"/>, then finishes what is in hand. What is not finished when
    /// <paramref name="graceOver"/> comes is made visible again for whoever comes next.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken graceOver)
    {
        var running = new HashSet<Task>();
        var idle = new BackOff(settings.MaxPollingInterval);
        while (!stopping.IsCancellationRequested)
        {
            var batch = await ReceiveAsync(stopping, graceOver);
            foreach (var message in batch)
            {
                running.Add(Task.Run(() => WorkAsync(message, stopping, graceOver), CancellationToken.None));
            }

            if (batch.Count == 0)
            {
                await WaitAsync(idle.Next(), stopping);
                running.RemoveWhere(task => task.IsCompleted);
                continue;
            }

            idle.Reset();
            while (running.Count > settings.NewBatchThreshold)
            {
                running.Remove(await Task.WhenAny(running));
            }
        }

        await Task.WhenAll(running);
    }

    private async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(CancellationToken stopping, CancellationToken graceOver)
    {
        var wait = new BackOff(LongestOutageWait);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // Not cancelled by the stop: messages that storage has handed out already would stay hidden.
                var batch = await queues.ReceiveAsync(function.Queue, settings.BatchSize, MessageLease.HiddenFor, graceOver);
                receiving.End();
                return batch;
            }
            catch (Exception exception) when (!graceOver.IsCancellationRequested)
            {
                receiving.Begin(exception);
                await Task.Delay(wait.Next(), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception)
            {
                break; // The stop cut it off, in whatever way storage says so.
            }
        }

        return [];
    }

    private async Task WaitAsync(TimeSpan atMost, CancellationToken stopping)
    {
        try
        {
            await queues.WaitAsync(function.Queue, atMost, stopping);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            receiving.Begin(exception);
            await Task.Delay(atMost, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception)
        {
            // The stop ended the wait.
        }
    }

    private async Task WorkAsync(QueueMessage message, CancellationToken stopping, CancellationToken graceOver)
    {
        if (stopping.IsCancellationRequested)
        {
            await ShowAgainAsync(message.Receipt, TimeSpan.Zero, graceOver);
            return;
        }

        if (poisonQueue is not null && message.DequeueCount > settings.MaxDequeueCount)
        {
            await PoisonAsync(message, message.Receipt, graceOver);
            return;
        }

        var call = CallAsync(message.Text, graceOver);
        var receipt = await new MessageLease(queues, time).RenewWhileAsync(call, message.Receipt);
        var failure = await call;
        if (failure is null)
        {
            await InsistAsync(() => queues.DeleteAsync(receipt, CancellationToken.None), graceOver);
        }
        else if (failure is OperationCanceledException && graceOver.IsCancellationRequested)
        {
            LogUnfinished(function.Name, receipt.MessageId);
            await ShowAgainAsync(receipt, TimeSpan.Zero, graceOver);
        }
        else
        {
            LogFailure(failure, function.Name, receipt.MessageId, message.DequeueCount, settings.MaxDequeueCount);
            if (poisonQueue is null)
            {
                return;
            }

            if (message.DequeueCount >= settings.MaxDequeueCount)
            {
                await PoisonAsync(message, receipt, graceOver);
            }
            else
            {
                await ShowAgainAsync(receipt, settings.VisibilityTimeout, graceOver);
            }
        }
    }

    private async Task<Exception?> CallAsync(string text, CancellationToken graceOver)
    {
        try
        {
            await courtesy.WorkAsync(CallInScopeAsync).WaitAsync(graceOver); // not even a function that ignores its token holds up the stop
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }

        async Task CallInScopeAsync()
        {
            await using var scope = scopes.CreateAsyncScope();
            await function.RunAsync(scope.ServiceProvider, text, graceOver);
        }
    }

    private async Task PoisonAsync(QueueMessage message, Receipt receipt, CancellationToken graceOver)
    {
        if (await InsistAsync(() => queues.SendAsync(poisonQueue!, message.Text, TimeSpan.Zero, CancellationToken.None), graceOver))
        {
            LogPoisoned(receipt.MessageId, function.Queue, poisonQueue!);
            await InsistAsync(() => queues.DeleteAsync(receipt, CancellationToken.None), graceOver);
        }
    }

    private Task<bool> ShowAgainAsync(Receipt receipt, TimeSpan after, CancellationToken graceOver) =>
        InsistAsync(() => queues.ExtendAsync(receipt, after, CancellationToken.None), graceOver);

    // A message whose end storage did not take comes again when it is no longer hidden; trying for half a minute saves most from that.
    private async Task<bool> InsistAsync(Func<Task> operation, CancellationToken graceOver)
    {
        var wait = new BackOff(LongestOutageWait);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await operation();
                ending.End();
                return true;
            }
            catch (Exception exception)
            {
                ending.Begin(exception);
                if (attempt == 9 || graceOver.IsCancellationRequested)
                {
                    return false;
                }

                await Task.Delay(wait.Next(), time, graceOver).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "{Function} failed on message {MessageId} (attempt {Attempt} of {Most}).")]
    private partial void LogFailure(Exception exception, string function, string messageId, int attempt, int most);

    [LoggerMessage(LogLevel.Warning, "Message {MessageId} of {Queue} was moved to {PoisonQueue}.")]
    private partial void LogPoisoned(string messageId, string queue, string poisonQueue);

    [LoggerMessage(LogLevel.Information, "{Function} did not finish message {MessageId} before the stop; it is visible again.")]
    private partial void LogUnfinished(string function, string messageId);
}
