namespace Pressroom.Telemetry;

/// <summary>Where traces, metrics and logs are sent.</summary>
/// <param name="Otlp">Whether to an OTLP endpoint; the exporter reads OpenTelemetry's own settings (<c>OTEL_…</c>) for all else.</param>
/// <param name="ApplicationInsights">The Application Insights resource that they are sent to; null where there is none.</param>
public sealed record TelemetrySettings(bool Otlp, ApplicationInsightsSettings? ApplicationInsights)
{
    private static readonly string[] Protocols = ["grpc", "http/protobuf"];

    /// <summary>Whether they are sent anywhere.</summary>
    public bool IsOn => Otlp || ApplicationInsights is not null;

    internal static TelemetrySettings Read(SettingReader reader)
    {
        if (reader.Text("OTEL_EXPORTER_OTLP_PROTOCOL") is { } protocol && !Protocols.Contains(protocol))
        {
            reader.Reject("OTEL_EXPORTER_OTLP_PROTOCOL", "is neither grpc nor http/protobuf");
        }

        return new TelemetrySettings(reader.Url("OTEL_EXPORTER_OTLP_ENDPOINT") is not null, ApplicationInsightsSettings.Read(reader));
    }
}

/// <summary>An Application Insights resource.</summary>
/// <param name="ConnectionString">Where it is.</param>
/// <param name="UsesIdentity">Whether it takes nothing but what comes with a managed identity's token.</param>
/// <param name="ClientId">The identity, where it is a user-assigned one.</param>
public sealed record ApplicationInsightsSettings(string ConnectionString, bool UsesIdentity, string? ClientId)
{
    private const string Key = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string AuthenticationKey = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    internal static ApplicationInsightsSettings? Read(SettingReader reader)
    {
        if (reader.Text(Key) is not { } connection)
        {
            return null;
        }

        if (!Guid.TryParse(Parts(connection).GetValueOrDefault("InstrumentationKey"), out _))
        {
            reader.Reject(Key, "has no InstrumentationKey");
        }

        var authentication = Parts(reader.Text(AuthenticationKey) ?? "");
        var usesIdentity = authentication.GetValueOrDefault("Authorization") == "AAD";
        if (authentication.Count > 0 && !usesIdentity)
        {
            reader.Reject(AuthenticationKey, "is not of the form ClientId=…;Authorization=AAD");
        }

        return new ApplicationInsightsSettings(connection, usesIdentity, authentication.GetValueOrDefault("ClientId"));
    }

    // Name=value;name=value, as Azure writes both.
    private static Dictionary<string, string> Parts(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var end = part.IndexOf('=', StringComparison.Ordinal);
            parts[end < 0 ? part : part[..end]] = end < 0 ? "" : part[(end + 1)..];
        }

        return parts;
    }
}
