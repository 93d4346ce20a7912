using System.Diagnostics;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Pressroom.Telemetry;

namespace Pressroom.Functions.Telemetry;

/// <summary>Sends traces, metrics and logs to where the settings want them.</summary>
public static class TelemetryServices
{
    /// <summary>Adds OpenTelemetry with its exporters; nothing at all where none is set. It needs the settings that <c>AddPressroom</c> has read.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        // Where nothing is set, not even OpenTelemetry's assemblies are loaded.
        var settings = ((Settings)services.Single(service => service.ServiceType == typeof(Settings)).ImplementationInstance!).Telemetry;
        return settings.IsOn ? services.AddExporters(settings) : services;
    }

    private static IServiceCollection AddExporters(this IServiceCollection services, TelemetrySettings settings)
    {
        KeepFromOthers();
        services.AddHostedService<MeasureQueues>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("pressroom").AddEnvironmentVariableDetector()) // OTEL_SERVICE_NAME wins
            .WithTracing(tracing => tracing
                .AddSource(Traces.SourceName, "Microsoft.Azure.Functions.Worker")
                .AddAspNetCoreInstrumentation(server => server.Filter = call => !call.Request.Path.Value!.EndsWith("/health", StringComparison.Ordinal))
                .AddHttpClientInstrumentation(client => client.FilterHttpRequestMessage = _ => IsPartOfATrace(Activity.Current))
                .AddProcessor(new RedactAddresses()))
            .WithMetrics(metrics => metrics
                .AddMeter(Metrics.MeterName)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .WithLogging(configureBuilder: null, logs => (logs.IncludeScopes, logs.IncludeFormattedMessage) = (true, true));
        if (settings.Otlp)
        {
            telemetry.UseOtlpExporter();
        }

        if (settings.ApplicationInsights is { } insights)
        {
            telemetry
                .WithTracing(tracing => tracing.AddAzureMonitorTraceExporter(Address))
                .WithMetrics(metrics => metrics.AddAzureMonitorMetricExporter(Address))
                .WithLogging(logging => logging.AddAzureMonitorLogExporter(Address));

            void Address(AzureMonitorExporterOptions options)
            {
                options.ConnectionString = insights.ConnectionString;
                options.Credential = !insights.UsesIdentity ? null : new ManagedIdentityCredential(
                    insights.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned);
            }
        }

        return services;
    }

    // Networks and mail providers need not know the ids of our traces, which a header would tell them.
    private static void KeepFromOthers()
    {
        DistributedContextPropagator.Current = DistributedContextPropagator.CreateNoOutputPropagator();
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
    }

    // A look into an empty queue of Azure Storage belongs to nothing.
    private static bool IsPartOfATrace(Activity? call) => call is not null && call.ParentSpanId != default;
}
