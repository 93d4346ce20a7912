using Pressroom.Site;
using Pressroom.Site.Body;
using Pressroom.Site.Lists;
using Pressroom.Storage;

namespace Pressroom.Articles;

/// <summary>Writes an author's record, and has the pages of the author's articles made again.</summary>
public sealed class SaveAuthor(AuthorStore authors, IQueueStore queues, SiteSettings site)
{
    /// <summary>Complains of a biography that cannot be rendered: one bad record would stop the pages of all the author's articles.</summary>
    public void Check(Author author, FieldErrors errors)
    {
        try
        {
            ArticleBody.Render(author.Bio ?? "", BodyFormat.Markdown, site.Language, site.BaseUrl);
        }
        catch (FormatException pathological)
        {
            errors.Add("bio", pathological.Message);
        }
    }

    /// <summary>Writes a record that passes <see cref="Check"/> over the given version; over nothing when that is null.</summary>
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
