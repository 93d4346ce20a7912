using System.Diagnostics;
using Pressroom.LocalHost.Triggers;

namespace Pressroom.Tests.LocalHost;

public sealed class CallsFirstTests : IDisposable
{
    private readonly CallsFirst courtesy = new();
    private readonly TaskCompletionSource callsEnd = new();

    [Fact]
    public async Task Messages_do_not_wait_for_each_other_while_few_calls_are_in_hand()
    {
        var calls = Call(3);
        var first = new TaskCompletionSource();
        var working = courtesy.WorkAsync(() => first.Task);
        await courtesy.WorkAsync(() => Task.CompletedTask);
        Assert.False(working.IsCompleted);
        first.SetResult();
        await EndAsync(calls, working);
    }

    [Fact]
    public async Task While_many_calls_are_in_hand_a_message_waits_for_its_turn()
    {
        var calls = Call(4);
        var order = new List<string>();

        // A machine that is too busy to let the first go on in a quarter of a second gets another try: so long nobody waits.
        for (var tries = 0; await OvertakesAsync() && tries < 100; tries++)
        {
            order.Clear();
        }

        await EndAsync(calls);
        Assert.Equal(["first", "second"], order);

        async Task<bool> OvertakesAsync()
        {
            var first = new TaskCompletionSource();
            var working = courtesy.WorkAsync(async () =>
            {
                await first.Task;
                order.Add("first");
            });
            var watch = Stopwatch.StartNew();
            var next = courtesy.WorkAsync(() =>
            {
                order.Add("second");
                return Task.CompletedTask;
            });
            first.SetResult();
            var wasSlow = watch.Elapsed > TimeSpan.FromMilliseconds(200);
            await Task.WhenAll(working, next);
            return wasSlow;
        }
    }

    [Fact]
    public async Task A_message_that_hangs_does_not_hold_up_the_others()
    {
        var calls = Call(4);
        var hanging = new TaskCompletionSource();
        var stuck = courtesy.WorkAsync(() => hanging.Task);
        await courtesy.WorkAsync(() => Task.CompletedTask);
        Assert.False(stuck.IsCompleted);
        hanging.SetResult();
        await EndAsync(calls, stuck);
    }

    public void Dispose() => courtesy.Dispose();

    private List<Task> Call(int count) => [.. Enumerable.Range(0, count).Select(_ => courtesy.CallAsync(() => callsEnd.Task))];

    private async Task EndAsync(List<Task> calls, params Task[] messages)
    {
        callsEnd.SetResult();
        await Task.WhenAll([.. calls, .. messages]);
    }
}
