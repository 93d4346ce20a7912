using System.Text.Json;
using Pressroom.Storage;

namespace Pressroom.Articles;

/// <summary>An article as the columns of a row.</summary>
internal static class ArticleColumns
{
    public static Columns Write(Article article) => new()
    {
        { "revision", article.Revision },
        { "status", article.Status.ToString() },
        { "slug", article.Slug.Value },
        { "title", article.Title },
        { "summary", article.Summary },
        { "language", article.Language.Tag },
        { "section", article.Section },
        { "tags", WriteList(article.Tags) },
        { "author", article.Author },
        { "imageUrl", article.Image?.Url },
        { "imageAlt", article.Image?.Alt },
        { "sourceName", article.Source?.Name },
        { "sourceUrl", article.Source?.Url },
        { "translationOf", article.TranslationOf?.Value },
        { "translationGroup", article.TranslationGroup.Value },
        { "publishAt", article.PublishAt },
        { "firstPublishedAt", article.FirstPublishedAt },
        { "createdAt", article.CreatedAt },
        { "updatedAt", article.UpdatedAt },
        { "correctedAt", article.CorrectedAt },
        { "path", article.Path },
        { "formerPaths", WriteList(article.FormerPaths) },
        { "announce", article.Announce == Announce.Everywhere ? null : JsonSerializer.Serialize(article.Announce, StoredJson.Default.Announce) },
        { "newsletter", article.Newsletter ? true : null },
    };

    public static Article Read(ArticleId id, Columns columns) => new()
    {
        Id = id,
        Revision = (int)columns.Number("revision"),
        Status = Enum.Parse<ArticleStatus>(columns.Text("status")),
        Slug = Slug.Stored(columns.Text("slug")),
        Title = columns.Text("title"),
        Summary = columns.TextOrNull("summary"),
        Language = Language.Parse(columns.Text("language")),
        Section = columns.TextOrNull("section"),
        Tags = ReadList(columns.TextOrNull("tags")),
        Author = columns.TextOrNull("author"),
        Image = columns.TextOrNull("imageUrl") is { } image ? new ArticleImage(image, columns.TextOrNull("imageAlt")) : null,
        Source = columns.TextOrNull("sourceName") is { } source ? new SourceCredit(source, columns.TextOrNull("sourceUrl")) : null,
        TranslationOf = columns.TextOrNull("translationOf") is { } original ? ArticleId.Parse(original) : null,
        TranslationGroup = ArticleId.Parse(columns.Text("translationGroup")),
        PublishAt = columns.TimeOrNull("publishAt"),
        FirstPublishedAt = columns.TimeOrNull("firstPublishedAt"),
        CreatedAt = columns.Time("createdAt"),
        UpdatedAt = columns.Time("updatedAt"),
        CorrectedAt = columns.TimeOrNull("correctedAt"),
        Path = columns.TextOrNull("path"),
        FormerPaths = ReadList(columns.TextOrNull("formerPaths")),
        Announce = columns.TextOrNull("announce") is { } announce ? JsonSerializer.Deserialize(announce, StoredJson.Default.Announce)! : Announce.Everywhere,
        Newsletter = columns.Flag("newsletter"),
    };

    public static string? WriteList(IReadOnlyList<string> list) =>
        list.Count == 0 ? null : JsonSerializer.Serialize(list, StoredJson.Default.IReadOnlyListString);

    public static IReadOnlyList<string> ReadList(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize(text, StoredJson.Default.IReadOnlyListString)!;
}
