using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pressroom.Tests.Newsletters.Mail;

/// <summary>SendGrid's mail/send as documented: it checks what the reference says that it checks, refuses the whole call or delivers to
/// all, and fails as servers do.</summary>
internal sealed class FakeSendGrid : IAsyncDisposable
{
    public const string ApiKey = "SG.abcdefghijklmnop.qrstuvwxyz0123456789";

    private static readonly string[] NotOverridable =
    [
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "Content-Type", "Content-Transfer-Encoding", "To", "From", "Subject", "Reply-To", "CC", "BCC",
    ];

    private readonly WebApplication server;
    private readonly ConcurrentQueue<Func<HttpContext, string, Task>> faults = new();

    private FakeSendGrid(WebApplication server) => this.server = server;

    public Uri BaseUrl => new(server.Urls.Single());

    /// <summary>The JSON of each call.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>The mails that went out.</summary>
    public ConcurrentQueue<DeliveredMail> Delivered { get; } = new();

    /// <summary>Addresses that it holds for invalid.</summary>
    public HashSet<string> Invalid { get; } = [];

    /// <summary>Whether it names only the first of several errors.</summary>
    public bool NamesOneError { get; set; }

    public static async Task<FakeSendGrid> StartAsync(string path = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var service = new FakeSendGrid(builder.Build());
        service.server.Run(context => service.AnswerAsync(context, path));
        await service.server.StartAsync(TestContext.Current.CancellationToken);
        return service;
    }

    public void FailNext(int status, string body = "", params (string Name, string Value)[] headers) =>
        faults.Enqueue((context, _) => WriteAsync(context, status, body, headers));

    /// <summary>The next call is acted on and never answered.</summary>
    public void HangNext() => faults.Enqueue(async (context, body) =>
    {
        Act(body);
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    });

    /// <summary>The next call is acted on, and the connection breaks.</summary>
    public void DropNext() => faults.Enqueue((context, body) =>
    {
        Act(body);
        context.Abort();
        return Task.CompletedTask;
    });

