namespace Pressroom.Storage;

/// <summary>A blob store that tells of the changes made through it.</summary>
public interface INotifyBlobChanges
{
    /// <summary>Whether nobody else writes its blobs, so that it tells of every change.</summary>
    bool IsAlone { get; }

    /// <summary>A blob may have been written or deleted: raised once every reader sees it and before the writer's task completes. A handler
    /// must be quick and not throw.</summary>
    event Action<BlobPath>? Changed;
}
