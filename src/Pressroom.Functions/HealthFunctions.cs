using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Functions.Http;
using Pressroom.Telemetry;

namespace Pressroom.Functions;

/// <summary>Whether the backend can do its work.</summary>
public sealed class HealthFunctions(CheckHealth check)
{
    /// <summary>GET /health: 200 while it works, 503 otherwise; with what was looked at.</summary>
    [Function("GetHealth")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellation)
    {
        var health = await check.RunAsync(cancellation);
        return Answer.Of(
            health.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK, health, HealthJson.Default.Health);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Health))]
internal sealed partial class HealthJson : JsonSerializerContext;
