using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Pressroom.Tests.LocalHost;

public sealed class QueuePumpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_reaches_its_function_as_a_record_and_is_deleted()
    {
        var queues = new MemoryQueues(TimeProvider.System);
        var work = new Work();
        await using var host = await StartAsync(queues, work);

        await queues.SendAsync("orders", """{ "id": "a7", "revision": 3 }""", TimeSpan.Zero, Cancellation);
        await queues.SendAsync("texts", "as it is", TimeSpan.Zero, Cancellation);

        await Eventually.HoldsAsync(() => queues.TextsIn("orders").Count + queues.TextsIn("texts").Count == 0);
        Assert.Equal(["Order { Id = a7, Revision = 3 }", "as it is"], work.Done.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_failed_message_waits_for_its_time_and_comes_again()
    {
        var time = new FakeTimeProvider();
        var queues = new MemoryQueues(time);
        var attempts = 0;
        var work = new Work { OnText = (_, _) => Interlocked.Increment(ref attempts) == 1 ? throw new InvalidOperationException("not yet") : Task.CompletedTask };
        await using var host = await StartAsync(queues, work, time: time);

        await queues.SendAsync("texts", "again", TimeSpan.Zero, Cancellation);
        await Eventually.HoldsAsync(() => queues.Calls.Contains("extend texts"));
        Assert.Empty(queues.VisibleIn("texts"));
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(queues.VisibleIn("texts"));
        await Eventually.HoldsAsync(() => queues.TextsIn("texts").Count == 0, meanwhile: () => Turn(time, queues, 1));

        Assert.Equal(2, attempts);
        Assert.Single(host.Log.Errors);
        Assert.Empty(queues.TextsIn("texts-poison"));
    }

    [Theory]
    [InlineData("texts", "always fails")]
    [InlineData("orders", "no JSON at all")]
    [InlineData("orders", "null")]
    public async Task After_the_last_attempt_a_message_is_copied_to_the_poison_queue_and_then_deleted(string queue, string text)
    {
        var queues = new MemoryQueues(TimeProvider.System);
        var work = new Work { OnText = (_, _) => throw new InvalidOperationException("never") };
        await using var host = await StartAsync(queues, work, """{ "extensions": { "queues": { "maxDequeueCount": 3, "visibilityTimeout": "00:00:00" } } }""");

        await queues.SendAsync(queue, text, TimeSpan.Zero, Cancellation);
        await Eventually.HoldsAsync(() => queues.TextsIn(queue).Count == 0);

        Assert.Equal([text], queues.TextsIn(queue + "-poison"));
        Assert.Equal([$"extend {queue}", $"extend {queue}", $"send {queue}-poison", $"delete {queue}"],
            queues.Calls.Where(call => call != $"send {queue}" && !call.StartsWith("receive", StringComparison.Ordinal)));
        Assert.Equal(3, host.Log.Errors.Count());
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("Message 'always", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_that_its_hosts_died_of_goes_to_the_poison_queue_without_another_try()
    {
        var queues = new MemoryQueues(TimeProvider.System);
        var work = new Work();
        await queues.SendAsync("texts", "deadly", TimeSpan.Zero, Cancellation);
        for (var death = 0; death < 5; death++)
        {
            await queues.ReceiveAsync("texts", 1, TimeSpan.Zero, Cancellation);
        }

        await using var host = await StartAsync(queues, work);
        await Eventually.HoldsAsync(() => queues.TextsIn("texts").Count == 0);

        Assert.Equal(["deadly"], queues.TextsIn("texts-poison"));
        Assert.Empty(work.Done);
    }

    [Fact]
    public async Task A_message_of_a_poison_queue_has_nowhere_to_go_and_stays_hidden()
    {
        var queues = new MemoryQueues(TimeProvider.System);
        await using var host = await RunningHost.StartAsync(new()
        {
            Functions = [typeof(PoisonConsumer)],
            Queues = queues,
            Services = services => services.AddSingleton(new Work()),
            HostJson = """{ "extensions": { "queues": { "maxDequeueCount": 1 } } }""",
        });

        await queues.SendAsync("texts-poison", "stuck", TimeSpan.Zero, Cancellation);
        await Eventually.HoldsAsync(() => host.Log.Errors.Any());
        await host.StopAsync();

        Assert.Equal(["stuck"], queues.TextsIn("texts-poison"));
        Assert.Empty(queues.VisibleIn("texts-poison"));
        Assert.Empty(queues.TextsIn("texts-poison-poison"));
    }

    [Fact]
    public async Task A_message_stays_hidden_for_as_long_as_its_function_runs()
    {
        var time = new FakeTimeProvider();
        var queues = new MemoryQueues(time);
        var slow = new TaskCompletionSource();
        var work = new Work { OnText = (_, _) => slow.Task };
        await using var host = await StartAsync(queues, work, time: time);

        await queues.SendAsync("texts", "long", TimeSpan.Zero, Cancellation);
        await Eventually.HoldsAsync(() => work.Begun.Count == 1);
        for (var renewal = 1; renewal <= 6; renewal++)
        {
            await Eventually.HoldsAsync(() => queues.Calls.Count(call => call == "extend texts") >= renewal, meanwhile: () => Turn(time, queues, 30));
            Assert.Empty(queues.VisibleIn("texts"));
        }

        slow.SetResult();
        await Eventually.HoldsAsync(() => queues.TextsIn("texts").Count == 0);
        Assert.Equal(["long"], work.Begun);
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task No_more_than_batch_and_threshold_run_at_once_and_the_next_batch_is_taken_at_the_threshold()
    {
        var queues = new MemoryQueues(TimeProvider.System);
        var gate = new SemaphoreSlim(0);
        var work = new Work { OnText = (_, _) => gate.WaitAsync(Cancellation) };
        foreach (var number in Enumerable.Range(0, 60))
        {
            await queues.SendAsync("texts", $"{number}", TimeSpan.Zero, Cancellation);
        }

        await using var host = await StartAsync(queues, work, """{ "extensions": { "queues": { "batchSize": 8, "newBatchThreshold": 4 } } }""");

        await Eventually.HoldsAsync(() => work.Begun.Count == 8);
        Assert.Equal(1, queues.Calls.Count(call => call == "receive texts"));
        gate.Release(3);
        await Eventually.HoldsAsync(() => queues.Calls.Count(call => call == "delete texts") == 3);
        await Task.Delay(30, Cancellation);
        Assert.Equal(8, work.Begun.Count);
        gate.Release(1);
        await Eventually.HoldsAsync(() => work.Begun.Count == 16);
        Assert.Equal(12, work.MostAtOnce);
        gate.Release(1000);
        await Eventually.HoldsAsync(() => queues.TextsIn("texts").Count == 0);
        Assert.Equal(60, work.Done.Count);
        Assert.True(work.MostAtOnce <= 12);
    }

    [Fact]
    public async Task A_stop_takes_no_more_messages_and_finishes_those_in_hand()
    {
        var queues = new MemoryQueues(TimeProvider.System);
        var gate = new SemaphoreSlim(0);
        var work = new Work { OnText = (_, cancellation) => gate.WaitAsync(cancellation) };
        foreach (var number in Enumerable.Range(0, 10))
        {
            await queues.SendAsync("texts", $"{number}", TimeSpan.Zero, Cancellation);
        }

        await using var host = await StartAsync(queues, work, """{ "extensions": { "queues": { "batchSize": 3, "newBatchThreshold": 2 } } }""");
        await Eventually.HoldsAsync(() => work.Begun.Count == 3);
        var stopping = host.StopAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => stopping.WaitAsync(TimeSpan.FromMilliseconds(200), Cancellation));
        gate.Release(1000);
        await stopping;

        Assert.Equal(3, work.Done.Count);
        Assert.Equal(7, queues.VisibleIn("texts").Count);
        Assert.Empty(host.Log.Errors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_that_is_not_finished_when_the_stop_must_end_is_visible_again(bool heedsItsToken)
    {
        var queues = new MemoryQueues(TimeProvider.System);
        var work = new Work { OnText = (_, cancellation) => Task.Delay(Timeout.Infinite, heedsItsToken ? cancellation : CancellationToken.None) };
        await using var host = await StartAsync(queues, work, stopTime: TimeSpan.FromSeconds(2.2));

        await queues.SendAsync("texts", "endless", TimeSpan.Zero, Cancellation);
        await Eventually.HoldsAsync(() => work.Begun.Count == 1);
        await host.StopAsync();

        await Eventually.HoldsAsync(() => queues.VisibleIn("texts").Count > 0); // on a busy machine the stop may end first
        Assert.Equal(["endless"], queues.VisibleIn("texts"));
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task An_outage_of_storage_is_logged_once_and_survived()
    {
        var time = new FakeTimeProvider();
        var queues = new MemoryQueues(time);
        var work = new Work();
        var down = true;
        queues.Failing = call => down && call is "receive" or "wait" ? new IOException("no answer") : null;
        await using var host = await StartAsync(queues, work, time: time);

        await Eventually.HoldsAsync(() => queues.Calls.Count(call => call == "receive texts") > 5, meanwhile: () => time.Advance(TimeSpan.FromSeconds(5)));
        Assert.Single(host.Log.Errors, error => error.Contains("Storage does not answer for queue texts;", StringComparison.Ordinal));

        down = false;
        await queues.SendAsync("texts", "after the storm", TimeSpan.Zero, Cancellation);
        await Eventually.HoldsAsync(() => queues.TextsIn("texts").Count == 0, meanwhile: () => Turn(time, queues, 5));
        Assert.Equal(["after the storm"], work.Done);
        Assert.Contains(host.Log.Lines, line => line.Contains("Storage answers again for queue texts,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_whose_end_storage_does_not_take_at_once_is_still_done_once()
    {
        var time = new FakeTimeProvider();
        var queues = new MemoryQueues(time);
        var work = new Work();
        var refusals = 0;
        queues.Failing = call => call == "delete" && refusals++ < 3 ? new IOException("no answer") : null;
        await using var host = await StartAsync(queues, work, time: time);

        await queues.SendAsync("texts", "once", TimeSpan.Zero, Cancellation);
        await Eventually.HoldsAsync(() => queues.TextsIn("texts").Count == 0, meanwhile: () => Turn(time, queues, 1));

        Assert.Equal(["once"], work.Begun);
        Assert.Single(host.Log.Errors);
    }

    // Stops before a message that is being worked on is visible again: a busy machine may take long over that work.
    private static void Turn(FakeTimeProvider time, MemoryQueues queues, int seconds) =>
        time.Advance(TimeSpan.FromSeconds(queues.HiddenFor("texts").TotalMinutes is > 1 and < 2 ? 0 : seconds));

    private static Task<RunningHost> StartAsync(MemoryQueues queues, Work work, string? hostJson = null, TimeProvider? time = null, TimeSpan? stopTime = null) =>
        RunningHost.StartAsync(new()
        {
            Functions = [typeof(Consumers)],
            Queues = queues,
            Services = services => services.AddSingleton(work),
            HostJson = hostJson ?? """{ "extensions": { "queues": { "visibilityTimeout": "00:00:05", "maxPollingInterval": "00:00:01" } } }""",
            Time = time ?? TimeProvider.System,
            StopTime = stopTime,
        });

    public sealed record Order(string Id, int Revision);

    public sealed class Work
    {
        private readonly Lock gate = new();
        private int running;

        public Func<string, CancellationToken, Task> OnText { get; init; } = (_, _) => Task.CompletedTask;

        public ConcurrentQueue<string> Begun { get; } = new();

        public ConcurrentQueue<string> Done { get; } = new();

        public int MostAtOnce { get; private set; }

        public async Task DoAsync(string text, CancellationToken cancellation)
        {
            lock (gate)
            {
                MostAtOnce = Math.Max(MostAtOnce, ++running);
            }

            Begun.Enqueue(text);
            try
            {
                await OnText(text, cancellation);
                Done.Enqueue(text);
            }
            finally
            {
                lock (gate)
                {
                    running--;
                }
            }
        }
    }

    public sealed class Consumers(Work work)
    {
        [Function("TakeOrder")]
        public ValueTask TakeOrder([QueueTrigger("orders")] Order order)
        {
            work.Done.Enqueue(order.ToString());
            return ValueTask.CompletedTask;
        }

        [Function("TakeText")]
        public Task TakeText([QueueTrigger("texts")] string text, CancellationToken cancellation) => work.DoAsync(text, cancellation);
    }

    public sealed class PoisonConsumer(Work work)
    {
        [Function("TakePoison")]
        public void TakePoison([QueueTrigger("texts-poison")] string text)
        {
            work.Begun.Enqueue(text);
            throw new InvalidOperationException("never");
        }
    }
}
