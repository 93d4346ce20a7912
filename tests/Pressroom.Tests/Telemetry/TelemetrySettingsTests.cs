using Microsoft.Extensions.Configuration;
using Pressroom.Telemetry;

namespace Pressroom.Tests.Telemetry;

public sealed class TelemetrySettingsTests
{
    private const string Key = "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://insights.example/";

    [Fact]
    public void Nothing_is_sent_where_nothing_is_set() => Assert.False(Read().IsOn);

    [Fact]
    public void An_otlp_endpoint_turns_it_on()
    {
        var settings = Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317"));
        Assert.Equal((true, true, null), (settings.IsOn, settings.Otlp, settings.ApplicationInsights));
    }

    [Theory]
    [InlineData(null, false, null)]
    [InlineData("Authorization=AAD", true, null)]
    [InlineData("ClientId=42;Authorization=AAD", true, "42")]
    public void Application_insights_is_addressed_as_azure_writes_it(string? authentication, bool usesIdentity, string? clientId)
    {
        var settings = Read(("APPLICATIONINSIGHTS_CONNECTION_STRING", Key), ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", authentication));
        Assert.Equal(new ApplicationInsightsSettings(Key, usesIdentity, clientId), settings.ApplicationInsights);
        Assert.True(settings.IsOn);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    [InlineData("APPLICATIONINSIGHTS_CONNECTION_STRING", "IngestionEndpoint=https://insights.example/")]
    [InlineData("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "ClientId=42")]
    public void A_wrong_setting_is_named_and_not_repeated(string key, string value)
    {
        var wrong = Assert.Throws<SettingException>(() => Read(("APPLICATIONINSIGHTS_CONNECTION_STRING", Key), (key, value)));
        Assert.StartsWith(key, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, wrong.Message, StringComparison.Ordinal);
    }

    private static TelemetrySettings Read(params (string Key, string? Value)[] settings)
    {
        var values = new Dictionary<string, string?>();
        foreach (var (key, value) in settings)
        {
            values[key] = value;
        }

        return Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build()).Telemetry;
    }
}
