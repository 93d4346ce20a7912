using System.Security.Cryptography;
using System.Text;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Issues;

/// <summary>An issue's figures, in recipients: who opens twice counts once.</summary>
public sealed record NewsletterFigures(int Delivered, int Bounced, int Complained, int Unsubscribed, int Opened, int Clicked)
{
    /// <summary>Nothing yet.</summary>
    public static NewsletterFigures None { get; } = new(0, 0, 0, 0, 0, 0);

    internal NewsletterFigures With(MailEventKind kind) => kind switch
    {
        MailEventKind.Delivered => this with { Delivered = Delivered + 1 },
        MailEventKind.Bounced => this with { Bounced = Bounced + 1 },
        MailEventKind.Complained => this with { Complained = Complained + 1 },
        MailEventKind.Unsubscribed => this with { Unsubscribed = Unsubscribed + 1 },
        MailEventKind.Opened => this with { Opened = Opened + 1 },
        MailEventKind.Clicked => this with { Clicked = Clicked + 1 },
        _ => this,
    };

    internal NewsletterFigures Plus(NewsletterFigures other) => new(
        Delivered + other.Delivered, Bounced + other.Bounced, Complained + other.Complained,
        Unsubscribed + other.Unsubscribed, Opened + other.Opened, Clicked + other.Clicked);
}

