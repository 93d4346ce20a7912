using Microsoft.AspNetCore.Http;
using Pressroom.Functions.Articles;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;
using Pressroom.Tests.Comments;
using Pressroom.Tests.Newsletters;

namespace Pressroom.Tests.Flows;

public sealed class LostRaceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("patch")]
    [InlineData("publish")]
    [InlineData("unpublish")]
    [InlineData("restore")]
    public async Task An_editor_who_loses_to_others_each_time_is_told_to_try_again_and_not_that_a_version_was_wrong(string call)
    {
        await using var desk = CommentDesk.Open();
        var id = (await desk.PublishAsync()).Value;
        var tables = desk.Get<EmbeddedStorage>().Tables;
        desk.OnWrite = () => ChangeAsync().GetAwaiter().GetResult();

        var lost = call switch
        {
            "patch" => await desk.CallAsync<ArticleFunctions>(
                (functions, request) => functions.Patch(request, id, Stop), NewsletterDesk.AsAdmin + NewsletterDesk.Json(new { title = "High tide" })),
            "publish" => await desk.CallAsync<PublicationFunctions>(
                (functions, request) => functions.Publish(request, id, Stop), NewsletterDesk.AsAdmin + NewsletterDesk.Json(new { publishAt = "2026-01-01T00:00:00Z" })),
            "unpublish" => await desk.CallAsync<PublicationFunctions>(
                (functions, request) => functions.Unpublish(request, id, Stop), NewsletterDesk.AsAdmin + NewsletterDesk.Json(new { })),
            _ => await desk.CallAsync<RevisionFunctions>(
                (functions, request) => functions.Restore(request, id, "1", Stop), NewsletterDesk.AsAdmin + NewsletterDesk.Json(new { })),
        };

        Assert.Equal((StatusCodes.Status409Conflict, "urn:pressroom:problem:conflict"), (lost.Status, (string?)lost.Json["type"]));

        // Somebody else is always a moment earlier.
        async Task ChangeAsync()
        {
            var row = (await tables.GetAsync("articles", id, "article", Stop))!;
            await tables.CommitAsync("articles", id, [new TableOperation.Upsert("article", row.Columns)], Stop);
        }
    }
}
