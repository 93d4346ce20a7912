using System.Globalization;

namespace Pressroom.Storage;

/// <summary>Partitions that are named by their day, and go with it.</summary>
internal static class DayPartitions
{
    /// <summary>The UTC day of a moment, as <c>yyyyMMdd</c>.</summary>
    public static string NameOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>Empties the partitions of the days that are more than <paramref name="keptDays"/> ago, and no more than <paramref name="lookedBackDays"/>.</summary>
    public static async Task ForgetAsync(
        ITableStore tables, string table, DateTimeOffset now, int keptDays, int lookedBackDays, CancellationToken cancellation)
    {
        for (var ago = keptDays + 1; ago <= lookedBackDays; ago++)
        {
            await tables.DeleteAllAsync(table, NameOf(now.AddDays(-ago)), RowRange.All, cancellation);
        }
    }
}
