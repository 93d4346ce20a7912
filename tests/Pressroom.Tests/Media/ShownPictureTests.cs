using System.Text;
using Pressroom.Articles;
using Pressroom.Media;
using Pressroom.Newsletters.Writing;
using Pressroom.Site.Body;

namespace Pressroom.Tests.Media;

/// <summary>What pages, feeds and mails make of the address of one of our pictures.</summary>
public sealed class ShownPictureTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const string Stem = "https://example.org/media/2026/11/" + Id + "-1000x500";

    private static readonly Uri SiteUrl = new("https://example.org");
    private static readonly Language English = Language.Parse("en");

    [Theory]
    [InlineData(Stem + ".jpg", Stem + "-1000.jpg")]
    [InlineData(Stem + "-640.webp", Stem + "-1000.jpg")]
    [InlineData(Stem + ".png", Stem + ".png")]
    [InlineData(Stem + ".gif", Stem + ".gif")]
    public void Any_of_its_files_leads_to_all_of_them(string address, string source)
    {
        var shown = ShownPicture.At(address, SiteUrl)!;
        Assert.Equal(source, shown.Source);
        Assert.Equal(Stem + "-1000.jpg", shown.Shared);
        Assert.Equal($"{Stem}-320.webp 320w, {Stem}-640.webp 640w, {Stem}-960.webp 960w, {Stem}-1000.webp 1000w", shown.Srcset);
    }

    [Theory]
    [InlineData("https://example.com/media/2026/11/" + Id + "-1000x500.jpg")]
    [InlineData("https://example.org.evil.example/media/2026/11/" + Id + "-1000x500.jpg")]
    [InlineData("https://example.org/x/media/2026/11/" + Id + "-1000x500.jpg")]
    [InlineData("https://example.org/media/2026/11/" + Id + "-1000x500.jpg?x=\" onload=\"alert(1)")]
    [InlineData("https://example.org/media/2026/11/" + Id + "-1000x500.svg")]
    [InlineData("https://example.org/media/2026/11/" + Id + "-99999x500.jpg")]
    [InlineData("https://example.org/media/2026/11/" + Id + "-0x500.jpg")]
    [InlineData("https://example.org/media/2026/11/0123-1000x500.jpg")]
    [InlineData("https://example.org/media/hero.jpg")]
    [InlineData(null)]
    public void Any_other_address_is_left_alone(string? address) => Assert.Null(ShownPicture.At(address, SiteUrl));

    [Fact]
    public void A_site_in_a_folder_has_its_pictures_there()
    {
        var shown = ShownPicture.At($"https://example.org/news/media/2026/11/{Id}-100x50.gif", new Uri("https://example.org/news/"))!;
        Assert.Equal($"https://example.org/news/media/2026/11/{Id}-100x50-100.webp 100w", shown.Srcset);
    }

    [Fact]
    public void A_body_shows_it_in_its_widths()
    {
        var html = ArticleBody.Render($"![The harbour](/media/2026/11/{Id}-1000x500.jpg)", BodyFormat.Markdown, English, SiteUrl).Html;
        Assert.Contains($"<img src=\"{Stem}-1000.jpg\" alt=\"The harbour\" width=\"1000\" height=\"500\" srcset=\"{Stem}-320.webp 320w, ", html, StringComparison.Ordinal);
        Assert.Contains($" 1000w\" sizes=\"{ShownPicture.TextSizes}\" loading=\"lazy\" decoding=\"async\">", html, StringComparison.Ordinal);
        Assert.Equal(html, ArticleBody.Render(html, BodyFormat.Html, English, SiteUrl).Html);
    }

    [Fact]
    public void An_author_can_show_it_smaller_but_no_larger()
    {
        Assert.Contains("width=\"300\" height=\"150\"", Render("width=300 height=9"), StringComparison.Ordinal);
        Assert.Contains("sizes=\"300px\"", Render("width=300"), StringComparison.Ordinal);
        Assert.Contains("width=\"1000\" height=\"500\"", Render("width=4000"), StringComparison.Ordinal);
        Assert.DoesNotContain("evil", Render("srcset=\"https://evil.example/a.png 1w\" sizes=1px"), StringComparison.Ordinal);
        Assert.Equal(Render("width=300"), ArticleBody.Render(Render("width=300"), BodyFormat.Html, English, SiteUrl).Html);

        static string Render(string attributes) => ArticleBody.Render($"<p><img src='{Stem}.jpg' {attributes}></p>", BodyFormat.Html, English, SiteUrl).Html;
    }

    [Fact]
    public void Its_own_words_stand_in_where_the_body_has_none()
    {
        var words = new Dictionary<PictureId, string> { [PictureId.Parse(Id)] = "Boats \"at rest\"" };
        Assert.Contains("alt=\"Boats &quot;at rest&quot;\"", Render("![]"), StringComparison.Ordinal);
        Assert.Contains("alt=\"Mine\"", Render("![Mine]"), StringComparison.Ordinal);
        Assert.Equal([PictureId.Parse(Id)], PictureName.In($"![]({Stem}.jpg) and <img src=\"/media/2026/11/{Id}-1000x500-320.webp\">"));

        string Render(string typed) => ArticleBody.Render($"{typed}({Stem}.jpg)", BodyFormat.Markdown, English, SiteUrl, words).Html;
    }

    [Fact]
    public void A_mail_shows_a_picture_that_mail_programs_can_show_at_the_width_of_its_column()
    {
        var html = ArticleBody.Render($"![The harbour](/media/2026/11/{Id}-1000x500-320.webp)", BodyFormat.Markdown, English, SiteUrl).Html;
        var mail = MailBody.Of(html, "ltr", null).Html;
        Assert.Contains($"<img src=\"{Stem}-1000.jpg\" alt=\"The harbour\" width=\"592\" style=", mail, StringComparison.Ordinal);
        foreach (var absent in new[] { "webp", "srcset", "sizes", "height=\"" })
        {
            Assert.DoesNotContain(absent, mail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\u00FF\u00D8\u00FF\u00E0", PictureType.Jpeg)]
    [InlineData("\u0089PNG\r\n\u001A\n", PictureType.Png)]
    [InlineData("GIF87a", PictureType.Gif)]
    [InlineData("RIFF\0\0\0\0WEBPVP8 ", PictureType.WebP)]
    [InlineData("\0\0\0\u001Cftypmif1\0\0\0\0avifmif1miaf", PictureType.Avif)]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0heicmif1", null)]
    [InlineData("\0\0\0\u0010ftypheic\0\0\0\0avif", null)]
    [InlineData("RIFF\0\0\0\0WAVE", null)]
    [InlineData("GIF88a", null)]
    public void A_kind_is_told_by_how_the_file_begins(string start, PictureType? type) =>
        Assert.Equal(type, PictureTypes.Of(Encoding.Latin1.GetBytes(start)));

    [Fact]
    public void No_beginning_of_a_file_trips_the_telling()
    {
        var random = new Random(7);
        foreach (var start in new[] { "\0\0\0\u00FFftypavif", "RIFF", "GIF89", "\u0089PNG", "\u00FF\u00D8" })
        {
            var whole = Encoding.Latin1.GetBytes(start);
            for (var length = 0; length <= whole.Length; length++)
            {
                PictureTypes.Of(whole.AsSpan(0, length));
            }
        }

        var bytes = new byte[40];
        for (var i = 0; i < 10_000; i++)
        {
            random.NextBytes(bytes);
            "ftyp"u8.CopyTo(bytes.AsSpan(4));
            PictureTypes.Of(bytes.AsSpan(0, 8 + random.Next(33)));
        }
    }
}
