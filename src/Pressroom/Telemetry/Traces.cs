using System.Diagnostics;

namespace Pressroom.Telemetry;

/// <summary>The spans of what Pressroom does, by OpenTelemetry's semantic conventions. They hold names and counts, never an address, and
/// cost nothing where nobody listens.</summary>
public static class Traces
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Pressroom";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Does a message's work in the trace of whoever sent it.</summary>
    public static Task ConsumeAsync(string queue, TracedMessage message, Func<Task> work) =>
        Source.HasListeners() ? ConsumeAsync(queue, TraceContext.Parse(message.Traceparent, message.Tracestate), work) : work();

    /// <summary>Does a timer's work in a trace of its own.</summary>
    public static Task RunTimerAsync(string function, Func<Task> work) => Source.HasListeners() ? RunInTraceAsync(function, work) : work();

    /// <summary>The same for a message of which only the text is known.</summary>
    internal static Task ConsumeAsync(string queue, string message, Func<Task> work) =>
        Source.HasListeners() ? ConsumeAsync(queue, TraceContext.Of(message), work) : work();

    /// <summary>Calls a channel.</summary>
    internal static async Task<T> AnnounceAsync<T>(string channel, string kind, Func<Task<T>> call)
        where T : notnull
    {
        using var span = Source.HasListeners() ? Source.StartActivity($"announce {channel}") : null;
        span?.SetTag("pressroom.channel", channel).SetTag("pressroom.channel.kind", kind);
        return await OutcomeAsync(span, call);
    }

    /// <summary>Hands mails over, all in one span: an issue may have a hundred thousand.</summary>
    internal static async Task<T> SendMailAsync<T>(string kind, int recipients, Func<Task<T>> call)
        where T : notnull
    {
        using var span = Source.StartActivity("send mail");
        span?.SetTag("pressroom.mail.kind", kind).SetTag("messaging.batch.message_count", recipients);
        return await OutcomeAsync(span, call);
    }

    private static async Task ConsumeAsync(string queue, ActivityContext sender, Func<Task> work)
    {
        using var span = Source.StartActivity($"process {queue}", ActivityKind.Consumer, sender);
        span?.SetTag("messaging.system", "pressroom").SetTag("messaging.destination.name", queue)
            .SetTag("messaging.operation.name", "process").SetTag("messaging.operation.type", "process");
        await FollowAsync(span, work);
    }

    private static async Task RunInTraceAsync(string function, Func<Task> work)
    {
        using var span = Source.StartActivity(function);
        span?.SetTag("faas.name", function).SetTag("faas.trigger", "timer");
        await FollowAsync(span, work);
    }

    private static async Task<T> OutcomeAsync<T>(Activity? span, Func<Task<T>> call)
        where T : notnull
    {
        var outcome = default(T)!;
        await FollowAsync(span, async () => outcome = await call());
        span?.SetTag("pressroom.outcome", outcome.GetType().Name);
        return outcome;
    }

    private static async Task FollowAsync(Activity? span, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (MarkFailed(span, failure))
        {
            throw;
        }
    }

    // The kind of failure alone: its words may quote an address. Always false, so that the exception goes its way.
    private static bool MarkFailed(Activity? span, Exception failure)
    {
        span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", failure.GetType().FullName);
        return false;
    }
}
