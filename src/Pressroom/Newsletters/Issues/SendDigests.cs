using System.Globalization;
using Pressroom.Articles;
using Pressroom.Newsletters.Writing;
using Pressroom.Site.Lists;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Issues;

/// <summary>When digests are sent.</summary>
/// <param name="Digest">How often.</param>
/// <param name="Hour">From which hour on, 0 to 23, by the newsroom's clock.</param>
public sealed record NewsletterSettings(DigestRhythm Digest, int Hour);

/// <summary>How often there is a digest.</summary>
public enum DigestRhythm
{
    /// <summary>Never.</summary>
    None,

    /// <summary>Every day.</summary>
    Daily,

    /// <summary>On Mondays.</summary>
    Weekly,
}

/// <summary>Starts the digest of a day or week in each language that has new articles.</summary>
/// <remarks>Table <c>newsletters</c>, partition <c>digests</c>, row = language: the period of the last digest and the articles' times that it covers.
/// Written before the issue is made: a run that was cut short is made up for by the next, with the same articles; and no article is in two.</remarks>
public sealed class SendDigests(
    ITableStore tables, ListStore lists, ComposeMail compose, StartNewsletter start, NewsletterStore newsletters, NewsletterSettings settings, SiteSettings site,
    TimeProvider time)
{
    private const string Partition = "digests";
    private const int MostArticles = 40;
    private const int MostLookedAt = 1_000;

    // An article published just now may not be in the lists yet; it is for the next digest.
    private static readonly TimeSpan ListsAreSlow = TimeSpan.FromMinutes(2);

    /// <summary>Starts what is due; nothing at other hours, where nothing is new, or where it is started already.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var local = TimeZoneInfo.ConvertTime(now, site.TimeZone);
        if (settings.Digest == DigestRhythm.None || PeriodOf(local) is not { } period)
        {
            return;
        }

        var span = settings.Digest == DigestRhythm.Daily ? TimeSpan.FromDays(1) : TimeSpan.FromDays(7);

        // A language that was silent for long is not looked for further back than two spans.
        var recent = await lists.ItemsAsync(ListKey.All, new KeyRange("", null), MostLookedAt, cancellation);
        var languages = recent.Where(item => item.Article.PublishedAt > now - (2 * span)).Select(item => item.Article.Language).Distinct();
        foreach (var language in languages.ToList())
        {
            await RunAsync(language, period, local, span, cancellation);
        }
    }

    private async Task RunAsync(Language language, string period, DateTimeOffset local, TimeSpan span, CancellationToken cancellation)
    {
        var id = NewsletterId.Digest(period, language);
        if (await newsletters.FindAsync(id, cancellation) is not null || await CoverAsync(language, period, span, cancellation) is not var (from, through))
        {
            return;
        }

        var items = await lists.ItemsAsync(new ListKey(ListKind.Language, language.Tag), new KeyRange("", null), MostLookedAt, cancellation);
        var articles = items.Select(item => item.Article)
            .Where(article => article.PublishedAt > from && article.PublishedAt <= through)
            .Take(MostArticles).ToList();
        if (articles.Count == 0)
        {
            return;
        }

        var sections = articles.Select(article => article.Section is { } name ? Slug.From(name)?.Value : null).Distinct().ToList();
        var audience = new Audience(language, sections.Contains(null) ? [] : [.. sections.OfType<string>()]);
        var composed = compose.Digest(language, articles, local, StartNewsletter.WebPath(id));
        await start.MakeAsync(id, NewsletterKind.Digest, audience, composed, cancellation);
    }

    // The times of the articles in this period's digest; null where another run has just decided otherwise.
    private async Task<(DateTimeOffset From, DateTimeOffset Through)?> CoverAsync(Language language, string period, TimeSpan span, CancellationToken cancellation)
    {
        var row = await tables.GetAsync(NewsletterStore.Table, Partition, language.Tag, cancellation);
        if (row is not null && row.Columns.Text("period") == period)
        {
            return (row.Columns.Time("from"), row.Columns.Time("through"));
        }

        var through = time.GetUtcNow() - ListsAreSlow;
        var from = through - span;
        if (row?.Columns.TimeOrNull("through") is { } last && last > through - (2 * span))
        {
            from = last;
        }

        var columns = new Columns { { "period", period }, { "from", from }, { "through", through } };
        TableOperation write = row is null
            ? new TableOperation.Insert(language.Tag, columns)
            : new TableOperation.Replace(language.Tag, columns, row.ETag);
        var result = await tables.CommitAsync(NewsletterStore.Table, Partition, [write], cancellation);
        return result.Committed ? (from, through) : null;
    }

    // Null before the hour. A weekly digest missed on Monday is made up for on the days after.
    private string? PeriodOf(DateTimeOffset local)
    {
        if (settings.Digest == DigestRhythm.Daily)
        {
            return local.Hour >= settings.Hour ? local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;
        }

        return local.DayOfWeek == DayOfWeek.Monday && local.Hour < settings.Hour
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(local.DateTime)}-w{ISOWeek.GetWeekOfYear(local.DateTime):D2}");
    }
}
