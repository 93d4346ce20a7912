using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Articles;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Newsletters.Writing;
using Pressroom.Site;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Newsletters.Issues;

/// <summary>Makes an issue, and sets its lanes going.</summary>
/// <remarks>
/// Making: 1 hold the intent, 2 write the page for browsers and the mail, 3 commit the issue's row, 4 put it into the list, 5 release the
/// intent. Killed before 3 there is nothing that anybody reads; after it, the message goes on. Starting: the audience is counted, the row
/// gets its total and lanes, then one message for each lane that is not at its end. Repeated, it sends messages again, which find their
/// batches in the ledger; so it also resumes what was paused.
/// </remarks>
public sealed class StartNewsletter(
    NewsletterStore newsletters, SubscriberStore subscribers, ArticleStore articles, FinishNewsletter finish, SiteFiles files, IQueueStore queues, TimeProvider time)
{
    /// <summary>The queue of issues to start or to resume.</summary>
    public const string Queue = "newsletter-start";

    private const int MostLanes = 16;
    private const int RecipientsForALane = 4_000;
    private const int PageSize = 1_000;
    private const int ShardsAtOnce = 4;
    private const int MostWatched = 100;

    // Longer than a claim lasts.
    private static readonly TimeSpan StandsStill = TimeSpan.FromMinutes(10);

    /// <summary>Where an issue can be seen in a browser.</summary>
    public static string WebPath(NewsletterId id) => $"newsletters/{id}/";

    /// <summary>Makes the issue, unless there is one of that id.</summary>
    /// <returns>The issue that there is now.</returns>
    public async Task<Newsletter> MakeAsync(NewsletterId id, NewsletterKind kind, Audience audience, ComposedIssue composed, CancellationToken cancellation)
    {
        if (await newsletters.FindAsync(id, cancellation) is { Newsletter: var known })
        {
            return known;
        }

        var intent = await Intent.HoldAsync(queues, Queue, new StartNewsletterMessage(id.Value).ToJson(), cancellation);
        if (kind != NewsletterKind.Article)
        {
            var page = new BlobContent(composed.WebPage, "text/html; charset=utf-8") { CacheControl = "public, max-age=3600" };
            await files.WriteAsync(SiteFiles.Page(WebPath(id)), page, BlobCondition.IfAbsent, cancellation);
        }

        await newsletters.FreezeAsync(id, composed.Content, cancellation);

        // The subject that counts is the frozen mail's, which may be that of an attempt that was cut short.
        var frozen = await newsletters.ReadContentAsync(id, cancellation);
        var issue = new Newsletter
        {
            Id = id,
            Kind = kind,
            Subject = frozen.Subject,
            Audience = audience,
            State = NewsletterState.Starting,
            CreatedAt = time.GetUtcNow(),
        };
        if (await newsletters.WriteAsync(issue, null, cancellation) is null)
        {
            await intent.WithdrawAsync();
            return (await newsletters.FindAsync(id, cancellation))!.Newsletter;
        }

        await newsletters.IndexAsync(issue, CancellationToken.None);
        await intent.ReleaseAsync();
        return issue;
    }

    /// <summary>Counts the audience where that is not done, and sets all lanes going that are not at their end.</summary>
    public async Task RunAsync(StartNewsletterMessage message, CancellationToken cancellation)
    {
        while (await newsletters.FindAsync(NewsletterId.Parse(message.Newsletter), cancellation) is { Newsletter: var issue } stored)
        {
            if (issue.State == NewsletterState.Sending)
            {
                await SetGoingAsync(issue, cancellation);
                return;
            }

            if (issue.State != NewsletterState.Starting)
            {
                return;
            }

            await newsletters.IndexAsync(issue, cancellation);
            var counted = await IsWithdrawnAsync(issue, cancellation)
                ? issue with { State = NewsletterState.Cancelled, Reason = "The article was taken back before it was sent.", FinishedAt = time.GetUtcNow() }
                : await CountAsync(issue, cancellation);
            if (await newsletters.WriteAsync(counted, stored.ETag, cancellation) is not null && counted.State == NewsletterState.Cancelled)
            {
                return;
            }
        }
    }

    /// <summary>Sets issues going again that stand still, because a message of theirs was given up: a host that is killed five times over the
    /// same message makes it a poisoned one.</summary>
    public async Task WatchAsync(CancellationToken cancellation)
    {
        var quietSince = time.GetUtcNow() - StandsStill;
        var (issues, _) = await newsletters.ListAsync(null, MostWatched, cancellation);
        foreach (var issue in issues.Where(issue => issue.State is NewsletterState.Starting or NewsletterState.Sending && issue.CreatedAt < quietSince))
        {
            var isQuiet = true;
            await foreach (var stored in newsletters.AllBatchesAsync(issue.Id, cancellation))
            {
                isQuiet &= stored.Batch.UpdatedAt < quietSince && !(stored.Batch.RetryAt > quietSince);
            }

            if (isQuiet)
            {
                await queues.SendAsync(Queue, new StartNewsletterMessage(issue.Id.Value).ToJson(), TimeSpan.Zero, cancellation);
            }
        }
    }

    private async Task<bool> IsWithdrawnAsync(Newsletter issue, CancellationToken cancellation) =>
        issue.Kind == NewsletterKind.Article
        && await articles.FindAsync(ArticleId.Parse(issue.Id.Value[^32..]), cancellation) is not { Article.IsLive: true };

    // A page of each of some shards at a time is all that is in memory.
    private async Task<Newsletter> CountAsync(Newsletter issue, CancellationToken cancellation)
    {
        var total = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = ShardsAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Enumerable.Range(0, SubscriberStore.Shards), options, async (shard, stop) =>
        {
            await foreach (var page in subscribers.PagesAsync(new ShardRange(shard, shard + 1), null, PageSize, stop))
            {
                Interlocked.Add(ref total, page.Count(stored => issue.Audience.Includes(stored.Subscriber, issue.CreatedAt)));
            }
        });

        // So many that they go out side by side, so few that calls are full.
        var lanes = 1;
        while (lanes < MostLanes && lanes * RecipientsForALane < total)
        {
            lanes *= 2;
        }

        return issue with { State = NewsletterState.Sending, Total = total, Lanes = lanes };
    }

    private async Task SetGoingAsync(Newsletter issue, CancellationToken cancellation)
    {
        var ended = await newsletters.EndedLanesAsync(issue.Id, cancellation);
        if (ended.Count == issue.Lanes)
        {
            await finish.RunAsync(issue.Id, cancellation);
            return;
        }

        // The last batch of each lane leads on; any other that waits for something gets a message of its own.
        var last = new NewsletterBatch?[issue.Lanes];
        await foreach (var stored in newsletters.AllBatchesAsync(issue.Id, cancellation))
        {
            var batch = stored.Batch;
            if (last[batch.Name.Lane] is { IsSettled: false } waiting)
            {
                await SendAsync(issue.Id, waiting.Name, cancellation);
            }

            last[batch.Name.Lane] = batch;
        }

        for (var lane = 0; lane < issue.Lanes; lane++)
        {
            if (!ended.Contains(lane) || last[lane] is { IsSettled: false })
            {
                await SendAsync(issue.Id, last[lane]?.Name ?? new BatchName(lane, 0), cancellation);
            }
        }
    }

    private Task SendAsync(NewsletterId id, BatchName name, CancellationToken cancellation) =>
        queues.SendAsync(SendNewsletter.Queue, new SendNewsletterMessage(id.Value, name.Lane, name.Number).ToJson(), TimeSpan.Zero, cancellation);
}

