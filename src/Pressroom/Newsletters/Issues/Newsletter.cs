using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Pressroom.Articles;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;

namespace Pressroom.Newsletters.Issues;

/// <summary>An issue's identity. Those of articles and digests follow from what they are about, so that none is ever made twice:
/// <c>article-{article id}</c>, <c>digest-2026-11-24-fr</c>, <c>digest-2026-w48-fr</c>, <c>letter-{uuid}</c>.</summary>
public readonly record struct NewsletterId
{
    private NewsletterId(string value) => Value = value;

    /// <summary>Lower-case letters, digits and dashes.</summary>
    public string Value { get; }

    /// <summary>The one issue that an article can have.</summary>
    public static NewsletterId Of(ArticleId article) => new("article-" + article);

    /// <summary>An issue that an editor composes.</summary>
    public static NewsletterId Letter(Guid seed) => new("letter-" + seed.ToString("N"));

    /// <summary>The digest of a period (<c>2026-11-24</c>, <c>2026-w48</c>) in a language.</summary>
    public static NewsletterId Digest(string period, Language language) => new($"digest-{period}-{language.Tag.ToLowerInvariant()}");

    /// <summary>Reads an id; false for any text that is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NewsletterId id)
    {
        var valid = text is { Length: > 7 and <= 80 } && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && text.Split('-')[0] is "article" or "digest" or "letter";
        id = valid ? new NewsletterId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id from our own storage.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static NewsletterId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no newsletter's id.");

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>An issue of the newsletter: what is sent to whom, and how far it has come.</summary>
public sealed record Newsletter
{
    /// <summary>Which issue.</summary>
    public required NewsletterId Id { get; init; }

    /// <summary>What it was made from.</summary>
    public required NewsletterKind Kind { get; init; }

    /// <summary>The mail's subject.</summary>
    public required string Subject { get; init; }

    /// <summary>Who gets it.</summary>
    public required Audience Audience { get; init; }

    /// <summary>Where it stands.</summary>
    public required NewsletterState State { get; init; }

    /// <summary>When it was made: who had confirmed until then is its audience.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How many the audience had when it was counted; null before that.</summary>
    public int? Total { get; init; }

    /// <summary>How many lines of batches send it side by side; 0 before the audience was counted.</summary>
    public int Lanes { get; init; }

    /// <summary>When its last batch was settled.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it was cancelled, where nobody did it.</summary>
    public string? Reason { get; init; }

    /// <summary>What became of its recipients, as of its end; of an issue under way the batches tell.</summary>
    public BatchTally Tally { get; init; } = BatchTally.None;

    /// <summary>The shards of a lane: neighbours, so that a lane goes through its subscribers in the order of their ids.</summary>
    internal ShardRange ShardsOf(int lane) => new(lane * SubscriberStore.Shards / Lanes, (lane + 1) * SubscriberStore.Shards / Lanes);
}

/// <summary>Who gets an issue.</summary>
/// <param name="Language">Those of this language; null for all. Variants of one language count as one.</param>
/// <param name="Sections">The slugs of its sections: those who chose any of them, or have not chosen; empty for everybody.</param>
public sealed record Audience(Language? Language, IReadOnlyList<string> Sections)
{
    /// <summary>Whether a subscriber is in the audience of an issue that was made at <paramref name="frozenAt"/>.</summary>
    public bool Includes(Subscriber subscriber, DateTimeOffset frozenAt) =>
        subscriber.IsActive
        && subscriber.ConfirmedAt <= frozenAt
        && (Language is not { } language || language == subscriber.Language || language.Primary == subscriber.Language.Primary)
        && (Sections.Count == 0 || subscriber.Sections.Count == 0 || Sections.Intersect(subscriber.Sections, StringComparer.Ordinal).Any());
}

/// <summary>What an issue was made from.</summary>
public enum NewsletterKind
{
    /// <summary>An article, at its first publication.</summary>
    Article,

    /// <summary>The articles of a day or week.</summary>
    Digest,

    /// <summary>An editor's own text.</summary>
    Letter,
}

/// <summary>Where an issue stands.</summary>
public enum NewsletterState
{
    /// <summary>Its audience is being counted.</summary>
    Starting,

    /// <summary>Its batches go out.</summary>
    Sending,

    /// <summary>No further batch begins until somebody resumes it.</summary>
    Paused,

    /// <summary>No further batch begins.</summary>
    Cancelled,

    /// <summary>All its batches are settled.</summary>
    Sent,
}

/// <summary>A batch within its issue: the lane, and its number there. It reads <c>03-00012</c>.</summary>
public readonly record struct BatchName(int Lane, int Number)
{
    /// <summary>Reads a name.</summary>
    public static bool TryParse(string text, out BatchName name)
    {
        name = default;
        if (text is not { Length: 8 } || text[2] != '-'
            || !int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var lane)
            || !int.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        name = new BatchName(lane, number);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Lane:D2}-{Number:D5}");
}

/// <summary>Some recipients of an issue who are sent to in one call: a line of the ledger.</summary>
public sealed record NewsletterBatch
{
    /// <summary>Which batch.</summary>
    public required BatchName Name { get; init; }

    /// <summary>Where it stands, as far as anybody can know.</summary>
    public required BatchState State { get; init; }

    /// <summary>What became of each recipient, in the order of their ids.</summary>
    public required RecipientMarks Marks { get; init; }

    /// <summary>The last recipient: the next batch goes on behind it.</summary>
    public required SubscriberId Last { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>Which host process makes the last try.</summary>
    public string? ClaimedBy { get; init; }

    /// <summary>When the last try began, or last told how far it is.</summary>
    public DateTimeOffset? LastTriedAt { get; init; }

    /// <summary>Before when a queued batch is not to be tried again.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Whether the last try tells of each recipient.</summary>
    public bool Reports { get; init; }

    /// <summary>Whether an event has come from the provider, which proves that it took the batch over.</summary>
    public bool IsProven { get; init; }

    /// <summary>The provider's id of the call.</summary>
    public string? ProviderMessageId { get; init; }

    /// <summary>Why it failed, waits or is unknown.</summary>
    public string? Reason { get; init; }

    /// <summary>When anything of this last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What became of its recipients so far.</summary>
    public BatchTally Tally => Marks.Tally();

    /// <summary>Whether nothing will happen any more unless a person or an event asks for it.</summary>
    public bool IsSettled => State is BatchState.Sent or BatchState.Failed or BatchState.Unknown;

    /// <summary>The batch when it is proven that the provider took it over.</summary>
    internal NewsletterBatch Proven() => (this with
    {
        Marks = Marks.With(RecipientMarks.Open, RecipientMarks.Sent).With(RecipientMarks.InFlight, RecipientMarks.Sent)
            .With(RecipientMarks.Unsure, RecipientMarks.Sent).With(RecipientMarks.Failed, RecipientMarks.Sent),
        Reason = null,
        IsProven = true,
    }).Settled();

    /// <summary>The batch with nothing left to do: its state is the worst of what became of its recipients.</summary>
    internal NewsletterBatch Settled() => this with
    {
        State = Marks.Has(RecipientMarks.Unsure) ? BatchState.Unknown : Marks.Has(RecipientMarks.Failed) ? BatchState.Failed : BatchState.Sent,
        ClaimedBy = null,
    };
}

/// <summary>A batch's states.</summary>
public enum BatchState
{
    /// <summary>Waits to be tried again.</summary>
    Queued,

    /// <summary>Is being sent; or was, when its process died.</summary>
    Sending,

    /// <summary>Is out.</summary>
    Sent,

    /// <summary>Somebody in it surely got nothing, and it will not be tried again by itself.</summary>
    Failed,

    /// <summary>Somebody in it may have got it; an event or a person can tell, and no machine sends it again.</summary>
    Unknown,
}

/// <summary>One character for each recipient of a batch.</summary>
public readonly record struct RecipientMarks(string Text)
{
    internal const char Open = '.';
    internal const char Sent = 's';
    internal const char InFlight = '>';
    internal const char Unsure = '?';
    internal const char Rejected = 'x';
    internal const char Failed = 'f';
    internal const char Left = '-';

    /// <summary>How many recipients there are.</summary>
    public int Count => Text.Length;

    /// <summary>How many are known to be sent to.</summary>
    public int SentCount => Text.AsSpan().Count(Sent);

    internal static RecipientMarks AllOpen(int count) => new(new string(Open, count));

    internal bool Has(char mark) => Text.Contains(mark, StringComparison.Ordinal);

    internal RecipientMarks With(char from, char to) => new(Text.Replace(from, to));

    internal RecipientMarks With(Action<char[]> change)
    {
        var marks = Text.ToCharArray();
        change(marks);
        return new RecipientMarks(new string(marks));
    }

    internal BatchTally Tally()
    {
        var text = Text.AsSpan();
        return new BatchTally(text.Count(Sent), text.Count(Failed) + text.Count(Rejected), text.Count(Unsure), text.Count(Left));
    }
}

/// <summary>What became of recipients.</summary>
/// <param name="Sent">Taken over by the provider.</param>
/// <param name="Failed">Refused for good.</param>
/// <param name="Unknown">Perhaps taken over.</param>
/// <param name="Left">Unsubscribed before a further try; of an issue that is sent, all who left before their mail went.</param>
public sealed record BatchTally(int Sent, int Failed, int Unknown, int Left)
{
    /// <summary>Nobody.</summary>
    public static BatchTally None { get; } = new(0, 0, 0, 0);

    /// <summary>Both together.</summary>
    public static BatchTally operator +(BatchTally one, BatchTally other) =>
        new(one.Sent + other.Sent, one.Failed + other.Failed, one.Unknown + other.Unknown, one.Left + other.Left);

    /// <summary>Both together.</summary>
    public BatchTally Add(BatchTally other) => this + other;
}

/// <summary>An issue and the version of its row.</summary>
public sealed record StoredNewsletter(Newsletter Newsletter, ETag ETag);

/// <summary>A batch and the version of its row.</summary>
public sealed record StoredBatch(NewsletterBatch Batch, ETag ETag);
