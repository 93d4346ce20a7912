using Pressroom.Site;
using Pressroom.Site.Lists;
using Pressroom.Storage;

namespace Pressroom.Articles;

/// <summary>Writes an author's record, and has the pages of the author's articles made again.</summary>
public sealed class SaveAuthor(AuthorStore authors, IQueueStore queues)
{
    /// <summary>Writes the record over the given version; over nothing when that is null.</summary>
    /// <returns>The new version; null when the record has changed since.</returns>
    public async Task<ETag?> RunAsync(Author author, ETag? previous, CancellationToken cancellation)
    {
        var message = new RebuildMessage(new ListKey(ListKind.Author, author.Key).Value, "").ToJson();
        var intent = await Intent.HoldAsync(queues, RebuildSite.Queue, message, cancellation);
        if (await authors.WriteAsync(author, previous, cancellation) is not { } etag)
        {
            await intent.WithdrawAsync();
            return null;
        }

        await intent.ReleaseAsync();
        return etag;
    }
}
