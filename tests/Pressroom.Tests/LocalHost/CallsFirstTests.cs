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
        var first = new TaskCompletionSource();
        var order = new List<string>();
        var working = courtesy.WorkAsync(async () =>
        {
            await first.Task;
            order.Add("first");
        });
        var next = courtesy.WorkAsync(() =>
        {
            order.Add("second");
            return Task.CompletedTask;
        });
        first.SetResult();
        await EndAsync(calls, working, next);
        Assert.Equal(["first", "second"], order);
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
