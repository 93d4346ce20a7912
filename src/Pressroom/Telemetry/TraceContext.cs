using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pressroom.Telemetry;

/// <summary>The trace that a message's text belongs to: W3C's <c>traceparent</c> and <c>tracestate</c> as properties of its JSON.</summary>
internal static partial class TraceContext
{
    private const string Property = "\"traceparent\":\"";

    /// <summary>The text with the current span in it. One that names a span already keeps that: it is sent again, and belongs to where it
    /// came from. What is no JSON object stays as it is.</summary>
    public static string AddTo(string text)
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } span } current
            || !text.StartsWith("{\"", StringComparison.Ordinal) || text.Contains(Property, StringComparison.Ordinal))
        {
            return text;
        }

        var state = string.IsNullOrEmpty(current.TraceStateString) ? "" : $"\"tracestate\":\"{JsonEncodedText.Encode(current.TraceStateString)}\",";
        return $"{{{Property}{span}\",{state}{text.AsSpan(1)}";
    }

    /// <summary>The text as it would be without a trace.</summary>
    public static string RemoveFrom(string text) => text.Contains(Property, StringComparison.Ordinal) ? Properties().Replace(text, "") : text;

    /// <summary>The span that the text names; none where it names none.</summary>
    public static ActivityContext Of(string text) => Parse(Properties().Match(text) is { Success: true } property ? property.Groups["value"].Value : null, null);

    /// <summary>The span; none where that is no traceparent.</summary>
    public static ActivityContext Parse(string? traceparent, string? tracestate) =>
        ActivityContext.TryParse(traceparent, tracestate, isRemote: true, out var context) ? context : default;

    [GeneratedRegex(""" "trace(parent|state)":"(?<value>([^"\\]|\\.)*)",|,"trace(parent|state)":"(?<value>([^"\\]|\\.)*)" """, RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Properties();
}
