using Pressroom.Backup;
using Pressroom.Storage;

namespace Pressroom.Deliveries;

/// <summary>A delivery that was under way when a backup was made may have gone out since: here that is unknown, and a person decides.</summary>
internal sealed class DeliveryArrival : IArrival
{
    /// <inheritdoc/>
    public string Table => DeliveryStore.Table;

    /// <inheritdoc/>
    public Columns Arrive(string row, Columns columns, DateTimeOffset now) =>
        columns.TextOrNull("state") is nameof(DeliveryState.Queued) or nameof(DeliveryState.Sending)
            ? columns.With("state", nameof(DeliveryState.Unknown)).With("claimedBy", null).With("updatedAt", now)
                .With("reason", IArrival.UnderWay)
            : columns;
}
