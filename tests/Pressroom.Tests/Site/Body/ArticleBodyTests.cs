using Pressroom.Articles;
using Pressroom.Site.Body;

namespace Pressroom.Tests.Site.Body;

public sealed class ArticleBodyTests
{
    private static readonly Uri SiteUrl = new("https://example.org/news");

    [Theory]
    [InlineData("# Un\n\n## Deux\n\n### Trois", "h2 h3 h4")]
    [InlineData("## Deux\n\n### Trois\n\n## Deux", "h2 h3 h2")]
    [InlineData("### Trois\n\n#### Quatre", "h2 h3")]
    [InlineData("## Deux\n\n#### Quatre\n\n#### Quatre", "h2 h3 h3")]
    [InlineData("# 1\n\n## 2\n\n### 3\n\n#### 4\n\n##### 5\n\n###### 6", "h2 h3 h4 h5 h6 h6")]
    [InlineData("### Trois\n\n# Un\n\n## Deux", "h2 h2 h3")]
    public void Headings_begin_at_h2_and_skip_no_level(string markdown, string levels)
    {
        var html = Markdown(markdown);

        Assert.Equal(levels, string.Join(' ', html.Split('<').Where(part => part is ['h', >= '1' and <= '6', ..]).Select(part => part[..2])));
    }

    [Theory]
    [InlineData("## Été à « Paris »", "été-à-paris")]
    [InlineData("## ما الجديد؟", "ما-الجديد")]
    [InlineData("## 東京の夏", "東京の夏")]
    [InlineData("## **Gras** & `code`", "gras-code")]
    public void Headings_have_ids_in_the_authors_script(string markdown, string id) =>
        Assert.Contains($"id=\"text-{id}\"", Markdown(markdown), StringComparison.Ordinal);

    [Fact]
    public void Links_within_the_text_find_their_headings() =>
        Assert.Contains("<a href=\"#text-la-suite\">", Markdown("[plus bas](#la-suite)\n\n## La suite"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Il a dit «\u00A0oui\u00A0», puis \"non\" -- et 'rien'...", "<p>Il a dit «\u00A0oui\u00A0», puis \"non\" -- et 'rien'...</p>")]
    [InlineData("L’été “anglais” : l'eau – 6\u202F000 €", "<p>L’été “anglais” : l'eau – 6\u202F000 €</p>")]
    public void Quotes_and_spaces_stay_as_typed(string markdown, string html) => Assert.Equal(html, Markdown(markdown));

    [Fact]
    public void The_zero_width_non_joiner_of_Persian_survives()
    {
        Assert.Equal("<p>می\u200Cخواهم</p>", Markdown("می\u200Cخواهم", "fa"));
        Assert.Equal("<p>می\u200Cخواهم</p>", Html("<p>می&zwnj;خواهم</p>", "fa"));
    }

