using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Functions.Newsletters;

/// <summary>The administrator's calls for subscribers: the only ones that show addresses.</summary>
[Topic(Topic.Subscribers)]
public sealed class SubscriberFunctions(
    Gate gate, ListSubscribers list, ImportSubscribers import, ExportSubscribers export, ForgetSubscribers forget, SubscriberStore subscribers)
{
    /// <summary>GET /subscribers: by state, language and section.</summary>
    [Function("ListSubscribers")]
    [Describes(Role.Admin, "List subscribers")]
    [Paged]
    [Query("state", "Only those in this state.", "confirmed", Words = ["pending", "confirmed", "unsubscribed", "suppressed"])]
    [Query("language", "Only those who read this language.", "en")]
    [Query("section", "Only those who want this section.", "City")]
    [Answers<SubscriberListAnswer>(200, "A page of them.")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "subscribers")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Admin,
            async _ =>
            {
                var errors = new FieldErrors();
                var paging = Paging.Read(request, errors, "state", "language", "section");
                var filter = ReadFilter(request.Query, errors);
                SubscriberId? after = null;
                if (paging.After is not null)
                {
                    if (SubscriberId.TryParse(paging.After, out var id))
                    {
                        after = id;
                    }
                    else
                    {
                        errors.Add("cursor", "It is none that a list has given.");
                    }
                }

                if (errors.Any)
                {
                    return Problems.Invalid(errors);
                }

                var (found, cursor) = await list.RunAsync(filter, after, paging.Limit, cancellation);
                var answer = new SubscriberListAnswer([.. found.Select(SubscriberAnswer.Of)], Paging.Cursor(cursor?.Value));
                return Answer.Of(200, answer, SubscriberJson.Default.SubscriberListAnswer);
            },
            cancellation);

    /// <summary>POST /subscribers/import: CSV with <c>email,language,sections,consentDate</c>; 200 with what became of the lines.</summary>
    [Function("ImportSubscribers")]
    [Describes(Role.Admin, "Bring subscribers along", Notes = "`Content-Length` must be there. Sending the same file again changes nothing.")]
    [TakesText(
        MediaTypes.Csv,
        Pressroom.Newsletters.Subscribers.ImportSubscribers.MostBytes,
        "email,language,sections,consentDate\namina@example.net,en,city,2026-11-24\n")]
    [Answers<SubscriberImportAnswer>(200, "What became of the lines.")]
    public Task<IResult> Import(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "subscribers/import")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Admin,
            async _ =>
            {
                if (request.ContentType is null || !request.ContentType.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase))
                {
                    return Problems.UnsupportedMediaType("text/csv");
                }

                // Its length has to be said before, so that a file that is too large is not imported by half.
                if (request.ContentLength is not { } length)
                {
                    return Problems.Invalid("Content-Length", "It must be there, so that the file is not imported by half.");
                }

                if (length > ImportSubscribers.MostBytes)
                {
                    return Problems.TooLarge("body", "The file has more than 52,428,800 bytes.");
                }

                request.AllowBody(ImportSubscribers.MostBytes);
                try
                {
                    var report = await import.RunAsync(request.Body, cancellation);
                    return Answer.Of(200, SubscriberImportAnswer.Of(report), SubscriberJson.Default.SubscriberImportAnswer);
                }
                catch (FormatException noHeader)
                {
                    return Problems.Invalid("body", noHeader.Message);
                }
                catch (BadHttpRequestException)
                {
                    return Problems.Invalid("body", "It ended before it was complete. What came before is imported; sending the whole file again is safe.");
                }
            },
            cancellation);

    /// <summary>GET /subscribers/export: all of them as CSV.</summary>
    [Function("ExportSubscribers")]
    [Describes(Role.Admin, "Take all subscribers along")]
    [AnswersText(200, MediaTypes.Csv, "All of them, in the import’s form.", "email,language,sections,consentDate,state,confirmedAt,leftAt\r\n")]
    public Task<IResult> Export(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "subscribers/export")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAsync(request, Role.Admin, new Download("text/csv; charset=utf-8; header=present", "subscribers.csv", WriteAsync), cancellation);

    /// <summary>DELETE /subscribers/{id}: all that is held of the person; who has left is not brought back by an import.</summary>
    [Function("DeleteSubscriber")]
    [Describes(Role.Admin, "Erase all that is held of a subscriber", Notes = "Whoever has left is not brought back by an import.")]
    [Answers(204, "It is erased.")]
    [Refuses("not-found")]
    public Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "subscribers/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Admin,
            async _ => SubscriberId.TryParse(id, out var subscriber) && await subscribers.EraseAsync(subscriber, cancellation)
                ? new Answer(StatusCodes.Status204NoContent)
                : Problems.NotFound("subscriber"),
            cancellation);

    /// <summary>Every night: those who have not confirmed within thirty days.</summary>
    [Function("ForgetSubscribers")]
    public Task Forget([TimerTrigger("0 43 3 * * *")] TimerInfo timer, CancellationToken cancellation) => forget.RunAsync(cancellation);

    private async Task WriteAsync(Stream file, CancellationToken cancellation)
    {
        await foreach (var piece in export.RunAsync(cancellation))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(piece), cancellation);
        }
    }

    private static SubscriberFilter ReadFilter(IQueryCollection query, FieldErrors errors) => new(
        query.Choice(
            "state",
            errors,
            ("pending", SubscriberState.Pending),
            ("confirmed", SubscriberState.Confirmed),
            ("unsubscribed", SubscriberState.Unsubscribed),
            ("suppressed", SubscriberState.Suppressed)),
        query.Language("language", errors),
        query.Name("section", errors) is { } section ? Slug.From(section)?.Value : null);
}

