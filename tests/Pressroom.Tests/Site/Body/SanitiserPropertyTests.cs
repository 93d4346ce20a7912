using CsCheck;
using Pressroom.Articles;
using Pressroom.Site.Body;

namespace Pressroom.Tests.Site.Body;

public sealed class SanitiserPropertyTests
{
    private static readonly Uri SiteUrl = new("https://example.org/news");

    private static readonly Gen<string> Fragment = OneOf(
        "<p>", "</p>", "<b>", "</b>", "<i onclick=x>", "</i>", "<a href=/x>", "<a href='javascript:x'>", "<a id=top href=#top>", "</a>", "<table>", "</table>", "<tr>",
        "<td>", "</td>", "<caption>", "<tbody>", "<ul>", "</ul>", "<li>", "</li>", "<ol>", "<dl>", "<dt>", "<dd>", "</dl>", "<h1>", "<h2 id=x>", "<h4>", "</h1>", "</h4>", "<div>",
        "</div>", "<section>", "</section>", "<form>", "</form>", "<svg>", "</svg>", "<math>", "</math>", "<mtext>", "<mglyph>", "<foreignObject>", "<style>",
        "</style>", "<script>", "</script>", "<noscript>", "</noscript>", "<template>", "</template>", "<textarea>", "</textarea>", "<title>", "</title>", "<!--", "-->",
        "<button>", "<select>", "<option>", "<object>", "</object>", "<pre>\n\n", "</pre>", "<blockquote>", "</blockquote>", "<span lang=he>", "<span dir=rtl>", "</span>",
        "<em>", "</em>", "<code>", "</code>", "<ruby>", "<rt>", "<details>", "<summary>", "<figure>", "<figcaption>", "<img src=a.png onerror=x title=t>", "<br>", "<hr>", "<font color=1>",
        "</font>", "<nobr>", "<center>", "<bdo>", "<time datetime=2026>", "<q>", "<div class=table tabindex=1>", "<div class=footnotes>", "<a class=footnote-back-ref href=#a>",
        "\"", "'", ">", "<", "&lt;", "&amp;", "&#13;", "=", "/", "\n", "\n\n", " ", "texte", "deux mots ", "« guillemets »", "مرحبا بالعالم", "مرحبا ", "שלום עולם", "привет мир", "日本語です", "2026", "(x)", "*", "_", "`", "|", "[a](b)", "# ", "> ", "- ", "~~");

    private static readonly Gen<string> Bodies = Fragment.Array[0, 40].Select(string.Concat);

    [Fact]
    public void Whatever_goes_in_only_harmless_html_comes_out_and_rendering_it_again_changes_at_most_marks_of_language()
    {
        Gen.Select(Bodies, Gen.Enum<BodyFormat>(), OneOf("fr", "ar", "ja")).Sample(
            (body, format, language) =>
            {
                var html = ArticleBody.Render(body, format, Language.Parse(language), SiteUrl).Html;
                SafeHtml.Check(html);
                Assert.Equal(Unmarked(html), Unmarked(ArticleBody.Render(html, BodyFormat.Html, Language.Parse(language), SiteUrl).Html));
            },
            iter: 500);
    }

    // Which language a scrap of text is most likely in may look otherwise once broken markup beside it has become text.
    private static string Unmarked(string html) => System.Text.RegularExpressions.Regex.Replace(html, " (lang|dir)=\"[^\"]*\"", "");

    [Fact]
    public void An_excerpt_is_short_whole_and_on_one_line()
    {
        Gen.Select(OneOf("mot", "e\u0301té", "👩‍👩‍👧‍👦", "  ", "\n", "«\u00A0non\u00A0»", "می\u200Cخواهم", "中文字", "🇫🇷").Array[0, 120].Select(string.Concat), Gen.Int[20, 200]).Sample((text, most) =>
        {
            var excerpt = Excerpt.Cut(text, most);
            Assert.True(excerpt.Length <= most);
            Assert.DoesNotContain('\n', excerpt);
            var kept = excerpt.EndsWith('…') ? excerpt[..^1] : excerpt;
            var whole = Excerpt.Cut(text, int.MaxValue);
            Assert.StartsWith(kept, whole, StringComparison.Ordinal);
            Assert.Contains(kept.Length, System.Globalization.StringInfo.ParseCombiningCharacters(whole).Append(whole.Length));
        });
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