/// <summary>Counts a provider's events, each once, and draws what follows from them. Any order and any number of repeats come to the same.</summary>
/// <remarks>
/// Table <c>mailevents</c>: partition <c>{issue id}|{first digit of the recipient's id}</c>, so that many events spread over 16 partitions. Rows:
/// <c>event|{hash of the event's id}</c>; <c>person|{kind}|{recipient}</c>, so that a person counts once; <c>figures</c>, the sums.
/// One batch writes an event, its person and the sums, so an event is counted when its row is there, and not otherwise.
/// What follows (suppression, the proof of a batch) is done first, and may be done again.
/// Ninety days after an issue's end its figures are final: events that come later are not counted, so that <see cref="ForgetIssues"/> can take
/// away all rows but the sums, and nothing is counted twice for it.
/// </remarks>
public sealed class CountEvents(
    ITableStore tables, NewsletterStore newsletters, SubscriberStore subscribers, FinishNewsletter finish, IEnumerable<IMailUnwanted> others, TimeProvider time)
{
    internal static readonly TimeSpan CountedFor = TimeSpan.FromDays(90);

    private const string Table = "mailevents";
    private const string EventPrefix = "event|";
    private const string PersonPrefix = "person|";
    private const string FiguresRow = "figures";
    private const string Digits = "0123456789abcdef";
    private const int EventsAtOnce = 45; // two rows each, and the sums, in a batch of a hundred

    /// <summary>Counts the events.</summary>
    public async Task RunAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellation)
    {
        foreach (var some in events.Where(one => one is { RecipientId: not null, Suppresses: true }).GroupBy(one => one.RecipientId!))
        {
            if (SubscriberId.TryParse(some.Key, out var id))
            {
                await SuppressAsync(id, some.ToList(), cancellation);
                foreach (var other in others)
                {
                    await other.StopAsync(id, cancellation);
                }
            }
        }

        var known = events.Select(one => (Event: one, Place: Parse(one.BatchId))).Where(pair => pair.Place is not null).ToList();
        foreach (var (newsletter, batch) in known.Select(pair => pair.Place!.Value).Distinct().ToList())
        {
            if (!await ProveAsync(newsletter, batch, cancellation))
            {
                known.RemoveAll(pair => pair.Place == (newsletter, batch));
            }
        }

        foreach (var newsletter in known.Select(pair => pair.Place!.Value.Newsletter).Distinct().ToList())
        {
            if (await newsletters.FindAsync(newsletter, cancellation) is { Newsletter.FinishedAt: { } end } && end + CountedFor < time.GetUtcNow())
            {
                known.RemoveAll(pair => pair.Place!.Value.Newsletter == newsletter);
            }
        }

        var countable = known.Where(pair => IsCounted(pair.Event) && SubscriberId.TryParse(pair.Event.RecipientId, out _));
        await Task.WhenAll(countable.GroupBy(pair => Partition(pair.Place!.Value.Newsletter, pair.Event.RecipientId![0])).Select(async partition =>
        {
            foreach (var some in partition.Select(pair => pair.Event).DistinctBy(one => one.Id, StringComparer.Ordinal).Chunk(EventsAtOnce))
            {
                await CountAsync(partition.Key, some, cancellation);
            }
        }));
    }

    /// <summary>An issue's figures so far.</summary>
    public async Task<NewsletterFigures> FiguresAsync(NewsletterId id, CancellationToken cancellation)
    {
        var rows = await Task.WhenAll(Digits.Select(digit => tables.GetAsync(Table, Partition(id, digit), FiguresRow, cancellation)));
        return rows.Select(Read).Aggregate(NewsletterFigures.None, (sum, figures) => sum.Plus(figures));
    }

    /// <summary>Forgets by what an issue's events were told apart; the sums stay.</summary>
    internal async Task ForgetAsync(NewsletterId id, CancellationToken cancellation)
    {
        foreach (var digit in Digits)
        {
            await tables.DeleteAllAsync(Table, Partition(id, digit), RowRange.Prefix(EventPrefix), cancellation);
            await tables.DeleteAllAsync(Table, Partition(id, digit), RowRange.Prefix(PersonPrefix), cancellation);
        }
    }

    // A machine that opens every mail says nothing of its reader.
    private static bool IsCounted(MailEvent one) => NewsletterFigures.None.With(one.Kind) != NewsletterFigures.None && !(one.Kind == MailEventKind.Opened && one.IsMachine);

    private static string Partition(NewsletterId id, char digit) => $"{id}|{digit}";

    private static (NewsletterId Newsletter, BatchName Batch)? Parse(string? batch) =>
        batch?.Split('.') is [var issue, var name] && NewsletterId.TryParse(issue, out var id) && BatchName.TryParse(name, out var parsed) ? (id, parsed) : null;

    // Not by an event from before the subscription, which may come late or again.
    private Task SuppressAsync(SubscriberId id, IReadOnlyList<MailEvent> events, CancellationToken cancellation) =>
        subscribers.ChangeAsync(
            id,
            subscriber =>
            {
                var now = time.GetUtcNow();
                var since = subscriber.ConfirmedAt?.ToUnixTimeSeconds() ?? 0;
                foreach (var one in events.Where(one => one.At.ToUnixTimeSeconds() >= since))
                {
                    subscriber = one.Kind switch
                    {
                        MailEventKind.Complained => subscriber.Suppressed(Suppression.Complaint, now),
                        MailEventKind.Unsubscribed when subscriber.State == SubscriberState.Unsubscribed => subscriber,
                        MailEventKind.Unsubscribed => subscriber.Unsubscribed(now),
                        _ => subscriber.Suppressed(Suppression.Bounce, now),
                    };
                }

                return subscriber;
            },
            cancellation);

    // False when there is no such batch.
    private async Task<bool> ProveAsync(NewsletterId id, BatchName name, CancellationToken cancellation)
    {
        while (await newsletters.FindBatchAsync(id, name, cancellation) is { Batch: var batch } stored)
        {
            if (batch.State == BatchState.Sent || batch.IsProven)
            {
                return true;
            }

            // The one that sends it will find out; others are settled here.
            var proven = batch.State == BatchState.Sending ? batch with { IsProven = true } : batch.Proven();
            if (await newsletters.WriteBatchAsync(id, proven with { UpdatedAt = time.GetUtcNow() }, stored.ETag, cancellation) is not null)
            {
                if (proven.IsSettled)
                {
                    await finish.RunAsync(id, cancellation);
                }

                return true;
            }
        }

        return false;
    }

    private async Task CountAsync(string partition, IReadOnlyList<MailEvent> events, CancellationToken cancellation)
    {
        while (true)
        {
            var sums = await tables.GetAsync(Table, partition, FiguresRow, cancellation);
            var figures = Read(sums);
            var operations = new List<TableOperation>();
            var persons = new HashSet<string>(StringComparer.Ordinal);
            foreach (var one in events)
            {
                var row = EventPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(one.Id)).AsSpan(0, 16));
                if (await tables.GetAsync(Table, partition, row, cancellation) is not null)
                {
                    continue;
                }

                operations.Add(new TableOperation.Insert(row, new Columns { { "kind", one.Kind.ToString() }, { "at", one.At } }));
                var person = $"{PersonPrefix}{one.Kind}|{one.RecipientId}";
                if (persons.Add(person) && await tables.GetAsync(Table, partition, person, cancellation) is null)
                {
                    operations.Add(new TableOperation.Insert(person, new Columns { { "at", one.At } }));
                    figures = figures.With(one.Kind);
                }
            }

            if (operations.Count == 0)
            {
                return;
            }

            operations.Add(sums is null
                ? new TableOperation.Insert(FiguresRow, Write(figures))
                : new TableOperation.Replace(FiguresRow, Write(figures), sums.ETag));
            if ((await tables.CommitAsync(Table, partition, operations, cancellation)).Committed)
            {
                return;
            }
        }
    }

    private static NewsletterFigures Read(TableRow? row) => row is null ? NewsletterFigures.None : new NewsletterFigures(
        Number(row, "delivered"), Number(row, "bounced"), Number(row, "complained"), Number(row, "unsubscribed"), Number(row, "opened"), Number(row, "clicked"));

    private static int Number(TableRow row, string name) => (int)(row.Columns.NumberOrNull(name) ?? 0);

    private static Columns Write(NewsletterFigures figures) => new()
    {
        { "delivered", figures.Delivered },
        { "bounced", figures.Bounced },
        { "complained", figures.Complained },
        { "unsubscribed", figures.Unsubscribed },
        { "opened", figures.Opened },
        { "clicked", figures.Clicked },
    };
}
