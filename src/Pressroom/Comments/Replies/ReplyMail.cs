using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Articles;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Telemetry;

namespace Pressroom.Comments.Replies;

/// <summary>The message that a mail about replies is due. It holds no address.</summary>
/// <param name="Person">To whom.</param>
/// <param name="Article">Below which article.</param>
/// <param name="Comment">The comment that asked for notices, whose author is to confirm; or the one that is waited for replies to.</param>
/// <param name="Reply">The reply; null where the mail is to ask for a confirmation.</param>
/// <param name="Attempt">How often it was tried.</param>
public sealed record ReplyMail(string Person, string Article, string Comment, string? Reply, int Attempt = 0) : TracedMessage
{
    internal static ReplyMail ToConfirm(SubscriberId person, ArticleId article, CommentId comment) => new(person.Value, article.Value, comment.Value, null);

    internal static ReplyMail About(CommentId reply, SubscriberId person, ArticleId article, CommentId comment) =>
        new(person.Value, article.Value, comment.Value, reply.Value);

    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReplyJson.Default.ReplyMail);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ReplyMail))]
internal sealed partial class ReplyJson : JsonSerializerContext;
