using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Thread;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Site;
using Pressroom.Site.Pages;
using Pressroom.Telemetry;

namespace Pressroom.Functions.Comments;

/// <summary>What readers do: comment, and read comments. No answer has an address, and none tells what is taken for spam.</summary>
[Topic(Topic.Comments)]
public sealed class CommentFunctions(
    Gate gate, SubmitComment submit, ReviewComment review, SettleComment settle, PublishedComments published, CommentPages commentPages, CommentLinks links,
    ArticleStore articles, PageRenderer pages, SiteSettings site)
{
    /// <summary>POST /articles/{id}/comments as JSON: 202 <c>{id, status}</c>; as a form: 303 to a page, or the form again with what is to be corrected.</summary>
    [Function("SubmitComment")]
    [Describes("Comment on an article")]
    [Takes<CommentFields>(CommentRequest.MostBytes)]
    [TakesForm<CommentFields>(PostedForm.MostBytes)]
    [Answers<SubmittedCommentAnswer>(202, "To JSON: it is taken.")]
    [Answers(303, "To a form: the page that says what became of it.", HasLocation = true)]
    [Shows(400, "To a form: the form again, with what is to be corrected.")]
    [Shows(403, "To a form: the article takes no comments any more.")]
    [Shows(404, "To a form: there is no such article.")]
    [Shows(429, "To a form: too many came at once.", HasRetryAfter = true)]
    [Refuses("comments-closed", "not-found")]
    public async Task<IResult> Submit([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "articles/{id}/comments")] HttpRequest request, string id, CancellationToken cancellation) =>
        PostedForm.IsFormType(request)
            ? await SubmitFormAsync(request, id, cancellation)
            : await SubmitJsonAsync(request, id, cancellation);

    /// <summary>GET /articles/{id}/comments: the approved ones, the oldest first.</summary>
    [Function("ListArticleComments")]
    [Describes("Read an article’s comments, the oldest first")]
    [Paged]
    [Answers<PublishedCommentListAnswer>(200, "A page of the approved ones.")]
    [Refuses("not-found")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "articles/{id}/comments")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () =>
            {
                var errors = new FieldErrors();
                var paging = Paging.Read(request, errors);
                CommentId after = default;
                if (paging.After is not null && !CommentId.TryParse(paging.After, out after))
                {
                    errors.Add("cursor", "It is none that a list has given.");
                }

                if (errors.Any)
                {
                    return Problems.Invalid(errors);
                }

                if (await FindLiveAsync(id, cancellation) is not { } article)
                {
                    return Problems.NotFound("article");
                }

                // All are read: where each is to be found depends on all before it.
                var all = await published.ListAsync(article.Id, cancellation);
                var places = new CommentPlaces(all);
                var found = all.SkipWhile(comment => paging.After is not null && string.CompareOrdinal(comment.Id.Value, after.Value) <= 0).Take(paging.Limit + 1).ToList();
                var (items, cursor) = paging.Cut(found, comment => comment.Id.Value);
                var answer = new PublishedCommentListAnswer([.. items.Select(comment => PublishedCommentAnswer.Of(comment, site.Absolute(places.PathOf(comment.Id, article.Path!))))], cursor);
                return Answer.Of(200, answer, CommentJson.Default.PublishedCommentListAnswer) with { IsForAnyOrigin = true };
            },
            cancellation);

    /// <summary>GET /articles/{id}/comments/form: what a page with script puts into its form.</summary>
    [Function("GetCommentForm")]
    [Describes("Get what a form with script sends along")]
    [Answers<CommentFormAnswer>(200, "A token that says when the form was shown, and an id for the comment.")]
    [Refuses("not-found")]
    public Task<IResult> Form([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "articles/{id}/comments/form")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () => await FindLiveAsync(id, cancellation) is { } article
                ? Answer.Of(200, new CommentFormAnswer(links.FormToken(article.Id), Guid.NewGuid().ToString("N")), CommentJson.Default.CommentFormAnswer) with { IsForAnyOrigin = true }
                : Problems.NotFound("article"),
            cancellation);

    /// <summary>GET /articles/{id}/comments/form-page?parent=: the form on a page of its own, where the answer to a comment is written.</summary>
    [Function("ShowCommentForm")]
    [Describes("The form on a page of its own")]
    [Query("parent", "The id of the comment to answer.", Samples.CommentId)]
    [Query("language", "The language of the page where there is no such article.", "en")]
    [Shows(200, "The form.")]
    [Shows(403, "The article takes no comments any more.")]
    [Shows(404, "There is no such article.")]
    public Task<IResult> ShowForm([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "articles/{id}/comments/form-page")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () =>
            {
                if (await FindLiveAsync(id, cancellation) is not { } article)
                {
                    return Gone(request);
                }

                if (!commentPages.AreOpen(article, await published.PageAsync(article.Id, cancellation)))
                {
                    return Page(StatusCodes.Status403Forbidden, "notice_comment_closed", article);
                }

                var answered = CommentId.TryParse(request.Query["parent"].ToString(), out var parent) ? await published.FindAsync(article.Id, parent, cancellation) : null;
                var draft = new CommentDraft(
                    article.Id, article.Title, article.Path!, "", "", "", answered?.Id.Value, false, links.FormToken(article.Id), Guid.NewGuid().ToString("N"), new Dictionary<string, string>());
                return Answer.Html(200, pages.CommentForm(draft, article.Language, answered));
            },
            cancellation);

    /// <summary>GET /articles/{id}/comments/answer?status=: where a form leads.</summary>
    [Function("ShowCommentAnswer")]
    [Describes("The page that a form leads to")]
    [Query("status", "What became of the comment.", "held", Words = ["held", "approved"])]
    [Query("language", "The language of the page where there is no such article.", "en")]
    [Shows(200, "It says what became of the comment.")]
    [Shows(404, "There is no such article.")]
    public Task<IResult> ShowAnswer([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "articles/{id}/comments/answer")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () => await FindLiveAsync(id, cancellation) is { } article
                ? Page(200, request.Query["status"] == "approved" ? "notice_comment_approved" : "notice_comment_held", article)
                : Gone(request),
            cancellation);

    /// <summary>A comment was submitted.</summary>
    [Function("ReviewComment")]
    public Task Review([QueueTrigger(ReviewComment.Queue)] CommentMessage message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(ReviewComment.Queue, message, () => review.RunAsync(message, cancellation));

    /// <summary>A comment was decided on, edited or deleted.</summary>
    [Function("SettleComment")]
    public Task Settle([QueueTrigger(SettleComment.Queue)] CommentMessage message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(SettleComment.Queue, message, () => settle.RunAsync(ArticleId.Parse(message.ArticleId), CommentId.Parse(message.CommentId), cancellation));

    private async Task<IResult> SubmitJsonAsync(HttpRequest request, string id, CancellationToken cancellation)
    {
        var (body, refusal) = await JsonBody.ReadAsync(request, CommentRequest.MostBytes, cancellation);
        if (body is null)
        {
            return refusal!;
        }

        if (Fields.Parse(body.Value, out var complaint) is not { } fields)
        {
            return Problems.InvalidJson(complaint);
        }

        var comment = CommentRequest.Read(fields);
        if (fields.Errors.Any)
        {
            return Problems.Invalid(fields.Errors);
        }

        var outcome = ArticleId.TryParse(id, out var article)
            ? await submit.RunAsync(comment.For(article, request), cancellation)
            : new SubmitOutcome.NoSuchArticle();
        switch (outcome)
        {
            case SubmitOutcome.Accepted accepted:
                return Answer.Of(StatusCodes.Status202Accepted, new SubmittedCommentAnswer(accepted.Id.Value, WordFor(accepted)), CommentJson.Default.SubmittedCommentAnswer);
            case SubmitOutcome.Closed:
                return Problems.CommentsClosed();
            case SubmitOutcome.TooMany tooMany:
                return Problems.TooMany(tooMany.Wait);
            case SubmitOutcome.NoSuchParent:
                CommentRequest.RejectParent(fields.Errors);
                return Problems.Invalid(fields.Errors);
            case SubmitOutcome.TooLong:
                CommentRequest.RejectLength(fields.Errors);
                return Problems.Invalid(fields.Errors);
            default:
                return Problems.NotFound("article");
        }
    }

    private async Task<IResult> SubmitFormAsync(HttpRequest request, string id, CancellationToken cancellation)
    {
        var (fields, refusal) = await PostedForm.ReadAsync(request, CommentRequest.Boxes, cancellation);
        if (fields is null)
        {
            return refusal!;
        }

        var comment = CommentRequest.Read(fields);
        if (CommentRequest.Foreign(fields.Errors) is { } foreign)
        {
            return Problems.Invalid(foreign);
        }

        if (await FindLiveAsync(id, cancellation) is not { } article)
        {
            return Gone(request);
        }

        if (fields.Errors.Any)
        {
            return await FormAgainAsync(StatusCodes.Status400BadRequest, article, comment, CommentFormErrors.Of(comment, fields.Errors), cancellation);
        }

        return await submit.RunAsync(comment.For(article.Id, request), cancellation) switch
        {
            SubmitOutcome.Accepted accepted => new Answer(StatusCodes.Status303SeeOther)
            {
                Location = site.Api($"articles/{article.Id}/comments/answer?status={WordFor(accepted)}&language={article.Language}"),
            },
            SubmitOutcome.Closed => Page(StatusCodes.Status403Forbidden, "notice_comment_closed", article),
            SubmitOutcome.TooMany tooMany => (await FormAgainAsync(StatusCodes.Status429TooManyRequests, article, comment, CommentFormErrors.Limit, cancellation)) with { RetryAfter = tooMany.Wait },
            SubmitOutcome.NoSuchParent => await FormAgainAsync(StatusCodes.Status400BadRequest, article, comment, CommentFormErrors.Parent, cancellation),
            SubmitOutcome.TooLong => await FormAgainAsync(StatusCodes.Status400BadRequest, article, comment, CommentFormErrors.TooLong, cancellation),
            _ => Gone(request),
        };
    }

    private async Task<Article?> FindLiveAsync(string id, CancellationToken cancellation) =>
        ArticleId.TryParse(id, out var articleId) && await articles.FindAsync(articleId, cancellation) is { Article: { IsLive: true } article } ? article : null;

    private static string WordFor(SubmitOutcome.Accepted accepted) => accepted.Status == CommentStatus.Approved ? "approved" : "held";

    private async Task<Answer> FormAgainAsync(
        int status, Article article, CommentRequest comment, IReadOnlyDictionary<string, string> errors, CancellationToken cancellation)
    {
        var answered = CommentId.TryParse(comment.ParentId, out var parent) ? await published.FindAsync(article.Id, parent, cancellation) : null;
        var draft = new CommentDraft(
            article.Id, article.Title, article.Path!, comment.Name, comment.Email, comment.Text, comment.ParentId, comment.Notify, comment.Token, comment.SubmissionId, errors);
        return Answer.Html(status, pages.CommentForm(draft, article.Language, answered));
    }

    private Answer Page(int status, string name, Article article) =>
        Answer.Html(status, pages.Notice(name, article.Language, back: new NoticeBack(article.Title, article.Path!)));

    private Answer Gone(HttpRequest request) => Answer.Html(
        StatusCodes.Status404NotFound,
        pages.Notice("notice_comment_gone", ReaderLanguage.Of(request, site)));
}

/// <summary>What is wrong with a form, by field, as names of the theme's texts.</summary>
internal static class CommentFormErrors
{
    public static readonly IReadOnlyDictionary<string, string> Limit = new Dictionary<string, string> { ["body"] = "comment_error_limit" };

    public static readonly IReadOnlyDictionary<string, string> Parent = new Dictionary<string, string> { ["parentId"] = "comment_error_parent" };

    public static readonly IReadOnlyDictionary<string, string> TooLong = new Dictionary<string, string> { ["body"] = "comment_error_body_long" };

    public static IReadOnlyDictionary<string, string> Of(CommentRequest comment, FieldErrors errors) => errors.ByField.Keys.ToDictionary(
        field => field,
        field => field switch
        {
            "name" when comment.Name.Length == 0 => "comment_error_name_missing",
            "name" when CommentRequest.IsTooLongName(comment.Name) => "comment_error_name_long",
            "name" => "comment_error_name_invalid",
            "email" when comment.Email.Length == 0 => "comment_error_email_missing",
            "email" => "comment_error_email_invalid",
            "body" when comment.Text.Length == 0 => "comment_error_body_missing",
            "body" when CommentRequest.IsTooLong(comment.Text) => "comment_error_body_long",
            "body" => "notice_comment_error_body",
            "parentId" => "comment_error_parent",
            _ => "notice_comment_error_other",
        },
        StringComparer.Ordinal);
}

internal sealed record SubmittedCommentAnswer(string Id, [Field("What became of it.", Words = ["held", "approved"])] string Status) : IExample<SubmittedCommentAnswer>
{
    public static SubmittedCommentAnswer Example { get; } = new(Samples.CommentId, "held");
}

internal sealed record CommentFormAnswer(string Token, string SubmissionId) : IExample<CommentFormAnswer>
{
    public static CommentFormAnswer Example { get; } = new(Samples.SignedToken, "8d1f6b0a5c3e4f7f9b2a1c0d9e8f7a6b");
}

/// <summary>An approved comment as everybody may see it.</summary>
internal sealed record PublishedCommentAnswer(string Id, string Name, string Html, string Language, DateTimeOffset CreatedAt, string? ParentId, string Url)
    : IExample<PublishedCommentAnswer>
{
    public static PublishedCommentAnswer Example { get; } = new(
        Samples.CommentId,
        "Salah",
        "<p>We have waited for <em>this day</em> since spring.</p>",
        "en",
        Samples.Morning.AddHours(1),
        null,
        $"https://news.example/2026/11/the-central-market-opens-again/#{CommentPlaces.AnchorOf(CommentId.Parse(Samples.CommentId))}");

    public static PublishedCommentAnswer Of(PublishedComment comment, string page) => new(
        comment.Id.Value, comment.Name, comment.Html, comment.Language.Tag, comment.CreatedAt, comment.ParentId?.Value, $"{page}#{CommentPlaces.AnchorOf(comment.Id)}");
}

internal sealed record PublishedCommentListAnswer(IReadOnlyList<PublishedCommentAnswer> Items, string? Cursor) : IExample<PublishedCommentListAnswer>
{
    public static PublishedCommentListAnswer Example { get; } = new([PublishedCommentAnswer.Example], Samples.Cursor);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SubmittedCommentAnswer))]
[JsonSerializable(typeof(CommentFormAnswer))]
[JsonSerializable(typeof(PublishedCommentListAnswer))]
internal sealed partial class CommentJson : JsonSerializerContext
{
    static CommentJson() => Default = new CommentJson(new System.Text.Json.JsonSerializerOptions(s_defaultOptions)
    {
        // People read the comments in their own script.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
