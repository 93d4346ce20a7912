using System.Text;
using Pressroom.Articles;
using Pressroom.Site.Pages;
using Pressroom.Site.Themes;

namespace Pressroom.Tests.Site.Themes;

public sealed class ThemeTests
{
    [Fact]
    public void One_partial_alone_can_be_replaced()
    {
        var page = Page(Load("partials/footer.liquid", "<footer>{{ frame.site_title }} & <b>moi</b></footer>"));

        Assert.Contains("<footer>Le Rivage & <b>moi</b></footer>", page, StringComparison.Ordinal);
        Assert.Contains("<header class=\"masthead\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_theme_can_add_partials_and_stylesheets()
    {
        var theme = Theme.Load(new Dictionary<string, string>
        {
            ["partials/comments.liquid"] = "{% render 'partials/mine' %}<link href=\"/{{ 'print.css' | asset_path }}\">",
            ["partials/mine.liquid"] = "<p>{{ article.title | upcase }}</p>",
            ["print.css"] = "p{}",
        });

        var asset = Assert.Single(theme.Assets, asset => asset.Name == "print.css");
        Assert.Equal("p{}", Encoding.UTF8.GetString(asset.Bytes.Span));
        Assert.Contains($"<p>HÔPITAUX : LE PLAN DU LITTORAL</p><link href=\"/{asset.Path}\">", Page(theme), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("article.liquid", "a\nb\n{% if x %}\nc", "article.liquid, line ")]
    [InlineData("list.liquid", "a\n{{ x | }}", "list.liquid, line 2: ")]
    [InlineData("partials/head.liquid", "\n\n{{ x | shout }}", "partials/head.liquid, line 3: there is no filter 'shout'")]
    [InlineData("partials/head.liquid", "\n{% render 'partials/none' %}", "partials/head.liquid, line 2: there is no partial 'partials/none'")]
    [InlineData("partials/head.liquid", "{% if frame %}\n{% include 'none' %}{% endif %}", "partials/head.liquid, line 2: there is no partial 'none'")]
    [InlineData("texts/fr.json", "{\n\"by\": \"Par\",\n\"x\" 1 }", "texts/fr.json, line 3: ")]
    [InlineData("texts/fr.json", "{ \"months\": [\"janvier\"] }", "texts/fr.json: 'months' has to name 12 months")]
    [InlineData("texts/fr.json", "{ \"by\": 1 }", "texts/fr.json: every text is a string")]
    [InlineData("texts/klingon.json", "{}", "texts/klingon.json: is no file of a theme")]
    [InlineData("artcle.txt", "x", "artcle.txt: is no file of a theme")]
    public void A_broken_file_is_named_with_its_line(string name, string text, string message)
    {
        var broken = Assert.Throws<ThemeException>(() => Load(name, text));

        Assert.StartsWith(message, broken.Message, StringComparison.Ordinal);
        Assert.Equal(name, broken.File);
    }

    [Fact]
    public void A_texts_file_may_name_only_what_it_changes()
    {
        var page = Page(Load("texts/fr.json", "{ \"by\": \"De la main de {author}\" }"));

        Assert.Contains("De la main de <a", page, StringComparison.Ordinal);
        Assert.Contains("Mis à jour le", page, StringComparison.Ordinal);
        Assert.Contains("24 novembre 2026", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_theme_can_add_a_language()
    {
        var theme = Load("texts/de.json", "{ \"home\": \"Startseite\", \"months\": [\"Jan\",\"Feb\",\"Mär\",\"Apr\",\"Mai\",\"Jun\",\"Jul\",\"Aug\",\"Sep\",\"Okt\",\"Nov\",\"Dez\"], \"date\": \"{day}. {month} {year}\" }");
        var german = Samples.Article(9, "Die Fischer", Language.Parse("de"), "2026/11/die-fischer") with { Author = "Jo" };
        var page = Encoding.UTF8.GetString(new PageRenderer(theme, Samples.Site, []).Article(new ArticlePageModel(german, "<p>x</p>", "x", null, [])));

        Assert.Contains(">24. Nov 2026</time>", page, StringComparison.Ordinal);
        Assert.Contains("By <a", page, StringComparison.Ordinal); // not named there, so in English
    }

    [Fact]
    public void The_fingerprint_is_that_of_the_contents()
    {
        Assert.Equal(Load("style.css", "p{}").Fingerprint, Load("style.css", "p{}").Fingerprint);
        Assert.NotEqual(Load("style.css", "p{}").Fingerprint, Load("style.css", "p{ }").Fingerprint);
        Assert.NotEqual(Samples.Theme.Fingerprint, Load("partials/new.liquid", "").Fingerprint);
        Assert.Equal(Samples.Pages.Fingerprint, new PageRenderer(Samples.Theme, Samples.Site, Samples.Channels).Fingerprint);
        Assert.NotEqual(Samples.Pages.Fingerprint, new PageRenderer(Samples.Theme, Samples.Site, []).Fingerprint);
        Assert.NotEqual(Samples.Pages.Fingerprint, new PageRenderer(Samples.Theme, Samples.Site with { Title = "Autre" }, Samples.Channels).Fingerprint);
    }

    [Fact]
    public void Assets_can_be_cached_for_ever()
    {
        var style = Samples.Theme.Assets.Single(asset => asset.Name == "style.css");

        Assert.Matches("^assets/style-[0-9a-f]{10}\\.css$", style.Path);
        Assert.Equal("text/css; charset=utf-8", style.ContentType);
        Assert.Contains("immutable", style.CacheControl, StringComparison.Ordinal);
        Assert.Contains($"href=\"/{style.Path}\"", Page(Samples.Theme), StringComparison.Ordinal);
        Assert.NotEqual(style.Path, Load("style.css", "p{}").Assets.Single(asset => asset.Name == "style.css").Path);
    }

    [Fact]
    public void Every_language_has_every_text()
    {
        Assert.Equal(Names("en"), Names("fr"));
        Assert.Equal(Names("en"), Names("ar"));

        static List<string> Names(string language)
        {
            using var stream = typeof(Theme).Assembly.GetManifestResourceStream($"theme/texts/{language}.json")!;
            using var texts = System.Text.Json.JsonDocument.Parse(stream);
            return [.. texts.RootElement.EnumerateObject().Select(property => property.Name)];
        }
    }

    private static Theme Load(string name, string text) => Theme.Load(new Dictionary<string, string> { [name] = text });

    private static string Page(Theme theme) => Encoding.UTF8.GetString(new PageRenderer(theme, Samples.Site, Samples.Channels).Article(Samples.FrenchArticle()));
}
