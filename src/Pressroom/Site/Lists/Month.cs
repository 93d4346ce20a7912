using System.Globalization;

namespace Pressroom.Site.Lists;

/// <summary>A month of the newsroom's calendar: <c>2026-11</c>.</summary>
public readonly record struct Month(int Year, int Number)
{
    /// <summary>The month after.</summary>
    public Month Next => Number == 12 ? new Month(Year + 1, 1) : new Month(Year, Number + 1);

    /// <summary>Where its archive pages lie: <c>archive/2026/11/</c>.</summary>
    public string Folder => string.Create(CultureInfo.InvariantCulture, $"archive/{Year:D4}/{Number:D2}/");

    /// <summary>The month of a moment, by the given clock.</summary>
    public static Month Of(DateTimeOffset moment, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(moment, zone);
        return new Month(local.Year, local.Month);
    }

    /// <summary>Reads <c>2026-11</c>.</summary>
    public static Month Parse(string text) => new(
        int.Parse(text.AsSpan(0, 4), CultureInfo.InvariantCulture), int.Parse(text.AsSpan(5, 2), CultureInfo.InvariantCulture));

    /// <summary>Its first moment, by the given clock.</summary>
    public DateTimeOffset Start(TimeZoneInfo zone)
    {
        var local = new DateTime(Year, Number, 1, 0, 0, 0, DateTimeKind.Unspecified);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:D4}-{Number:D2}");
}
