namespace Pressroom.Articles;

/// <summary>Who writes: the record behind a byline and an author's page. <paramref name="Bio"/> is Markdown.</summary>
public sealed record Author(string Key, string Name, string? Bio, string? Url, ArticleImage? Image);
