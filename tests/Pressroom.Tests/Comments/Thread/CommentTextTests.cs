using AngleSharp;
using AngleSharp.Html.Parser;
using Pressroom.Comments.Thread;
using Pressroom.Tests.Site;
using Pressroom.Tests.Site.Body;

namespace Pressroom.Tests.Comments.Thread;

public sealed class CommentTextTests
{
    private static readonly string[] Elements = ["P", "BR", "EM", "STRONG", "CODE", "PRE", "BLOCKQUOTE", "A", "SPAN"];

    [Theory]
    [InlineData("one\n\ntwo", "<p>one</p>\n<p>two</p>")]
    [InlineData("one\ntwo\r\nthree", "<p>one<br>\ntwo<br>\nthree</p>")]
    [InlineData("*a* _b_ **c** `d`", "<p><em>a</em> <em>b</em> <strong>c</strong> <code>d</code></p>")]
    [InlineData("```js\nif (a < b) {}\n```", "<pre tabindex=\"0\"><code>if (a &lt; b) {}\n</code></pre>")]
    [InlineData("> said\n\nyes", "<blockquote>\n<p>said</p>\n</blockquote>\n<p>yes</p>")]
    public void Small_Markdown_becomes_elements(string typed, string html) => Assert.Equal(html, CommentText.Render(typed, Samples.English).Html);

