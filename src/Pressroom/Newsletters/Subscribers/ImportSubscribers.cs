using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Pressroom.Articles;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>Takes over subscribers who have consented elsewhere, from CSV (RFC 4180) in UTF-8 with the columns <c>email</c>, <c>language</c>,
/// <c>sections</c> (parted by semicolons) and <c>consentDate</c> (<c>2026-11-24</c>, or a time with its offset). A column <c>state</c>, as the
/// export has it, brings those who have left, and suppressed addresses, as what they are.</summary>
/// <remarks>Memory stays flat: some thousand lines at a time. Running it again, or again after it was cut short, changes nothing that
/// is there. Who has left since the consent, or whose address was suppressed, stays so.</remarks>
public sealed class ImportSubscribers(SubscriberStore subscribers, SubscriberIds ids, SiteSettings site, TimeProvider time)
{
    /// <summary>The most bytes of a file.</summary>
    public const long MostBytes = 50 * 1024 * 1024;

    private const int LinesAtOnce = 64 * SubscriberStore.MostAtOnce;
    private const int MostErrors = 1_000;
    private const int LookUpsAtOnce = 16;

    /// <summary>Imports the file.</summary>
    /// <exception cref="FormatException">Its first line does not name the columns; the message is fit for the caller. Nothing is imported.</exception>
    public async Task<ImportReport> RunAsync(Stream csv, CancellationToken cancellation)
    {
        using var reader = new StreamReader(csv, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024, leaveOpen: true);
        var report = new ImportReport();
        ImportColumns? columns = null;
        var some = new Dictionary<SubscriberId, Subscriber>(LinesAtOnce);
        await foreach (var record in Csv.ReadAsync(reader, cancellation))
        {
            if (columns is null)
            {
                columns = ImportColumns.Read(record);
                continue;
            }

            report.Read++;
            if (await ParseAsync(record, columns, report, cancellation) is not { } subscriber)
            {
                continue;
            }

            if (!some.TryAdd(subscriber.Id, subscriber))
            {
                report.Unchanged++;
            }

            if (some.Count == LinesAtOnce)
            {
                await AddAsync(some.Values, report, cancellation);
                some.Clear();
            }
        }

        if (columns is null)
        {
            throw new FormatException("The file is empty.");
        }

        await AddAsync(some.Values, report, cancellation);
        return report;
    }

    private async ValueTask<Subscriber?> ParseAsync(CsvRecord record, ImportColumns columns, ImportReport report, CancellationToken cancellation)
    {
        ImportLine? line = null;
        var address = default(EmailAddress);
        var language = site.Language;
        var consentAt = default(DateTimeOffset);
        var standing = (State: SubscriberState.Confirmed, Suppression: (Suppression?)null);
        List<string> sections = [];
        var complaint = record.Complaint ?? (!columns.TryPick(record.Fields!, out line) ? columns.WrongCount(record.Fields!)
            : !EmailAddress.TryParse(Csv.WithoutGuard(line.Email), out address) ? "That is no e-mail address."
            : line.Language.Length > 0 && !Language.TryParse(line.Language, out language) ? "That is no language tag."
            : !TryReadSections(line.Sections, out sections) ? "The sections are not names parted by semicolons."
            : !TryReadState(line.State, out standing) ? "The state is none of: confirmed, unsubscribed, bounce, complaint."
            : !TryReadDate(line.ConsentDate, out consentAt) && standing.State == SubscriberState.Confirmed ? "The consent date is missing, or no date like 2026-11-24."
            : consentAt > time.GetUtcNow() ? "The consent date is still to come."
            : null);
        if (complaint is not null)
        {
            report.Bad++;
            if (report.Errors.Count < MostErrors)
            {
                report.Errors.Add(new ImportError(record.Line, complaint));
            }

            return null;
        }

        var now = time.GetUtcNow();
        var isActive = standing.State == SubscriberState.Confirmed;
        return new Subscriber
        {
            Id = await ids.OfAsync(address, cancellation),
            Address = address,
            State = standing.State,
            Suppression = standing.Suppression,
            Language = language,
            Sections = sections,
            ConsentAt = consentAt == default ? null : consentAt,
            ConsentSource = "import",
            ConfirmedAt = isActive ? now : null,
            LeftAt = isActive ? null : now,
        };
    }

    private async Task AddAsync(IReadOnlyCollection<Subscriber> some, ImportReport report, CancellationToken cancellation)
    {
        var missing = new System.Collections.Concurrent.ConcurrentBag<Subscriber>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = LookUpsAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(some, options, async (subscriber, stop) =>
        {
            if (await subscribers.FindAsync(subscriber.Id, stop) is null)
            {
                missing.Add(subscriber);
            }
            else
            {
                report.Count(await RenewAsync(subscriber, stop));
            }
        });
        var batches = missing.GroupBy(subscriber => subscriber.Id.Shard).SelectMany(shard => shard.Chunk(SubscriberStore.MostAtOnce));
        await Parallel.ForEachAsync(batches, options, async (batch, stop) =>
        {
            // One that has come in the meantime is looked at by itself, and the others are tried again.
            var rest = batch.ToList();
            while (rest.Count > 0 && await subscribers.AddAsync(rest, stop) is { } taken)
            {
                report.Count(await RenewAsync(rest[taken], stop));
                rest.RemoveAt(taken);
            }

            report.Count(ImportEnd.Added, rest.Count);
        });
    }

