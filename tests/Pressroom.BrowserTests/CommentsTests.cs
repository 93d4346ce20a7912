using System.Text;
using Microsoft.Playwright;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Comments.Thread;
using Pressroom.Site;
using Pressroom.Site.Pages;
using Pressroom.Storage;
using Pressroom.Tests.Flows;

namespace Pressroom.BrowserTests;

/// <summary>An article in French and one in Arabic, both with conversations below them.</summary>
public sealed class CommentedFixture : IAsyncLifetime
{
    private const string ConfiguredAddress = "http://localhost:7071";

    private readonly DateTimeOffset morning = DateTimeOffset.UtcNow.AddHours(-5);
    private Newsroom newsroom = null!;
    private IPlaywright playwright = null!;

    internal IBrowser Browser { get; private set; } = null!;

    internal Uri Address => newsroom.Reader.BaseAddress!;

    internal string SiteFolder => Path.Combine(newsroom.DataFolder, "site");

    /// <summary>The French article, its oldest comments, the Arabic article, and the form's pages in both languages.</summary>
    internal IReadOnlyList<string> Paths { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        newsroom = await Newsroom.OpenAsync("--Site:Title=Le Quotidien", "--Site:Language=fr");
        var french = await newsroom.PublishAsync("Le marché central rouvre", new { language = "fr", body = "Les étals sont revenus, les clients aussi." });
        var arabic = await newsroom.PublishAsync("السوق المركزي يفتح أبوابه", new { language = "ar", body = "عاد الباعة وعاد الزبائن." });
        await newsroom.ShowsAsync("/language/ar/", "السوق");
        var older = Enumerable.Range(100, 60).Select(number => Comment(number, null, "Lecteur fidèle", "Un mot parmi d’autres, pour la page des plus anciens.", "fr"));
        await ApproveAsync(french, [.. older, .. Conversation("fr")]);
        await ApproveAsync(arabic, [.. Conversation("ar")]);
        await newsroom.SettledAsync();
        Paths = [PathOf(french), PathOf(french) + "comments/1/", PathOf(arabic), await FormAsync(french, "fr"), await FormAsync(arabic, "ar")];
        playwright = await Playwright.CreateAsync();
        Browser = await Checks.LaunchAsync(playwright);
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright.Dispose();
        await newsroom.DisposeAsync();
    }

    /// <summary>The anchor of the oldest comment of the French article.</summary>
    internal static string OldestAnchor => CommentPlaces.AnchorOf(Id(100));

    private static CommentId Id(int number) => CommentId.Parse($"0193574bf0c87a2e9d3f{number:x12}");

    private static string PathOf(System.Text.Json.Nodes.JsonNode article) => new Uri((string)article["url"]!).AbsolutePath;

    private IEnumerable<PublishedComment> Conversation(string page) =>
    [
        Comment(200, null, "Salah", "« On attendait *ce jour* depuis le printemps. »\nEt **nous** donc ! Voir https://www.example.org/une-adresse-qui-est-bien-plus-longue-que-ce-qu-un-petit-ecran-peut-montrer", page),
        Comment(201, 200, "ليلى بن صالح", "شكرًا على هذا المقال الجميل عن السوق، وقد عدت إليه أمس مع أولادي.\n\n> ليس من حقنا أن نترك هذا المكان يموت.", page),
        Comment(202, 201, "Jo & <Jo>", "> شكرًا\n\nQuite so, and that is what I have been saying in these pages for years: `a < b`.", page),
        Comment(203, 202, "Amina", "Une réponse à une réponse d’une réponse, avec du code :\n\n```\nune ligne de code qui est bien plus longue que ce qu’un petit écran peut montrer d’un seul coup\n```", page),
        Comment(204, 203, "Salah", "Et encore plus loin.", page),
        Comment(205, 200, "Un nom qui n’en finit pas et que personne ne porterait mais que quelqu’un finira par saisir ici", "Court.", page),
        Comment(206, null, "مريم", "سؤال: متى يفتح الجناح الثاني؟", page),
    ];

    private PublishedComment Comment(int number, int? parent, string name, string text, string page)
    {
        var rendered = CommentText.Render(text, Language.Parse(page));
        return new PublishedComment(Id(number), parent is { } answered ? Id(answered) : null, name, rendered.Html, rendered.Language, morning.AddMinutes(number));
    }

    // As an approval does it.
    private async Task ApproveAsync(System.Text.Json.Nodes.JsonNode article, PublishedComment[] comments)
    {
        var stop = TestContext.Current.CancellationToken;
        var id = ArticleId.Parse((string)article["id"]!);
        var rows = comments.Select(comment => new TableOperation.Upsert($"approved-{comment.Id}", new Columns
        {
            { "parentId", comment.ParentId?.Value },
            { "name", comment.Name },
            { "html", comment.Html },
            { "language", comment.Language.Tag },
            { "createdAt", comment.CreatedAt },
        }));
        var page = new TableOperation.Upsert("page", new Columns { { "closed", false }, { "count", comments.Length } });
        Assert.True((await newsroom.Service<ITableStore>().CommitAsync("comments", id.Value, [.. rows, page], stop)).Committed);
        await newsroom.Service<ArticlePages>().BringUpToDateAsync(id, stop);
    }