    [Fact]
    public void Footnotes_lead_there_and_back()
    {
        var html = Markdown("Texte[^a].\n\n[^a]: La note.");

        Assert.Equal(
            """
            <p>Texte<a href="#text-fn:1" class="footnote-ref" role="doc-noteref" id="text-fnref:1"><sup>1</sup></a>.</p>
            <div class="footnotes" role="doc-endnotes">
            <hr>
            <ol>
            <li id="text-fn:1">
            <p>La note.<a href="#text-fnref:1" class="footnote-back-ref" role="doc-backlink" aria-label="Retour au texte">↩︎</a></p>
            </li>
            </ol>
            </div>
            """,
            html);
        Assert.Contains("aria-label=\"العودة إلى النص\">↪︎</a>", Markdown("نص[^a].\n\n[^a]: هامش.", "ar"), StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_scroll_in_a_region_that_the_keyboard_reaches_and_keep_their_alignment()
    {
        var html = Markdown("| a | b | c |\n|---|:-:|--:|\n| 1 | 2 | 3 |\n\ntexte\n\n| d |\n|---|\n| 4 |");

        Assert.Contains("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Tableau 1\"><table>", html, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Tableau 2\"", html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"col\">a</th>\n<th class=\"center\" scope=\"col\">b</th>\n<th class=\"end\" scope=\"col\">c</th>", html, StringComparison.Ordinal);
        Assert.Contains("<td>1</td>\n<td class=\"center\">2</td>\n<td class=\"end\">3</td>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_with_a_title_is_a_figure_with_a_caption()
    {
        const string Picture = "<img src=\"https://example.org/a.jpg\" alt=\"Un port\" loading=\"lazy\" decoding=\"async\">";

        Assert.Equal($"<figure>{Picture}<figcaption>Le port, mardi.</figcaption></figure>", Markdown("![Un port](/a.jpg \"Le port, mardi.\")"));
        Assert.Equal(
            $"<figure><a href=\"https://example.com/\" rel=\"noopener\">{Picture}</a><figcaption>Le port.</figcaption></figure>",
            Markdown("[![Un port](/a.jpg \"Le port.\")](https://example.com)"));
        Assert.Equal($"<p>{Picture}</p>", Markdown("![Un port](/a.jpg)"));
        Assert.StartsWith("<p>Un mot <img", Markdown("Un mot ![Un port](/a.jpg \"Le port.\")"), StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_and_strikethrough_are_Markdown_too()
    {
        Assert.Equal("<figure>\n<p>x</p>\n<figcaption>Légende</figcaption>\n</figure>", Markdown("^^^\nx\n^^^ Légende"));
        Assert.Equal("<p><del>faux</del> H~2~O</p>", Markdown("~~faux~~ H~2~O"));
    }

    [Theory]
    [InlineData("[a](about)", "https://example.org/news/about", false)]
    [InlineData("[a](/about)", "https://example.org/about", false)]
    [InlineData("[a](?q=1)", "https://example.org/news/?q=1", false)]
    [InlineData("[a](//other.example/x)", "https://other.example/x", true)]
    [InlineData("[a](https://example.org/x)", "https://example.org/x", false)]
    [InlineData("https://example.com/a_b_c", "https://example.com/a_b_c", true)]
    [InlineData("www.example.com", "https://www.example.com/", true)]
    [InlineData("[a](mailto:a@example.com)", "mailto:a@example.com", false)]
    [InlineData("[a](tel:+33123456789)", "tel:+33123456789", false)]
    [InlineData("[a](/été)", "https://example.org/%C3%A9t%C3%A9", false)]
    public void Addresses_are_absolute_and_those_elsewhere_get_noopener(string markdown, string address, bool isExternal) =>
        Assert.Contains($"<a href=\"{address}\"{(isExternal ? " rel=\"noopener\"" : "")}>", Markdown(markdown), StringComparison.Ordinal);

    [Theory]
    [InlineData("<u>souligné</u> <big>grand</big>", "souligné grand")]
    [InlineData("<strike>x</strike><tt>y</tt><acronym title=z>z</acronym>", "<s>x</s><code>y</code><abbr title=\"z\">z</abbr>")]
    [InlineData("<p>a<p></p><p>&nbsp;</p><h2></h2>", "<p>a</p>")]
    [InlineData("<ul>x<li>y</ul>", "<ul><li>x</li><li>y</li></ul>")]
    [InlineData("<li>seul</li>", "<div>seul</div>")]
    [InlineData("<td>x</td>", "x")]
    [InlineData("<img src=/a.png width=10 height=20px alt=' x '>", "<img src=\"https://example.org/a.png\" alt=\"x\" width=\"10\" loading=\"lazy\" decoding=\"async\">")]
    [InlineData("<time datetime='2026-11-24'>hier</time> <time>demain</time> <time datetime='x'>y</time>", "<time datetime=\"2026-11-24\">hier</time> demain y")]
    [InlineData("<bdo>x</bdo><bdo dir=rtl>y</bdo>", "<bdi>x</bdi><bdo dir=\"rtl\">y</bdo>")]
    [InlineData("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>")]
    [InlineData("<details open><summary>a</summary><p>b</p></details>", "<details open><summary>a</summary><p>b</p></details>")]
    [InlineData("<ol start=3 reversed type=a><li value=2>x</ol>", "<ol start=\"3\" reversed type=\"a\"><li value=\"2\">x</li></ol>")]
    [InlineData("<a href=/x rel='nofollow me opener'>x</a>", "<a href=\"https://example.org/x\" rel=\"nofollow\">x</a>")]
    [InlineData("<pre>\n\n  a\n</pre>", "<pre tabindex=\"0\">\n\n  a\n</pre>")]
    [InlineData("<table><tr><th><td colspan=2 rowspan=x>a</table>", "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Tableau 1\"><table><tbody><tr><td></td><td colspan=\"2\">a</td></tr></tbody></table></div>")]
    public void Html_is_made_valid(string typed, string html) => Assert.Equal(html, Html(typed));

    [Fact]
    public void The_excerpt_is_of_the_prose()
    {
        var body = ArticleBody.Render("# Titre\n\n![x](/a.png \"Légende\")\n\nLa *première*\nphrase[^1].\n\n| t |\n|---|\n\n- la suite\n\n[^1]: Note.", BodyFormat.Markdown, Samples.French, SiteUrl);

        Assert.Equal("La première phrase. la suite", body.Excerpt);
        Assert.Equal("Titre seul", ArticleBody.Render("## Titre seul", BodyFormat.Markdown, Samples.French, SiteUrl).Excerpt);
        Assert.Equal("", ArticleBody.Render("![x](/a.png)", BodyFormat.Markdown, Samples.French, SiteUrl).Excerpt);
    }

    [Fact]
    public void A_long_excerpt_is_cut_after_a_word()
    {
        Assert.Equal("Un deux trois…", Excerpt.Cut("Un deux trois, quatre", 16));
        Assert.Equal("👩‍👩‍👧‍👦…", Excerpt.Cut("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 20));
        Assert.Equal("東京は日本…", Excerpt.Cut("東京は日本の首都です", 6));
    }

    private static string Markdown(string markdown, string language = "fr") => Render(markdown, BodyFormat.Markdown, language);

    private static string Html(string html, string language = "fr") => Render(html, BodyFormat.Html, language);

    private static string Render(string body, BodyFormat format, string language) => ArticleBody.Render(body, format, Language.Parse(language), SiteUrl).Html;
}
