using System.Globalization;
using Pressroom.Articles;
using Pressroom.Site.Themes;

namespace Pressroom.Site.Pages;

/// <summary>Moments by the newsroom's clock, for machines and in a language's words.</summary>
internal sealed class PageDates(Theme theme, SiteSettings site)
{
    public DateView Date(DateTimeOffset moment, Language language)
    {
        var local = TimeZoneInfo.ConvertTime(moment, site.TimeZone);
        return new DateView(Machine(local), DateWords.Date(local, language, theme.TextsOf(language)));
    }

    public DateView DateAndTime(DateTimeOffset moment, Language language)
    {
        var local = TimeZoneInfo.ConvertTime(moment, site.TimeZone);
        return new DateView(Machine(local), DateWords.DateAndTime(local, language, theme.TextsOf(language)));
    }

    public static string Machine(DateTimeOffset local) => local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
