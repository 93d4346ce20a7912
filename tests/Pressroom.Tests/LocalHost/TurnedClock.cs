using Microsoft.Extensions.Time.Testing;

namespace Pressroom.Tests.LocalHost;

/// <summary>A clock that stands still until a test turns it, and knows whether anybody waits for a moment of it.</summary>
internal sealed class TurnedClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private int waiting;

    /// <summary>Whether a wait is under way; what only comes again and again does not count.</summary>
    public bool IsWaitedFor => Volatile.Read(ref waiting) > 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan || dueTime == Timeout.InfiniteTimeSpan)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var wait = new Wait(this);
        wait.Timer = base.CreateTimer(
            _ =>
            {
                wait.End();
                callback(state);
            },
            null,
            dueTime,
            period);
        return wait;
    }

    private sealed class Wait : ITimer
    {
        private readonly TurnedClock clock;
        private int isOver;

        public Wait(TurnedClock clock)
        {
            this.clock = clock;
            Interlocked.Increment(ref clock.waiting);
        }

        public ITimer? Timer { get; set; }

        public void End()
        {
            if (Interlocked.Exchange(ref isOver, 1) == 0)
            {
                Interlocked.Decrement(ref clock.waiting);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => Timer!.Change(dueTime, period);

        public void Dispose()
        {
            End();
            Timer!.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
