using System.Text.Json.Serialization;

namespace Pressroom.Telemetry;

/// <summary>A queue's message, with the trace that it belongs to.</summary>
public abstract record TracedMessage
{
    /// <summary>The sender's span (W3C Trace Context); null where nobody traced.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Traceparent { get; init; }

    /// <summary>What tracing systems add to it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tracestate { get; init; }
}
