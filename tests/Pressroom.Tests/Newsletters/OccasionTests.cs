using Pressroom.Articles;
using Pressroom.Newsletters.Issues;
using Pressroom.Site;
using Pressroom.Site.Body;
using Pressroom.Site.Lists;
using Pressroom.Storage;
using Pressroom.Tests.Site;

namespace Pressroom.Tests.Newsletters;

/// <summary>What makes an issue by itself: an article's first publication, and the hour of the digest.</summary>
public sealed class OccasionTests
{
    [Fact]
    public async Task An_article_is_mailed_at_its_first_publication_and_never_again()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(2);
        await desk.SeedAsync(1, "ar", "arabe");
        var article = await CommitAsync(desk, Sample(1) with { Newsletter = true, Section = "Sport" });
        var start = desk.Get<StartArticleIssue>();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => start.RunAsync(article, TestContext.Current.CancellationToken)));
        await desk.PumpAsync();
        await start.RunAsync(article with { Title = "Edited", Revision = 2 }, TestContext.Current.CancellationToken);
        await desk.PumpAsync();

        Assert.Equal(["reader0@example.net", "reader1@example.net"], desk.Transport.Addresses.Order());
        var call = Assert.Single(desk.Transport.Calls);
        Assert.Contains("Corps de l'article", call.Content.Html, StringComparison.Ordinal);
        var issue = await desk.FindAsync(NewsletterId.Of(article.Id));
        Assert.Equal((NewsletterKind.Article, NewsletterState.Sent, "sport"), (issue.Kind, issue.State, issue.Audience.Sections.Single()));
    }

    [Fact]
    public async Task An_article_published_without_a_newsletter_gets_none_by_a_later_edit()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(2);
        var start = desk.Get<StartArticleIssue>();
        var draft = await CommitAsync(desk, Sample(1) with { Status = ArticleStatus.Draft, Newsletter = true });
        await start.RunAsync(draft, TestContext.Current.CancellationToken);
        await start.RunAsync(draft with { Status = ArticleStatus.Published, Newsletter = false }, TestContext.Current.CancellationToken);
        await start.RunAsync(draft with { Status = ArticleStatus.Published, Newsletter = true }, TestContext.Current.CancellationToken);
        await desk.PumpAsync();
        Assert.Empty(desk.Transport.Calls);
    }

    [Fact]
    public async Task An_article_taken_back_before_its_issue_starts_is_not_mailed()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(2);
        var article = await CommitAsync(desk, Sample(1) with { Newsletter = true });
        await desk.Get<StartArticleIssue>().RunAsync(article, TestContext.Current.CancellationToken);
        var store = desk.Get<ArticleStore>();
        var stored = (await store.FindAsync(article.Id, TestContext.Current.CancellationToken))!;
        Assert.NotNull(await store.CommitAsync(
            article with { Status = ArticleStatus.Draft, Revision = 2 },
            new RevisionNote(2, desk.Time.GetUtcNow(), "test", "unpublished", article.Title, ArticleStatus.Draft),
            stored.ETag,
            TestContext.Current.CancellationToken));
        await desk.PumpAsync();
        Assert.Empty(desk.Transport.Calls);
        Assert.Equal(NewsletterState.Cancelled, (await desk.FindAsync(NewsletterId.Of(article.Id))).State);
    }

    [Fact]
    public async Task A_daily_digest_has_what_is_new_once_in_each_language_and_is_skipped_when_nothing_is()
    {
        await using var desk = NewsletterDesk.Open(settings: new NewsletterSettings(DigestRhythm.Daily, 7));
        await desk.SeedAsync(1, "fr", "fr");
        await desk.SeedAsync(1, "ar", "ar");
        var digests = desk.Get<SendDigests>();
        await ListAsync(desk, 1, "Hier soir", "fr", desk.Time.GetUtcNow().AddHours(-12));
        await ListAsync(desk, 2, "مساء أمس", "ar", desk.Time.GetUtcNow().AddHours(-11));
        await ListAsync(desk, 3, "Vieux", "fr", desk.Time.GetUtcNow().AddDays(-3));

        // 9 o'clock in Paris.
        for (var again = 0; again < 3; again++)
        {
            await digests.RunAsync(TestContext.Current.CancellationToken);
            await desk.PumpAsync();
            desk.Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(["ar0@example.net", "fr0@example.net"], desk.Transport.Addresses.Order());
        var french = desk.Transport.Mails.Single(mail => mail.Recipient.Address.Value == "fr0@example.net").Batch;
        Assert.StartsWith("digest-2026-11-24-fr.", french.Id, StringComparison.Ordinal);
        Assert.Equal("Le Rivage : Hier soir", french.Content.Subject);
        Assert.DoesNotContain("Vieux", french.Content.Html, StringComparison.Ordinal);
        Assert.NotNull(await desk.Get<IBlobStore>().FindAsync(new BlobPath("$web", "newsletters/digest-2026-11-24-fr/index.html"), TestContext.Current.CancellationToken));

        // The next day there is news in Arabic alone, and before the hour none is sent.
        await ListAsync(desk, 4, "خبر جديد", "ar", desk.Time.GetUtcNow().AddMinutes(5));
        desk.Time.SetUtcNow(new DateTimeOffset(2026, 11, 25, 5, 1, 0, TimeSpan.Zero));
        await digests.RunAsync(TestContext.Current.CancellationToken);
        await desk.PumpAsync();
        Assert.Equal(2, desk.Transport.Mails.Count);
        desk.Time.Advance(TimeSpan.FromHours(1));
        await digests.RunAsync(TestContext.Current.CancellationToken);
        await desk.PumpAsync();
        Assert.Equal(3, desk.Transport.Mails.Count);
        Assert.Equal("Le Rivage: خبر جديد", desk.Transport.Mails.Last().Batch.Content.Subject);
    }

    [Fact]
    public async Task No_article_is_in_two_digests_nor_between_them()
    {
        await using var desk = NewsletterDesk.Open(settings: new NewsletterSettings(DigestRhythm.Daily, 7));
        await desk.SeedAsync(1);
        var digests = desk.Get<SendDigests>();
        for (var hour = 0; hour < 72; hour++)
        {
            await ListAsync(desk, hour + 1, $"Article-{hour}-", "fr", desk.Time.GetUtcNow());
            desk.Time.Advance(TimeSpan.FromMinutes(30));
            await digests.RunAsync(TestContext.Current.CancellationToken);
            desk.Time.Advance(TimeSpan.FromMinutes(30));
            await desk.PumpAsync();
        }

        Assert.Equal(4, desk.Transport.Mails.Count);
        for (var hour = 0; hour < 66; hour++)
        {
            Assert.Equal(1, desk.Transport.Mails.Count(mail => mail.Batch.Content.Text.Contains($"* Article-{hour}-", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_weekly_digest_is_sent_on_monday_or_made_up_for()
    {
        await using var desk = NewsletterDesk.Open(settings: new NewsletterSettings(DigestRhythm.Weekly, 7));
        await desk.SeedAsync(1);
        await ListAsync(desk, 1, "Lundi", "fr", desk.Time.GetUtcNow().AddDays(-1));
        await desk.Get<SendDigests>().RunAsync(TestContext.Current.CancellationToken); // a Tuesday
        await desk.PumpAsync();
        Assert.StartsWith("digest-2026-w48-fr.", Assert.Single(desk.Transport.Calls).Id, StringComparison.Ordinal);
        for (var day = 0; day < 7; day++)
        {
            desk.Time.Advance(TimeSpan.FromDays(1));
            await ListAsync(desk, day + 2, $"Jour {day}", "fr", desk.Time.GetUtcNow().AddHours(-3));
            await desk.Get<SendDigests>().RunAsync(TestContext.Current.CancellationToken);
            await desk.PumpAsync();
        }

        Assert.Equal(2, desk.Transport.Calls.Count);
        Assert.StartsWith("digest-2026-w49-fr.", desk.Transport.Calls.Last().Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_setting_there_is_no_digest()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(1);
        await ListAsync(desk, 1, "Hier soir", "fr", desk.Time.GetUtcNow().AddHours(-12));
        await desk.Get<SendDigests>().RunAsync(TestContext.Current.CancellationToken);
        await desk.PumpAsync();
        Assert.Empty(desk.Transport.Calls);
    }

    [Fact]
    public async Task A_digest_killed_at_any_write_is_made_up_for_with_the_same_articles()
    {
        var kills = 0;
        for (var fatal = 1; kills == fatal - 1; fatal++)
        {
            await using var desk = NewsletterDesk.Open(settings: new NewsletterSettings(DigestRhythm.Daily, 7));
            await desk.SeedAsync(2);
            await ListAsync(desk, 1, "Hier soir", "fr", desk.Time.GetUtcNow().AddHours(-12));
            var writes = 0;
            desk.OnWrite = () =>
            {
                if (++writes == fatal)
                {
                    throw new Killed();
                }
            };
            try
            {
                await desk.Get<SendDigests>().RunAsync(TestContext.Current.CancellationToken);
            }
            catch (Killed)
            {
                kills++;
                await desk.RestartAsync();
            }

            desk.OnWrite = () => { };
            desk.Time.Advance(TimeSpan.FromHours(1));
            await desk.Get<SendDigests>().RunAsync(TestContext.Current.CancellationToken);
            await desk.PumpAsync(TimeSpan.FromMinutes(5));
            Assert.Equal(2, desk.Transport.Mails.Count);
        }

        Assert.InRange(kills, 4, 50);
    }

    private static Article Sample(int number) => Samples.Article(number, "Un titre", Samples.French, "2026/11/un-titre");

    private static async Task<Article> CommitAsync(NewsletterDesk desk, Article article)
    {
        const string body = "Corps de l'article.";
        var rendered = ArticleBody.Render(body, BodyFormat.Markdown, article.Language, NewsletterDesk.Site.BaseUrl);
        var store = desk.Get<ArticleStore>();
        Assert.True(await store.WriteAsync(new ArticleDocument(article, new ArticleText(body, BodyFormat.Markdown, rendered.Html, rendered.Excerpt)), TestContext.Current.CancellationToken));
        var note = new RevisionNote(article.Revision, desk.Time.GetUtcNow(), "test", "created", article.Title, article.Status);
        Assert.NotNull(await store.CommitAsync(article, note, null, TestContext.Current.CancellationToken));
        return article;
    }

    private static Task ListAsync(NewsletterDesk desk, int number, string title, string language, DateTimeOffset publishedAt)
    {
        var listed = new ListedArticle(
            Samples.Id(number), 1, $"2026/11/a{number}", title, null, Language.Parse(language), null, [], null, null, publishedAt, publishedAt);
        return desk.Get<ListStore>().PlaceAsync(listed, [ListKey.All, new ListKey(ListKind.Language, language)], again: false, TestContext.Current.CancellationToken);
    }
}
