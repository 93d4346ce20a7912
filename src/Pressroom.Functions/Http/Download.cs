using Microsoft.AspNetCore.Http;

namespace Pressroom.Functions.Http;

/// <summary>An answer that is written as it is made, for a caller to keep as a file.</summary>
/// <param name="ContentType">What it is.</param>
/// <param name="FileName">What the file is called.</param>
/// <param name="Write">Writes it.</param>
internal sealed record Download(string ContentType, string FileName, Func<Stream, CancellationToken, Task> Write) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.SetSafe();
        response.Headers.ContentDisposition = $"attachment; filename=\"{FileName}\"";
        return HttpMethods.IsHead(httpContext.Request.Method) ? Task.CompletedTask : Write(response.Body, httpContext.RequestAborted);
    }
}
