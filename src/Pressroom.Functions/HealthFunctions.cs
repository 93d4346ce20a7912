using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Storage;

namespace Pressroom.Functions;

/// <summary>Whether the backend can do its work.</summary>
[Topic(Topic.Service)]
public sealed class HealthFunctions(ITableStore tables, IBlobStore blobs)
{
    /// <summary>GET /health: 200 when tables and blobs answer, 503 otherwise.</summary>
    [Function("GetHealth")]
    [Describes("Whether the backend can do its work")]
    [Answers<HealthAnswer>(200, "It can.")]
    [Refuses("unavailable")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            await tables.GetAsync("tokens", "tokens", "health", cancellation);
            await blobs.FindAsync(new BlobPath("$web", "404.html"), cancellation);
            return Answer.Of(200, new HealthAnswer("ok"), HealthJson.Default.HealthAnswer);
        }
        catch (Exception outage) when (outage is not OperationCanceledException)
        {
            // Any outage is what this call is there to tell of.
            return Problems.Unavailable("storage");
        }
    }
}

internal sealed record HealthAnswer(string Status) : IExample<HealthAnswer>
{
    public static HealthAnswer Example { get; } = new("ok");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
