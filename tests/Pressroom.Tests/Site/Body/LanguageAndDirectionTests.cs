using Pressroom.Articles;
using Pressroom.Site.Body;

namespace Pressroom.Tests.Site.Body;

public sealed class LanguageAndDirectionTests
{
    [Theory]
    [InlineData("fr", "قال الوزير إن الإصلاح ضروري", "ar", "rtl")]
    [InlineData("fr", "وزیر بهداشت گفت که این اصلاحات ضروری است", "fa", "rtl")]
    [InlineData("fr", "وزیر صحت نے کہا کہ یہ اصلاحات ضروری ہیں", "ur", "rtl")]
    [InlineData("fr", "השר אמר שהרפורמה נחוצה", "he", "rtl")]
    [InlineData("fr", "Министр сказал, что реформа необходима", "ru", null)]
    [InlineData("fr", "Міністр сказав, що реформа її необхідна є", "uk", null)]
    [InlineData("fr", "Ο υπουργός είπε ότι η μεταρρύθμιση είναι αναγκαία", "el", null)]
    [InlineData("fr", "部长表示改革是必要的", "zh", null)]
    [InlineData("fr", "大臣は改革が必要だと述べた", "ja", null)]
    [InlineData("fr", "장관은 개혁이 필요하다고 말했다", "ko", null)]
    [InlineData("fr", "รัฐมนตรีกล่าวว่าการปฏิรูปจำเป็น", "th", null)]
    [InlineData("fr", "मंत्री ने कहा कि सुधार आवश्यक है", "hi", null)]
    [InlineData("fr", "მინისტრმა თქვა", "ka", null)]
    [InlineData("fr", "Նախարարն ասաց", "hy", null)]
    [InlineData("fr", "The minister says the reform is needed", null, null)] // the same script: only the author can tell
    [InlineData("ar", "Le ministre a dit que la réforme est nécessaire et que les moyens suivront", "fr", "ltr")]
    [InlineData("ar", "The minister of health said that the reform was needed for the hospitals of the country", "en", "ltr")]
    [InlineData("ar", "Opus magnum Ciceronis", "und-Latn", "ltr")]
    [InlineData("ar", "قال الوزير", null, null)]
    [InlineData("fa", "قال الوزير إن الإصلاح", null, null)]
    [InlineData("ja", "東京都", null, null)]
    [InlineData("zh", "大臣は改革が必要だと述べた", "ja", null)]
    [InlineData("ru", "Le ministre a dit que la réforme est dans la loi et les décrets", "fr", null)]
    [InlineData("sr", "Ministar je rekao", null, null)]
    [InlineData("sr-Latn", "Министар је рекао", "ru", null)]
    [InlineData("zh-Hant", "香港的改革", null, null)]
    [InlineData("fr", "12 345,67 € (+3 %) — 2026", null, null)]
    [InlineData("fr", "α", null, null)]
    [InlineData("fr", "L'OPEP, أوبك, se réunit", null, null)]
    [InlineData("fr", "أعلنت شركة Renault عن نتائجها السنوية في باريس", "ar", "rtl")]
    public void A_paragraph_mostly_in_another_script_is_marked(string articleLanguage, string text, string? lang, string? dir)
    {
        var attributes = (lang is null ? "" : $" lang=\"{lang}\"") + (dir is null ? "" : $" dir=\"{dir}\"");

        Assert.StartsWith($"<p{attributes}>", Html($"<p>{text}</p>", articleLanguage), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<h2>عنوان المقال</h2>", "<h2 id=\"text-عنوان-المقال\" lang=\"ar\" dir=\"rtl\">")]
    [InlineData("<ul><li>un mot</li><li>كلمة واحدة هنا</li></ul>", "<ul><li>un mot</li><li lang=\"ar\" dir=\"rtl\">")]
    [InlineData("<blockquote><p>قال الوزير كلمة</p></blockquote>", "<blockquote lang=\"ar\" dir=\"rtl\"><p>")]
    [InlineData("<blockquote><p>قال الوزير إن الإصلاح ضروري جدا</p><p>dit-il</p></blockquote>", "<blockquote><p lang=\"ar\" dir=\"rtl\">قال الوزير إن الإصلاح ضروري جدا</p><p>dit-il</p>")]
    [InlineData("<ul><li>كلمة واحدة هنا</li><li>كلمة أخرى</li></ul>", "<ul lang=\"ar\" dir=\"rtl\"><li>")]
    [InlineData("<table><tr><td>كلمة</td><td>2026</td></tr></table>", "<table lang=\"ar\" dir=\"rtl\">")]
    [InlineData("<dl><dt>الكلمة</dt><dd>le mot</dd></dl>", "<dl><dt lang=\"ar\" dir=\"rtl\">الكلمة</dt><dd>")]
    [InlineData("<table><tr><td>mot à mot</td><td>كلمة</td></tr></table>", "<tr><td>mot à mot</td><td lang=\"ar\" dir=\"rtl\">")]
    [InlineData("<figure><img src=/a.png><figcaption>صورة الميناء</figcaption></figure>", "<figcaption lang=\"ar\" dir=\"rtl\">|<figure lang=\"ar\" dir=\"rtl\">")]
    public void Every_kind_of_block_is_marked(string typed, string html) =>
        Assert.Contains(html.Split('|'), part => Html(typed, "fr").Contains(part, StringComparison.Ordinal));