/// <summary>A subscriber as administrators see it: the only answer with an address.</summary>
internal sealed record SubscriberAnswer(
    string Id,
    [Field("The address, while it may be held.", Format = "email")] string? Email,
    [Field("How the subscription stands.", Words = ["pending", "confirmed", "unsubscribed", "suppressed"])] string State,
    [Field("Why no mail is sent there.", Words = ["bounce", "complaint"])] string? Reason,
    string Language,
    [Field("The sections that are wanted; all where there is none.")] IReadOnlyList<string> Sections,
    DateTimeOffset? ConsentAt,
    [Field("Where the consent came from: `form`, `api`, `import`.")] string? ConsentSource,
    DateTimeOffset? ConfirmedAt,
    DateTimeOffset? LeftAt) : IExample<SubscriberAnswer>
{
    public static SubscriberAnswer Example { get; } = new(
        Samples.SubscriberId, "amina@example.net", "confirmed", null, "en", ["city"], Samples.Morning.AddDays(-1), "form", Samples.Morning, null);

    public static SubscriberAnswer Of(Subscriber subscriber) => new(
        subscriber.Id.Value,
        subscriber.Address?.Value,
        subscriber.State.ToString().ToLowerInvariant(),
        subscriber.State == SubscriberState.Suppressed ? subscriber.Suppression?.ToString().ToLowerInvariant() : null,
        subscriber.Language.Tag,
        subscriber.Sections,
        subscriber.ConsentAt,
        subscriber.ConsentSource,
        subscriber.ConfirmedAt,
        subscriber.LeftAt);
}

internal sealed record SubscriberListAnswer(IReadOnlyList<SubscriberAnswer> Items, string? Cursor) : IExample<SubscriberListAnswer>
{
    public static SubscriberListAnswer Example { get; } = new([SubscriberAnswer.Example], Samples.Cursor);
}

internal sealed record SubscriberImportAnswer(int Read, int Added, int Unchanged, int Kept, int Bad, IReadOnlyList<ImportError> Errors)
    : IExample<SubscriberImportAnswer>
{
    public static SubscriberImportAnswer Example { get; } = new(3, 1, 1, 0, 1, [new ImportError(4, "It is no e-mail address.")]);

    public static SubscriberImportAnswer Of(ImportReport report) =>
        new(report.Read, report.Added, report.Unchanged, report.Kept, report.Bad, [.. report.Errors]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SubscriberListAnswer))]
[JsonSerializable(typeof(SubscriberImportAnswer))]
internal sealed partial class SubscriberJson : JsonSerializerContext;
