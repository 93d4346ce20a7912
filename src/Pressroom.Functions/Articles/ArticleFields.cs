using Pressroom.Articles;
using Pressroom.Functions.Description;

namespace Pressroom.Functions.Articles;

/// <summary>What <see cref="ArticleRequest"/> reads.</summary>
internal sealed record ArticleFields(
    [Field("The headline, in one line.", Most = 300)] string Title,
    [Field("The text; at most 1 MiB of UTF-8.")] string Body,
    [Field("Whom to tell when it is first published: all channels (`true`), none, or some.", Either = [typeof(bool), typeof(AnnounceFields)])] object? Announce,
    [Field("How the text is written. Markdown where it is not said.", Words = ["markdown", "html"])] string? Format = null,
    [Field("What stands below the headline, in lists, feeds and announcements.", Most = 1_000)] string? Summary = null,
    [Field("Its language (RFC 5646). The site’s where it is not said.", Most = 35)] string? Language = null,
    [Field("Its name in addresses, in letters, digits and single dashes. Made from the title where it is not said.", Most = 200)] string? Slug = null,
    [Field("The section that it belongs to.", Most = 100)] string? Section = null,
    [Field("Tags of at most 100 characters.", Most = ArticleContent.MostTags)] IReadOnlyList<string>? Tags = null,
    [Field("Whose byline it has: an author’s name or key.", Most = 200)] string? Author = null,
    [Field("Its picture.")] ArticleImage? Image = null,
    [Field("Whom the reporting is credited to.")] SourceCredit? Source = null,
    [Field("The id of the article that it translates.", Most = 100)] string? TranslationOf = null,
    [Field("A draft where it is not said; a scheduled one needs `publishAt`.", Words = ["draft", "published", "scheduled"])] string? Status = null,
    [Field("When it is, or was, published.")] DateTimeOffset? PublishAt = null,
    [Field("Whether subscribers are mailed when it is first published.")] bool? Newsletter = null) : IExample<ArticleFields>
{
    public static ArticleFields Example { get; } = new(
        "The central market opens again",
        "The stalls are back, **and so are the customers**.",
        AnnounceFields.Example,
        "markdown",
        "After nine months of works, the stalls are back.",
        "en",
        Section: "City",
        Tags: ["Market", "Works"],
        Author: "Amina Ben Salah",
        Image: new ArticleImage("https://news.example/market.jpg", "Stalls below the new roof"),
        Source: new SourceCredit("Reuters", "https://www.reuters.com/"),
        Status: "draft",
        Newsletter: true);
}

internal sealed record AnnounceFields(
    [Field("The names of the channels to tell; all where it is not said.", Most = 50)] IReadOnlyList<string>? Channels = null,
    [Field("Texts of your own, by the channel’s name; 16,000 characters together.")] IReadOnlyDictionary<string, string>? Text = null) : IExample<AnnounceFields>
{
    public static AnnounceFields Example { get; } = new(["mastodon"], new Dictionary<string, string> { ["mastodon"] = "The market is back." });
}

internal sealed record PublishFields([Field("When; now where it is not said.")] DateTimeOffset? PublishAt = null) : IExample<PublishFields>
{
    public static PublishFields Example { get; } = new(Samples.Morning);
}

internal sealed record AuthorFields(
    [Field("The name as bylines show it.", Most = 200)] string Name,
    [Field("Who they are, in a few sentences.", Most = 4_000)] string? Bio = null,
    [Field("Their own page.", Format = "uri", Most = 2_000)] string? Url = null,
    [Field("Their picture.")] ArticleImage? Image = null) : IExample<AuthorFields>
{
    public static AuthorFields Example { get; } = new(
        "Amina Ben Salah", "Writes about the city.", "https://amina.example/", new ArticleImage("https://news.example/amina.jpg", "Amina Ben Salah"));
}
