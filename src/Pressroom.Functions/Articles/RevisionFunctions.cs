using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Articles;

/// <summary>An article's history.</summary>
[Topic(Topic.Articles)]
public sealed class RevisionFunctions(Gate gate, ArticleStore articles, RestoreRevision restore, ArticleFunctions answers, SiteSettings site)
{
    /// <summary>GET /articles/{id}/revisions: oldest first.</summary>
    [Function("ListRevisions")]
    [Describes(Role.Editor, "List an article’s revisions, the oldest first")]
    [Paged]
    [Answers<RevisionListAnswer>(200, "A page of them.")]
    [Refuses("not-found")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "articles/{id}/revisions")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Editor,
            async _ =>
            {
                var errors = new FieldErrors();
                var paging = Paging.Read(request, errors);
                var after = 0;
                if (paging.After is not null && !int.TryParse(paging.After, NumberStyles.None, CultureInfo.InvariantCulture, out after))
                {
                    errors.Add("cursor", "It is none that a list has given.");
                }

                if (errors.Any)
                {
                    return Problems.Invalid(errors);
                }

                if (!ArticleId.TryParse(id, out var articleId) || await articles.FindLivingAsync(articleId, cancellation) is null)
                {
                    return Problems.NotFound("article");
                }

                var notes = await articles.RevisionsAsync(articleId, after, paging.Limit + 1, cancellation);
                var all = notes.Select(note => new RevisionAnswer(
                    note.Revision, note.SavedAt, note.SavedBy, note.Change, note.Title, ArticleAnswer.Word(note.Status))).ToList();
                var (items, cursor) = paging.Cut(all, item => item.Revision.ToString(CultureInfo.InvariantCulture));
                return Answer.Of(200, new RevisionListAnswer(items, cursor), ArticleAnswerJson.Default.RevisionListAnswer);
            },
            cancellation);

    /// <summary>GET /articles/{id}/revisions/{revision}: the article as it was.</summary>
    [Function("GetRevision")]
    [Describes(Role.Editor, "Read an article as it was")]
    [Answers<ArticleAnswer>(200, "The revision with its text.", HasETag = true)]
    [Refuses("not-found")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "articles/{id}/revisions/{revision}")] HttpRequest request, string id, string revision, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Editor,
            async _ => ArticleId.TryParse(id, out var articleId) && TryParse(revision, out var number)
                && await restore.FindAsync(articleId, number, cancellation) is { } document
                ? ArticleAnswer.Answer(200, document.Article, document.Text, site)
                : Problems.NotFound("revision"),
            cancellation);

    /// <summary>POST /articles/{id}/revisions/{revision}/restore: makes a new revision that says what that one said.</summary>
    [Function("RestoreRevision")]
    [Describes(Role.Editor, "Make a new revision that says what an old one said")]
    [Once]
    [IfMatch]
    [Answers<ArticleAnswer>(200, "The article, without its text.", HasETag = true, Without = ["format", "body", "html"])]
    [Refuses("not-found", "slug-taken", "conflict")]
    public Task<IResult> Restore([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "articles/{id}/revisions/{revision}/restore")] HttpRequest request, string id, string revision, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Editor,
            async caller => ArticleId.TryParse(id, out var articleId) && TryParse(revision, out var number)
                ? answers.AnswerOf(await restore.RunAsync(articleId, number, ArticleFunctions.Expected(request), caller.Name, cancellation))
                : Problems.NotFound("revision"),
            cancellation);

    private static bool TryParse(string revision, out int number) =>
        int.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
