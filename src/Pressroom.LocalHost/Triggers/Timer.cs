using Microsoft.Azure.Functions.Worker;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.LocalHost.Triggers;

/// <summary>Runs one timer function by its schedule, in UTC, one run at a time.</summary>
/// <remarks>Table <c>timers</c>, partition the function's name, row <c>last</c>: <c>last</c> is when it last ran (before its first run: when it
/// was first seen), <c>schedule</c> what it ran by. It is written after the run, so a run that was missed while the host was
/// down, or cut short by its end, is made up once at the next start, however many were missed. A changed schedule counts from now.</remarks>
internal sealed partial class Timer(TimerFunction function, ITableStore tables, IServiceScopeFactory scopes, TimeProvider time, ILogger<Timer> logger)
{
    private const string Table = "timers";
    private const string Row = "last";

    // The clock may be set and the machine may sleep: look at it again at least this often.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestOutageWait = TimeSpan.FromSeconds(30);

    private readonly Outage outage = new($"the timer of {function.Name}", time, logger);

    /// <summary>Runs until <paramref name="stopping"/>; a run in hand may take until <paramref name="graceOver"/>.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken graceOver)
    {
        if (await ReadLastAsync(stopping) is not { } last)
        {
            return;
        }

        if (Next(last) is var missed && missed <= time.GetUtcNow())
        {
            LogPastDue(function.Name, missed);
            last = await CallAsync(last, time.GetUtcNow(), isPastDue: true, graceOver);
        }
        else if (function.RunOnStartup)
        {
            last = await CallAsync(last, time.GetUtcNow(), isPastDue: false, graceOver);
        }

        while (await WaitUntilAsync(Next(last), stopping))
        {
            last = await CallAsync(last, time.GetUtcNow(), isPastDue: false, graceOver);
        }
    }

    private DateTimeOffset Next(DateTimeOffset after) => new(function.Schedule.GetNextOccurrence(after.UtcDateTime), TimeSpan.Zero);

    private async Task<bool> WaitUntilAsync(DateTimeOffset moment, CancellationToken stopping)
    {
        while (moment - time.GetUtcNow() is var left && left > TimeSpan.Zero && !stopping.IsCancellationRequested)
        {
            await Task.Delay(left < LongestDelay ? left : LongestDelay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !stopping.IsCancellationRequested;
    }

    private async Task<DateTimeOffset> CallAsync(DateTimeOffset last, DateTimeOffset now, bool isPastDue, CancellationToken graceOver)
    {
        var info = new TimerInfo
        {
            IsPastDue = isPastDue,
            ScheduleStatus = new ScheduleStatus { Last = last.UtcDateTime, Next = Next(now).UtcDateTime, LastUpdated = last.UtcDateTime },
        };
        try
        {
            await CallInScopeAsync().WaitAsync(graceOver);
        }
        catch (OperationCanceledException) when (graceOver.IsCancellationRequested)
        {
            return now; // Cut short by the stop, and not recorded: made up at the next start.
        }
        catch (Exception exception)
        {
            LogFailure(exception, function.Name);
        }

        await WriteLastAsync(now);
        return now;

        async Task CallInScopeAsync()
        {
            await using var scope = scopes.CreateAsyncScope();
            await Traces.RunTimerAsync(function.Name, () => function.RunAsync(scope.ServiceProvider, info, graceOver));
        }
    }

    private async Task<DateTimeOffset?> ReadLastAsync(CancellationToken stopping)
    {
        var wait = new BackOff(LongestOutageWait);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var row = await tables.GetAsync(Table, function.Name, Row, stopping);
                outage.End();
                if (row is not null && row.Columns.TextOrNull("schedule") == function.Schedule.ToString())
                {
                    return row.Columns.Time("last");
                }

                var now = time.GetUtcNow();
                await WriteLastAsync(now);
                return now;
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                outage.Begin(exception);
                await Task.Delay(wait.Next(), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception)
            {
                break; // The stop cut it off, in whatever way storage says so.
            }
        }

        return null;
    }

    // Where storage does not take it, the worst is one run too many at the next start.
    private async Task WriteLastAsync(DateTimeOffset last)
    {
        try
        {
            Columns columns = new() { { "last", last }, { "schedule", function.Schedule.ToString() } };
            await tables.CommitAsync(Table, function.Name, [new TableOperation.Upsert(Row, columns)], CancellationToken.None);
            outage.End();
        }
        catch (Exception exception)
        {
            outage.Begin(exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Function} failed; it runs again at its next time.")]
    private partial void LogFailure(Exception exception, string function);

    [LoggerMessage(LogLevel.Information, "{Function} was due at {Due:u} and runs now.")]
    private partial void LogPastDue(string function, DateTimeOffset due);
}
