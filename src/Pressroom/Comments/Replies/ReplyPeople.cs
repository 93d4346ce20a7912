using System.Globalization;
using Pressroom.Articles;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Comments.Replies;

/// <summary>Those who asked to be told of replies: the only table of the notices that holds their addresses.</summary>
/// <remarks>Table <c>replypeople</c>: partition = person id; row <c>person</c>; rows <c>watch-{article id}-{comment id}</c>: which comments they
/// wait for replies to. Partition <c>due</c>, row <c>{day}-{person id}</c>: who is to be forgotten then, unless they have confirmed. Both are
/// written before what they lead to, so that nothing is ever held that could not be found.</remarks>
public sealed class ReplyPeople(ITableStore tables)
{
    private const string Table = "replypeople";
    private const string PersonRow = "person";
    private const string WatchPrefix = "watch-";
    private const string DuePartition = "due";
    private const int PageSize = 100;

    /// <summary>The person; null where there is none.</summary>
    public async Task<StoredReplyPerson?> FindAsync(SubscriberId id, CancellationToken cancellation) =>
        await tables.GetAsync(Table, id.Value, PersonRow, cancellation) is { } row ? new StoredReplyPerson(Read(id, row.Columns), row.ETag) : null;

    /// <summary>Writes a person over the given version; over nothing when that is null.</summary>
    /// <returns>False when the row has changed since.</returns>
    public async Task<bool> WriteAsync(ReplyPerson person, ETag? previous, CancellationToken cancellation)
    {
        TableOperation write = previous is { } etag
            ? new TableOperation.Replace(PersonRow, Write(person), etag)
            : new TableOperation.Insert(PersonRow, Write(person));
        return (await tables.CommitAsync(Table, person.Id.Value, [write], cancellation)).Committed;
    }

    /// <summary>Changes a person as it is now.</summary>
    /// <param name="id">Who.</param>
    /// <param name="change">Gives the changed person, or the same one to leave it so; may be called again.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The person as it is after it; null where there is none.</returns>
    public async Task<ReplyPerson?> ChangeAsync(SubscriberId id, Func<ReplyPerson, ReplyPerson> change, CancellationToken cancellation)
    {
        while (await FindAsync(id, cancellation) is { } stored)
        {
            var changed = change(stored.Person);
            if (changed == stored.Person || await WriteAsync(changed, stored.ETag, cancellation))
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>Deletes the person.</summary>
    public Task DeleteAsync(SubscriberId id, CancellationToken cancellation) => DeleteRowAsync(id.Value, PersonRow, cancellation);

    /// <summary>Notes which comment the person waits for replies to.</summary>
    public Task NoteWatchAsync(SubscriberId person, ArticleId article, CommentId comment, CancellationToken cancellation) =>
        tables.CommitAsync(Table, person.Value, [new TableOperation.Upsert(WatchRow(article, comment), [])], cancellation);

    /// <summary>The comments that the person waits for replies to: of one article, or of all.</summary>
    public async Task<IReadOnlyList<(ArticleId Article, CommentId Comment)>> WatchesAsync(SubscriberId person, ArticleId? article, CancellationToken cancellation)
    {
        var watches = new List<(ArticleId, CommentId)>();
        var range = RowRange.Prefix(article is { } one ? $"{WatchPrefix}{one}-" : WatchPrefix);
        await foreach (var row in tables.AllAsync(Table, person.Value, range, cancellation))
        {
            var parts = row.Row.Split('-');
            watches.Add((ArticleId.Parse(parts[1]), CommentId.Parse(parts[2])));
        }

        return watches;
    }

    /// <summary>Forgets what <see cref="NoteWatchAsync"/> noted.</summary>
    public Task ForgetWatchAsync(SubscriberId person, ArticleId article, CommentId comment, CancellationToken cancellation) =>
        DeleteRowAsync(person.Value, WatchRow(article, comment), cancellation);

    /// <summary>Notes that the person is to be forgotten on that day, unless they have confirmed.</summary>
    public Task NoteDueAsync(SubscriberId person, DateTimeOffset day, CancellationToken cancellation) =>
        tables.CommitAsync(Table, DuePartition, [new TableOperation.Upsert(DueRow(day, person), [])], cancellation);

    /// <summary>Some of the notes of days up to this one, the oldest first.</summary>
    public async Task<IReadOnlyList<DueNote>> DueAsync(DateTimeOffset today, CancellationToken cancellation)
    {
        var before = new RowRange("", Day(today.AddDays(1)));
        var rows = await tables.QueryAsync(Table, DuePartition, before, PageSize, cancellation);
        return rows.Select(row => new DueNote(row.Row, SubscriberId.Parse(row.Row[^32..]))).ToList();
    }

    /// <summary>Forgets a note.</summary>
    public Task ForgetDueAsync(DueNote note, CancellationToken cancellation) => DeleteRowAsync(DuePartition, note.Row, cancellation);

    private async Task DeleteRowAsync(string partition, string row, CancellationToken cancellation)
    {
        while (await tables.GetAsync(Table, partition, row, cancellation) is { } found
            && !(await tables.CommitAsync(Table, partition, [new TableOperation.Delete(row, found.ETag)], cancellation)).Committed)
        {
        }
    }

    private static string WatchRow(ArticleId article, CommentId comment) => $"{WatchPrefix}{article}-{comment}";

    private static string DueRow(DateTimeOffset day, SubscriberId person) => $"{Day(day)}-{person}";

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static ReplyPerson Read(SubscriberId id, Columns columns) => new()
    {
        Id = id,
        Address = EmailAddress.Stored(columns.Text("address")),
        Language = Language.Parse(columns.Text("language")),
        AskedAt = columns.Time("askedAt"),
        PendingSince = columns.TimeOrNull("pendingSince"),
        ConfirmedAt = columns.TimeOrNull("confirmedAt"),
        StoppedAt = columns.TimeOrNull("stoppedAt"),
        Pace = MailPace.Of(columns),
    };

    private static Columns Write(ReplyPerson person)
    {
        var columns = new Columns
        {
            { "address", person.Address.Value },
            { "language", person.Language.Tag },
            { "askedAt", person.AskedAt },
            { "pendingSince", person.PendingSince },
            { "confirmedAt", person.ConfirmedAt },
            { "stoppedAt", person.StoppedAt },
        };
        person.Pace.AddTo(columns);
        return columns;
    }
}

/// <summary>That somebody is to be forgotten, unless they have confirmed.</summary>
public sealed record DueNote(string Row, SubscriberId Person);