    [Theory]
    [InlineData("fr", "Le mot مرحبا seul reste.", "Le mot مرحبا seul reste.")]
    [InlineData("fr", "Il cria : مرحبا بالعالم ! Puis rien.", "Il cria : <span lang=\"ar\" dir=\"rtl\">مرحبا بالعالم</span> ! Puis rien.")]
    [InlineData("fr", "On demanda « هل أنت هنا؟ » en vain, deux fois.", "On demanda « <span lang=\"ar\" dir=\"rtl\">هل أنت هنا؟</span> » en vain, deux fois.")]
    [InlineData("fr", "Le plan برنامج عام 2026 est prêt pour la suite.", "Le plan <span lang=\"ar\" dir=\"rtl\">برنامج عام 2026</span> est prêt pour la suite.")]
    [InlineData("fr", "La société شركة النور (دبي) se tait, dit-on encore.", "La société <span lang=\"ar\" dir=\"rtl\">شركة النور (دبي)</span> se tait, dit-on encore.")]
    [InlineData("fr", "Le roman Война и мир fut long à écrire.", "Le roman <span lang=\"ru\">Война и мир</span> fut long à écrire.")]
    [InlineData("fr", "Le salut こんにちは ouvre la porte, toujours.", "Le salut <span lang=\"ja\">こんにちは</span> ouvre la porte, toujours.")]
    [InlineData("fr", "Le film <em>مرحبا بالعالم</em> est sorti hier soir.", "Le film <em lang=\"ar\" dir=\"rtl\">مرحبا بالعالم</em> est sorti hier soir.")]
    [InlineData("ar", "أعلنت شركة Air France عن رحلات جديدة اليوم", "أعلنت شركة <span lang=\"und-Latn\" dir=\"ltr\">Air France</span> عن رحلات جديدة اليوم")]
    [InlineData("ar", "استعمل الأمر <code>git push</code> بعد ذلك مباشرة", "استعمل الأمر <code dir=\"ltr\">git push</code> بعد ذلك مباشرة")]
    [InlineData("ar", "الموقع <a href=\"https://example.com/\">https://example.com/</a> مفتوح", "الموقع <a href=\"https://example.com/\" rel=\"noopener\" dir=\"ltr\">https://example.com/</a> مفتوح")]
    public void Two_words_and_more_within_a_line_are_marked(string articleLanguage, string typed, string html) =>
        Assert.Equal($"<p>{html}</p>", Html($"<p>{typed}</p>", articleLanguage));

    [Theory]
    [InlineData("<p lang=fa>قال الوزير كلمة</p>", "<p lang=\"fa\" dir=\"rtl\">")]
    [InlineData("<p lang=FA dir=LTR>قال الوزير كلمة</p>", "<p lang=\"fa\" dir=\"ltr\">")]
    [InlineData("<p dir=auto>قال الوزير كلمة</p>", "<p lang=\"ar\" dir=\"auto\">")]
    [InlineData("<p lang=en>The minister, in English</p>", "<p lang=\"en\">")]
    [InlineData("<p lang='x y' dir=up>Un mot</p>", "<p>")]
    [InlineData("<p lang=und>قال الوزير كلمة</p>", "<p lang=\"und\">قال الوزير كلمة</p>")]
    [InlineData("<div dir=rtl><p>Un mot de plus</p></div>", "<div dir=\"rtl\"><p>")]
    [InlineData("<div lang=ar><p>Un mot de plus</p></div>", "<div lang=\"ar\" dir=\"rtl\"><p lang=\"fr\" dir=\"ltr\">")]
    public void What_the_author_says_wins(string typed, string html) => Assert.StartsWith(html, Html(typed, "fr"), StringComparison.Ordinal);

    [Fact]
    public void Code_blocks_run_from_left_to_right_in_every_article()
    {
        Assert.Equal("<pre tabindex=\"0\" dir=\"ltr\"><code>let x = 1\n</code></pre>", ArticleBody.Render("    let x = 1", BodyFormat.Markdown, Samples.Arabic, new Uri("https://example.org")).Html);
    }

    private static string Html(string typed, string language) => ArticleBody.Render(typed, BodyFormat.Html, Language.Parse(language), new Uri("https://example.org")).Html;
}
