using Pressroom.Storage;

namespace Pressroom.LocalHost.Site;

internal interface INotifyChanges
{
    event Action<BlobPath>? Changed;
}
