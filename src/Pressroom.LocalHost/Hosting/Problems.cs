using System.Text.Json;
using Pressroom.Functions.Http;

namespace Pressroom.LocalHost.Hosting;

/// <summary>The problem answers (RFC 9457) that the host itself gives, beside those of the triggers.</summary>
internal static class Problems
{
    /// <summary>Answers with a problem, over anything set before.</summary>
    public static async Task WriteProblemAsync(this HttpContext context, int status)
    {
        var (type, title) = status switch
        {
            StatusCodes.Status404NotFound => ("not-found", "There is nothing at this address."),
            StatusCodes.Status405MethodNotAllowed => ("method-not-allowed", "This address does not take that method."),
            StatusCodes.Status408RequestTimeout => ("timeout", "The request took too long to arrive."),
            StatusCodes.Status413PayloadTooLarge => ("too-large", "The request is too large."),
            >= 500 => ("internal", "Something went wrong on our side."),
            _ => ("bad-request", "The request is malformed."),
        };

        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        response.Headers.SetSafe();
        var body = JsonSerializer.SerializeToUtf8Bytes(new { type = "urn:pressroom:problem:" + type, title, status });
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }
}

/// <summary>The last resort around the triggers: whatever goes wrong is logged once and told without any detail.</summary>
internal sealed partial class ProblemsMiddleware(RequestDelegate next, ILogger<ProblemsMiddleware> logger)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: StatusCodes.Status405MethodNotAllowed, HasStarted: false, ContentLength: null or 0 })
            {
                await context.WriteProblemAsync(StatusCodes.Status405MethodNotAllowed);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: nobody is left to answer, and nothing is wrong here.
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = ClientClosedRequest;
            }
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await context.WriteProblemAsync(exception.StatusCode);
        }
        catch (Exception exception)
        {
            LogFailure(exception, context.GetEndpoint()?.DisplayName ?? "the site");
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            await context.WriteProblemAsync(StatusCodes.Status500InternalServerError);
        }
    }

    [LoggerMessage(LogLevel.Error, "A request to {Function} failed.")]
    private partial void LogFailure(Exception exception, string function);
}
