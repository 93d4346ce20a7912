using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Telemetry;

namespace Pressroom.Functions;

/// <summary>Whether the backend can do its work.</summary>
[Topic(Topic.Service)]
public sealed class HealthFunctions(CheckHealth check)
{
    /// <summary>GET /health: 200 while it works, 503 otherwise; with what was looked at. Monitors like to ask with HEAD, and the Functions host takes only
    /// methods that are named (azure-functions-host#11625).</summary>
    [Function("GetHealth")]
    [Unlimited]
    [Describes("Whether the backend can do its work")]
    [Answers<HealthAnswer>(200, "It can; `degraded` where something waits for a person.")]
    [Answers<HealthAnswer>(503, "It cannot: a check failed.")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health")] HttpRequest request, CancellationToken cancellation)
    {
        var health = await check.RunAsync(cancellation);
        return Answer.Of(
            health.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK,
            HealthAnswer.Of(health),
            HealthJson.Default.HealthAnswer);
    }
}

internal sealed record HealthAnswer(
    [Field("How it is.", Words = ["healthy", "degraded", "unhealthy"])] string Status, IReadOnlyList<HealthCheckAnswer> Checks) : IExample<HealthAnswer>
{
    public static HealthAnswer Example { get; } = new(
        "degraded",
        [
            new("storage", "healthy", null, null, null, null, null),
            new("queue", "degraded", "announce", 3, 1_260, null, "The oldest message has waited for more than 15 minutes."),
        ]);

    public static HealthAnswer Of(Health health) => new(
        WordOf(health.Status),
        [.. health.Checks.Select(check => new HealthCheckAnswer(
            check.Name, WordOf(check.Status), check.Queue, check.Depth, check.OldestSeconds, check.LastRunAt, check.Reason))]);

    private static string WordOf(HealthStatus status) => status.ToString().ToLowerInvariant();
}

internal sealed record HealthCheckAnswer(string Name, string Status, string? Queue, long? Depth, double? OldestSeconds, DateTimeOffset? LastRunAt, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