    /// <summary>The next call is acted on, and a part of the answer comes.</summary>
    public void CutNext() => faults.Enqueue(async (context, body) =>
    {
        var (status, _, id) = Act(body);
        context.Response.StatusCode = status;
        context.Response.Headers["X-Message-Id"] = id;
        context.Response.ContentLength = 100;
        await context.Response.WriteAsync("{", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    });

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, string path)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        if (context.Request.Method != "POST" || context.Request.Path != $"{path}/v3/mail/send")
        {
            await WriteAsync(context, 404, Errors(("not found", null)));
        }
        else if (context.Request.Headers.Authorization != $"Bearer {ApiKey}")
        {
            await WriteAsync(context, 401, Errors(("The provided authorization grant is invalid, expired, or revoked", null)));
        }
        else if (context.Request.ContentType != "application/json")
        {
            await WriteAsync(context, 415, Errors(("Content-Type should be application/json.", null)));
        }
        else
        {
            Calls.Enqueue(body);
            if (faults.TryDequeue(out var fault))
            {
                await fault(context, body);
                return;
            }

            var (status, errors, id) = Act(body);
            await WriteAsync(context, status, errors, ("X-Message-Id", id));
        }
    }

    private static async Task WriteAsync(HttpContext context, int status, string body, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    private (int Status, string Body, string MessageId) Act(string json)
    {
        if (Encoding.UTF8.GetByteCount(json) > 30_000_000)
        {
            return (413, Errors(("The request is too large.", null)), "");
        }

        var mail = JsonNode.Parse(json)!.AsObject();
        var errors = Complaints(mail).ToArray();
        if (errors.Length > 0)
        {
            return (400, Errors(NamesOneError ? errors[..1] : errors), "");
        }

        foreach (var personalization in mail["personalizations"]!.AsArray())
        {
            Delivered.Enqueue(Deliver(mail, personalization!));
        }

        return (202, "", "14c5d75ce93");
    }

    private IEnumerable<(string Message, string? Field)> Complaints(JsonObject mail)
    {
        var personalizations = mail["personalizations"]?.AsArray() ?? [];
        if (personalizations.Count is 0 or > 1000)
        {
            yield return ("The personalizations field is required and must have at least one and at most 1000 personalizations.", "personalizations");
        }

        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var n = 0; n < personalizations.Count; n++)
        {
            var to = personalizations[n]!["to"]?.AsArray() ?? [];
            if (to.Count == 0)
            {
                yield return ("The to array is required for all personalization objects.", $"personalizations.{n}.to");
            }

            foreach (var address in to.Select(one => one!["email"]!.GetValue<string>()))
            {
                if (Invalid.Contains(address))
                {
                    yield return ("Does not contain a valid address.", $"personalizations.{n}.to");
                }

                if (!known.Add(address))
                {
                    yield return (
                        $"Each email address in the personalization block should be unique. We found the first duplicate instance of [{address}]",
                        "personalizations");
                }
            }

            if (Texts(personalizations[n]!["substitutions"]).Sum(pair => Encoding.UTF8.GetByteCount(pair.Key + pair.Value)) > 10_000)
            {
                yield return ("The total size of your substitutions may not exceed 10000 bytes.", $"personalizations.{n}.substitutions");
            }

            foreach (var header in Texts(personalizations[n]!["headers"]).Concat(Texts(mail["headers"])))
            {
                if (NotOverridable.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
                    || !header.Value.All(char.IsAscii) || header.Value.Any(char.IsControl))
                {
                    yield return ("The header is not allowed.", $"personalizations.{n}.headers");
                }
            }
        }

        if (mail["from"]?["email"] is null)
        {
            yield return ("The from object must be provided for every email send.", "from");
        }

        if (string.IsNullOrEmpty(mail["subject"]?.GetValue<string>()))
        {
            yield return ("The subject is required.", "subject");
        }

        var types = mail["content"]?.AsArray().Select(part => part!["type"]!.GetValue<string>()).ToList() ?? [];
        if (types is not ["text/plain", "text/html"])
        {
            yield return ("If present, text/plain and text/html must be the first two parts, in this order.", "content");
        }

        if (mail["categories"]?.AsArray() is { } categories && (categories.Count > 10 || categories.Any(category => category!.GetValue<string>().Length > 255)))
        {
            yield return ("At most 10 categories of 255 characters.", "categories");
        }
    }

    private static DeliveredMail Deliver(JsonObject mail, JsonNode personalization)
    {
        var headers = new Dictionary<string, string>(Texts(mail["headers"]), StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Texts(personalization["headers"]))
        {
            headers[name] = value;
        }

        return new DeliveredMail(
            personalization["to"]![0]!["email"]!.GetValue<string>(), Substituted(mail["subject"]!), Substituted(mail["content"]![0]!["value"]!),
            Substituted(mail["content"]![1]!["value"]!), headers, new Dictionary<string, string>(Texts(personalization["custom_args"])));

        string Substituted(JsonNode text) => Texts(personalization["substitutions"])
            .Aggregate(text.GetValue<string>(), (filled, pair) => filled.Replace(pair.Key, pair.Value, StringComparison.Ordinal));
    }

    private static IEnumerable<KeyValuePair<string, string>> Texts(JsonNode? node) =>
        node?.AsObject().Select(pair => KeyValuePair.Create(pair.Key, pair.Value!.GetValue<string>())) ?? [];

    public static string Errors(params (string Message, string? Field)[] errors) => JsonSerializer.Serialize(new
    {
        errors = errors.Select(error => new { message = error.Message, field = error.Field, help = "http://sendgrid.com/docs/" + error.Field }),
    });
}

/// <summary>A mail as its recipient gets it.</summary>
internal sealed record DeliveredMail(
    string To, string Subject, string Text, string Html, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> CustomArgs);
