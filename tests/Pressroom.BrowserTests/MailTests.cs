using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MimeKit;
using Pressroom.Tests.Flows;

namespace Pressroom.BrowserTests;

/// <summary>Every mail that readers get, and every page that a link in one leads to, as files: made by subscribing, confirming, receiving and leaving.</summary>
public sealed class MailFixture : IAsyncLifetime
{
    private Newsroom newsroom = null!;
    private IPlaywright playwright = null!;

    internal IBrowser Browser { get; private set; } = null!;

    internal string Folder { get; } = Directory.CreateTempSubdirectory("pressroom-mails-").FullName;

    internal IReadOnlyList<string> Files => [.. Directory.GetFiles(Folder).Order(StringComparer.Ordinal)];

    public async ValueTask InitializeAsync()
    {
        newsroom = await Newsroom.OpenAsync("--Site:Title=Le Quotidien", "--Site:Language=fr", "--Mail:PostalAddress=1, rue du Lac, Tunis");
        await newsroom.SendAsync(HttpMethod.Put, "/api/authors/amina-haddad", new { name = "Amina Haddad", bio = "Écrit depuis *Tunis*." }, HttpStatusCode.Created);
        foreach (var language in new[] { "fr", "ar", "en" })
        {
            await SubscribeAsync(language);
        }

        // Who is subscribed and asks again gets a mail that says so.
        await ImportAsync("known-fr", "fr");
        await AskAsync("known-fr", "fr");
        await MailAsync("already-fr", mail => mail.To.Mailboxes.Single().Address == AddressOf("known-fr"));

        foreach (var (language, title, body) in new[] { ("fr", "Le marché central rouvre", SampleTexts.French), ("ar", "السوق المركزي يفتح أبوابه", SampleTexts.Arabic) })
        {
            await newsroom.PublishAsync(title, new { language, section = "Société", summary = "Les étals sont revenus.", author = "amina-haddad", body, newsletter = true });
        }

        var issues = new Dictionary<string, MimeMessage>();
        foreach (var language in new[] { "fr", "ar" })
        {
            issues[language] = await MailAsync($"issue-{language}", mail => mail.Headers.Contains(HeaderId.ListUnsubscribe) && mail.To.Mailboxes.Single().Address == AddressOf(language));
        }

        var letter = await newsroom.PostAsync("/api/newsletters", new { subject = "A letter", body = "Dear reader,\n\n> quoted\n\n- one\n- two", language = "en" });
        Assert.NotNull(letter["id"]);
        await MailAsync("letter-en", mail => mail.Headers.Contains(HeaderId.ListUnsubscribe) && mail.To.Mailboxes.Single().Address == AddressOf("en"));

        foreach (var (language, issue) in issues)
        {
            var link = PathOf(issue.Headers[HeaderId.ListUnsubscribe]!.Trim('<', '>'));
            await SavePageAsync($"unsubscribe-page-{language}", await newsroom.Reader.GetAsync(link));
            await SavePageAsync($"unsubscribed-page-{language}", await PostAsync(link, "unsubscribe"));
            await SavePageAsync($"expired-page-{language}", await newsroom.Reader.GetAsync($"{link[..^8]}AAAAAAAA&language={language}"));
            await SavePageAsync($"check-mail-page-{language}", await newsroom.Reader.GetAsync($"/api/subscribers/check-mail?language={language}"));
        }

        playwright = await Playwright.CreateAsync();
        Browser = await Checks.LaunchAsync(playwright);
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright.Dispose();
        await newsroom.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static string AddressOf(string reader) => $"reader-{reader}@example.net";

    // The newsroom listens elsewhere than its settings say.
    private static string PathOf(string link) => new Uri(link).PathAndQuery;

    private async Task SubscribeAsync(string language)
    {
        await AskAsync(language, language);
        var mail = await MailAsync($"confirm-{language}", mail => mail.To.Mailboxes.Single().Address == AddressOf(language));
        var link = PathOf(Regex.Match(mail.TextBody!, @"https?://\S+").Value);
        await SavePageAsync($"confirm-page-{language}", await newsroom.Reader.GetAsync(link));
        await SavePageAsync($"confirmed-page-{language}", await PostAsync(link, "confirm"));
    }

    private async Task AskAsync(string reader, string language)
    {
        using var answer = await newsroom.Reader.PostAsJsonAsync("/api/subscribers", new { email = AddressOf(reader), language }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task ImportAsync(string reader, string language)
    {
        using var call = new HttpRequestMessage(HttpMethod.Post, "/api/subscribers/import")
        {
            Content = new StringContent($"email,language,sections,consentDate\n{AddressOf(reader)},{language},,2025-01-02\n", Encoding.UTF8, "text/csv"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Newsroom.AdminToken) },
        };
        using var answer = await newsroom.Reader.SendAsync(call, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> PostAsync(string link, string action)
    {
        using var form = new FormUrlEncodedContent([new("action", action)]);
        return await newsroom.Reader.PostAsync(link, form, TestContext.Current.CancellationToken);
    }

    // The mail's HTML part becomes a file, and the mail is out of the way of the next.
    private async Task<MimeMessage> MailAsync(string name, Func<MimeMessage, bool> isIt)
    {
        var outbox = Directory.CreateDirectory(Path.Combine(newsroom.DataFolder, "outbox")).FullName;
        MimeMessage? found = null;
        await Newsroom.EventuallyAsync(
            async () =>
            {
                foreach (var file in Directory.GetFiles(outbox, "*.eml"))
                {
                    var mail = await MimeMessage.LoadAsync(file, TestContext.Current.CancellationToken);
                    if (isIt(mail))
                    {
                        found = mail;
                        await File.WriteAllTextAsync(Path.Combine(Folder, name + ".html"), mail.HtmlBody, TestContext.Current.CancellationToken);
                        File.Delete(file);
                        return true;
                    }
                }

                return false;
            },
            $"the mail {name} is there");
        return found!;
    }

    private async Task SavePageAsync(string name, HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
            await File.WriteAllTextAsync(
                Path.Combine(Folder, name + ".html"), await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        }
    }
}

public sealed class MailTests(MailFixture mails) : IClassFixture<MailFixture>
{
    // A mail is shown within a mail program's own page, which has the landmarks.
    private static readonly object InSomebodysPage = new
    {
        rules = new Dictionary<string, object> { ["landmark-one-main"] = new { enabled = false }, ["region"] = new { enabled = false } },
    };

    private static readonly string[] OneOfEachKind = ["issue-fr", "issue-ar", "confirm-ar", "confirm-page-fr", "unsubscribe-page-ar"];

    [Fact]
    public async Task Every_mail_and_every_page_behind_its_links_is_valid_html()
    {
        Assert.True(mails.Files.Count >= 20, string.Create(CultureInfo.InvariantCulture, $"There are {mails.Files.Count} files."));

        // What is obsolete in pages is what some mail programs know: they take a table's sizes from nothing else.
        var findings = (await Checks.FindingsInAsync(mails.Folder)).Where(finding => !(finding.Contains("on the “t", StringComparison.Ordinal) && finding.EndsWith("is obsolete. Use CSS instead.", StringComparison.Ordinal)));
        Assert.Empty(findings);
    }

    [Fact]
    public async Task No_mail_scrolls_sideways_on_a_small_screen_or_a_large_one()
    {
        await using var context = await mails.Browser.OpenAsync();
        var page = await context.NewPageAsync();
        foreach (var file in mails.Files)
        {
            await page.GotoAsync(new Uri(file).AbsoluteUri);
            foreach (var width in new[] { 800, 360 })
            {
                await page.SetViewportSizeAsync(width, 900);
                if (Environment.GetEnvironmentVariable("PRESSROOM_SCREENSHOTS") is { } shots)
                {
                    await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(shots, $"{Path.GetFileNameWithoutExtension(file)}-{width}.png"), FullPage = true });
                }

                Assert.True(await page.EvaluateAsync<int>("document.scrollingElement.scrollWidth") <= width, $"{Path.GetFileName(file)} is wider than {width} pixels.");
            }
        }
    }

    [Fact]
    public async Task No_mail_has_an_accessibility_finding()
    {
        await using var context = await mails.Browser.OpenAsync(new BrowserNewContextOptions { BypassCSP = true });
        var page = await context.NewPageAsync();
        foreach (var name in OneOfEachKind)
        {
            var file = Path.Combine(mails.Folder, name + ".html");
            await page.GotoAsync(new Uri(file).AbsoluteUri);
            await Checks.IsAccessibleAsync(page, name, name.Contains("-page-", StringComparison.Ordinal) ? null : InSomebodysPage);
        }
    }
}
