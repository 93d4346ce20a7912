using System.Text.Json.Nodes;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;
using Pressroom.People;

namespace Pressroom.Comments;

/// <summary>What is held of a person as a commenter.</summary>
public sealed class CommenterData(
    SubscriberIds ids, Commenters commenters, CommentStore comments, CommentOrigins origins, CommentBans bans, ModerateComment moderate) : IPersonalData
{
    /// <inheritdoc/>
    public string Name => "comments";

    /// <inheritdoc/>
    public async Task<JsonNode?> ExportAsync(EmailAddress address, CancellationToken cancellation)
    {
        var person = await ids.OfAsync(address, cancellation);
        var isBanned = await bans.IsBannedAsync(person, cancellation);
        if (await commenters.FindAsync(person, cancellation) is not { } known)
        {
            return isBanned ? new JsonObject { ["isBanned"] = true } : null;
        }

        var written = new JsonArray();
        await foreach (var (id, article) in commenters.CommentsAsync(person, cancellation))
        {
            if (await comments.FindAsync(article, id, cancellation) is { Comment: var comment })
            {
                written.Add(await ExportAsync(comment, cancellation));
            }
        }

        return new JsonObject
        {
            ["email"] = known.Address.Value,
            ["name"] = known.Name,
            ["confirmedAt"] = known.ConfirmedAt,
            ["isBanned"] = isBanned,
            ["items"] = written,
        };
    }

    /// <summary>Takes the names off the person's comments, whose texts stay so that the threads can be read, then all the rest, the person last: killed
    /// in between, a repetition finds what is left. A ban stays, as a keyed hash.</summary>
    public async Task EraseAsync(EmailAddress address, CancellationToken cancellation)
    {
        var person = await ids.OfAsync(address, cancellation);
        bool isAnyLeft;
        do
        {
            isAnyLeft = false;
            await foreach (var (id, article) in commenters.CommentsAsync(person, cancellation))
            {
                isAnyLeft = true;
                await moderate.AnonymiseAsync(article, id, cancellation);
                await origins.RemoveAsync(id, cancellation);
                await commenters.RemoveAsync(person, id, cancellation);
            }
        }
        while (isAnyLeft); // some may have come in the meantime
    }

    private async Task<JsonNode> ExportAsync(Comment comment, CancellationToken cancellation)
    {
        var origin = await origins.FindAsync(comment.Id, cancellation);
        return new JsonObject
        {
            ["id"] = comment.Id.Value,
            ["articleId"] = comment.Article.Value,
            ["name"] = comment.Name,
            ["text"] = comment.Text,
            ["createdAt"] = comment.CreatedAt,
            ["status"] = comment.Status.Word(),
            ["notify"] = comment.Notify,
            ["network"] = origin?.Network.Text,
            ["userAgent"] = origin?.UserAgent,
        };
    }
}
