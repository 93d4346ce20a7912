using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pressroom.Articles;

/// <summary>An article as its current revision says, without its text: <see cref="ArticleText"/>.</summary>
public sealed record Article
{
    /// <summary>Which article this is.</summary>
    public required ArticleId Id { get; init; }

    /// <summary>1 at its creation, and higher at every change of any kind.</summary>
    public required int Revision { get; init; }

    /// <summary>Draft, scheduled or published.</summary>
    public required ArticleStatus Status { get; init; }

    /// <summary>The last part of its address, unique in the publication.</summary>
    public required Slug Slug { get; init; }

    /// <summary>The headline, plain text.</summary>
    public required string Title { get; init; }

    /// <summary>The standfirst, plain text.</summary>
    public string? Summary { get; init; }

    /// <summary>The language that the article is written in.</summary>
    public required Language Language { get; init; }

    /// <summary>The section as written; its address is made from it.</summary>
    public string? Section { get; init; }

    /// <summary>The tags as written, each once.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The author's key or name as written.</summary>
    public string? Author { get; init; }

    /// <summary>The leading picture.</summary>
    public ArticleImage? Image { get; init; }

    /// <summary>Whom the reporting is credited to.</summary>
    public SourceCredit? Source { get; init; }

    /// <summary>The article that this one translates.</summary>
    public ArticleId? TranslationOf { get; init; }

    /// <summary>The first article of the group of translations; the article itself where it translates none.</summary>
    public required ArticleId TranslationGroup { get; init; }

    /// <summary>The date that readers see: when it was or will be published. Null for a draft that never was.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>When it first went live in fact.</summary>
    public DateTimeOffset? FirstPublishedAt { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When anything of it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When its contents were last changed after it had gone live; null where they never were.</summary>
    public DateTimeOffset? CorrectedAt { get; init; }

    /// <summary>Where it is or was live, without slashes at the ends: <c>2026/11/slug</c>. Null before its first publication.</summary>
    public string? Path { get; init; }

    /// <summary>Where it was live before, newest last; each redirects to <see cref="Path"/>.</summary>
    public IReadOnlyList<string> FormerPaths { get; init; } = [];

    /// <summary>Which channels are told at its first publication.</summary>
    public Announce Announce { get; init; } = Announce.Everywhere;

    /// <summary>Whether subscribers are mailed it at its first publication.</summary>
    public bool Newsletter { get; init; }

    /// <summary>Whether readers can see it.</summary>
    [JsonIgnore]
    public bool IsLive => Status == ArticleStatus.Published;

    /// <summary>The key that the author's page and record have, made from <see cref="Author"/>.</summary>
    [JsonIgnore]
    public string? AuthorKey => Author is null ? null : Slug.From(Author, 200)?.Value;
}

/// <summary>Where an article stands.</summary>
public enum ArticleStatus
{
    /// <summary>Seen by editors alone.</summary>
    Draft,

    /// <summary>Goes live at its time.</summary>
    Scheduled,

    /// <summary>Live.</summary>
    Published,

    /// <summary>Gone: only the row is left, so that a late message finds what became of it.</summary>
    Deleted,
}

/// <summary>A picture: an absolute http(s) address, and what it shows, for those who cannot see it.</summary>
public sealed record ArticleImage(string Url, string? Alt);

/// <summary>Whom the reporting is credited to, with an address where there is one.</summary>
public sealed record SourceCredit(string Name, string? Url);

/// <summary>Whom to tell of an article: every channel, none, or the named ones; with an own text for some.</summary>
public sealed record Announce(bool Enabled, IReadOnlyList<string>? Channels, IReadOnlyDictionary<string, string>? Text)
{
    /// <summary>Every channel, with its own composed text.</summary>
    public static Announce Everywhere { get; } = new(true, null, null);

    /// <summary>No channel.</summary>
    public static Announce Nowhere { get; } = new(false, null, null);

    /// <summary>Whether it fits its column, of 32,768 UTF-16 units of JSON.</summary>
    [JsonIgnore]
    public bool CanBeStored => JsonSerializer.Serialize(this, StoredJson.Default.Announce).Length <= 32_768;
}

/// <summary>An article's text: as typed, as the safe HTML that it was rendered to when it was saved, and its first words.</summary>
public sealed record ArticleText(string Body, BodyFormat Format, string Html, string Excerpt);

/// <summary>How a body is written.</summary>
public enum BodyFormat
{
    /// <summary>CommonMark with tables, footnotes and figures.</summary>
    Markdown,

    /// <summary>HTML, of which an allow-list lets through what articles need.</summary>
    Html,
}
