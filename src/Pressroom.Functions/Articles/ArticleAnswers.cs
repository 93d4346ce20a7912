using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Articles;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Articles;

/// <summary>Articles and what belongs to them, as the API shows them.</summary>
internal sealed record ArticleAnswer(
    string Id, string Slug, string? Url, string Status, int Revision, string Language, string Title, string? Summary, string? Section,
    IReadOnlyList<string> Tags, string? Author, ArticleImage? Image, SourceCredit? Source, string? TranslationOf,
    DateTimeOffset? PublishAt, DateTimeOffset? FirstPublishedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    JsonElement Announce, bool Newsletter, string? Format, string? Body, string? Html)
{
    /// <summary>The article; with its text where that is given.</summary>
    public static ArticleAnswer Of(Article article, ArticleText? text, SiteSettings site) => new(
        article.Id.Value,
        article.Slug.Value,
        article.IsLive ? site.Absolute(article.Path + "/") : null,
        Word(article.Status),
        article.Revision,
        article.Language.Tag,
        article.Title,
        article.Summary,
        article.Section,
        article.Tags,
        article.Author,
        article.Image,
        article.Source,
        article.TranslationOf?.Value,
        article.PublishAt,
        article.FirstPublishedAt,
        article.CreatedAt,
        article.UpdatedAt,
        AnnounceJson(article.Announce),
        article.Newsletter,
        text is null ? null : text.Format == BodyFormat.Html ? "html" : "markdown",
        text?.Body,
        text?.Html);

    /// <summary>200 or 201 with the article and its ETag.</summary>
    public static Answer Answer(int status, Article article, ArticleText? text, SiteSettings site) =>
        Http.Answer.Of(status, Of(article, text, site), ArticleAnswerJson.Default.ArticleAnswer) with { ETag = Http.Answer.Quote(article.Revision) };

    public static string Word(ArticleStatus status) => status.ToString().ToLowerInvariant();

    private static JsonElement AnnounceJson(Announce announce) => announce switch
    {
        { Enabled: false } => JsonSerializer.SerializeToElement(false, ArticleAnswerJson.Default.Boolean),
        { Channels: null, Text: null } => JsonSerializer.SerializeToElement(true, ArticleAnswerJson.Default.Boolean),
        _ => JsonSerializer.SerializeToElement(new AnnounceAnswer(announce.Channels, announce.Text), ArticleAnswerJson.Default.AnnounceAnswer),
    };
}

internal sealed record AnnounceAnswer(IReadOnlyList<string>? Channels, IReadOnlyDictionary<string, string>? Text);

internal sealed record ArticleListAnswer(IReadOnlyList<ArticleAnswer> Items, string? Cursor);

internal sealed record RevisionAnswer(int Revision, DateTimeOffset SavedAt, string SavedBy, string Change, string Title, string Status);

internal sealed record RevisionListAnswer(IReadOnlyList<RevisionAnswer> Items, string? Cursor);

internal sealed record AuthorAnswer(string Author, string Name, string? Bio, string? Url, ArticleImage? Image);

internal sealed record AuthorListAnswer(IReadOnlyList<AuthorAnswer> Items, string? Cursor);

internal sealed record PreviewAnswer(string Html, IReadOnlyList<PreviewedPostAnswer> Channels)
{
    public static PreviewAnswer Of(PreviewedArticle previewed) => new(
        System.Text.Encoding.UTF8.GetString(previewed.Page),
        previewed.Posts.Select(shown => new PreviewedPostAnswer(
            shown.Channel.Name, shown.Channel.Kind, shown.Post.Text, shown.Post.Length, shown.Post.Limit, shown.Post.Unit)).ToList());
}

internal sealed record PreviewedPostAnswer(string Name, string Kind, string Text, int Length, int? Limit, string Unit);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ArticleAnswer))]
[JsonSerializable(typeof(AnnounceAnswer))]
[JsonSerializable(typeof(ArticleListAnswer))]
[JsonSerializable(typeof(RevisionAnswer))]
[JsonSerializable(typeof(RevisionListAnswer))]
[JsonSerializable(typeof(AuthorAnswer))]
[JsonSerializable(typeof(AuthorListAnswer))]
[JsonSerializable(typeof(PreviewAnswer))]
[JsonSerializable(typeof(bool))]
internal sealed partial class ArticleAnswerJson : JsonSerializerContext
{
    static ArticleAnswerJson() => Default = new ArticleAnswerJson(new JsonSerializerOptions(s_defaultOptions)
    {
        // Answers are JSON for programs, and people read them in their own script.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
