using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pressroom.LocalHost.Triggers;
using Pressroom.Storage;

namespace Pressroom.Tests.LocalHost;

public sealed class TimerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 10, 0, 30, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly TurnedClock time = new(Start);
    private readonly MemoryTables tables = new();
    private readonly Runs runs;

    public TimerTests() => runs = new Runs(time);

    [Fact]
    public async Task A_function_runs_at_each_time_of_its_schedule()
    {
        await using var host = await StartAsync(typeof(EveryMinute));

        await TurnUntilAsync(() => runs.At.Count == 3);

        Assert.Equal(["10:01:00", "10:02:00", "10:03:00"], runs.At);
        Assert.All(runs.PastDue, Assert.False);
        await Eventually.HoldsAsync(() => Last()!.Columns.Time("last") == Start.AddMinutes(2).AddSeconds(30)); // it is written after the run
    }

    [Fact]
    public async Task Seconds_are_part_of_a_schedule()
    {
        await using var host = await StartAsync(typeof(EveryTwentySeconds));

        await TurnUntilAsync(() => runs.At.Count == 3);

        Assert.Equal(["10:00:40", "10:01:00", "10:01:20"], runs.At);
    }

    [Fact]
    public async Task A_function_that_wants_it_runs_at_the_start()
    {
        await using var host = await StartAsync(typeof(AtStartToo));

        await Eventually.HoldsAsync(() => runs.At.Count == 1);

        Assert.Equal(["10:00:30"], runs.At);
        Assert.Equal([false], runs.PastDue);
    }

    [Fact]
    public async Task Runs_that_were_missed_while_the_host_was_down_are_made_up_once()
    {
        await using (await StartAsync(typeof(EveryMinute)))
        {
            await TurnUntilAsync(() => runs.At.Count == 1);
            await Eventually.HoldsAsync(() => Last()?.Columns.Time("last") > Start);
        }

        time.Advance(TimeSpan.FromHours(3));
        await using var host = await StartAsync(typeof(EveryMinute));
        await Eventually.HoldsAsync(() => runs.At.Count == 2);
        await TurnUntilAsync(() => runs.At.Count == 3);

        Assert.Equal(["10:01:00", "13:01:00", "13:02:00"], runs.At);
        Assert.Equal([false, true, false], runs.PastDue);
    }

    [Fact]
    public async Task A_host_that_went_down_before_the_first_run_makes_it_up_too()
    {
        await using (await StartAsync(typeof(EveryMinute)))
        {
            await Eventually.HoldsAsync(() => Last() is not null);
        }

        time.Advance(TimeSpan.FromMinutes(7));
        await using var host = await StartAsync(typeof(EveryMinute));
        await Eventually.HoldsAsync(() => runs.At.Count == 1);

        Assert.Equal([true], runs.PastDue);
    }

    [Fact]
    public async Task A_changed_schedule_has_missed_nothing()
    {
        await using (await StartAsync(typeof(EveryMinute)))
        {
            await Eventually.HoldsAsync(() => Last() is not null);
        }

        time.Advance(TimeSpan.FromHours(1));
        await using var host = await StartAsync(typeof(EveryOtherMinute));
        await TurnUntilAsync(() => runs.At.Count == 1);

        Assert.Equal(["11:02:00"], runs.At);
        Assert.Equal([false], runs.PastDue);
    }

    [Fact]
    public async Task A_timer_runs_once_at_a_time_and_makes_up_once_for_what_a_long_run_covered()
    {
        var gate = new TaskCompletionSource();
        runs.During = () => gate.Task;
        await using var host = await StartAsync(typeof(EveryMinute));
        await TurnUntilAsync(() => runs.At.Count == 1);

        time.Advance(TimeSpan.FromMinutes(17));
        await Task.Delay(50, Cancellation);
        Assert.Single(runs.At);
        runs.During = () => Task.CompletedTask;
        gate.SetResult();
        await Eventually.HoldsAsync(() => runs.At.Count == 2);
        await TurnUntilAsync(() => runs.At.Count == 3);

        Assert.Equal(["10:01:00", "10:18:00", "10:19:00"], runs.At);
    }

    [Fact]
    public async Task A_failure_is_logged_once_and_the_schedule_goes_on()
    {
        runs.During = () => runs.At.Count == 1 ? throw new InvalidOperationException("not this time") : Task.CompletedTask;
        await using var host = await StartAsync(typeof(EveryMinute));

        await TurnUntilAsync(() => runs.At.Count == 2);

        Assert.Contains("Minutely failed", Assert.Single(host.Log.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_the_stop_cut_short_is_made_up_at_the_next_start()
    {
        runs.During = () => Task.Delay(Timeout.Infinite, Cancellation);
        await using (var host = await StartAsync(typeof(EveryMinute), stopTime: TimeSpan.FromSeconds(2.1)))
        {
            await TurnUntilAsync(() => runs.At.Count == 1);
            await host.StopAsync();
        }

        runs.During = () => Task.CompletedTask;
        await using var again = await StartAsync(typeof(EveryMinute));
        await Eventually.HoldsAsync(() => runs.At.Count == 2);

        Assert.Equal([false, true], runs.PastDue);
    }

    [Fact]
    public async Task Storage_that_does_not_answer_delays_a_timer_but_does_not_end_it()
    {
        var down = true;
        tables.Failing = () => down ? new IOException("no answer") : null;
        await using var host = await StartAsync(typeof(EveryMinute));
        await TurnUntilAsync(() => time.GetUtcNow() > Start.AddMinutes(4));

        down = false;
        await TurnUntilAsync(() => runs.At.Count == 1);

        Assert.Contains("Storage does not answer for the timer of Minutely", Assert.Single(host.Log.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_may_stand_in_the_settings()
    {
        await using var host = await StartAsync(typeof(AsSet), arguments: ["--Press__Pace=0 2 * * * *"]);

        await TurnUntilAsync(() => runs.At.Count == 1);

        Assert.Equal(["10:02:00"], runs.At);
    }

    [Theory]
    [InlineData(null, "Press__Pace is missing: function SetElsewhere needs it for '%Press__Pace%'.")]
    [InlineData("hourly", "%Press__Pace% of function SetElsewhere has the schedule 'hourly', which is no NCRONTAB expression of six fields (second minute hour day month weekday).")]
    public void A_schedule_that_the_settings_lack_or_get_wrong_is_the_operators_error(string? value, string message)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Press:Pace", value)]).Build();

        Assert.Equal(message, Assert.Throws<SettingException>(() => new TriggerCatalog(configuration, [typeof(AsSet)])).Message);
    }

    private async Task<RunningHost> StartAsync(Type functions, TimeSpan? stopTime = null, IReadOnlyList<string>? arguments = null)
    {
        var host = await RunningHost.StartAsync(new()
        {
            Functions = [functions],
            Time = time,
            Tables = tables,
            Services = services => services.AddSingleton(runs),
            StopTime = stopTime,
            Arguments = arguments ?? [],
        });
        await Eventually.HoldsAsync(() => time.IsWaitedFor);
        return host;
    }

    // Only while the timer waits for it: the clock never goes on while a run is about to begin.
    private Task TurnUntilAsync(Func<bool> condition) => Eventually.HoldsAsync(condition, meanwhile: () => time.Advance(TimeSpan.FromSeconds(time.IsWaitedFor ? 10 : 0)));

    private TableRow? Last() => tables.Find("timers", "Minutely", "last");

    public sealed class Runs(TimeProvider time)
    {
        public Func<Task> During { get; set; } = () => Task.CompletedTask;

        public ConcurrentQueue<string> At { get; } = new();

        public ConcurrentQueue<bool> PastDue { get; } = new();

        public Task AddAsync(TimerInfo timer)
        {
            At.Enqueue(time.GetUtcNow().ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
            PastDue.Enqueue(timer.IsPastDue);
            return During();
        }
    }

    public sealed class EveryMinute(Runs runs)
    {
        [Function("Minutely")]
        public Task Run([TimerTrigger("0 * * * * *")] TimerInfo timer) => runs.AddAsync(timer);
    }

    public sealed class EveryOtherMinute(Runs runs)
    {
        [Function("Minutely")]
        public Task Run([TimerTrigger("0 */2 * * * *")] TimerInfo timer) => runs.AddAsync(timer);
    }

    public sealed class EveryTwentySeconds(Runs runs)
    {
        [Function("Often")]
        public Task Run([TimerTrigger("*/20 * * * * *")] TimerInfo timer) => runs.AddAsync(timer);
    }

    public sealed class AtStartToo(Runs runs)
    {
        [Function("AtStart")]
        public Task Run([TimerTrigger("0 0 3 * * *", RunOnStartup = true)] TimerInfo timer) => runs.AddAsync(timer);
    }

    public sealed class AsSet(Runs runs)
    {
        [Function("SetElsewhere")]
        public Task Run([TimerTrigger("%Press__Pace%")] TimerInfo timer) => runs.AddAsync(timer);
    }
}
