using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Articles;

/// <summary>The editors' calls for articles.</summary>
[Topic(Topic.Articles)]
public sealed class ArticleFunctions(
    Gate gate, ArticleStore articles, ArticleIndex index, SaveArticle save, DeleteArticle delete, SiteSettings site)
{
    /// <summary>POST /articles: 201 when the article is kept and, if it is published, its page is live.</summary>
    [Function("CreateArticle")]
    [Describes(Role.Editor, "Write an article", Notes = "With `status: published` its page is live when the answer comes.")]
    [Once]
    [Takes<ArticleFields>(ArticleRequest.MostBytes)]
    [Answers<ArticleAnswer>(201, "The article, without its text.", HasETag = true, Without = ["format", "body", "html"], HasLocation = true)]
    [Refuses("slug-taken")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "articles")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Editor,
            ArticleRequest.MostBytes,
            async (caller, fields, seed) =>
            {
                var content = ArticleRequest.ReadNew(fields);
                if (fields.Errors.Any)
                {
                    return Refusal(fields.Errors);
                }

                var id = ArticleId.Of(seed);
                var outcome = await save.SaveAsync(id, null, content, caller.Name, "created", cancellation);
                var first = outcome switch
                {
                    SaveOutcome.Saved saved => saved.Stored.Article,
                    SaveOutcome.Changed => await FirstRevisionAsync(id, cancellation),
                    _ => null,
                };
                return first is null
                    ? AnswerOf(outcome, StatusCodes.Status201Created)
                    : ArticleAnswer.Answer(StatusCodes.Status201Created, first, null, site) with { Location = AddressOf(first) };
            },
            cancellation);

    /// <summary>GET /articles: newest first, by status, tag, section, author and language.</summary>
    [Function("ListArticles")]
    [Describes(Role.Editor, "List articles, the newest first")]
    [Paged]
    [Query("status", "Only those of this status.", "published", Words = ["draft", "published", "scheduled"])]
    [Query("tag", "Only those with this tag.", "Market")]
    [Query("section", "Only those of this section.", "City")]
    [Query("author", "Only those of this author.", "Amina Ben Salah")]
    [Query("language", "Only those in this language.", "en")]
    [Answers<ArticleListAnswer>(200, "A page of them, without their texts.")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "articles")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Editor,
            async _ =>
            {
                var errors = new FieldErrors();
                var paging = Paging.Read(request, errors, "status", "tag", "section", "author", "language");
                var filter = ReadFilter(request.Query, errors);
                if (errors.Any)
                {
                    return Problems.Invalid(errors);
                }

                var page = await index.ListAsync(filter, paging.After, paging.Limit, cancellation);
                var items = page.Articles.Select(article => ArticleAnswer.Of(article, null, site)).ToList();
                return Answer.Of(200, new ArticleListAnswer(items, Paging.Cursor(page.Cursor)), ArticleAnswerJson.Default.ArticleListAnswer);
            },
            cancellation);

    /// <summary>GET /articles/{id}: the article with its text.</summary>
    [Function("GetArticle")]
    [Describes(Role.Editor, "Read an article")]
    [Answers<ArticleAnswer>(200, "The article with its text.", HasETag = true)]
    [Refuses("not-found")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "articles/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Editor,
            async _ => await FindAsync(id, cancellation) is var (_, document)
                ? ArticleAnswer.Answer(200, document.Article, document.Text, site)
                : Problems.NotFound("article"),
            cancellation);

    /// <summary>PUT /articles/{id}: replaces the version that If-Match names.</summary>
    [Function("ReplaceArticle")]
    [Describes(Role.Editor, "Replace an article", Notes = "What is not said takes its default; slug, status and date stay unless they are said.")]
    [IfMatch(IsRequired = true)]
    [Takes<ArticleFields>(ArticleRequest.MostBytes)]
    [Answers<ArticleAnswer>(200, "The article, without its text.", HasETag = true, Without = ["format", "body", "html"])]
    [Refuses("not-found", "slug-taken", "conflict")]
    public Task<IResult> Replace([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "articles/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitWithBodyAsync(
            request,
            Role.Editor,
            ArticleRequest.MostBytes,
            (caller, fields) => Precondition.Of(request).IsGiven
                ? ChangeAsync(request, id, current => ArticleRequest.ReadReplacement(fields, current), fields.Errors, caller, cancellation)
                : Task.FromResult(Problems.PreconditionRequired()),
            cancellation);

    /// <summary>PATCH /articles/{id}: changes the fields that are given (JSON Merge Patch).</summary>
    [Function("PatchArticle")]
    [Describes(Role.Editor, "Change an article", Notes = "JSON Merge Patch (RFC 7396): what is not said stays, what is null takes its default.")]
    [IfMatch]
    [Takes<ArticleFields>(ArticleRequest.MostBytes, IsPartial = true)]
    [Answers<ArticleAnswer>(200, "The article, without its text.", HasETag = true, Without = ["format", "body", "html"])]
    [Refuses("not-found", "slug-taken", "conflict")]
    public Task<IResult> Patch([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "articles/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitWithBodyAsync(
            request,
            Role.Editor,
            ArticleRequest.MostBytes,
            (caller, fields) => ChangeAsync(request, id, current => ArticleRequest.ReadPatch(fields, current), fields.Errors, caller, cancellation),
            cancellation);

    /// <summary>DELETE /articles/{id}: for good.</summary>
    [Function("DeleteArticle")]
    [Describes(Role.Editor, "Delete an article for good")]
    [IfMatch]
    [Answers(204, "It is gone, and what it announced is taken back.")]
    [Refuses("not-found")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "articles/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Editor,
            async caller =>
            {
                var deleted = ArticleId.TryParse(id, out var articleId)
                    ? await delete.RunAsync(articleId, Expected(request), caller.Name, cancellation)
                    : null;
                return deleted switch
                {
                    null => Problems.NotFound("article"),
                    false => Problems.PreconditionFailed(),
                    true => new Answer(StatusCodes.Status204NoContent),
                };
            },
            cancellation);

    /// <summary>Whether an article is the version that the request wants to change.</summary>
    internal static Func<Article, bool> Expected(HttpRequest request)
    {
        var precondition = Precondition.Of(request);
        return article => precondition.Accepts(Answer.Quote(article.Revision));
    }

    /// <summary>The answer to how saving ended.</summary>
    internal Answer AnswerOf(SaveOutcome? outcome, int status = StatusCodes.Status200OK) => outcome switch
    {
        SaveOutcome.Saved saved => ArticleAnswer.Answer(status, saved.Stored.Article, null, site),
        SaveOutcome.Rejected rejected => Refusal(rejected.Errors),
        SaveOutcome.SlugTaken => Problems.SlugTaken(),
        SaveOutcome.Changed => Problems.PreconditionFailed(),
        SaveOutcome.Busy => Problems.Busy(),
        _ => Problems.NotFound("article"),
    };

    private async Task<Answer> ChangeAsync(
        HttpRequest request, string id, Func<ArticleContent, ArticleContent> read, FieldErrors errors, Caller caller, CancellationToken cancellation)
    {
        if (!ArticleId.TryParse(id, out var articleId))
        {
            return Problems.NotFound("article");
        }

        return AnswerOf(await save.InsistAsync(
            articleId,
            Expected(request),
            async stored =>
            {
                if (await articles.ReadAsync(articleId, stored.Article.Revision, cancellation) is not { } document)
                {
                    return null;
                }

                var content = read(ArticleContent.Of(document with { Article = stored.Article }));
                return errors.Any ? new SaveOutcome.Rejected(errors) : await save.SaveAsync(articleId, stored, content, caller.Name, "edited", cancellation);
            },
            cancellation));
    }

    private async Task<(StoredArticle Stored, ArticleDocument Document)?> FindAsync(string id, CancellationToken cancellation)
    {
        if (!ArticleId.TryParse(id, out var articleId) || await articles.FindLivingAsync(articleId, cancellation) is not { } stored)
        {
            return null;
        }

        var document = await articles.ReadAsync(articleId, stored.Article.Revision, cancellation);
        return document is null ? null : (stored, document with { Article = stored.Article });
    }

    // What the first, interrupted, attempt of the same request has made.
    private async Task<Article?> FirstRevisionAsync(ArticleId id, CancellationToken cancellation) =>
        await articles.RevisionsAsync(id, 0, 1, cancellation) is [var first]
            ? (await articles.ReadAsync(id, first.Revision, cancellation))?.Article
            : null;

    private static ArticleFilter ReadFilter(IQueryCollection query, FieldErrors errors) => new(
        query.Choice("status", errors, ("draft", ArticleStatus.Draft), ("published", ArticleStatus.Published), ("scheduled", ArticleStatus.Scheduled)),
        query.Name("tag", errors),
        query.Name("section", errors),
        query.Name("author", errors),
        query.Language("language", errors));

    /// <summary>The answer to fields that are wrong; a body that is too large has its own status.</summary>
    internal static Answer Refusal(FieldErrors errors) =>
        errors.ByField.TryGetValue("body", out var complaints) && complaints.Contains(ArticleRequest.TooLargeBody)
            ? Problems.TooLarge("body", ArticleRequest.TooLargeBody)
            : Problems.Invalid(errors);

    private string AddressOf(Article article) => site.Api($"articles/{article.Id}");
}
