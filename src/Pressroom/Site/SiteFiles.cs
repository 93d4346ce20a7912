using Pressroom.Storage;

namespace Pressroom.Site;

/// <summary>The files of the public site: container <c>$web</c>, one blob for each address, <c>index.html</c> for those that end in a slash.</summary>
public sealed class SiteFiles(IBlobStore blobs)
{
    /// <summary>The container that is the site.</summary>
    public const string Container = "$web";

    /// <summary>The metadata that a redirect carries for servers that can answer 301: the percent-encoded target.</summary>
    public const string RedirectMetadata = "redirect";

    private const string IndexFile = "index.html";

    /// <summary>The file of a page's path: <c>2026/11/slug/</c> → <c>2026/11/slug/index.html</c>.</summary>
    public static string Page(string path) => path + IndexFile;

    /// <summary>The path of the page that a file is; null for a file that is none.</summary>
    public static string? PathOfPage(string name) => name.EndsWith("/" + IndexFile, StringComparison.Ordinal) ? name[..^IndexFile.Length] : null;

    /// <summary>What is known of a file.</summary>
    public Task<BlobProperties?> FindAsync(string name, CancellationToken cancellation) => blobs.FindAsync(new BlobPath(Container, name), cancellation);

    /// <summary>Writes a file under a condition.</summary>
    /// <returns>False when the condition was not met.</returns>
    public async Task<bool> WriteAsync(string name, BlobContent content, BlobCondition condition, CancellationToken cancellation) =>
        await blobs.WriteAsync(new BlobPath(Container, name), content, condition, cancellation) is not null;

    /// <summary>Deletes a file, if it is there.</summary>
    public Task DeleteAsync(string name, CancellationToken cancellation) => blobs.DeleteAsync(new BlobPath(Container, name), cancellation);

    /// <summary>Deletes this version of a file, if it is there.</summary>
    public Task DeleteAsync(string name, ETag version, CancellationToken cancellation) =>
        blobs.DeleteAsync(new BlobPath(Container, name), version, cancellation);

    /// <summary>The names of the files that begin with a prefix, in ordinal order.</summary>
    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellation) => blobs.ListAsync(Container, prefix, cancellation);

    /// <summary>Writes files that are made from the same state, or deletes those made to be null, so that of racing writers the one
    /// with the newest state comes last: versions are read before the state, and a writer overtaken in between makes its files again.</summary>
    /// <param name="names">The files.</param>
    /// <param name="makeAsync">Reads the state and makes the files, in the order of the names; null to leave all as they are.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task BringUpToDateAsync(
        IReadOnlyList<string> names, Func<CancellationToken, Task<IReadOnlyList<BlobContent?>?>> makeAsync, CancellationToken cancellation)
    {
        while (true)
        {
            var versions = await Task.WhenAll(names.Select(name => FindAsync(name, cancellation)));
            if (await makeAsync(cancellation) is not { } contents)
            {
                return;
            }

            var written = await Task.WhenAll(names.Select((name, index) => PutAsync(name, contents[index], versions[index], cancellation)));
            if (written.All(done => done))
            {
                return;
            }
        }
    }

    private async Task<bool> PutAsync(string name, BlobContent? content, BlobProperties? version, CancellationToken cancellation)
    {
        if (content is not null)
        {
            return await WriteAsync(name, content, BlobCondition.IfMatch(version?.ETag), cancellation);
        }

        if (version is not null)
        {
            await DeleteAsync(name, cancellation);
        }

        return true;
    }
}
