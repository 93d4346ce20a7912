using System.Globalization;

namespace Pressroom.Storage;

/// <summary>Parts of row keys that sort as a reader wants them.</summary>
internal static class RowKey
{
    private const long LastMillisecond = 9_999_999_999_999; // in the year 2286

    /// <summary>13 digits that are the smaller, the later the time is: rows come newest first.</summary>
    public static string NewestFirst(DateTimeOffset time) =>
        (LastMillisecond - time.ToUnixTimeMilliseconds()).ToString("D13", CultureInfo.InvariantCulture);
}
