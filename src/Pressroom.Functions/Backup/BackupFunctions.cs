using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Backup;
using Pressroom.Deliveries;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Telemetry;

namespace Pressroom.Functions.Backup;

/// <summary>The administrator's calls for the whole publication: taken out as one archive, and brought into another storage.</summary>
[Topic(Topic.Backup)]
public sealed class BackupFunctions(Gate gate, ExportPublication export, ImportPublication import, ImportStore imports, PoisonStore poison, SiteSettings site)
{
    private static readonly string[] Types = [MediaTypes.Gzip, "application/x-gzip", "application/octet-stream"];

    /// <summary>GET /backup: the whole publication as a gzipped tar. It has addresses.</summary>
    [Function("ExportPublication")]
    [Describes(Role.Admin, "Take the whole publication out", Notes = "With the addresses of subscribers and commenters; without tokens and keys.")]
    [AnswersBytes(200, MediaTypes.Gzip, "A gzipped tar.")]
    public Task<IResult> Export([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "backup")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAsync(request, Role.Admin, new Download(MediaTypes.Gzip, "pressroom-backup.tar.gz", export.RunAsync), cancellation);

    /// <summary>POST /backup with an archive: 202; it is imported into this publication, which is empty or the same.</summary>
    [Function("ImportPublication")]
    [Describes(
        Role.Admin,
        "Bring a publication in",
        Notes = "Into one that is empty or the same. Of any size. Importing it again changes nothing, and nothing is announced or mailed again.")]
    [TakesBytes(MediaTypes.Gzip)]
    [Answers<ImportAnswer>(202, "It is all there, and being imported.", HasLocation = true)]
    public Task<IResult> Import([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "backup")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Admin,
            async _ =>
            {
                if (!Types.Contains(request.ContentType?.Split(';')[0].Trim(), StringComparer.OrdinalIgnoreCase))
                {
                    return Problems.UnsupportedMediaType(MediaTypes.Gzip);
                }

                request.AllowBody(mostBytes: null);
                try
                {
                    var received = await import.ReceiveAsync(request.Body, cancellation);
                    return Answer.Of(StatusCodes.Status202Accepted, ImportAnswer.Of(received), BackupJson.Default.ImportAnswer) with { Location = site.Api("backup/" + received.Id) };
                }
                catch (BadHttpRequestException)
                {
                    return Problems.Invalid("body", "It ended before it was complete. Nothing of it is imported.");
                }
            },
            cancellation);

    /// <summary>GET /backup/{id}: how far an import is.</summary>
    [Function("GetImport")]
    [Describes(Role.Admin, "See how far an import is")]
    [Answers<ImportAnswer>(200, "The import.")]
    [Refuses("not-found")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "backup/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Admin,
            async _ => await imports.FindAsync(id, cancellation) is { } found
                ? Answer.Of(StatusCodes.Status200OK, ImportAnswer.Of(found), BackupJson.Default.ImportAnswer)
                : Problems.NotFound("import"),
            cancellation);

    /// <summary>An archive has come.</summary>
    [Function("RunImport")]
    public Task Run([QueueTrigger(ImportPublication.Queue)] ImportMessage message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(ImportPublication.Queue, message, () => import.RunAsync(message, cancellation));

    /// <summary>An archive's message failed every time.</summary>
    [Function("KeepPoisonImport")]
    public Task KeepPoison([QueueTrigger(ImportPublication.Queue + "-poison")] string text, CancellationToken cancellation) =>
        poison.KeepAsync(ImportPublication.Queue, text, cancellation);

    /// <summary>Each night: archives that are of no use any more.</summary>
    [Function("ForgetArchives")]
    public Task Forget([TimerTrigger("0 3 4 * * *")] TimerInfo timer, CancellationToken cancellation) => import.ForgetAsync(cancellation);
}

/// <summary>An import and how far it is.</summary>
internal sealed record ImportAnswer(
    string Id,
    [Field("What is being done.", Words = ["received", "checking", "blobs", "rows", "done", "failed"])] string Stage,
    [Field("How large the archive is.")] long Bytes,
    [Field("How much of it this stage has read.")] long BytesRead,
    [Field("How many rows were there for the first time.")] long Rows,
    [Field("How many files were there for the first time.")] long Blobs,
    DateTimeOffset ReceivedAt,
    DateTimeOffset UpdatedAt,
    [Field("Why it failed.")] string? Reason) : IExample<ImportAnswer>
{
    public static ImportAnswer Example { get; } = new(
        Samples.ImportId, "rows", 48_211_033, 12_582_912, 18_204, 2_311, Samples.Morning, Samples.Morning.AddSeconds(40), null);

    public static ImportAnswer Of(BackupImport import) => new(
        import.Id, import.Stage.ToString().ToLowerInvariant(), import.Bytes, import.BytesRead, import.Rows, import.Blobs, import.ReceivedAt, import.UpdatedAt, import.Reason);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImportAnswer))]
internal sealed partial class BackupJson : JsonSerializerContext;
