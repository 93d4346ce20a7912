using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Articles;

/// <summary>The authors' records.</summary>
[Topic(Topic.Authors)]
public sealed class AuthorFunctions(Gate gate, AuthorStore authors, SaveAuthor save)
{
    private const int MostBytes = 64 * 1024;

    /// <summary>GET /authors: by key.</summary>
    [Function("ListAuthors")]
    [Describes(Role.Editor, "List authors by key")]
    [Paged]
    [Answers<AuthorListAnswer>(200, "A page of them.")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "authors")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitToPageAsync(
            request,
            Role.Editor,
            async paging =>
            {
                var found = await authors.ListAsync(paging.After, paging.Limit + 1, cancellation);
                var (items, cursor) = paging.Cut(found.Select(stored => Show(stored.Author)).ToList(), author => author.Author);
                return Answer.Of(200, new AuthorListAnswer(items, cursor), ArticleAnswerJson.Default.AuthorListAnswer);
            },
            cancellation);

    /// <summary>GET /authors/{author}.</summary>
    [Function("GetAuthor")]
    [Describes(Role.Editor, "Read an author’s record")]
    [Answers<AuthorAnswer>(200, "The record.", HasETag = true)]
    [Refuses("not-found")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "authors/{author}")] HttpRequest request, string author, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Editor,
            async _ => Slug.TryParse(author, out var key) && await authors.FindAsync(key.Value, cancellation) is { } stored
                ? Show(200, stored)
                : Problems.NotFound("author"),
            cancellation);

    /// <summary>PUT /authors/{author}: makes the record, or replaces the version that If-Match names. The author's articles follow.</summary>
    [Function("PutAuthor")]
    [Describes(
        Role.Editor,
        "Make or replace an author’s record",
        Notes = "The author’s articles follow. `If-Match` is needed where there is a record, and refused where there is none.")]
    [IfMatch]
    [Takes<AuthorFields>(MostBytes)]
    [Answers<AuthorAnswer>(200, "It is replaced.", HasETag = true)]
    [Answers<AuthorAnswer>(201, "It is new.", HasETag = true)]
    [Refuses("precondition-required")]
    public Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "authors/{author}")] HttpRequest request, string author, CancellationToken cancellation) =>
        gate.AdmitWithBodyAsync(
            request,
            Role.Editor,
            MostBytes,
            async (_, fields) =>
            {
                var record = Read(author, fields);
                if (record is not null)
                {
                    save.Check(record, fields.Errors);
                }

                if (record is null || fields.Errors.Any)
                {
                    return Problems.Invalid(fields.Errors);
                }

                var precondition = Precondition.Of(request);
                while (true)
                {
                    var stored = await authors.FindAsync(record.Key, cancellation);
                    if (stored is not null && !precondition.IsGiven)
                    {
                        return Problems.PreconditionRequired();
                    }

                    if (stored is null ? precondition.IsGiven : !precondition.Accepts(Answer.Quote(stored.ETag)))
                    {
                        return Problems.PreconditionFailed();
                    }

                    if (await save.RunAsync(record, stored?.ETag, cancellation) is { } etag)
                    {
                        return Show(stored is null ? StatusCodes.Status201Created : StatusCodes.Status200OK, new StoredAuthor(record, etag));
                    }
                }
            },
            cancellation);

    private static Author? Read(string author, Fields fields)
    {
        var isKey = Slug.TryParse(author, out var key);
        if (!isKey)
        {
            fields.Reject("author", "It must be letters, digits and single dashes, of at most 200 bytes.");
        }

        var name = fields.RequiredLine("name", 200);
        var bio = fields.Text("bio");
        if (bio?.Length > 4_000)
        {
            fields.Reject("bio", "It has more than 4,000 characters.");
        }

        var url = fields.Url("url");
        var image = ArticleRequest.ReadImage(fields, "image");
        fields.RejectUnknown();
        return fields.Errors.Any ? null : new Author(key.Value, name, bio, url, image);
    }

    private static Answer Show(int status, StoredAuthor stored) =>
        Answer.Of(status, Show(stored.Author), ArticleAnswerJson.Default.AuthorAnswer) with { ETag = Answer.Quote(stored.ETag) };

    private static AuthorAnswer Show(Author author) => new(author.Key, author.Name, author.Bio, author.Url, author.Image);
}
