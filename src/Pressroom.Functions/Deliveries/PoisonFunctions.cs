using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Deliveries;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Site;
using Pressroom.Site.Lists;

namespace Pressroom.Functions.Deliveries;

/// <summary>Messages that failed every time: kept, shown, and replayed when their cause is mended or discarded where that is hopeless.</summary>
/// <remarks>The hosts move such a message to <c>{queue}-poison</c>; one trigger for each queue takes it from there.</remarks>
[Topic(Topic.Deliveries)]
public sealed class PoisonFunctions(Gate gate, PoisonStore poison)
{
    private const string Suffix = "-poison";

    /// <summary>A changed article's message failed every time.</summary>
    [Function("KeepPoisonArticleChanged")]
    public Task KeepArticleChanged([QueueTrigger(ArticleChanged.Queue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(ArticleChanged.Queue, text, cancellation);

    /// <summary>A due article's message failed every time.</summary>
    [Function("KeepPoisonArticleDue")]
    public Task KeepArticleDue([QueueTrigger(ArticleDue.Queue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(ArticleDue.Queue, text, cancellation);

    /// <summary>A list's message failed every time.</summary>
    [Function("KeepPoisonRefreshList")]
    public Task KeepRefreshList([QueueTrigger(RefreshList.Queue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(RefreshList.Queue, text, cancellation);

    /// <summary>The home page's message failed every time.</summary>
    [Function("KeepPoisonRefreshHome")]
    public Task KeepRefreshHome([QueueTrigger(RefreshList.HomeQueue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(RefreshList.HomeQueue, text, cancellation);

    /// <summary>A rebuild's message failed every time.</summary>
    [Function("KeepPoisonRebuildSite")]
    public Task KeepRebuildSite([QueueTrigger(RebuildSite.Queue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(RebuildSite.Queue, text, cancellation);

    /// <summary>A delivery's message failed every time.</summary>
    [Function("KeepPoisonAnnounce")]
    public Task KeepAnnounce([QueueTrigger(Pressroom.Deliveries.Announce.Queue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(Pressroom.Deliveries.Announce.Queue, text, cancellation);

    /// <summary>A signup's message failed every time.</summary>
    [Function("KeepPoisonSignup")]
    public Task KeepSignup([QueueTrigger(AnswerSignup.Queue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(AnswerSignup.Queue, text, cancellation);

    /// <summary>A newsletter's start failed every time.</summary>
    [Function("KeepPoisonStartNewsletter")]
    public Task KeepStartNewsletter([QueueTrigger(StartNewsletter.Queue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(StartNewsletter.Queue, text, cancellation);

    /// <summary>A newsletter's batch failed every time.</summary>
    [Function("KeepPoisonSendNewsletter")]
    public Task KeepSendNewsletter([QueueTrigger(SendNewsletter.Queue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(SendNewsletter.Queue, text, cancellation);

    /// <summary>A submitted comment's message failed every time.</summary>
    [Function("KeepPoisonCommentSubmitted")]
    public Task KeepCommentSubmitted([QueueTrigger(ReviewComment.Queue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(ReviewComment.Queue, text, cancellation);

    /// <summary>A changed comment's message failed every time.</summary>
    [Function("KeepPoisonCommentChanged")]
    public Task KeepCommentChanged([QueueTrigger(SettleComment.Queue + Suffix)] string text, CancellationToken cancellation) =>
        poison.KeepAsync(SettleComment.Queue, text, cancellation);

    /// <summary>GET /poison.</summary>
    [Function("ListPoison")]
    [Describes(Role.Admin, "List messages that failed every time")]
    [Paged]
    [Answers<PoisonListAnswer>(200, "A page of them.")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "poison")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitToPageAsync(
            request,
            Role.Admin,
            async paging =>
            {
                var (items, cursor) = paging.Cut(await poison.ListAsync(paging.After, paging.Limit + 1, cancellation), message => message.Id);
                return Answer.Of(200, new PoisonListAnswer(items, cursor), PoisonJson.Default.PoisonListAnswer);
            },
            cancellation);

    /// <summary>POST /poison/{id}/replay: the message goes to its queue once more.</summary>
    [Function("ReplayPoison")]
    [Describes(Role.Admin, "Send such a message to its queue again")]
    [Answers(202, "It is in its queue.")]
    [Refuses("not-found")]
    public Task<IResult> Replay([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "poison/{id}/replay")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Admin,
            async _ => await poison.ReplayAsync(id, cancellation) ? new Answer(StatusCodes.Status202Accepted) : NotFound(),
            cancellation);

    /// <summary>DELETE /poison/{id}: what it asked for is not done.</summary>
    [Function("DiscardPoison")]
    [Describes(Role.Admin, "Discard such a message for good")]
    [Answers(204, "It is gone, and what it asked for is not done.")]
    [Refuses("not-found")]
    public Task<IResult> Discard([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "poison/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Admin,
            async _ => await poison.DiscardAsync(id, cancellation) ? new Answer(StatusCodes.Status204NoContent) : NotFound(),
            cancellation);

    private static Answer NotFound() => Problems.NotFound("poison message");
}

internal sealed record PoisonListAnswer(IReadOnlyList<PoisonMessage> Items, string? Cursor) : IExample<PoisonListAnswer>
{
    public static PoisonListAnswer Example { get; } = new(
        [new PoisonMessage(Samples.PoisonId, "announce", $$"""{"articleId":"{{Samples.ArticleId}}","delivery":"mastodon"}""", Samples.Morning)], Samples.Cursor);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PoisonListAnswer))]
internal sealed partial class PoisonJson : JsonSerializerContext;
