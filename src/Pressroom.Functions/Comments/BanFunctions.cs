using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Comments;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Comments;

/// <summary>Who and what is banned from commenting.</summary>
[Topic(Topic.Moderation)]
public sealed class BanFunctions(Gate gate, CommentBans bans, CommentQueue comments, CommentOrigins origins, TimeProvider time)
{
    private const int MostBytes = 4096;

    private enum By
    {
        Address,
        Prefix,
    }

    /// <summary>GET /comments/bans, the newest first.</summary>
    [Function("ListCommentBans")]
    [Describes(Role.Moderator, "List bans, the newest first")]
    [Paged]
    [Answers<BanListAnswer>(200, "A page of them.")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "comments/bans")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitToPageAsync(
            request,
            Role.Moderator,
            async paging =>
            {
                var (items, cursor) = paging.Cut(await bans.ListAsync(paging.After, paging.Limit + 1, cancellation), ban => ban.Id);
                return Answer.Of(200, new BanListAnswer([.. items.Select(BanAnswer.Of)], cursor), ModerationJson.Default.BanListAnswer);
            },
            cancellation);

    /// <summary>POST /comments/bans <c>{comment, by: "address"|"prefix", until?}</c> or <c>{words, until?}</c> → 201.</summary>
    [Function("AddCommentBan")]
    [Describes(Role.Moderator, "Ban a commenter, a network or words", Notes = "Name either `words`, or a `comment` and `by` what of it.")]
    [Once]
    [Takes<BanFields>(MostBytes)]
    [Answers<BanAnswer>(201, "The ban.")]
    public Task<IResult> Add([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/bans")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Moderator,
            MostBytes,
            async (caller, fields, _) =>
            {
                var words = fields.Line("words", CommentBans.MostWords);
                var comment = fields.Line("comment", 100);
                var by = fields.Choice("by", By.Address, By.Prefix);
                var until = fields.Time("until");
                fields.RejectUnknown();
                if (until <= time.GetUtcNow())
                {
                    fields.Reject("until", "That time is past.");
                }

                if (words is null == comment is null || comment is null != by is null)
                {
                    fields.Reject("", "Name either words, or a comment and by what of it to ban: address or prefix.");
                }

                if (fields.Errors.Any)
                {
                    return Problems.Invalid(fields.Errors);
                }

                var ban = words is not null
                    ? await bans.AddAsync(words, caller.Name, until, cancellation)
                    : await AddAsync(comment!, by!.Value, caller.Name, until, fields, cancellation);
                return ban is null
                    ? Problems.Invalid(fields.Errors)
                    : Answer.Of(StatusCodes.Status201Created, BanAnswer.Of(ban), ModerationJson.Default.BanAnswer);
            },
            cancellation);

    /// <summary>DELETE /comments/bans/{id}.</summary>
    [Function("LiftCommentBan")]
    [Describes(Role.Moderator, "Lift a ban")]
    [Answers(204, "It is lifted.")]
    [Refuses("not-found")]
    public Task<IResult> Lift([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "comments/bans/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitAsync(
            request,
            Role.Moderator,
            async _ => await bans.RemoveAsync(id, cancellation) ? new Answer(StatusCodes.Status204NoContent) : Problems.NotFound("ban"),
            cancellation);

    // Null, with the complaint, where the comment does not tell (any more) what to ban.
    private async Task<CommentBan?> AddAsync(string text, By by, string moderator, DateTimeOffset? until, Fields fields, CancellationToken cancellation)
    {
        if (!CommentId.TryParse(text, out var comment))
        {
            fields.Reject("comment", "There is no such comment.");
            return null;
        }

        if (by == By.Address && await comments.FindPersonAsync(comment, cancellation) is { } person)
        {
            return await bans.AddAsync(person, comment, moderator, until, cancellation);
        }

        if (by == By.Prefix && await origins.FindAsync(comment, cancellation) is { Network: { Address: not null } network })
        {
            return await bans.AddAsync(network, comment, moderator, until, cancellation);
        }

        fields.Reject("comment", by == By.Address ? "Its author is not known." : "The network that it came from is not known any more.");
        return null;
    }
}
