using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Articles;

/// <summary>Which articles are to be published when.</summary>
/// <remarks>Table <c>schedule</c>, partition <c>due</c>, row <c>{unix milliseconds}-{article id}</c>: the truth, which a timer goes
/// through, so that no article is missed. For the exact moment a delayed message goes ahead of the timer. Both only have the article
/// looked at: what counts is what it says itself, so a schedule that was moved or withdrawn leaves rows and messages that do nothing.</remarks>
public sealed class Schedule(ITableStore tables, IQueueStore queues, TimeProvider time)
{
    private const string Table = "schedule";
    private const string Partition = "due";

    // Longer than the timer's period, so that every article gets its message before it is due.
    private static readonly TimeSpan LookAhead = TimeSpan.FromMinutes(2);

    /// <summary>Notes when a scheduled article is due.</summary>
    public async Task PlaceAsync(Article article, CancellationToken cancellation)
    {
        if (article is { Status: ArticleStatus.Scheduled, PublishAt: { } due })
        {
            await tables.CommitAsync(Table, Partition, [new TableOperation.Upsert(Row(due, article.Id), new Columns { { "publishAt", due } })], cancellation);
            await AlertAsync(article.Id, due, cancellation);
        }
    }

    /// <summary>The articles that are due, and, for those about to be, a message at the moment itself.</summary>
    public async Task<IReadOnlyList<DueArticle>> DueAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var rows = await tables.QueryAsync(Table, Partition, new RowRange("", Time(now + LookAhead)), 1_000, cancellation);
        var noted = rows.Select(row => new DueArticle(ArticleId.Parse(row.Row[^32..]), row.Columns.Time("publishAt"))).ToList();
        foreach (var soon in noted.Where(article => article.PublishAt > now))
        {
            await AlertAsync(soon.Id, soon.PublishAt, cancellation);
        }

        return noted.Where(article => article.PublishAt <= now).ToList();
    }

    /// <summary>Strikes out what has been dealt with.</summary>
    public async Task StrikeAsync(DueArticle due, CancellationToken cancellation)
    {
        if (await tables.GetAsync(Table, Partition, Row(due.PublishAt, due.Id), cancellation) is { } row)
        {
            await tables.CommitAsync(Table, Partition, [new TableOperation.Delete(row.Row, row.ETag)], cancellation);
        }
    }

    private async Task AlertAsync(ArticleId id, DateTimeOffset due, CancellationToken cancellation)
    {
        var wait = due - time.GetUtcNow();
        if (wait < LookAhead)
        {
            await queues.SendAsync(ArticleDue.Queue, new ArticleDue(id.Value, due).ToJson(), wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancellation);
        }
    }

    private static string Row(DateTimeOffset due, ArticleId id) => $"{Time(due)}-{id}";

    private static string Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString("D14", CultureInfo.InvariantCulture);
}

/// <summary>An article noted as due.</summary>
public sealed record DueArticle(ArticleId Id, DateTimeOffset PublishAt);

/// <summary>The message that an article's time has come.</summary>
public sealed record ArticleDue(string Id, DateTimeOffset PublishAt) : TracedMessage
{
    /// <summary>The queue it travels in.</summary>
    public const string Queue = "article-due";

    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DueJson.Default.ArticleDue);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ArticleDue))]
internal sealed partial class DueJson : JsonSerializerContext;
