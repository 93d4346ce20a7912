using Pressroom.Articles;

namespace Pressroom.Site;

/// <summary>What lists, feeds and sitemaps show of a published article.</summary>
public sealed record ListedArticle(
    ArticleId Id, int Revision, string Path, string Title, string? Summary, Language Language, string? Section,
    IReadOnlyList<string> Tags, string? AuthorName, ArticleImage? Image, DateTimeOffset PublishedAt, DateTimeOffset UpdatedAt);

/// <summary>A feed's item: the article and its safe HTML.</summary>
public sealed record FeedItem(ListedArticle Article, string Html);

/// <summary>A published version of an article in some language, itself among them.</summary>
public sealed record Translation(ArticleId Id, Language Language, string Title, string Path);
