namespace Pressroom.Storage;

/// <summary>A blob store that is alone in writing its blobs, and so can tell of each change.</summary>
public interface INotifyBlobChanges
{
    /// <summary>A blob was written or deleted: raised once every reader sees it and before the writer's task completes. A handler
    /// must be quick and not throw.</summary>
    event Action<BlobPath>? Changed;
}
