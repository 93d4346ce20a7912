using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Media;

namespace Pressroom.Functions.Media;

/// <summary>The editors' pictures.</summary>
[Topic(Topic.Media)]
public sealed class MediaFunctions(
    Gate gate, PictureStore pictures, UploadPicture upload, DeletePicture delete, UploadPlaces places, SweepPictures sweep, MediaSettings settings,
    SiteSettings site)
{
    private const int MostBytesOfChange = 16 * 1024;
    private static readonly TimeSpan WhenAllPlacesAreTaken = TimeSpan.FromSeconds(10);

    /// <summary>POST /media: a picture, in a form or by itself. 201 when all its files can be fetched; 200 for a file that was sent before.</summary>
    [Function("UploadMedia")]
    [Describes(
        Role.Editor,
        "Upload a picture",
        Notes = "As a form with a file, or as a body that is the picture, with `alt` and `decorative` in the query. What the picture shows must be said, or that it only "
            + "decorates. A file may have 20 MiB and a picture 50 million pixels, unless the settings `Media__MostBytes` and `Media__MostPixels` say otherwise. The file "
            + "itself is not kept: all that is shown is made anew of its pixels. A file that is a picture and something else too, such as an archive, is refused.")]
    [Once]
    [Query("alt", "With a body that is the picture: what it shows.", "The harbour at dawn")]
    [Query("decorative", "With a body that is the picture: `true` where it only decorates.", "false")]
    [TakesFile<UploadForm>]
    [TakesBytes(MediaTypes.AnyPicture)]
    [Answers<MediaAnswer>(200, "The file was sent before: the picture as it is.", HasETag = true, HasLocation = true)]
    [Answers<MediaAnswer>(201, "All its files can be fetched.", HasETag = true, HasLocation = true)]
    [Refuses("too-large", "no-picture", "picture-too-large", "picture-damaged")]
    public async Task<IResult> Upload([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "media")] HttpRequest request, CancellationToken cancellation)
    {
        IDisposable? place = null;
        try
        {
            return await gate.AdmitOnceAsync(
                request,
                Role.Editor,
                async () =>
                {
                    place = places.TryEnter();
                    return place is null ? (null, Problems.TooMany(WhenAllPlacesAreTaken)) : await PictureUpload.ReadAsync(request, settings.MostBytes, cancellation);
                },
                sent => sent.Identity,
                async sent => AnswerOf(await upload.RunAsync(sent.File, sent.DeclaredType, sent.Alt, cancellation)),
                cancellation);
        }
        finally
        {
            place?.Dispose();
        }
    }

    /// <summary>GET /media: newest first.</summary>
    [Function("ListMedia")]
    [Describes(Role.Editor, "List pictures, the newest first")]
    [Paged]
    [Answers<MediaListAnswer>(200, "A page of them.")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "media")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitToPageAsync(
            request,
            Role.Editor,
            async paging =>
            {
                var (found, cursor) = await pictures.ListAsync(paging.After, paging.Limit, cancellation);
                var items = found.Select(picture => MediaAnswer.Of(picture, site)).ToList();
                return Answer.Of(200, new MediaListAnswer(items, Paging.Cursor(cursor)), MediaAnswerJson.Default.MediaListAnswer);
            },
            cancellation);

    /// <summary>GET /media/{id}.</summary>
    [Function("GetMedia")]
    [Describes(Role.Editor, "See a picture’s files and words")]
    [Answers<MediaAnswer>(200, "The picture.", HasETag = true)]
    [Refuses("not-found")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "media/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Editor,
            async _ => await FindAsync(id, cancellation) is { } stored ? MediaAnswer.Answer(200, stored, site) : NotFound(),
            cancellation);

    /// <summary>PATCH /media/{id}: what the picture shows. Articles take it up when their text is changed next.</summary>
    [Function("PatchMedia")]
    [Describes(Role.Editor, "Say anew what a picture shows", Notes = "Articles take it up when their text is changed next.")]
    [IfMatch]
    [Takes<PictureFields>(MostBytesOfChange)]
    [Answers<MediaAnswer>(200, "The picture.", HasETag = true)]
    [Refuses("not-found")]
    public Task<IResult> Patch([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "media/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitWithBodyAsync(
            request,
            Role.Editor,
            MostBytesOfChange,
            async (_, fields) =>
            {
                var alt = PictureUpload.ReadAlt(fields);
                if (fields.Errors.Any)
                {
                    return Problems.Invalid(fields.Errors);
                }

                var isExpected = Expected(request);
                while (await FindAsync(id, cancellation) is { } stored)
                {
                    if (!isExpected(stored))
                    {
                        return Problems.PreconditionFailed();
                    }

                    if (await pictures.ChangeAsync(stored, alt, cancellation) is { } changed)
                    {
                        return MediaAnswer.Answer(200, changed, site);
                    }
                }

                return NotFound();
            },
            cancellation);

    /// <summary>DELETE /media/{id}: with all its files, also where articles show it; nothing keeps count of those.</summary>
    [Function("DeleteMedia")]
    [Describes(Role.Editor, "Delete a picture with all its files", Notes = "Also where articles show it: nothing keeps count of those.")]
    [IfMatch]
    [Answers(204, "It is gone.")]
    [Refuses("not-found")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "media/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Editor,
            async _ =>
            {
                var deleted = PictureId.TryParse(id, out var pictureId) ? await delete.RunAsync(pictureId, Expected(request), cancellation) : null;
                return deleted switch
                {
                    null => NotFound(),
                    false => Problems.PreconditionFailed(),
                    true => new Answer(StatusCodes.Status204NoContent),
                };
            },
            cancellation);

    /// <summary>Every night: files that an upload or a deletion has left which was cut short.</summary>
    [Function("SweepMedia")]
    public Task Sweep([TimerTrigger("0 13 4 * * *")] TimerInfo timer, CancellationToken cancellation) => sweep.RunAsync(cancellation);

    private Answer AnswerOf(UploadOutcome outcome) => outcome switch
    {
        UploadOutcome.Stored { Picture: var stored, IsNew: var isNew } => MediaAnswer.Answer(isNew ? 201 : 200, stored, site) with
        {
            Location = site.Api($"media/{stored.Picture.Id}"),
        },
        UploadOutcome.NoPicture { Reason: var reason } => Problems.NoPicture(reason),
        UploadOutcome.TooLarge { Reason: var reason } => Problems.UnfitPicture("picture-too-large", "The picture is too large.", reason),
        _ => Problems.UnfitPicture("picture-damaged", "The picture cannot be read.", "It is damaged or cut short."),
    };

    private static Func<StoredPicture, bool> Expected(HttpRequest request)
    {
        var precondition = Precondition.Of(request);
        return stored => precondition.Accepts(Answer.Quote(stored.ETag));
    }

    private async Task<StoredPicture?> FindAsync(string id, CancellationToken cancellation) =>
        PictureId.TryParse(id, out var pictureId) ? await pictures.FindAsync(pictureId, cancellation) : null;

    private static Answer NotFound() => Problems.NotFound("picture");
}
