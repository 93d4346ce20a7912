using Pressroom.Access;
using Pressroom.LocalHost.Hosting;
using Pressroom.Newsletters.Mail;

namespace Pressroom.LocalHost.Outbox;

/// <summary>Shows at <c>/_outbox</c> what an install without any account has written instead of sending it.</summary>
internal static class OutboxHosting
{
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Takes <c>/_outbox</c> and all below it from the site. Whoever may not look, and whoever asks for what is not there, gets
    /// the same problem answer. A publication that is kept on Azure has no outbox.</summary>
    public static void MapOutbox(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<Settings>();
        var visitors = new OutboxVisitors(app.Services.GetRequiredService<Tokens>(), settings.Site);
        var folder = new OutboxFolder(MailTransports.OutboxFolder(settings.Storage.DataFolder), app.Services.GetRequiredService<TimeProvider>());
        var pages = new OutboxPages(folder, settings);

        var routes = app.MapGroup("/_outbox");
        Map("", request => pages.ListAsync(request.Query["show"], request.Query["page"], request.HttpContext.RequestAborted));
        Map("/mail/{name}", request => pages.MailAsync(Name(request), request.HttpContext.RequestAborted));
        Map("/mail/{name}/html", request => pages.HtmlAsync(Name(request), request.HttpContext.RequestAborted));
        Map("/mail/{name}/source", request => pages.SourceAsync(Name(request), request.HttpContext.RequestAborted));
        routes.Map("/{**rest}", context => WriteAsync(context, null)).WithDisplayName("Outbox");

        void Map(string pattern, Func<HttpRequest, Task<OutboxAnswer?>> answer) =>
            routes.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], async context =>
            {
                var mayLook = settings.Storage.IsEmbedded && await visitors.MayLookAsync(context);
                await WriteAsync(context, mayLook ? await answer(context.Request) : null);
            }).WithDisplayName("Outbox");
    }

    private static string Name(HttpRequest request) => (string)request.RouteValues["name"]!;

    private static async Task WriteAsync(HttpContext context, OutboxAnswer? answer)
    {
        var (response, headers) = (context.Response, context.Response.Headers);
        headers.XContentTypeOptions = "nosniff";
        headers["X-Robots-Tag"] = "noindex, nofollow";
        headers["Referrer-Policy"] = "no-referrer"; // the addresses name mails
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = answer?.ContentSecurityPolicy ?? Nothing;
        if (answer is null)
        {
            await context.WriteProblemAsync(StatusCodes.Status404NotFound);
            return;
        }

        headers.CacheControl = "no-store";
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}

/// <summary>What goes out, with the headers that differ from answer to answer.</summary>
internal sealed record OutboxAnswer(string ContentType, string ContentSecurityPolicy, byte[] Body);
