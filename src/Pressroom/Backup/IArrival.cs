using Pressroom.Storage;

namespace Pressroom.Backup;

/// <summary>What a feature makes of its rows when they arrive in another storage, where nothing knows how far the work behind them has come
/// since.</summary>
public interface IArrival
{
    /// <summary>Why something is not known here.</summary>
    const string UnderWay = "It was under way when the backup was made that it comes from.";

    /// <summary>The table that the rows are of.</summary>
    string Table { get; }

    /// <summary>The row as it is to be stored.</summary>
    Columns Arrive(string row, Columns columns, DateTimeOffset now);
}
