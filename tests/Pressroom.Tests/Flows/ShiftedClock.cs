using Microsoft.Extensions.DependencyInjection;
using Pressroom.Access;

namespace Pressroom.Tests.Flows;

/// <summary>The system's clock, set forward: it goes on by itself, and timers run as they do.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long ticks;

    /// <summary>At the beginning of a window of <see cref="RateLimits"/>, so that what is counted in a test is counted in one window.</summary>
    public static ShiftedClock AtAWindowsBeginning()
    {
        var clock = new ShiftedClock();
        clock.Advance(RateLimits.Window - TimeSpan.FromTicks(DateTimeOffset.UtcNow.Ticks % RateLimits.Window.Ticks));
        return clock;
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref ticks));

    public void Advance(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);

    /// <summary>Makes it a newsroom's clock.</summary>
    public void Set(IServiceCollection services) => services.AddSingleton<TimeProvider>(this);
}
