using Pressroom.Articles;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Comments.Replies;

/// <summary>Who waits for replies to which comment, and which notices have gone out.</summary>
/// <remarks>Table <c>replywatches</c>: partition = article id; row = comment id: the person's id, since when, and when they stopped it; row
/// <c>sent-{reply id}-{person id}</c>: a notice: <c>claimed</c> before the call, then how it ended. No row holds an address.</remarks>
public sealed class ReplyWatches(ITableStore tables)
{
    private const string Table = "replywatches";
    private const string SentPrefix = "sent-";

    /// <summary>Who waits for replies to the comment; null where nobody does, or did.</summary>
    public async Task<ReplyWatch?> FindAsync(ArticleId article, CommentId comment, CancellationToken cancellation) =>
        await tables.GetAsync(Table, article.Value, comment.Value, cancellation) is { } row
            ? new ReplyWatch(SubscriberId.Parse(row.Columns.Text("person")), row.Columns.Time("askedAt"), row.Columns.TimeOrNull("stoppedAt"), row.ETag)
            : null;

    /// <summary>Keeps that the person waits; where it is kept already, and perhaps was stopped, it stays as it is.</summary>
    public Task AddAsync(ArticleId article, CommentId comment, SubscriberId person, DateTimeOffset now, CancellationToken cancellation) =>
        tables.CommitAsync(Table, article.Value, [new TableOperation.Insert(comment.Value, Write(person, now, null))], cancellation);

    /// <summary>Stops it.</summary>
    public async Task StopAsync(ArticleId article, CommentId comment, DateTimeOffset now, CancellationToken cancellation)
    {
        while (await FindAsync(article, comment, cancellation) is { StoppedAt: null } watch
            && !await TryAsync(article, new TableOperation.Replace(comment.Value, Write(watch.Person, watch.AskedAt, now), watch.ETag), cancellation))
        {
        }
    }

    /// <summary>Deletes it.</summary>
    public async Task DeleteAsync(ArticleId article, CommentId comment, CancellationToken cancellation)
    {
        while (await FindAsync(article, comment, cancellation) is { } watch
            && !await TryAsync(article, new TableOperation.Delete(comment.Value, watch.ETag), cancellation))
        {
        }
    }

    /// <summary>How a notice stands; null where nobody has begun it.</summary>
    public async Task<ReplyClaim?> FindClaimAsync(ArticleId article, CommentId reply, SubscriberId person, CancellationToken cancellation) =>
        await tables.GetAsync(Table, article.Value, SentRow(reply, person), cancellation) is { } row
            ? new ReplyClaim(Enum.Parse<NoticeState>(row.Columns.Text("state"), ignoreCase: true), row.ETag)
            : null;

    /// <summary>Writes how a notice stands, over what was read before.</summary>
    /// <returns>The claim as it is then; null when somebody else has written it since.</returns>
    public async Task<ReplyClaim?> WriteClaimAsync(
        ArticleId article, CommentId reply, SubscriberId person, NoticeState state, ReplyClaim? previous, DateTimeOffset now, CancellationToken cancellation)
    {
        var columns = new Columns { { "state", state.ToString().ToLowerInvariant() }, { "at", now } };
        var row = SentRow(reply, person);
        TableOperation write = previous is null ? new TableOperation.Insert(row, columns) : new TableOperation.Replace(row, columns, previous.ETag);
        var result = await tables.CommitAsync(Table, article.Value, [write], cancellation);
        return result.Committed ? new ReplyClaim(state, result.ETags[0]!.Value) : null;
    }

    /// <summary>Deletes what was kept of the notices to a person about an article's comments. A scan of the article's notices.</summary>
    public async Task DeleteClaimsAsync(ArticleId article, SubscriberId person, CancellationToken cancellation)
    {
        await foreach (var row in tables.AllAsync(Table, article.Value, RowRange.Prefix(SentPrefix), cancellation))
        {
            if (row.Row.EndsWith(person.Value, StringComparison.Ordinal))
            {
                await TryAsync(article, new TableOperation.Delete(row.Row, row.ETag), cancellation);
            }
        }
    }

    private async Task<bool> TryAsync(ArticleId article, TableOperation operation, CancellationToken cancellation) =>
        (await tables.CommitAsync(Table, article.Value, [operation], cancellation)).Committed;

    private static string SentRow(CommentId reply, SubscriberId person) => $"{SentPrefix}{reply}-{person}";

    private static Columns Write(SubscriberId person, DateTimeOffset askedAt, DateTimeOffset? stoppedAt) => new()
    {
        { "person", person.Value },
        { "askedAt", askedAt },
        { "stoppedAt", stoppedAt },
    };
}

/// <summary>That somebody waits for replies to a comment.</summary>
public sealed record ReplyWatch(SubscriberId Person, DateTimeOffset AskedAt, DateTimeOffset? StoppedAt, ETag ETag);

/// <summary>How a notice stands.</summary>
public sealed record ReplyClaim(NoticeState State, ETag ETag);

/// <summary>How a notice stands.</summary>
public enum NoticeState
{
    /// <summary>It is being sent, or nobody knows whether it was.</summary>
    Claimed,

    /// <summary>It surely was not sent, and is to be tried again.</summary>
    Waiting,

    /// <summary>The provider has it.</summary>
    Sent,

    /// <summary>It will not be sent.</summary>
    Failed,
}
