using Pressroom.Articles;
using Pressroom.Site;
using Pressroom.Site.Body;
using Pressroom.Site.Lists;
using Pressroom.Site.Pages;
using Pressroom.Site.Themes;

namespace Pressroom.Tests.Site;

/// <summary>A small publication: one article in French, Arabic and English, and a few others.</summary>
internal static class Samples
{
    public static readonly Language French = Language.Parse("fr");
    public static readonly Language Arabic = Language.Parse("ar");
    public static readonly Language English = Language.Parse("en");

    public static readonly SiteSettings Site = new(
        new Uri("https://example.org"), new Uri("https://example.org/api"), "Le Rivage", French, TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"));

    public static readonly IReadOnlyList<ChannelSettings> Channels =
    [
        new("mastodon", "mastodon", null, new Uri("https://mastodon.example/@rivage"), new Dictionary<string, string>()),
        new("instagram", "instagram", null, new Uri("https://instagram.com/rivage"), new Dictionary<string, string>()),
        new("telegram", "Le canal du Rivage", null, new Uri("https://t.me/rivage"), new Dictionary<string, string>()),
        new("webhook", "intern", null, null, new Dictionary<string, string>()),
    ];

    public static readonly Theme Theme = Theme.Load(new Dictionary<string, string>());
    public static readonly PageRenderer Pages = new(Theme, Site, Channels);

    public static readonly DateTimeOffset Morning = new(2026, 11, 24, 8, 30, 0, TimeSpan.Zero);

    public static readonly Author Nolwenn = new(
        "nolwenn-marec", "Nolwenn Marec", "Suit la santé et les hôpitaux de l'Ouest. Ancienne infirmière, elle a publié *Gardes de nuit*.",
        "https://marec.example/", new ArticleImage("https://example.org/media/portrait.jpg", "Portrait de Nolwenn Marec"));

    public static readonly IReadOnlyList<Translation> Translations =
    [
        new(Id(1), French, "Hôpitaux : le plan du littoral", "2026/11/hopitaux-le-plan-du-littoral"),
        new(Id(2), Arabic, "مستشفيات الساحل: خطة بين الوعود والأسرّة المغلقة", "2026/11/مستشفيات-الساحل"),
        new(Id(3), English, "Hospitals on the coast", "2026/11/hospitals-on-the-coast"),
    ];

    public const string FrenchBody = """
        Le gouvernement a présenté mardi « un plan d'ensemble » pour les hôpitaux, attendu depuis deux ans. Les syndicats parlent d'un texte « sans moyens »[^1].

        ## Ce que prévoit le texte

        - une prime de 6 000 € ;
        - la réouverture de [huit maternités](https://example.com/maternites).

        > « On ne soigne pas avec des promesses. »

        قال وزير الصحة إن «الإصلاح ضروري من أجل مستقبل المستشفيات العامة» في البلاد.

        ![Deux bateaux à quai](/media/port.jpg "Le port, mardi matin.")

        ### Des chiffres contestés

        | Département | Lits en 2026 |
        |:--|--:|
        | Finistère | 3 870 |

        [^1]: Le calendrier figure à l'annexe 3.
        """;

    public const string ArabicBody = """
        أعلنت الحكومة يوم الثلاثاء «خطة شاملة» لمستشفيات الساحل، طال انتظارها منذ عامين.

        ## ما الذي ينص عليه المشروع

        1. منحة استقرار قدرها 6000 يورو؛
        2. إعادة فتح ثماني دور للولادة.

        Le texte est dans toutes les bouches, et il est repris par les élus de la région pour la commission.
        """;

    public static ArticleId Id(int number) => ArticleId.Parse($"0193574bf0c87a2e9d3f{number:d12}");

    public static ArticlePageModel FrenchArticle()
    {
        var article = Article(1, Translations[0].Title, French, Translations[0].Path) with
        {
            Summary = "Huit maternités rouvertes et une prime : ce que contient le texte, et pourquoi l'on n'y croit pas.",
            Section = "Société",
            Tags = ["Santé publique", "Bretagne", "الصحة"],
            Author = "nolwenn-marec",
            Image = new ArticleImage("https://example.org/media/hero.jpg", "Le port au petit matin"),
            Source = new SourceCredit("Agence Ouest", "https://ouest.example/"),
            CorrectedAt = Morning.AddHours(5),
        };
        return Model(article, FrenchBody, Nolwenn, Translations);
    }

    public static ArticlePageModel ArabicArticle()
    {
        var article = Article(2, Translations[1].Title, Arabic, Translations[1].Path) with
        {
            Summary = "ثماني دور ولادة تُفتح من جديد: ما يتضمنه النص.",
            Section = "مجتمع",
            Tags = ["الصحة"],
            Author = "ليلى بن صالح",
            TranslationOf = Id(1),
            PublishAt = Morning.AddHours(2),
        };
        return Model(article, ArabicBody, null, Translations);
    }

    public static ArticlePageModel Model(Article article, string markdown, Author? author, IReadOnlyList<Translation> translations)
    {
        var body = ArticleBody.Render(markdown, BodyFormat.Markdown, article.Language, Site.BaseUrl);
        return new ArticlePageModel(article, body.Html, body.Excerpt, author, translations);
    }

    public static Article Article(int number, string title, Language language, string path) => new()
    {
        Id = Id(number),
        Revision = 1,
        Status = ArticleStatus.Published,
        Slug = Slug.From(title)!.Value,
        Title = title,
        Language = language,
        TranslationGroup = Id(1),
        PublishAt = Morning,
        FirstPublishedAt = Morning,
        CreatedAt = Morning,
        UpdatedAt = Morning,
        Path = path,
    };

    public static ListedArticle Listed(ArticlePageModel model) => new(
        model.Article.Id, 1, model.Article.Path!, model.Article.Title, model.Article.Summary, model.Article.Language, model.Article.Section,
        model.Article.Tags, model.Author?.Name ?? model.Article.Author, model.Article.Image, model.Article.PublishAt!.Value, model.Article.CorrectedAt ?? model.Article.UpdatedAt);

    public static readonly IReadOnlyList<ListedArticle> Listing =
    [
        Listed(FrenchArticle()),
        Listed(ArabicArticle()),
        new(Id(7), 1, "2026/11/lighthouse", "How a lighthouse became a library", "Four hundred books & one keeper.", English, "Culture", [], null, null,
            Morning.AddDays(-3), Morning.AddDays(-3)),
    ];

    public static ListView Home() => new(ListKey.Home, "", null, "", null, "archive/2026/10/", French, null, Listing);
}
