using Microsoft.Playwright;
using Pressroom.Tests.Flows;

namespace Pressroom.BrowserTests;

/// <summary>A small publication in three languages, and a real browser to read it with.</summary>
public sealed class PublicationFixture : IAsyncLifetime
{
    private Newsroom newsroom = null!;
    private IPlaywright playwright = null!;

    internal IBrowser Browser { get; private set; } = null!;

    internal Uri Address => newsroom.Reader.BaseAddress!;

    internal string SiteFolder => Path.Combine(newsroom.DataFolder, "site");

    /// <summary>A page of every kind, by its path.</summary>
    internal IReadOnlyList<string> Paths { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        newsroom = await Newsroom.OpenAsync("--Site:Title=Le Quotidien", "--Site:Language=fr", "--Channels:0:Kind=instagram", "--Channels:0:Name=Instagram", "--Channels:0:ProfileUrl=https://www.instagram.com/example");
        await newsroom.SendAsync(HttpMethod.Put, "/api/authors/amina-haddad", new { name = "Amina Haddad", bio = "Écrit depuis *Tunis*." }, System.Net.HttpStatusCode.Created);
        var french = await newsroom.PublishAsync("Le marché central rouvre", new
        {
            language = "fr",
            section = "Société",
            tags = new[] { "Tunis", "Commerce" },
            author = "amina-haddad",
            summary = "Les étals sont revenus, les clients aussi.",
            source = new { name = "Agence", url = "https://agence.example.org/" },
            body = SampleTexts.French,
        });
        var arabic = await newsroom.PublishAsync("السوق المركزي يفتح أبوابه", new
        {
            language = "ar",
            section = "مجتمع",
            tags = new[] { "تونس" },
            author = "amina-haddad",
            summary = "عاد الباعة وعاد الزبائن.",
            translationOf = (string?)french["id"],
            body = SampleTexts.Arabic,
        });
        await newsroom.PublishAsync("A short note in English", new { language = "en", body = "With a [link](https://example.org/) and `code`." });
        foreach (var (path, text) in new[] { ("/", "A short note"), ("/language/ar/", "السوق"), ("/author/amina-haddad/", "السوق"), (PathOf(french), "hreflang=\"ar\"") })
        {
            await newsroom.ShowsAsync(path, text);
        }

        await newsroom.SettledAsync();
        Paths =
        [
            "/", PathOf(french), PathOf(arabic), $"/archive/{PathOf(french)[1..8]}/", "/section/soci%C3%A9t%C3%A9/", "/tag/tunis/", "/author/amina-haddad/",
            "/language/ar/", "/language/en/", $"/language/ar/archive/{PathOf(french)[1..8]}/", "/nothing-here/",
        ];
        playwright = await Playwright.CreateAsync();
        Browser = await Checks.LaunchAsync(playwright);
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright.Dispose();
        await newsroom.DisposeAsync();
    }

    private static string PathOf(System.Text.Json.Nodes.JsonNode article) => new Uri((string)article["url"]!).AbsolutePath;
}

public sealed class ReaderPagesTests(PublicationFixture publication) : IClassFixture<PublicationFixture>
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task No_page_has_an_accessibility_finding(ColorScheme scheme)
    {
        // The checker itself is a script, which our content security policy would not let run.
        await using var context = await NewContextAsync(1280, scheme, bypassPolicy: true);
        var page = await context.NewPageAsync();
        foreach (var path in publication.Paths)
        {
            await page.GotoAsync(path);
            await Checks.IsAccessibleAsync(page, $"{path}, {scheme}", scheme == ColorScheme.Dark ? Checks.ColoursAlone : null);
        }
    }

    [Fact]
    public async Task Every_file_of_the_site_is_valid_html()
    {
        await Checks.AreValidAsync(publication.SiteFolder);
        Assert.True(Directory.GetFiles(publication.SiteFolder, "*.html", SearchOption.AllDirectories).Length > 20);
    }

    [Fact]
    public async Task Pages_ask_no_other_host_and_run_no_script_but_that_of_comments()
    {
        await using var context = await NewContextAsync(1280, ColorScheme.Light);
        foreach (var path in publication.Paths)
        {
            var page = await context.NewPageAsync();
            var asked = new List<string>();
            page.Request += (_, request) => asked.Add(request.Url);
            await page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
            Assert.All(asked, url => Assert.Equal(publication.Address.Authority, new Uri(url).Authority));
            Assert.True(asked.Count <= 4, $"{path} asks for {string.Join(", ", asked)}");
            Assert.Equal(0, await page.Locator("script:not([type='application/ld+json'], [src^='/assets/comments-'])").CountAsync());
            await page.CloseAsync();
        }
    }

    [Theory]
    [InlineData(320)]
    [InlineData(360)]
    [InlineData(1280)]
    public async Task No_page_scrolls_sideways(int width)
    {
        await using var context = await NewContextAsync(width, ColorScheme.Light, bypassPolicy: true);
        var page = await context.NewPageAsync();
        foreach (var path in publication.Paths)
        {
            await page.GotoAsync(path);
            var wide = await page.EvaluateAsync<int>("document.scrollingElement.scrollWidth");
            Assert.True(wide <= width, $"{path} is {wide} pixels wide on a screen of {width}.");
        }
    }

    [Fact]
    public async Task Arabic_runs_from_right_to_left_on_its_own_page_and_within_a_french_one()
    {
        await using var context = await NewContextAsync(1280, ColorScheme.Light, bypassPolicy: true);
        var page = await context.NewPageAsync();
        await page.GotoAsync(publication.Paths[2]);
        Assert.Equal("rtl", await page.EvaluateAsync<string>("getComputedStyle(document.body).direction"));
        Assert.Equal("ar", await page.GetAttributeAsync("html", "lang"));

        await page.GotoAsync(publication.Paths[1]);
        Assert.Equal("ltr", await page.EvaluateAsync<string>("getComputedStyle(document.body).direction"));
        var paragraph = page.Locator("p[lang='ar']").First;
        Assert.Equal("rtl", await paragraph.EvaluateAsync<string>("p => getComputedStyle(p).direction"));
    }

    [Fact]
    public async Task A_reader_without_javascript_gets_from_home_to_the_author_and_back()
    {
        await using var context = await publication.Browser.OpenAsync(new BrowserNewContextOptions { BaseURL = publication.Address.AbsoluteUri, JavaScriptEnabled = false });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Le marché central rouvre" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Amina Haddad" }).First.ClickAsync();
        await page.WaitForURLAsync("**/author/amina-haddad/");
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Le Quotidien" }).First.ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
    }

    private Task<IBrowserContext> NewContextAsync(int width, ColorScheme scheme, bool bypassPolicy = false) =>
        publication.Browser.OpenAsync(new BrowserNewContextOptions
        {
            BaseURL = publication.Address.AbsoluteUri,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = scheme,
            BypassCSP = bypassPolicy,
        });
}