    [Theory]
    [InlineData("# Not a heading")]
    [InlineData("Not a heading\n===")]
    [InlineData("Not a rule\n\n---")]
    [InlineData("- not a list\n- at all")]
    [InlineData("1. not a list")]
    [InlineData("    not code, only indented")]
    [InlineData("| not | a table |\n|--|--|")]
    [InlineData("![no picture](https://example.org/a.png)")]
    [InlineData("not a footnote[^1]\n\n[^1]: indeed")]
    [InlineData("<b>no HTML</b> & <!-- no comment --> <img src=x>")]
    [InlineData("~~not struck~~ x^2^ H~2~O")]
    public void What_looks_like_more_stays_text(string typed)
    {
        var rendered = CommentText.Render(typed, Samples.English);

        using var document = new HtmlParser().ParseDocument("<body>" + rendered.Html);
        Assert.All(document.Body!.QuerySelectorAll("*"), element => Assert.Contains(element.TagName, new[] { "P", "BR" }));
        Assert.Equal(Words(typed), Words(document.Body.TextContent));
        Assert.Empty(rendered.Links);

        static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Links_lead_to_the_web_and_vouch_for_nothing()
    {
        var rendered = CommentText.Render(
            "[a](https://example.org/é?x=1&y=2 \"t\"), http://b.example/, www.c.example, <https://d.example/>, [again](http://b.example/), a@b.example, <a@b.example>, [m](mailto:a@b.example), tel:+331234, ftp://e.example/, [r](/r), [h](#h)",
            Samples.English);

        Assert.Equal(["https://example.org/%C3%A9?x=1&y=2", "http://b.example/", "https://www.c.example/", "https://d.example/"], rendered.Links);
        using var document = new HtmlParser().ParseDocument("<body>" + rendered.Html);
        Assert.Equal(5, document.QuerySelectorAll("a").Length);
        Assert.All(document.QuerySelectorAll("a"), link => Assert.Equal("noopener nofollow ugc", link.GetAttribute("rel")));
        Assert.All(document.QuerySelectorAll("a"), link => Assert.Equal(["href", "rel"], link.Attributes.Select(attribute => attribute.Name)));
        Assert.Contains("a@b.example, a@b.example, m, +331234, ftp://e.example/, r, h", document.Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[a](javascript:alert(1))")]
    [InlineData("[a](JaVaScRiPt:alert(1))")]
    [InlineData("[a]( javascript:alert(1))")]
    [InlineData("[a](<java\tscript:alert(1)>)")]
    [InlineData("[a](java&#10;script:alert(1))")]
    [InlineData("[a](&#106;&#x61;vascript:alert(1))")]
    [InlineData("[a](\u0001javascript:alert(1))")]
    [InlineData("[a](javascript&colon;alert(1))")]
    [InlineData("[a](vbscript:msgbox(1))")]
    [InlineData("[a](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("[a](DATA:image/svg+xml,<svg/onload=alert(1)>)")]
    [InlineData("[a](file:///etc/passwd)")]
    [InlineData("[a](//evil.example)")]
    [InlineData("[a](\\\\evil.example)")]
    [InlineData("[a](https://user:password@evil.example/)")]
    [InlineData("[a](http:///)")]
    [InlineData("[a](http:javascript:alert(1))")]
    [InlineData("[a](blob:https://example.org/1)")]
    [InlineData("[a](view-source:https://example.org/)")]
    [InlineData("[a][b]\n\n[b]: javascript:alert(1)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("<data:text/html,<script>alert(1)</script>>")]
    [InlineData("![a](javascript:alert(1))")]
    public void No_disguise_makes_a_link_of_another_scheme(string typed)
    {
        var rendered = CommentText.Render(typed, Samples.English);

        Check(rendered.Html);
        Assert.Empty(rendered.Links);
        Assert.DoesNotContain("<a", rendered.Html, StringComparison.Ordinal);
        Assert.NotEmpty(rendered.Html);
    }

    [Theory]
    [MemberData(nameof(HostileHtmlTests.Payloads), MemberType = typeof(HostileHtmlTests))]
    public void Hostile_HTML_is_text(string payload)
    {
        foreach (var typed in new[] { payload, $"before {payload} after", $"> {payload}", $"*{payload}*", $"```{payload}\n{payload}", $"[{payload}](https://example.org/{payload})", $"![{payload}][{payload}]\n\n[{payload}]: https://example.org/" })
        {
            Check(CommentText.Render(typed, Samples.Arabic).Html);
        }
    }

    [Theory]
    [InlineData(">")]
    [InlineData("> ")]
    [InlineData("*")]
    [InlineData("_a_*")]
    [InlineData("*a _")]
    [InlineData("**a ")]
    [InlineData("[")]
    [InlineData("![")]
    [InlineData("]")]
    [InlineData("[a](")]
    [InlineData("[a]: ")]
    [InlineData("<")]
    [InlineData("<a ")]
    [InlineData("<b>")]
    [InlineData("</b>")]
    [InlineData("`")]
    [InlineData("` ``")]
    [InlineData("```\n")]
    [InlineData("&")]
    [InlineData("&#x")]
    [InlineData("\\")]
    [InlineData("http://a ")]
    [InlineData("www.")]
    [InlineData("\n")]
    [InlineData("> *\n")]
    [InlineData("\t")]
    [InlineData("|")]
    [InlineData("\u202E")]
    [InlineData("e\u0301")]
    [InlineData("\0")]
    [InlineData("\ud800")]
    public async Task Bombs_are_answered(string piece)
    {
        var typed = string.Concat(Enumerable.Repeat(piece, CommentText.MostCharacters / piece.Length));

        // What hangs would do so for minutes.
        var rendered = await Task.Run(() => CommentText.Render(typed, Samples.English)).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Check(rendered.Html);
    }

    [Fact]
    public void Random_texts_of_signs_leave_safe_html()
    {
        var random = new Random(4);
        string[] pieces = ["*", "_", "**", "`", "```\n", ">", "> ", "[", "]", "](", ")", "!", "<", ">", "&", "\\", "\n", "\n\n", " ", "    ", "a", "é", "ش", "http://x.example", "www.", "javascript:", "<b>", "<!--", "\0", "\u202E", "\u2067", "\"", "'", "[x]: ", "#", "-"];
        for (var i = 0; i < 2_000; i++)
        {
            var typed = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => pieces[random.Next(pieces.Length)]));
            Check(CommentText.Render(typed, Samples.French).Html);
        }
    }

    [Fact]
    public void A_text_longer_than_a_comment_stays_as_it_is()
    {
        var rendered = CommentText.Render(string.Concat(Enumerable.Repeat("*a* http://b.example/\n", 2_000)), Samples.English);

        Assert.DoesNotContain("<em>", rendered.Html, StringComparison.Ordinal);
        Assert.Empty(rendered.Links);
    }

    [Fact]
    public void Controls_and_what_turns_directions_are_left_out_and_joiners_stay()
    {
        var rendered = CommentText.Render("a\0b\u0007c\u202Ed\u2066e\u2069f\u202C\uFEFF می\u200Cخواهم x\u200Fy\ud83dz", Samples.French);

        Assert.DoesNotMatch("[\0\u0007\u202A-\u202E\u2066-\u2069\uFEFF]", rendered.Html);
        Assert.Contains("abcdef", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("می\u200Cخواهم", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("x\u200Fy\uFFFDz", rendered.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t\n")]
    [InlineData("\0\u202E")]
    public void Only_a_text_without_anything_to_see_comes_out_empty(string typed) => Assert.Equal("", CommentText.Render(typed, Samples.French).Html);

    [Fact]
    public void Nothing_that_is_typed_vanishes_altogether() =>
        Assert.Equal(
            "<p>[a]: <a href=\"https://example.org/\" rel=\"noopener nofollow ugc\">https://example.org/</a></p>",
            CommentText.Render("[a]: https://example.org/", Samples.French).Html);

    [Theory]
    [InlineData("Merci.", "fr", "fr")]
    [InlineData("123 !", "ar", "ar")]
    [InlineData("The article is one of the best that I have read on this.", "fr", "en")]
    [InlineData("شكرًا على هذا المقال", "fr", "ar")]
    [InlineData("شكرًا على هذا المقال", "ar", "ar")]
    [InlineData("این گزارش خیلی خوب بود، ممنون از پژوهش شما و گروه", "ar", "fa")]
    [InlineData("شكرًا على هذا المقال", "fa", "ar-or-fa")]
    [InlineData("Ich habe den Artikel mit Freude gelesen, und er ist nicht der erste.", "en", "de")]
    [InlineData("Спасибо", "fr", "ru")]
    [InlineData("Khoob bood", "ar", "ar")]
    [InlineData("`the of and to in is that` Merci pour tout", "fr", "fr")]
    public void The_language_is_told_by_the_words_or_is_the_articles(string typed, string article, string expected)
    {
        var language = CommentText.Render(typed, Pressroom.Articles.Language.Parse(article)).Language;

        Assert.Contains(language.Tag, expected.Split("-or-"));
    }

    [Fact]
    public void A_paragraph_in_another_script_has_its_own_language_and_direction() =>
        Assert.Contains(
            "<p lang=\"ar\" dir=\"rtl\">شكرًا على هذا المقال</p>",
            CommentText.Render("Je traduis les remerciements de mon père, qui ne lit que cela :\n\nشكرًا على هذا المقال", Samples.French).Html,
            StringComparison.Ordinal);

    private static void Check(string html)
    {
        SafeHtml.Check(html);
        using var document = new HtmlParser(default, BrowsingContext.New(Configuration.Default)).ParseDocument("<body>" + html);
        foreach (var element in document.Body!.QuerySelectorAll("*"))
        {
            Assert.Contains(element.TagName, Elements);
            Assert.All(element.Attributes, attribute => Assert.Contains(attribute.Name, new[] { "href", "rel", "lang", "dir", "tabindex" }));
        }
    }
}