    // The API serves it; here it stands among the site's files, at the address that the host happens to have.
    private async Task<string> FormAsync(System.Text.Json.Nodes.JsonNode article, string language)
    {
        var stop = TestContext.Current.CancellationToken;
        var errors = new Dictionary<string, string>
        {
            ["name"] = "comment_error_name_missing",
            ["email"] = "comment_error_email_invalid",
            ["body"] = "comment_error_body_long",
            [""] = "comment_error_limit",
        };
        var draft = new CommentDraft(
            ArticleId.Parse((string)article["id"]!), (string)article["title"]!, Uri.UnescapeDataString(PathOf(article)).Trim('/'), "", "amina", "Un texte déjà saisi.",
            Id(201).Value, true, null, null, errors);
        var answered = Conversation(language).Single(comment => comment.Id == Id(201));
        var html = Encoding.UTF8.GetString(newsroom.Service<PageRenderer>().CommentForm(draft, Language.Parse(language), answered));
        var content = new BlobContent(Encoding.UTF8.GetBytes(html.Replace(ConfiguredAddress, Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)), "text/html; charset=utf-8");
        await newsroom.Service<SiteFiles>().WriteAsync($"form-{language}/index.html", content, BlobCondition.None, stop);
        return $"/form-{language}/";
    }
}

public sealed class CommentsTests(CommentedFixture publication) : IClassFixture<CommentedFixture>
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task No_page_of_comments_has_an_accessibility_finding(ColorScheme scheme)
    {
        await using var context = await NewContextAsync(1280, scheme);
        var page = await context.NewPageAsync();
        foreach (var path in publication.Paths)
        {
            await page.GotoAsync(path);
            await Checks.IsAccessibleAsync(page, $"{path}, {scheme}", scheme == ColorScheme.Dark ? Checks.ColoursAlone : null);
        }
    }

    [Fact]
    public Task Every_page_of_comments_is_valid_html() => Checks.AreValidAsync(publication.SiteFolder);

    [Theory]
    [InlineData(320)]
    [InlineData(360)]
    [InlineData(1280)]
    public async Task No_page_of_comments_scrolls_sideways(int width)
    {
        var pictures = Environment.GetEnvironmentVariable("PRESSROOM_SCREENSHOTS"); // a folder, for whoever wants to look
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var context = await NewContextAsync(width, scheme);
            var page = await context.NewPageAsync();
            foreach (var (path, number) in publication.Paths.Select((path, number) => (path, number)))
            {
                await page.GotoAsync(path);
                var wide = await page.EvaluateAsync<int>("document.scrollingElement.scrollWidth");
                Assert.True(wide <= width, $"{path} is {wide} pixels wide on a screen of {width}.");
                if (pictures is not null)
                {
                    await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(pictures, $"{number}-{width}-{scheme}.png"), FullPage = true });
                }
            }
        }
    }

    [Fact]
    public async Task Without_script_every_comment_can_be_reached_and_answered()
    {
        await using var context = await publication.Browser.OpenAsync(new BrowserNewContextOptions { BaseURL = publication.Address.AbsoluteUri, JavaScriptEnabled = false });
        var page = await context.NewPageAsync();
        await page.GotoAsync(publication.Paths[0]);
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Commentaires plus anciens" }).ClickAsync();
        await page.Locator($"#{CommentedFixture.OldestAnchor} .permalink").ClickAsync();
        await page.WaitForURLAsync("**/comments/1/#" + CommentedFixture.OldestAnchor);
        Assert.Contains("/comments/form-page?parent=", await page.Locator($"#{CommentedFixture.OldestAnchor} .comment-answer a").GetAttributeAsync("href"), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Retour à l’article" }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == publication.Paths[0]);
        Assert.True(await page.GetByLabel("Nom (obligatoire)").IsVisibleAsync());
        Assert.False(await page.Locator("#comment-website").IsVisibleAsync());
    }

    [Fact]
    public async Task With_script_the_form_gets_a_token_at_the_first_touch()
    {
        await using var context = await NewContextAsync(1280, ColorScheme.Light);
        var asked = 0;
        await context.RouteAsync("**/comments/form", route =>
        {
            asked++;
            return route.FulfillAsync(new RouteFulfillOptions
            {
                ContentType = "application/json",
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
                Body = """{"token":"a-token","submissionId":"a-submission"}""",
            });
        });
        var page = await context.NewPageAsync();
        await page.GotoAsync(publication.Paths[0]);
        Assert.Equal("", await page.Locator("[name=token]").InputValueAsync());

        await page.GetByLabel("Nom (obligatoire)").FocusAsync();
        await page.WaitForFunctionAsync("document.querySelector('[name=submissionId]').value === 'a-submission' && document.querySelector('[name=token]').value === 'a-token'");
        await page.GetByLabel("Commentaire (obligatoire)").FocusAsync();
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task With_script_an_old_link_finds_a_comment_that_is_on_an_older_page_by_now()
    {
        await using var context = await NewContextAsync(1280, ColorScheme.Light);
        var page = await context.NewPageAsync();
        await page.GotoAsync(publication.Paths[0] + "#" + CommentedFixture.OldestAnchor);
        await page.WaitForURLAsync("**/comments/1/#" + CommentedFixture.OldestAnchor);
    }

    // The checker is a script that the pages' policy would not let run.
    private Task<IBrowserContext> NewContextAsync(int width, ColorScheme scheme) => publication.Browser.OpenAsync(new BrowserNewContextOptions
    {
        BaseURL = publication.Address.AbsoluteUri,
        ViewportSize = new ViewportSize { Width = width, Height = 900 },
        ColorScheme = scheme,
        BypassCSP = true,
    });
}