/// <summary>Ends an issue whose lanes have ended.</summary>
public sealed class FinishNewsletter(NewsletterStore newsletters, TimeProvider time)
{
    /// <summary>Notes what became of the recipients, and that the issue is sent, if it is under way and at its end; of one that is
    /// sent already, what has become of its recipients since.</summary>
    public async Task RunAsync(NewsletterId id, CancellationToken cancellation)
    {
        while (await newsletters.FindAsync(id, cancellation) is { Newsletter: { State: NewsletterState.Sending or NewsletterState.Sent } issue } stored
            && (await newsletters.EndedLanesAsync(id, cancellation)).Count == issue.Lanes)
        {
            var tally = await newsletters.TallyAsync(id, cancellation);
            var finished = issue with
            {
                State = NewsletterState.Sent,
                FinishedAt = issue.FinishedAt ?? time.GetUtcNow(),

                // Who left after the audience was counted and before their batch was made is in no batch.
                Tally = tally with { Left = Math.Max(tally.Left, issue.Total.GetValueOrDefault() - tally.Sent - tally.Failed - tally.Unknown) },
            };
            if (finished == issue || await newsletters.WriteAsync(finished, stored.ETag, cancellation) is not null)
            {
                return;
            }
        }
    }
}

/// <summary>The message that an issue is to be started or resumed.</summary>
public sealed record StartNewsletterMessage(string Newsletter) : TracedMessage
{
    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, NewsletterMessageJson.Default.StartNewsletterMessage);
}

/// <summary>The message that a batch is next, or waits for something.</summary>
public sealed record SendNewsletterMessage(string Newsletter, int Lane, int Batch) : TracedMessage
{
    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, NewsletterMessageJson.Default.SendNewsletterMessage);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StartNewsletterMessage))]
[JsonSerializable(typeof(SendNewsletterMessage))]
internal sealed partial class NewsletterMessageJson : JsonSerializerContext;
