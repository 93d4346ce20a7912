using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Comments;

/// <summary>What moderators do with a token: see the comments, decide on them one by one or many at once, edit, delete, close.</summary>
[Topic(Topic.Moderation)]
public sealed class ModerationFunctions(Gate gate, ListComments list, ModerateComment moderate, CloseComments close)
{
    private const int MostEditBytes = 128 * 1024;
    private const int MostBulkBytes = 16 * 1024;
    internal const int MostAtOnce = 100;
    private const int WorkersAtOnce = 8;

    /// <summary>GET /comments: by status and article, the newest first.</summary>
    [Function("ListComments")]
    [Describes(Role.Moderator, "List comments, the newest first")]
    [Paged]
    [Query("status", "Only those of this status.", "held", Words = ["held", "approved", "rejected", "spam"])]
    [Query("article", "Only those below the article of this id.", Samples.ArticleId)]
    [Answers<ModeratedCommentListAnswer>(200, "A page of them, with their authors’ addresses.")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "comments")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Moderator,
            async _ =>
            {
                var errors = new FieldErrors();
                var paging = Paging.Read(request, errors, "status", "article");
                var status = request.Query.Choice(
                    "status",
                    errors,
                    ("held", CommentStatus.Held),
                    ("approved", CommentStatus.Approved),
                    ("rejected", CommentStatus.Rejected),
                    ("spam", CommentStatus.Spam));
                ArticleId? article = null;
                if (ArticleId.TryParse(request.Query["article"], out var id))
                {
                    article = id;
                }
                else if (request.Query["article"].ToString().Length > 0)
                {
                    errors.Add("article", "It is no article's id.");
                }

                if (errors.Any)
                {
                    return Problems.Invalid(errors);
                }

                var (items, cursor) = await list.RunAsync(status, article, paging.After, paging.Limit, cancellation);
                var answer = new ModeratedCommentListAnswer([.. items.Select(ModeratedCommentAnswer.Of)], Paging.Cursor(cursor));
                return Answer.Of(200, answer, ModerationJson.Default.ModeratedCommentListAnswer);
            },
            cancellation);

    /// <summary>GET /comments/{id}.</summary>
    [Function("GetComment")]
    [Describes(Role.Moderator, "Read a comment with its score and history")]
    [Answers<ModeratedCommentAnswer>(200, "The comment.", HasETag = true)]
    [Refuses("not-found")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "comments/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Moderator,
            async _ => CommentId.TryParse(id, out var comment) && await list.FindAsync(comment, cancellation) is { } found ? AnswerOf(found) : NoSuchComment(),
            cancellation);

    /// <summary>POST /comments/{id}/approve.</summary>
    [Function("ApproveComment")]
    [Describes(Role.Moderator, "Approve a comment")]
    [Once]
    [Answers<ModeratedCommentAnswer>(200, "The comment as it is now.", HasETag = true)]
    [Refuses("not-found")]
    public Task<IResult> Approve([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/{id}/approve")] HttpRequest request, string id, CancellationToken cancellation) =>
        DecideAsync(request, id, CommentStatus.Approved, cancellation);

    /// <summary>POST /comments/{id}/reject.</summary>
    [Function("RejectComment")]
    [Describes(Role.Moderator, "Reject a comment")]
    [Once]
    [Answers<ModeratedCommentAnswer>(200, "The comment as it is now.", HasETag = true)]
    [Refuses("not-found")]
    public Task<IResult> Reject([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/{id}/reject")] HttpRequest request, string id, CancellationToken cancellation) =>
        DecideAsync(request, id, CommentStatus.Rejected, cancellation);

    /// <summary>POST /comments/{id}/spam.</summary>
    [Function("MarkCommentAsSpam")]
    [Describes(Role.Moderator, "Mark a comment as spam")]
    [Once]
    [Answers<ModeratedCommentAnswer>(200, "The comment as it is now.", HasETag = true)]
    [Refuses("not-found")]
    public Task<IResult> Spam([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/{id}/spam")] HttpRequest request, string id, CancellationToken cancellation) =>
        DecideAsync(request, id, CommentStatus.Spam, cancellation);

    /// <summary>POST /comments/{id}/undo: back to what it was before the last decision.</summary>
    [Function("UndoComment")]
    [Describes(Role.Moderator, "Take the last decision on a comment back")]
    [Once]
    [Answers<ModeratedCommentAnswer>(200, "The comment as it is now.", HasETag = true)]
    [Refuses("not-found")]
    public Task<IResult> Undo([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/{id}/undo")] HttpRequest request, string id, CancellationToken cancellation) =>
        ChangeAsync(request, id, (comment, by) => moderate.UndoAsync(comment, by, cancellation), cancellation);

    /// <summary>PATCH /comments/{id} <c>{body}</c>: another text; the former one stays in the history.</summary>
    [Function("EditComment")]
    [Describes(Role.Moderator, "Edit a comment’s text", Notes = "The former text stays in the history.")]
    [IfMatch]
    [Takes<CommentEditFields>(MostEditBytes)]
    [Answers<ModeratedCommentAnswer>(200, "The comment as it is now.", HasETag = true)]
    [Refuses("not-found", "too-many-edits")]
    public Task<IResult> Edit([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "comments/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitWithBodyAsync(
            request,
            Role.Moderator,
            MostEditBytes,
            async (caller, fields) =>
            {
                var text = CommentRequest.ReadText(fields);
                fields.RejectUnknown();
                if (fields.Errors.Any)
                {
                    return Problems.Invalid(fields.Errors);
                }

                var expected = Precondition.Of(request);
                var outcome = CommentId.TryParse(id, out var comment)
                    ? await moderate.EditAsync(comment, text, seen => expected.Accepts(Answer.Quote(seen.Version)), caller.Name, cancellation)
                    : new EditOutcome.NoSuchComment();
                switch (outcome)
                {
                    case EditOutcome.Edited edited:
                        return AnswerOf(await list.WithAllAsync(edited.Comment, cancellation));
                    case EditOutcome.Changed:
                        return Problems.PreconditionFailed();
                    case EditOutcome.TooManyEdits:
                        return Problems.Conflict("too-many-edits", $"It was edited {Comment.MostEdits} times; no more texts can be kept.");
                    case EditOutcome.TooLong:
                        CommentRequest.RejectLength(fields.Errors);
                        return Problems.Invalid(fields.Errors);
                    default:
                        return NoSuchComment();
                }
            },
            cancellation);

    /// <summary>DELETE /comments/{id}: for good; replies stay.</summary>
    [Function("DeleteComment")]
    [Describes(Role.Moderator, "Delete a comment for good", Notes = "Its answers stay.")]
    [Answers(204, "It is gone.")]
    [Refuses("not-found")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "comments/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Moderator,
            async _ => CommentId.TryParse(id, out var comment) && await moderate.DeleteAsync(comment, cancellation)
                ? new Answer(StatusCodes.Status204NoContent)
                : NoSuchComment(),
            cancellation);

    /// <summary>POST /comments/approve <c>{ids}</c>: up to 100.</summary>
    [Function("ApproveComments")]
    [Describes(Role.Moderator, "Approve many comments")]
    [Once]
    [Takes<CommentIdsFields>(MostBulkBytes)]
    [Answers<CommentOutcomeListAnswer>(200, "What became of each, in the order of the request.")]
    public Task<IResult> ApproveMany([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/approve")] HttpRequest request, CancellationToken cancellation) =>
        DecideManyAsync(request, CommentStatus.Approved, cancellation);

    /// <summary>POST /comments/reject <c>{ids}</c>: up to 100.</summary>
    [Function("RejectComments")]
    [Describes(Role.Moderator, "Reject many comments")]
    [Once]
    [Takes<CommentIdsFields>(MostBulkBytes)]
    [Answers<CommentOutcomeListAnswer>(200, "What became of each, in the order of the request.")]
    public Task<IResult> RejectMany([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/reject")] HttpRequest request, CancellationToken cancellation) =>
        DecideManyAsync(request, CommentStatus.Rejected, cancellation);

    /// <summary>POST /comments/spam <c>{ids}</c>: up to 100.</summary>
    [Function("MarkCommentsAsSpam")]
    [Describes(Role.Moderator, "Mark many comments as spam")]
    [Once]
    [Takes<CommentIdsFields>(MostBulkBytes)]
    [Answers<CommentOutcomeListAnswer>(200, "What became of each, in the order of the request.")]
    public Task<IResult> SpamMany([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/spam")] HttpRequest request, CancellationToken cancellation) =>
        DecideManyAsync(request, CommentStatus.Spam, cancellation);

    /// <summary>POST /comments/delete <c>{ids}</c>: up to 100.</summary>
    [Function("DeleteComments")]
    [Describes(Role.Moderator, "Delete many comments for good")]
    [Once]
    [Takes<CommentIdsFields>(MostBulkBytes)]
    [Answers<CommentOutcomeListAnswer>(200, "What became of each, in the order of the request.")]
    public Task<IResult> DeleteMany([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/delete")] HttpRequest request, CancellationToken cancellation) =>
        ChangeManyAsync(request, async (comment, _) => await moderate.DeleteAsync(comment, cancellation) ? "deleted" : null, cancellation);

    /// <summary>POST /articles/{id}/comments/close: nobody can comment any more.</summary>
    [Function("CloseComments")]
    [Describes(Role.Moderator, "Close an article’s comments")]
    [Once]
    [Answers<CommentsClosedAnswer>(200, "Nobody can comment any more.")]
    [Refuses("not-found")]
    public Task<IResult> Close([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "articles/{id}/comments/close")] HttpRequest request, string id, CancellationToken cancellation) =>
        CloseAsync(request, id, isClosed: true, cancellation);

    /// <summary>POST /articles/{id}/comments/open.</summary>
    [Function("OpenComments")]
    [Describes(Role.Moderator, "Open an article’s comments again")]
    [Once]
    [Answers<CommentsClosedAnswer>(200, "They are open.")]
    [Refuses("not-found")]
    public Task<IResult> Open([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "articles/{id}/comments/open")] HttpRequest request, string id, CancellationToken cancellation) =>
        CloseAsync(request, id, isClosed: false, cancellation);

    private Task<IResult> DecideAsync(HttpRequest request, string id, CommentStatus status, CancellationToken cancellation) =>
        ChangeAsync(request, id, (comment, by) => moderate.DecideAsync(comment, status, by, cancellation), cancellation);

    private Task<IResult> ChangeAsync(HttpRequest request, string id, Func<CommentId, string, Task<Comment?>> change, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Moderator,
            async caller => CommentId.TryParse(id, out var comment) && await change(comment, caller.Name) is { } changed
                ? AnswerOf(await list.WithAllAsync(changed, cancellation))
                : NoSuchComment(),
            cancellation);

    private Task<IResult> DecideManyAsync(HttpRequest request, CommentStatus status, CancellationToken cancellation) => ChangeManyAsync(
        request,
        async (comment, by) => (await moderate.DecideAsync(comment, status, by, cancellation))?.Status.Word(),
        cancellation);

    // What became of each, in the order of the request.
    private Task<IResult> ChangeManyAsync(HttpRequest request, Func<CommentId, string, Task<string?>> change, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Moderator,
            MostBulkBytes,
            async (caller, fields, _) =>
            {
                var ids = fields.Lines("ids", MostAtOnce, 100);
                fields.RejectUnknown();
                if (ids.Count == 0 && !fields.Errors.Any)
                {
                    fields.Reject("ids", "It must not be empty.");
                }

                if (fields.Errors.Any)
                {
                    return Problems.Invalid(fields.Errors);
                }

                var outcomes = new string?[ids.Count];
                var workers = new ParallelOptions { MaxDegreeOfParallelism = WorkersAtOnce, CancellationToken = cancellation };
                await Parallel.ForAsync(0, ids.Count, workers, async (number, _) =>
                    outcomes[number] = CommentId.TryParse(ids[number], out var comment) ? await change(comment, caller.Name) : null);
                var answer = new CommentOutcomeListAnswer([.. ids.Zip(outcomes, (id, outcome) => new CommentOutcomeAnswer(id, outcome ?? "not-found"))]);
                return Answer.Of(200, answer, ModerationJson.Default.CommentOutcomeListAnswer);
            },
            cancellation);

    private Task<IResult> CloseAsync(HttpRequest request, string id, bool isClosed, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Moderator,
            async _ => ArticleId.TryParse(id, out var article) && await close.RunAsync(article, isClosed, cancellation)
                ? Answer.Of(200, new CommentsClosedAnswer(article.Value, isClosed), ModerationJson.Default.CommentsClosedAnswer)
                : Problems.NotFound("article"),
            cancellation);

    private static Answer AnswerOf(ModeratedComment found) =>
        Answer.Of(200, ModeratedCommentAnswer.Of(found), ModerationJson.Default.ModeratedCommentAnswer) with { ETag = Answer.Quote(found.Comment.Version) };

    private static Answer NoSuchComment() => Problems.NotFound("comment");
}
