using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Articles;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;

namespace Pressroom.Functions.Articles;

/// <summary>Articles and what belongs to them, as the API shows them.</summary>
internal sealed record ArticleAnswer(
    string Id,
    string Slug,
    [Field("Its page; there while it is live.", Format = "uri")] string? Url,
    [Field("How it stands.", Words = ["draft", "published", "scheduled"])] string Status,
    [Field("The number of this revision.")] int Revision,
    string Language,
    string Title,
    string? Summary,
    string? Section,
    IReadOnlyList<string> Tags,
    [Field("Whose byline it has.")] string? Author,
    ArticleImage? Image,
    SourceCredit? Source,
    [Field("The id of the article that it translates.")] string? TranslationOf,
    [Field("The date that readers see, or when it is to be published.")] DateTimeOffset? PublishAt,
    [Field("When it was really first published.")] DateTimeOffset? FirstPublishedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [Field("Whom to tell: all channels (`true`), none, or some.", Either = [typeof(bool), typeof(AnnounceAnswer)])] JsonElement Announce,
    [Field("Whether subscribers are mailed.")] bool Newsletter,
    [Field("How the text is written.", Words = ["markdown", "html"])] string? Format,
    [Field("The text as it was written.")] string? Body,
    [Field("The text as the page has it.")] string? Html) : IExample<ArticleAnswer>
{
    public static ArticleAnswer Example { get; } = new(
        Samples.ArticleId,
        "the-central-market-opens-again",
        "https://news.example/2026/11/the-central-market-opens-again/",
        "published",
        3,
        "en",
        "The central market opens again",
        "After nine months of works, the stalls are back.",
        "City",
        ["Market", "Works"],
        "Amina Ben Salah",
        new ArticleImage("https://news.example/market.jpg", "Stalls below the new roof"),
        new SourceCredit("Reuters", "https://www.reuters.com/"),
        null,
        Samples.Morning,
        Samples.Morning.AddSeconds(1),
        Samples.Morning.AddHours(-2),
        Samples.Morning,
        JsonSerializer.SerializeToElement(true, ArticleAnswerJson.Default.Boolean),
        true,
        "markdown",
        "The stalls are back, **and so are the customers**.",
        "<p>The stalls are back, <strong>and so are the customers</strong>.</p>");

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

internal sealed record ArticleListAnswer(IReadOnlyList<ArticleAnswer> Items, string? Cursor) : IExample<ArticleListAnswer>
{
    public static ArticleListAnswer Example { get; } = new([ArticleAnswer.Example with { Format = null, Body = null, Html = null }], Samples.Cursor);
}

internal sealed record RevisionAnswer(
    int Revision,
    DateTimeOffset SavedAt,
    [Field("The name of the token that saved it.")] string SavedBy,
    [Field("What was done: `created`, `edited`, `published`, …")] string Change,
    string Title,
    string Status);

internal sealed record RevisionListAnswer(IReadOnlyList<RevisionAnswer> Items, string? Cursor) : IExample<RevisionListAnswer>
{
    public static RevisionListAnswer Example { get; } = new(
        [new RevisionAnswer(3, Samples.Morning, "Night desk", "edited", "The central market opens again", "published")], Samples.Cursor);
}

internal sealed record AuthorAnswer(string Author, string Name, string? Bio, string? Url, ArticleImage? Image) : IExample<AuthorAnswer>
{
    public static AuthorAnswer Example { get; } = new(
        "amina-ben-salah", "Amina Ben Salah", "Writes about the city.", "https://amina.example/", new ArticleImage("https://news.example/amina.jpg", "Amina Ben Salah"));
}

internal sealed record AuthorListAnswer(IReadOnlyList<AuthorAnswer> Items, string? Cursor) : IExample<AuthorListAnswer>
{
    public static AuthorListAnswer Example { get; } = new([AuthorAnswer.Example], Samples.Cursor);
}

internal sealed record PreviewAnswer(string Html, IReadOnlyList<PreviewedPostAnswer> Channels) : IExample<PreviewAnswer>
{
    public static PreviewAnswer Example { get; } = new(
        "<!DOCTYPE html>…", [new PreviewedPostAnswer("mastodon", "mastodon", "The central market opens again https://news.example/…", 57, 500, "characters")]);

    public static PreviewAnswer Of(PreviewedArticle previewed) => new(
        System.Text.Encoding.UTF8.GetString(previewed.Page),
        previewed.Posts.Select(shown => new PreviewedPostAnswer(
            shown.Channel.Name, shown.Channel.Kind, shown.Post.Text, shown.Post.Length, shown.Post.Limit, shown.Post.Unit)).ToList());
}

internal sealed record PreviewedPostAnswer(
    [Field("The channel.")] string Name,
    string Kind,
    [Field("What it would post.")] string Text,
    [Field("How long that is, as the channel counts.")] int Length,
    [Field("How long it may be.")] int? Limit,
    [Field("What is counted.")] string Unit);

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