    // Somebody who is known: who has only asked is confirmed by a consent that is newer than the last leave; who is suppressed there is
    // suppressed here; nobody else changes.
    private async Task<ImportEnd> RenewAsync(Subscriber imported, CancellationToken cancellation)
    {
        var end = ImportEnd.Unchanged;
        await subscribers.ChangeAsync(
            imported.Id,
            known =>
            {
                var mayReturn = known.State == SubscriberState.Pending && known.Suppression is null && !(known.LeftAt >= imported.ConsentAt);
                var changes = imported.State == SubscriberState.Suppressed ? known.State != SubscriberState.Suppressed : mayReturn;
                end = changes ? ImportEnd.Added : known.State == imported.State ? ImportEnd.Unchanged : ImportEnd.Kept;
                return changes ? imported with { Pace = known.Pace } : known;
            },
            cancellation);
        return end;
    }

    // As the export writes it; a list without states is one of subscribers.
    private static bool TryReadState(string text, out (SubscriberState State, Suppression? Suppression) standing)
    {
        (var known, standing) = text.ToLowerInvariant() switch
        {
            "" or "confirmed" => (true, (SubscriberState.Confirmed, (Suppression?)null)),
            "unsubscribed" => (true, (SubscriberState.Unsubscribed, null)),
            "bounce" => (true, (SubscriberState.Suppressed, Suppression.Bounce)),
            "complaint" => (true, (SubscriberState.Suppressed, Suppression.Complaint)),
            _ => (false, default),
        };
        return known;
    }

    private static bool TryReadSections(string text, out List<string> sections)
    {
        var names = text.Split([';', '|'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var slugs = names.Select(name => Slug.From(name)).ToList();
        sections = slugs.OfType<Slug>().Select(slug => slug.Value).Distinct(StringComparer.Ordinal).ToList();
        return slugs.All(slug => slug is not null) && sections.Count <= SubscriberRules.MostSections;
    }

    private static bool TryReadDate(string text, out DateTimeOffset date) =>
        DateTimeOffset.TryParseExact(
            text.Trim(),
            ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out date)
        && date.Year is >= 1970;
}

/// <summary>What is asked of a subscriber's wishes.</summary>
public static class SubscriberRules
{
    /// <summary>The most sections that a subscriber chooses.</summary>
    public const int MostSections = 40;
}

/// <summary>What became of an import's lines.</summary>
public sealed class ImportReport
{
    private int added;
    private int unchanged;
    private int kept;

    /// <summary>The lines after the first.</summary>
    public int Read { get; internal set; }

    /// <summary>Those who are subscribed now and were not before.</summary>
    public int Added => added;

    /// <summary>Those who were subscribed already.</summary>
    public int Unchanged
    {
        get => unchanged;
        internal set => unchanged = value;
    }

    /// <summary>Those who have left or whose address is suppressed, and who stay so.</summary>
    public int Kept => kept;

    /// <summary>The lines that could not be used.</summary>
    public int Bad { get; internal set; }

    /// <summary>The first thousand of them.</summary>
    public IList<ImportError> Errors { get; } = [];

    internal void Count(ImportEnd end, int how = 1)
    {
        ref var counter = ref added;
        if (end == ImportEnd.Unchanged)
        {
            counter = ref unchanged;
        }
        else if (end == ImportEnd.Kept)
        {
            counter = ref kept;
        }

        Interlocked.Add(ref counter, how);
    }
}

/// <summary>A line that could not be used: its number in the file, and why, without what it says.</summary>
public sealed record ImportError(int Line, string Reason);

internal enum ImportEnd
{
    Added,
    Unchanged,
    Kept,
}

/// <summary>Which field is which.</summary>
internal sealed record ImportColumns(int Email, int? Language, int? Sections, int ConsentDate, int? State, int Count)
{
    public static ImportColumns Read(CsvRecord header)
    {
        var names = (header.Fields ?? throw new FormatException($"The first line cannot be read. {header.Complaint}"))
            .Select(name => name.Trim().ToLowerInvariant()).ToList();
        return Find("email") is { } email && Find("consentdate") is { } consentDate
            ? new ImportColumns(email, Find("language"), Find("sections"), consentDate, Find("state"), names.Count)
            : throw new FormatException("The first line must name the columns: email, language, sections, consentDate. The first and the last must be there.");

        int? Find(string name) => names.IndexOf(name) is >= 0 and var at ? at : null;
    }

    public bool TryPick(IReadOnlyList<string> fields, [NotNullWhen(true)] out ImportLine? line)
    {
        line = fields.Count != Count ? null : new ImportLine(fields[Email], At(Language), At(Sections), fields[ConsentDate], At(State));
        return line is not null;

        string At(int? column) => column is { } index ? fields[index].Trim() : "";
    }

    public string WrongCount(IReadOnlyList<string> fields) =>
        string.Create(CultureInfo.InvariantCulture, $"It has {fields.Count} fields instead of {Count}.");
}

internal sealed record ImportLine(string Email, string Language, string Sections, string ConsentDate, string State);
