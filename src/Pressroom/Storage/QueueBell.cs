namespace Pressroom.Storage;

/// <summary>Wakes the consumers of this process when this process makes a message visible, so that they need not poll for it.</summary>
internal sealed class QueueBell(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Line> lines = new(StringComparer.Ordinal);

    /// <summary>A message is or will be visible at <paramref name="visibleAt"/>.</summary>
    public void Ring(string queue, DateTimeOffset visibleAt)
    {
        lock (gate)
        {
            var line = LineOf(queue);
            line.Rung |= visibleAt <= time.GetUtcNow();
            foreach (var waiter in line.Waiters.Where(w => w.Until > visibleAt))
            {
                waiter.Wake.TrySetResult();
            }
        }
    }

    /// <summary>A consumer is about to look for messages: it will find all that was rung for until now.</summary>
    public void Looking(string queue)
    {
        lock (gate)
        {
            LineOf(queue).Rung = false;
        }
    }

    /// <summary>Waits for a ring since the last look, for the time that <paramref name="next"/> gives (which is asked once it can
    /// no longer miss a ring), and at most for <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(string queue, TimeSpan atMost, Func<DateTimeOffset?> next, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var waiter = new Waiter(now + atMost);
        lock (gate)
        {
            var line = LineOf(queue);
            if (line.Rung)
            {
                return;
            }

            line.Waiters.Add(waiter);
        }

        try
        {
            var wait = next() is { } at && at < waiter.Until ? at - now : atMost;
            if (wait <= TimeSpan.Zero)
            {
                return;
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(waiter.Wake.Task, Task.Delay(wait, time, stop.Token));
            await stop.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            lock (gate)
            {
                LineOf(queue).Waiters.Remove(waiter);
            }
        }
    }

    private Line LineOf(string queue)
    {
        if (!lines.TryGetValue(queue, out var line))
        {
            lines.Add(queue, line = new Line());
        }

        return line;
    }

    private sealed class Line
    {
        public bool Rung { get; set; }

        public List<Waiter> Waiters { get; } = [];
    }

    private sealed class Waiter(DateTimeOffset until)
    {
        public DateTimeOffset Until { get; } = until;

        public TaskCompletionSource Wake { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
