using System.Collections.ObjectModel;
using System.Diagnostics;

namespace Pressroom.Tests.Telemetry;

/// <summary>What an in-memory exporter has exported so far.</summary>
internal sealed class Exported<T> : Collection<T>
{
    private readonly Lock gate = new();

    public IReadOnlyList<T> All
    {
        get
        {
            lock (gate)
            {
                return [.. this];
            }
        }
    }

    protected override void InsertItem(int index, T item)
    {
        lock (gate)
        {
            base.InsertItem(Count, item);
        }
    }
}

internal static class Spans
{
    public static IReadOnlyList<Activity> Named(this IEnumerable<Activity> spans, string name) => [.. spans.Where(span => span.DisplayName == name)];

    public static IReadOnlyList<Activity> Below(this IEnumerable<Activity> spans, Activity parent) => [.. spans.Where(span => span.ParentSpanId == parent.SpanId)];
}
