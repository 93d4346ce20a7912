using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Pressroom.Storage.Azure;

/// <summary>Block blobs of one account.</summary>
internal sealed class AzureBlobs(BlobServiceClient service) : IBlobStore, INotifyBlobChanges
{
    public event Action<BlobPath>? Changed;

    // Other hosts write to the account too.
    public bool IsAlone => false;

    public async Task<Blob?> ReadAsync(BlobPath path, CancellationToken cancellation)
    {
        AzureLimits.CheckBlob(path);
        try
        {
            var read = (await ClientOf(path).DownloadContentAsync(cancellation)).Value;
            var headers = read.Details;
            var content = new BlobContent(read.Content.ToMemory(), headers.ContentType)
            {
                CacheControl = string.IsNullOrEmpty(headers.CacheControl) ? null : headers.CacheControl,
                Metadata = new Dictionary<string, string>(headers.Metadata),
            };
            return new Blob(content, Version(headers.ETag), headers.LastModified);
        }
        catch (RequestFailedException missing) when (IsMissing(missing))
        {
            return null;
        }
    }

    public async Task<BlobProperties?> FindAsync(BlobPath path, CancellationToken cancellation)
    {
        AzureLimits.CheckBlob(path);
        try
        {
            var found = (await ClientOf(path).GetPropertiesAsync(cancellationToken: cancellation)).Value;
            var cacheControl = string.IsNullOrEmpty(found.CacheControl) ? null : found.CacheControl;
            return new BlobProperties(Version(found.ETag), found.ContentType, cacheControl, new Dictionary<string, string>(found.Metadata), found.LastModified);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // A HEAD has no body to say whether it is the blob or the container.
            return null;
        }
    }

    public async Task<ETag?> WriteAsync(BlobPath path, BlobContent content, BlobCondition condition, CancellationToken cancellation)
    {
        AzureLimits.CheckBlob(path);
        AzureLimits.CheckContent(content);
        try
        {
            return await TryWriteAsync(path, content, condition, cancellation);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await CreateAsync(path.Container, cancellation);
            return await TryWriteAsync(path, content, condition, cancellation);
        }
        finally
        {
            Changed?.Invoke(path); // also when the answer was lost: it may be written all the same
        }
    }

    public Task DeleteAsync(BlobPath path, CancellationToken cancellation) => DeleteAsync(path, new BlobRequestConditions(), cancellation);

    public Task<bool> DeleteAsync(BlobPath path, ETag version, CancellationToken cancellation) =>
        DeleteAsync(path, new BlobRequestConditions { IfMatch = new global::Azure.ETag(version.Value) }, cancellation);

    public async IAsyncEnumerable<string> ListAsync(string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        AzureLimits.CheckContainer(container);
        var pages = service.GetBlobContainerClient(container).GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation);
        await using var blobs = pages.GetAsyncEnumerator(cancellation);
        while (await MoveNextAsync(blobs))
        {
            yield return blobs.Current.Name;
        }
    }

    // False where there is no such version; the container may not be there either.
    private async Task<bool> DeleteAsync(BlobPath path, BlobRequestConditions conditions, CancellationToken cancellation)
    {
        AzureLimits.CheckBlob(path);
        try
        {
            return (await ClientOf(path).DeleteIfExistsAsync(conditions: conditions, cancellationToken: cancellation)).Value;
        }
        catch (RequestFailedException refused) when (IsMissing(refused) || refused.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            return false;
        }
        finally
        {
            Changed?.Invoke(path);
        }
    }

    private static async Task<bool> MoveNextAsync(IAsyncEnumerator<BlobItem> blobs)
    {
        try
        {
            return await blobs.MoveNextAsync();
        }
        catch (RequestFailedException missing) when (IsMissing(missing))
        {
            return false;
        }
    }

    private async Task<ETag?> TryWriteAsync(BlobPath path, BlobContent content, BlobCondition condition, CancellationToken cancellation)
    {
        var options = new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = content.ContentType, CacheControl = content.CacheControl },
            Metadata = content.Metadata.ToDictionary(),
            Conditions = new BlobRequestConditions
            {
                IfNoneMatch = condition.MustBeAbsent ? global::Azure.ETag.All : null,
                IfMatch = condition.Match is { } match ? new global::Azure.ETag(match.Value) : null,
            },
        };
        var resending = Resending.Watch();
        try
        {
            var written = await ClientOf(path).UploadAsync(BinaryData.FromBytes(content.Bytes), options, cancellation);
            return Version(written.Value.ETag);
        }
        catch (RequestFailedException refused) when (refused.ErrorCode == BlobErrorCode.BlobAlreadyExists || refused.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            return resending.Happened && await ReadAsync(path, cancellation) is { } present && IsSame(present.Content, content) ? present.ETag : null;
        }
    }

    /// <summary>The site's container is readable by anyone, where the account allows that. It need not: Azure's static website
    /// serves it all the same.</summary>
    private async Task CreateAsync(string name, CancellationToken cancellation)
    {
        var container = service.GetBlobContainerClient(name);
        try
        {
            await container.CreateIfNotExistsAsync(name == "$web" ? PublicAccessType.Blob : PublicAccessType.None, cancellationToken: cancellation);
        }
        catch (RequestFailedException refused) when (refused.ErrorCode == "PublicAccessNotPermitted")
        {
            await container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellation);
        }
    }

    private BlobClient ClientOf(BlobPath path) => service.GetBlobContainerClient(path.Container).GetBlobClient(path.Name);

    private static bool IsMissing(RequestFailedException failure) =>
        failure.ErrorCode == BlobErrorCode.BlobNotFound || failure.ErrorCode == BlobErrorCode.ContainerNotFound;

    private static ETag Version(global::Azure.ETag etag) => new(etag.ToString());

    private static bool IsSame(BlobContent one, BlobContent other) =>
        one.ContentType == other.ContentType
        && one.CacheControl == other.CacheControl
        && one.Metadata.Count == other.Metadata.Count
        && one.Metadata.All(m => other.Metadata.TryGetValue(m.Key, out var value) && value == m.Value)
        && one.Bytes.Span.SequenceEqual(other.Bytes.Span);
}
