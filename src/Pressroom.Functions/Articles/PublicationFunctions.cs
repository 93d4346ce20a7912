using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Telemetry;

namespace Pressroom.Functions.Articles;

/// <summary>Publishing, taking back, and the schedule.</summary>
[Topic(Topic.Articles)]
public sealed class PublicationFunctions(Gate gate, PublishArticle publish, ArticleFunctions answers)
{
    private const int MostBytes = 4096;

    /// <summary>POST /articles/{id}/publish: now, or at <c>publishAt</c>.</summary>
    [Function("PublishArticle")]
    [Describes(Role.Editor, "Publish an article, now or later")]
    [Once]
    [IfMatch]
    [Takes<PublishFields>(MostBytes, IsOptional = true)]
    [Answers<ArticleAnswer>(200, "The article, without its text.", HasETag = true, Without = ["format", "body", "html"])]
    [Refuses("not-found", "conflict")]
    public Task<IResult> Publish([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "articles/{id}/publish")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Editor,
            MostBytes,
            async (caller, fields, _) =>
            {
                var publishAt = fields.Time("publishAt");
                fields.RejectUnknown();
                if (fields.Errors.Any)
                {
                    return Problems.Invalid(fields.Errors);
                }

                return answers.AnswerOf(ArticleId.TryParse(id, out var articleId)
                    ? await publish.PublishAsync(articleId, publishAt, ArticleFunctions.Expected(request), caller.Name, cancellation)
                    : null);
            },
            cancellation);

    /// <summary>POST /articles/{id}/unpublish: back to a draft.</summary>
    [Function("UnpublishArticle")]
    [Describes(Role.Editor, "Make an article a draft again")]
    [Once]
    [IfMatch]
    [Answers<ArticleAnswer>(200, "The article, without its text.", HasETag = true, Without = ["format", "body", "html"])]
    [Refuses("not-found", "conflict")]
    public Task<IResult> Unpublish([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "articles/{id}/unpublish")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Editor,
            async caller => answers.AnswerOf(ArticleId.TryParse(id, out var articleId)
                ? await publish.UnpublishAsync(articleId, ArticleFunctions.Expected(request), caller.Name, cancellation)
                : null),
            cancellation);

    /// <summary>An article's time has come.</summary>
    [Function("ArticleDue")]
    public Task Due([QueueTrigger(ArticleDue.Queue)] ArticleDue message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(ArticleDue.Queue, message, () => publish.PublishDueAsync(new DueArticle(ArticleId.Parse(message.Id), message.PublishAt), cancellation));

    /// <summary>Every minute: publishes what is due, so that no article is missed.</summary>
    [Function("PublishDueArticles")]
    public Task PublishDue([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellation) =>
        publish.PublishDueAsync(cancellation);
}
