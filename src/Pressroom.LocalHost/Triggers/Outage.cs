namespace Pressroom.LocalHost.Triggers;

/// <summary>Storage that does not answer is said once, and once more when it answers again.</summary>
internal sealed partial class Outage(string what, TimeProvider time, ILogger logger)
{
    private long since;

    public void Begin(Exception exception)
    {
        if (Interlocked.CompareExchange(ref since, time.GetUtcNow().UtcTicks, 0) == 0)
        {
            LogBegin(logger, exception, what);
        }
    }

    public void End()
    {
        if (Volatile.Read(ref since) != 0 && Interlocked.Exchange(ref since, 0) is > 0 and var began)
        {
            LogEnd(logger, what, (time.GetUtcNow().UtcTicks - began) / TimeSpan.TicksPerSecond);
        }
    }

    [LoggerMessage(LogLevel.Error, "Storage does not answer for {What}; trying on.")]
    private static partial void LogBegin(ILogger logger, Exception exception, string what);

    [LoggerMessage(LogLevel.Information, "Storage answers again for {What}, after {Seconds} s.")]
    private static partial void LogEnd(ILogger logger, string what, long seconds);
}
