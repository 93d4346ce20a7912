using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Description;

/// <summary>What this API is, for programs and for people.</summary>
[Topic(Topic.Service)]
public sealed class DescriptionFunctions(ApiDescription description, DocsPage docs)
{
    /// <summary>GET /openapi.json: the API in OpenAPI 3.1.</summary>
    [Function("GetDescription")]
    [Unlimited]
    [Describes("This description, in OpenAPI 3.1")]
    [AnswersObject(200, "The document.", """{"openapi": "3.1.1", "info": {"title": "The API", "version": "1"}, "paths": {}}""", HasETag = true)]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) =>
        description.Answer();

    /// <summary>GET /docs: a page to read the description and try the calls.</summary>
    [Function("ShowDocs")]
    [Unlimited]
    [Describes("A page to read this description and try the calls")]
    [Shows(200, "The page.")]
    public IResult ShowDocs([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "docs")] HttpRequest request) => docs.Show();

    /// <summary>GET /docs/{file}: what the page loads.</summary>
    [Function("GetDocsFile")]
    [Unlimited]
    [Describes("What that page loads")]
    [AnswersText(200, MediaTypes.Script, "A script.", "…", HasETag = true)]
    [Refuses("not-found")]
    public IResult GetDocsFile([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "docs/{file}")] HttpRequest request, string file) =>
        docs.Find(file) ?? (IResult)Problems.NotFound("file");
}
