using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Deliveries;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Telemetry;

namespace Pressroom.Functions.Deliveries;

/// <summary>Telling the channels of an article, and the ledger of it.</summary>
[Topic(Topic.Deliveries)]
public sealed class DeliveryFunctions(Gate gate, Pressroom.Deliveries.Announce announce, RetryDelivery retry, DeliveryStore deliveries, ArticleStore articles)
{
    /// <summary>A delivery has something to be done.</summary>
    [Function("Announce")]
    public Task Announce([QueueTrigger(Pressroom.Deliveries.Announce.Queue)] AnnounceMessage message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(Pressroom.Deliveries.Announce.Queue, message, () => announce.RunAsync(message, cancellation));

    /// <summary>GET /articles/{id}/deliveries: who was told, and how it ended.</summary>
    [Function("ListDeliveries")]
    [Describes(Role.Editor, "See who was told of an article, and how it ended")]
    [Answers<DeliveryListAnswer>(200, "All of its deliveries.")]
    [Refuses("not-found")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "articles/{id}/deliveries")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Editor,
            async _ =>
            {
                if (!ArticleId.TryParse(id, out var articleId) || await articles.FindAsync(articleId, cancellation) is null)
                {
                    return Problems.NotFound("article");
                }

                var items = (await deliveries.ListAsync(articleId, cancellation)).Select(stored => DeliveryAnswer.Of(stored.Delivery)).ToList();
                return Answer.Of(200, new DeliveryListAnswer(items), DeliveryJson.Default.DeliveryListAnswer);
            },
            cancellation);

    /// <summary>POST /articles/{id}/deliveries/{delivery}/retry: sends again what failed, or what a person knows not to be out.</summary>
    [Function("RetryDelivery")]
    [Describes(Role.Editor, "Send again what failed, or what you know not to be out")]
    [Once]
    [Answers<DeliveryAnswer>(202, "It is queued again.")]
    [Refuses("not-found", "not-settled", "nothing-to-send")]
    public Task<IResult> Retry([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "articles/{id}/deliveries/{delivery}/retry")] HttpRequest request, string id, string delivery, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Editor,
            async _ =>
            {
                return (ArticleId.TryParse(id, out var articleId) ? await retry.RunAsync(articleId, delivery, cancellation) : RetryOutcome.NoSuchDelivery) switch
                {
                    RetryOutcome.Queued when await deliveries.FindAsync(articleId, delivery, cancellation) is { } queued =>
                        Answer.Of(StatusCodes.Status202Accepted, DeliveryAnswer.Of(queued.Delivery), DeliveryJson.Default.DeliveryAnswer),
                    RetryOutcome.NotSettled => Problems.NotSettled("delivery"),
                    RetryOutcome.NothingToSend => Problems.Conflict("nothing-to-send", "The article is not live, or its channel is no longer in the settings."),
                    _ => Problems.NotFound("delivery"),
                };
            },
            cancellation);
}

/// <summary>A line of the ledger as the API shows it.</summary>
internal sealed record DeliveryAnswer(
    string Id,
    string Channel,
    string Kind,
    [Field("How it stands.", Words = ["queued", "sending", "sent", "failed", "unknown"])] string State,
    int Attempts,
    [Field("What is posted.")] string Text,
    [Field("The post’s id there.")] string? RemoteId,
    [Field("The post’s page there.")] string? RemoteUrl,
    [Field("Why it ended so.")] string? Reason,
    [Field("What the post does not show yet.", Words = ["edit", "delete"])] string? Change,
    DateTimeOffset QueuedAt,
    DateTimeOffset UpdatedAt) : IExample<DeliveryAnswer>
{
    public static DeliveryAnswer Example { get; } = new(
        "mastodon",
        "mastodon",
        "mastodon",
        "sent",
        1,
        "The central market opens again https://news.example/2026/11/the-central-market-opens-again/",
        "115604123456789012",
        "https://social.example/@news/115604123456789012",
        null,
        null,
        Samples.Morning,
        Samples.Morning.AddSeconds(2));

    public static DeliveryAnswer Of(Delivery delivery) => new(
        delivery.Channel,
        delivery.Channel,
        delivery.Kind,
        delivery.State.ToString().ToLowerInvariant(),
        delivery.Attempts,
        delivery.Text,
        delivery.RemoteId,
        delivery.RemoteUrl,
        delivery.Reason,
        delivery.Change == PendingChange.None ? null : delivery.Change.ToString().ToLowerInvariant(),
        delivery.QueuedAt,
        delivery.UpdatedAt);
}

internal sealed record DeliveryListAnswer(IReadOnlyList<DeliveryAnswer> Items) : IExample<DeliveryListAnswer>
{
    public static DeliveryListAnswer Example { get; } = new([DeliveryAnswer.Example]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeliveryListAnswer))]
internal sealed partial class DeliveryJson : JsonSerializerContext
{
    static DeliveryJson() => Default = new DeliveryJson(new System.Text.Json.JsonSerializerOptions(s_defaultOptions)
    {
        // People read the posts' texts in their own script.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
