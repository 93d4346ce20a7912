namespace Pressroom.Articles;

/// <summary>What an editor says of an article: all that can be typed, nothing that is worked out.</summary>
public sealed record ArticleContent
{
    /// <summary>The most UTF-8 bytes that a body has.</summary>
    public const int MostBodyBytes = 1024 * 1024;

    /// <summary>The most tags that an article has; with them, one batch of storage can move it through all its lists.</summary>
    public const int MostTags = 16;

    /// <summary>The headline: 1 to 300 characters.</summary>
    public required string Title { get; init; }

    /// <summary>The text.</summary>
    public required string Body { get; init; }

    /// <summary>How the text is written.</summary>
    public BodyFormat Format { get; init; }

    /// <summary>The standfirst.</summary>
    public string? Summary { get; init; }

    /// <summary>The language; null for the site's.</summary>
    public Language? Language { get; init; }

    /// <summary>The wished slug; null to keep the one there is, or to make one from the title.</summary>
    public Slug? Slug { get; init; }

    /// <summary>The section.</summary>
    public string? Section { get; init; }

    /// <summary>The tags, each once.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The author's key or name.</summary>
    public string? Author { get; init; }

    /// <summary>The leading picture.</summary>
    public ArticleImage? Image { get; init; }

    /// <summary>Whom the reporting is credited to.</summary>
    public SourceCredit? Source { get; init; }

    /// <summary>The article that this one translates.</summary>
    public ArticleId? TranslationOf { get; init; }

    /// <summary>Draft, scheduled or published.</summary>
    public ArticleStatus Status { get; init; }

    /// <summary>The date that readers see; null for the moment of publication.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>Which channels to tell.</summary>
    public Announce Announce { get; init; } = Announce.Everywhere;

    /// <summary>Whether to mail it to subscribers.</summary>
    public bool Newsletter { get; init; }

    /// <summary>What the article says now, to be changed in part.</summary>
    public static ArticleContent Of(ArticleDocument document) => new()
    {
        Title = document.Article.Title,
        Body = document.Text.Body,
        Format = document.Text.Format,
        Summary = document.Article.Summary,
        Language = document.Article.Language,
        Slug = document.Article.Slug,
        Section = document.Article.Section,
        Tags = document.Article.Tags,
        Author = document.Article.Author,
        Image = document.Article.Image,
        Source = document.Article.Source,
        TranslationOf = document.Article.TranslationOf,
        Status = document.Article.Status,
        PublishAt = document.Article.PublishAt,
        Announce = document.Article.Announce,
        Newsletter = document.Article.Newsletter,
    };
}
