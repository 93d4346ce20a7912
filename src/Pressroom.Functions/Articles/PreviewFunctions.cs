using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Articles;

/// <summary>How an article would look.</summary>
[Topic(Topic.Articles)]
public sealed class PreviewFunctions(Gate gate, PreviewArticle preview)
{
    /// <summary>POST /preview: the page and each channel's text as JSON <c>{html, channels: [{name, kind, text, length, limit?, unit}]}</c>, or the page as itself to a caller who accepts only HTML. Nothing is stored.</summary>
    [Function("PreviewArticle")]
    [Describes(Role.Editor, "See how an article would look", Notes = "Nothing is stored. With `Accept: text/html` the answer is the page itself.")]
    [Takes<ArticleFields>(ArticleRequest.MostBytes)]
    [Header("Accept", "`text/html` for the page itself.", "text/html")]
    [Answers<PreviewAnswer>(200, "The page, and what each channel would post.")]
    [Shows(200, "The page.")]
    public Task<IResult> Preview([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "preview")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitWithBodyAsync(
            request,
            Role.Editor,
            ArticleRequest.MostBytes,
            async (_, fields) =>
            {
                var content = ArticleRequest.ReadNew(fields);
                if (fields.Errors.Any || await preview.RunAsync(content, fields.Errors, cancellation) is not { } previewed)
                {
                    return ArticleFunctions.Refusal(fields.Errors);
                }

                return request.Headers.Accept.ToString().StartsWith("text/html", StringComparison.OrdinalIgnoreCase)
                    ? new Answer(200, previewed.Page, "text/html; charset=utf-8")
                    : Answer.Of(200, PreviewAnswer.Of(previewed), ArticleAnswerJson.Default.PreviewAnswer);
            },
            cancellation);
}
