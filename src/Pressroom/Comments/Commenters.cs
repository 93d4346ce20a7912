using System.Runtime.CompilerServices;
using Pressroom.Articles;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Comments;

/// <summary>The people who comment: the only table of comments with their addresses.</summary>
/// <remarks>
/// Table <c>commenters</c>, partition = person id (<see cref="SubscriberIds"/>): row <c>person</c>; rows <c>comment-{id}</c> → the article, and
/// whether it is counted as approved. A comment whose person has no row was written by somebody who has been erased.
/// </remarks>
public sealed class Commenters(ITableStore tables)
{
    private const string Table = "commenters";
    private const string PersonRow = "person";
    private const string CommentPrefix = "comment-";

    /// <summary>The person; null where there is none.</summary>
    public async Task<Commenter?> FindAsync(SubscriberId id, CancellationToken cancellation) =>
        await tables.GetAsync(Table, id.Value, PersonRow, cancellation) is { } row ? Read(row.Columns) : null;

    /// <summary>Enters a comment that is about to be committed, and its author as they call themselves now.</summary>
    internal async Task EnterAsync(Comment comment, EmailAddress address, CancellationToken cancellation)
    {
        var person = comment.Person!.Value.Value;
        while (true)
        {
            // The person's row is written each time: so whoever deletes it because it has no comment sees that it has one.
            var row = await tables.GetAsync(Table, person, PersonRow, cancellation);
            var known = row is null ? new Commenter(address, comment.Name, null, 0, null, null) : Read(row.Columns) with { Address = address, Name = comment.Name };
            var entered = new TableOperation.Upsert(CommentPrefix + comment.Id, Write(comment.Article, isApproved: false));
            if ((await tables.CommitAsync(Table, person, [PersonOver(row, known), entered], cancellation)).Committed)
            {
                return;
            }
        }
    }

    /// <summary>Counts the comment among its author's approved ones, or no more.</summary>
    /// <returns>False where the author has been erased.</returns>
    internal async Task<bool> PlaceAsync(Comment comment, CancellationToken cancellation)
    {
        var person = comment.Person!.Value.Value;
        var isApproved = comment.Status == CommentStatus.Approved;
        while (true)
        {
            var row = await tables.GetAsync(Table, person, PersonRow, cancellation);
            if (row is null)
            {
                return false;
            }

            var entered = await tables.GetAsync(Table, person, CommentPrefix + comment.Id, cancellation);
            var wasApproved = entered?.Columns.Flag("approved") ?? false;
            if (entered is not null && wasApproved == isApproved)
            {
                return true;
            }

            var known = Read(row.Columns);
            var count = known.ApprovedCount + (isApproved ? 1 : 0) - (wasApproved ? 1 : 0);
            var columns = Write(comment.Article, isApproved);
            TableOperation entry = entered is null
                ? new TableOperation.Insert(CommentPrefix + comment.Id, columns)
                : new TableOperation.Replace(CommentPrefix + comment.Id, columns, entered.ETag);
            if ((await tables.CommitAsync(Table, person, [PersonOver(row, known with { ApprovedCount = count }), entry], cancellation)).Committed)
            {
                return true;
            }
        }
    }

    /// <summary>Changes a person as they are now.</summary>
    /// <returns>The person after it; null where there is none.</returns>
    internal async Task<Commenter?> ChangeAsync(SubscriberId id, Func<Commenter, Commenter> change, CancellationToken cancellation)
    {
        while (await tables.GetAsync(Table, id.Value, PersonRow, cancellation) is { } row)
        {
            var known = Read(row.Columns);
            var changed = change(known);
            if (changed == known || (await tables.CommitAsync(Table, id.Value, [PersonOver(row, changed)], cancellation)).Committed)
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>A person's comments, the oldest first.</summary>
    internal async IAsyncEnumerable<(CommentId Id, ArticleId Article)> CommentsAsync(SubscriberId id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in tables.AllAsync(Table, id.Value, RowRange.Prefix(CommentPrefix), cancellation))
        {
            yield return (CommentId.Parse(row.Row[CommentPrefix.Length..]), ArticleId.Parse(row.Columns.Text("articleId")));
        }
    }

    /// <summary>Takes away a comment that is gone, and its author where that was their last.</summary>
    internal async Task RemoveAsync(SubscriberId id, CommentId comment, CancellationToken cancellation)
    {
        while (true)
        {
            var person = await tables.GetAsync(Table, id.Value, PersonRow, cancellation);
            var entered = await tables.GetAsync(Table, id.Value, CommentPrefix + comment, cancellation);
            var some = await tables.QueryAsync(Table, id.Value, RowRange.Prefix(CommentPrefix), 2, cancellation);
            var operations = new List<TableOperation>();
            if (entered is not null)
            {
                operations.Add(new TableOperation.Delete(entered.Row, entered.ETag));
            }

            if (person is not null && some.All(row => row.Row == entered?.Row))
            {
                operations.Add(new TableOperation.Delete(PersonRow, person.ETag));
            }
            else if (person is not null && entered?.Columns.Flag("approved") == true)
            {
                var known = Read(person.Columns);
                operations.Add(PersonOver(person, known with { ApprovedCount = known.ApprovedCount - 1 }));
            }

            if (operations.Count == 0 || (await tables.CommitAsync(Table, id.Value, operations, cancellation)).Committed)
            {
                return;
            }
        }
    }

    private static TableOperation PersonOver(TableRow? row, Commenter person)
    {
        var columns = new Columns
        {
            { "address", person.Address.Value },
            { "name", person.Name },
            { "confirmedAt", person.ConfirmedAt },
            { "approvedCount", person.ApprovedCount },
            { "askedAt", person.AskedAt },
            { "askedFor", person.AskedFor?.Value },
        };
        return row is null ? new TableOperation.Insert(PersonRow, columns) : new TableOperation.Replace(PersonRow, columns, row.ETag);
    }

    private static Columns Write(ArticleId article, bool isApproved) => new() { { "articleId", article.Value }, { "approved", isApproved ? true : null } };

    private static Commenter Read(Columns columns) => new(
        EmailAddress.Stored(columns.Text("address")),
        columns.Text("name"),
        columns.TimeOrNull("confirmedAt"),
        (int)columns.Number("approvedCount"),
        columns.TimeOrNull("askedAt"),
        columns.TextOrNull("askedFor") is { } comment ? CommentId.Parse(comment) : null);
}

/// <summary>Somebody who comments.</summary>
/// <param name="Address">Their address.</param>
/// <param name="Name">The name that they gave last.</param>
/// <param name="ConfirmedAt">When they showed that the address is theirs; null before it.</param>
/// <param name="ApprovedCount">How many of their comments are approved.</param>
/// <param name="AskedAt">When they were last asked by mail to confirm the address.</param>
/// <param name="AskedFor">The comment for which they were.</param>
public sealed record Commenter(
    EmailAddress Address, string Name, DateTimeOffset? ConfirmedAt, int ApprovedCount, DateTimeOffset? AskedAt, CommentId? AskedFor)
{
    /// <summary>Whether the newsroom knows them: the address is theirs, and a comment of theirs was good.</summary>
    public bool IsKnown => ConfirmedAt is not null && ApprovedCount > 0;
}
