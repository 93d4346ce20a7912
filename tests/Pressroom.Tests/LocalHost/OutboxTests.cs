using System.Net;
using System.Net.Http.Headers;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Access;
using Pressroom.Announcements;
using Pressroom.Announcements.Outbox;
using Pressroom.Articles;
using Pressroom.LocalHost.Hosting;
using Pressroom.LocalHost.Outbox;
using Pressroom.LocalHost.Triggers;
using Pressroom.Newsletters.Mail;
using Pressroom.Storage;
using Pressroom.Tests.Announcements;
using Pressroom.Tests.Flows;
using Pressroom.Tests.Newsletters.Mail;

namespace Pressroom.Tests.LocalHost;

public sealed class OutboxTests
{
    private const string Ann = $"{MailSample.BatchId}.ann.eml";

    private static readonly MailContent Arabic = MailSample.Newsletter with
    {
        FromName = "المثال",
        Subject = "عودة العبارات إلى الميناء",
        Text = "غادرت أول عبارة عند الفجر.\n\nإلغاء الاشتراك: -unsubscribeUrl-\n",
        Html = "<!doctype html>\n<html lang=\"ar\" dir=\"rtl\"><head><title>عودة</title></head><body><p>غادرت أول عبارة عند الفجر.</p></body></html>",
        Language = Language.Parse("ar"),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fresh_install_says_that_there_is_nothing_yet_and_makes_no_folder()
    {
        await using var newsroom = await Newsroom.OpenAsync();

        var page = await PageAsync(newsroom, "/_outbox");

        Assert.Equal("Nothing here yet", page.QuerySelector(".empty h2")?.TextContent);
        Assert.Equal(["All 0", "Mails 0", "Announcements 0"], page.QuerySelectorAll(".tabs a").Select(tab => tab.TextContent));
        Assert.False(Directory.Exists(Folder(newsroom)));
    }

    [Fact]
    public async Task Mails_that_go_elsewhere_are_not_promised_here()
    {
        await using var newsroom = await Newsroom.OpenAsync("--Smtp:Host=mail.example", "--Mail:From=news@example.org");

        Assert.Contains("Mails go out by SMTP and are not kept here.", (await PageAsync(newsroom, "/_outbox")).QuerySelector("header")?.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mails_and_announcements_stand_newest_first()
    {
        await using var newsroom = await Newsroom.OpenAsync("--Site:TimeZone=Europe/Paris");
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann")));
        await AnnounceAsync(newsroom, Sample.Arabic);
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("zoe")) with { Content = Arabic });
        Touch(newsroom, Ann, minutes: 1);
        TouchAnnouncements(newsroom, minutes: 2);
        Touch(newsroom, $"{MailSample.BatchId}.zoe.eml", minutes: 3);

        var items = (await PageAsync(newsroom, "/_outbox")).QuerySelectorAll(".item");

        Assert.Equal([Arabic.Subject, Sample.Arabic.Title, "Harbour reopens"], items.Select(item => item.QuerySelector("h2")!.TextContent));
        Assert.Equal([("ar", "rtl"), ("ar", "rtl"), ("en", "ltr")], items.Select(item => item.QuerySelector("h2")!).Select(title => (title.GetAttribute("lang"), title.GetAttribute("dir"))));
        Assert.Equal("Mail to zoe@readers.example from المثال <news@example.org>", items[0].QuerySelector(".about")!.TextContent);
        Assert.Equal($"/_outbox/mail/{MailSample.BatchId}.zoe.eml", items[0].QuerySelector("h2 a")!.GetAttribute("href"));
        Assert.Equal("24 Nov 2026, 08:00", items[0].QuerySelector("time")!.TextContent);
        Assert.Equal("2026-11-24T08:00:00+01:00", items[0].QuerySelector("time")!.GetAttribute("datetime"));
        Assert.Equal("Announcement on our outbox", items[1].QuerySelector(".about")!.TextContent);
        Assert.Equal((Sample.Arabic.Summary, "ar", "rtl"), (
            items[1].QuerySelector(".text")!.TextContent, items[1].QuerySelector(".text")!.GetAttribute("lang"), items[1].QuerySelector(".text")!.GetAttribute("dir")));
        var link = items[1].QuerySelector(".link a")!;
        Assert.Equal((Sample.Arabic.Url, "https://news.example/2026/11/أوبك/", "ltr"), (link.GetAttribute("href"), link.TextContent, link.GetAttribute("dir")));
    }

    [Fact]
    public async Task Mails_and_announcements_can_be_seen_alone()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob")));
        await AnnounceAsync(newsroom, Sample.English);

        var mails = await PageAsync(newsroom, "/_outbox?show=mails");
        var announcements = await PageAsync(newsroom, "/_outbox?show=announcements");

        Assert.Equal(["Harbour reopens", "Harbour reopens"], mails.QuerySelectorAll(".item h2").Select(title => title.TextContent));
        Assert.Equal([Sample.English.Title], announcements.QuerySelectorAll(".item h2").Select(title => title.TextContent));
        Assert.Equal("Announcements 1", announcements.QuerySelector("[aria-current]")!.TextContent);
        Assert.Equal(["All 3", "Mails 2", "Announcements 1"], mails.QuerySelectorAll(".tabs a").Select(tab => tab.TextContent));
    }

    [Fact]
    public async Task An_edited_and_a_deleted_announcement_say_so()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        var (channel, post) = await AnnounceAsync(newsroom, Sample.English);

        await channel.EditAsync(post, channel.Compose(Sample.English with { Title = "Harbour open" }), Stop);
        var edited = (await PageAsync(newsroom, "/_outbox")).QuerySelector(".item")!;
        Assert.Equal(("Harbour open", "edited"), (edited.QuerySelector("h2")!.TextContent, edited.QuerySelector(".state")!.TextContent));

        await channel.DeleteAsync(post, Stop);
        Assert.Equal("deleted", (await PageAsync(newsroom, "/_outbox")).QuerySelector(".item .state")!.TextContent);
    }

    [Fact]
    public async Task Fifty_stand_on_a_page_and_the_older_ones_on_the_next()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch([.. Enumerable.Range(0, 120).Select(i => MailSample.Recipient($"reader{i}"))]));
        for (var i = 0; i < 120; i++)
        {
            Touch(newsroom, $"{MailSample.BatchId}.reader{i}.eml", minutes: i);
        }

        var seen = new List<string>();
        var sizes = new List<int>();
        for (var address = "/_outbox?show=mails"; address is not null;)
        {
            var page = await PageAsync(newsroom, address);
            var links = page.QuerySelectorAll(".item h2 a").Select(link => link.GetAttribute("href")!).ToList();
            seen.AddRange(links);
            sizes.Add(links.Count);
            address = page.QuerySelector("a[rel=next]")?.GetAttribute("href");
        }

        Assert.Equal([50, 50, 20], sizes);
        Assert.Equal(Enumerable.Range(0, 120).Reverse().Select(i => $"/_outbox/mail/{MailSample.BatchId}.reader{i}.eml"), seen);
        Assert.Equal("Page 3 of 3", (await PageAsync(newsroom, "/_outbox?page=99999999")).QuerySelector(".pages span")!.TextContent);
        Assert.Equal("/_outbox?page=2", (await PageAsync(newsroom, "/_outbox?page=3")).QuerySelector("a[rel=prev]")!.GetAttribute("href"));
        Assert.Equal("Page 1 of 3", (await PageAsync(newsroom, "/_outbox?page=-1")).QuerySelector(".pages span")!.TextContent);
    }

    [Fact]
    public async Task Unfinished_and_foreign_files_are_passed_over_and_broken_ones_spoil_no_page()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await AnnounceAsync(newsroom, Sample.English);
        foreach (var (name, text) in new[]
        {
            (".0123.tmp", "From: a@b.example\r\n\r\nx"), (".hidden.eml", "From: a@b.example\r\n\r\nx"), ("notes.txt", "x"), ("two words.eml", "x"),
            ("broken.eml", "\0\u0001 no mail <b>at all</b>"), ("empty.eml", ""), ("announcements/broken.json", "{"), ("announcements/null.json", "null"),
            ("announcements/other.json", """{"channel":"x"}"""),
        })
        {
            await File.WriteAllTextAsync(Path.Combine(Folder(newsroom), name), text, Stop);
        }

        Directory.CreateDirectory(Path.Combine(Folder(newsroom), "folder.eml"));

        var page = await PageAsync(newsroom, "/_outbox");

        Assert.Equal(["All 6", "Mails 2", "Announcements 4"], page.QuerySelectorAll(".tabs a").Select(tab => tab.TextContent));
        Assert.Single(page.QuerySelectorAll(".item h2"), title => title.TextContent == Sample.English.Title);
        Assert.Equal(3, page.QuerySelectorAll(".note").Count(note => note.TextContent.EndsWith("holds no announcement that can be read.", StringComparison.Ordinal)));
        foreach (var name in new[] { "broken.eml", "empty.eml" })
        {
            Assert.NotNull((await PageAsync(newsroom, $"/_outbox/mail/{name}")).QuerySelector($"a[href='/_outbox/mail/{name}/source']"));
            Assert.Equal(404, await StatusAsync(newsroom.Reader, $"/_outbox/mail/{name}/html"));
        }
    }

    [Fact]
    public async Task A_mail_is_shown_with_its_headers_its_text_and_its_HTML_in_a_frame()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann")));

        var page = await PageAsync(newsroom, $"/_outbox/mail/{Ann}");

        Assert.Equal("Harbour reopens", page.QuerySelector("h1")!.TextContent);
        var headers = page.QuerySelectorAll(".headers > div").ToDictionary(header => header.QuerySelector("dt")!.TextContent, header => header.QuerySelector("dd")!.TextContent);
        Assert.Equal("ann@readers.example", headers["To"]);
        Assert.Equal("The Example <news@example.org>", headers["From"]);
        Assert.Equal("<https://news.example/api/unsubscribe?token=ann>", headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", headers["List-Unsubscribe-Post"]);
        Assert.Equal("en", headers["Content-Language"]);
        var text = page.QuerySelector("pre")!;
        Assert.Equal("The first ferry left at dawn.\n\nUnsubscribe: https://news.example/api/unsubscribe?token=ann\n", text.TextContent);
        Assert.Equal("https://news.example/api/unsubscribe?token=ann", Assert.Single(text.QuerySelectorAll("a")).GetAttribute("href"));
        var frame = page.QuerySelector("iframe")!;
        Assert.Equal($"/_outbox/mail/{Ann}/html", frame.GetAttribute("src"));
        Assert.Equal("allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation", frame.GetAttribute("sandbox"));
        Assert.Equal($"/_outbox/mail/{Ann}/source", page.QuerySelector(".more a:last-of-type")!.GetAttribute("href"));
    }

    [Fact]
    public async Task The_frames_HTML_can_do_nothing_but_lead_to_the_top()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann")));

        using var answer = await newsroom.Reader.GetAsync($"/_outbox/mail/{Ann}/html", Stop);

        var html = await answer.Content.ReadAsStringAsync(Stop);
        Assert.StartsWith("<!DOCTYPE html><base target=\"_top\"><html lang=\"en\">", html, StringComparison.Ordinal);
        var document = new HtmlParser().ParseDocument(html);
        Assert.Equal(("en", "Harbour reopens", "_top"), (document.DocumentElement.GetAttribute("lang"), document.Title, document.Head!.QuerySelector("base")!.GetAttribute("target")));
        Assert.Contains(document.Links, link => link.GetAttribute("href") == "https://news.example/api/unsubscribe?token=ann");
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https: http://localhost:7071; form-action 'none'; base-uri 'none'; "
                + "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
            answer.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task A_mail_from_right_to_left_keeps_its_letters_and_its_direction()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann")) with { Content = Arabic });

        var page = await PageAsync(newsroom, $"/_outbox/mail/{Ann}");
        Assert.Equal(Arabic.Subject, page.QuerySelector("h1[dir=rtl][lang=ar]")!.TextContent);
        Assert.StartsWith("غادرت أول عبارة عند الفجر.\n", page.QuerySelector("pre[dir=rtl][lang=ar]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("https://news.example/api/unsubscribe?token=ann", page.QuerySelector("pre a[dir=ltr]")!.TextContent);

        var frame = await PageAsync(newsroom, $"/_outbox/mail/{Ann}/html");
        Assert.Equal(("ar", "rtl"), (frame.DocumentElement.GetAttribute("lang"), frame.DocumentElement.GetAttribute("dir")));
    }

    [Fact]
    public async Task A_mail_that_names_no_language_goes_by_its_letters()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        Directory.CreateDirectory(Folder(newsroom));
        await File.WriteAllTextAsync(Path.Combine(Folder(newsroom), "plain.eml"), "Subject: =?utf-8?b?2K7YqNix?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nخبر\r\n", Stop);

        Assert.Equal("خبر", (await PageAsync(newsroom, "/_outbox")).QuerySelector("h2[dir=auto]")!.TextContent);
        var page = await PageAsync(newsroom, "/_outbox/mail/plain.eml");
        Assert.Equal(("خبر", "خبر\n"), (page.QuerySelector("h1[dir=auto]")!.TextContent, page.QuerySelector("pre[dir=auto]")!.TextContent));
        Assert.Null(page.QuerySelector("iframe"));
    }

    [Fact]
    public async Task A_folder_at_rest_is_read_once_and_again_when_something_comes()
    {
        var data = Directory.CreateTempSubdirectory("pressroom-").FullName;
        try
        {
            var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
            var folder = new OutboxFolder(data, time);
            var transport = new OutboxTransport(data, MailSample.From, TimeProvider.System);
            await transport.SendAsync(MailSample.Batch(MailSample.Recipient("ann")), MailSample.NoReport, Stop);
            File.SetLastWriteTimeUtc(Path.Combine(data, Ann), time.GetUtcNow().UtcDateTime.AddMinutes(-1));
            Directory.SetLastWriteTimeUtc(data, time.GetUtcNow().UtcDateTime);
            Assert.NotSame(folder.Mails(), folder.Mails());
            Directory.SetLastWriteTimeUtc(data, time.GetUtcNow().UtcDateTime.AddMinutes(-1));
            Assert.Same(folder.Mails(), folder.Mails());

            await transport.SendAsync(MailSample.Batch(MailSample.Recipient("bob")), MailSample.NoReport, Stop);
            Assert.Equal([$"{MailSample.BatchId}.bob.eml", Ann], folder.Mails().Select(mail => mail.Name));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Hostile_mails_and_announcements_are_text_on_the_pages()
    {
        const string Attack = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann")) with
        {
            Content = MailSample.Newsletter with { FromName = Attack, Subject = Attack, Text = $"{Attack} javascript:alert(1) https://e.example/\"onclick=alert(1) end" },
        });
        await AnnounceAsync(newsroom, Sample.English with { Title = Attack, Summary = Attack, Url = "javascript:alert(1)" });

        var list = await PageAsync(newsroom, "/_outbox");
        var mail = await PageAsync(newsroom, $"/_outbox/mail/{Ann}");

        Assert.Equal([Attack, Attack], list.QuerySelectorAll(".item h2").Select(title => title.TextContent));
        Assert.Equal(Attack, mail.QuerySelector("h1")!.TextContent);
        Assert.Equal("https://e.example/", Assert.Single(mail.QuerySelectorAll("pre a")).GetAttribute("href"));
        foreach (var page in new[] { list, mail })
        {
            Assert.Empty(page.QuerySelectorAll("script, img, object, embed"));
            Assert.DoesNotContain(page.All, element => element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal)));
            Assert.DoesNotContain(page.QuerySelectorAll("[href]"), link => link.GetAttribute("href")!.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task The_source_is_the_file_as_it_is()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann")) with { Content = Arabic });

        using var answer = await newsroom.Reader.GetAsync($"/_outbox/mail/{Ann}/source", Stop);

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Folder(newsroom), Ann), Stop), await answer.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task No_name_leads_to_another_file()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann")));
        await AnnounceAsync(newsroom, Sample.English);
        Directory.CreateDirectory(Path.Combine(Folder(newsroom), "folder.eml"));
        foreach (var secret in new[] { "../secret.eml", ".hidden.eml", "announcements/secret.eml", "notes.txt" })
        {
            await File.WriteAllTextAsync(Path.Combine(Folder(newsroom), secret), "From: a@b.example\r\n\r\nsecret", Stop);
        }

        foreach (var name in new[]
        {
            "..%2fsecret.eml", "..%5csecret.eml", "%2e%2e%2fsecret.eml", "..%252fsecret.eml", ".hidden.eml", "announcements%2fsecret.eml", "secret.eml%0a",
            "folder.eml%2f..%2f..%2fsecret.eml", "notes.txt", "nobody.eml",
        })
        {
            foreach (var part in new[] { "", "/html", "/source" })
            {
                using var answer = await newsroom.Reader.GetAsync($"/_outbox/mail/{name}{part}", Stop);
                Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{name}{part}: {answer.StatusCode}");
                Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Every_answer_is_for_nobodys_cache_index_or_frame()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann")));

        foreach (var address in new[] { "/_outbox", $"/_outbox/mail/{Ann}", $"/_outbox/mail/{Ann}/html", $"/_outbox/mail/{Ann}/source", "/_outbox/mail/nobody.eml", "/_outbox/else" })
        {
            using var answer = await newsroom.Reader.GetAsync(address, Stop);
            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
            Assert.Equal(["noindex, nofollow"], answer.Headers.GetValues("X-Robots-Tag"));
            Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
            Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
            Assert.Equal(["same-origin"], answer.Headers.GetValues("Cross-Origin-Resource-Policy"));
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
            Assert.Contains($"frame-ancestors {(address.EndsWith("/html", StringComparison.Ordinal) ? "'self'" : "'none'")}", policy, StringComparison.Ordinal);

            using var head = await newsroom.Reader.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Stop);
            Assert.Equal((answer.StatusCode, answer.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
        }
    }

    private static (string Header, string Value)[] Elsewhere =>
    [
        ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "nonsense"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "localhost"),
        ("Forwarded", "for=127.0.0.1"), ("Via", "1.1 proxy"), ("X-Real-IP", "127.0.0.1"), ("CF-Connecting-IP", "203.0.113.7"),
        ("Host", "news.example"), ("Host", "localhost.news.example"), ("Host", "127.0.0.1.news.example:7071"),
    ];

    [Fact]
    public async Task Behind_a_proxy_or_under_another_name_only_an_administrators_token_opens()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann")));
        var desk = (string)(await newsroom.PostAsync("/api/tokens", new { name = "Desk", roles = new[] { "editor", "moderator" } }))["token"]!;
        var chief = (string)(await newsroom.PostAsync("/api/tokens", new { name = "Chief", roles = new[] { "admin" } }))["token"]!;

        foreach (var (header, value) in Elsewhere)
        {
            foreach (var address in new[] { "/_outbox", $"/_outbox/mail/{Ann}", $"/_outbox/mail/{Ann}/html", $"/_outbox/mail/{Ann}/source" })
            {
                foreach (var (token, status) in new[] { (null, 404), ("nonsense", 404), (desk, 404), (chief, 200), (Newsroom.AdminToken, 200) })
                {
                    Assert.True(status == await SentAsync(address, token, header, value), $"{header}: {value}, {address}");
                }
            }
        }

        async Task<int> SentAsync(string address, string? token, string header, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation(header, value);
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            using var answer = await newsroom.Reader.SendAsync(request, Stop);
            var body = await answer.Content.ReadAsStringAsync(Stop);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
                Assert.Equal("""{"type":"urn:pressroom:problem:not-found","title":"There is nothing at this address.","status":404}""", body);
            }

            return (int)answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost:7071", "http://localhost:7071", true)]
    [InlineData("127.8.9.10", "LOCALHOST", "http://127.0.0.1:7071", true)]
    [InlineData("::1", "[::1]:7071", "http://[::1]:7071", true)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", "http://localhost", true)]
    [InlineData("192.168.1.20", "localhost:7071", "http://localhost:7071", false)]
    [InlineData("::ffff:192.168.1.20", "localhost:7071", "http://localhost:7071", false)]
    [InlineData("fe80::1", "[::1]", "http://localhost:7071", false)]
    [InlineData(null, "localhost:7071", "http://localhost:7071", false)]
    [InlineData("127.0.0.1", "", "http://localhost:7071", false)]
    [InlineData("127.0.0.1", "192.168.1.20:7071", "http://localhost:7071", false)]
    [InlineData("127.0.0.1", "localhost:7071", "https://news.example", false)]
    public async Task Without_a_token_one_must_sit_at_a_machine_whose_publication_is_for_nobody_else(string? remote, string host, string baseUrl, bool expected)
    {
        var tokens = new Tokens(new MemoryTables(), new Secrets(Newsroom.AdminToken, new string('k', 40), false), TimeProvider.System);
        var url = new Uri(baseUrl);
        var visitors = new OutboxVisitors(tokens, new SiteSettings(url, new Uri(url, "/api"), "News", Language.Parse("en"), TimeZoneInfo.Utc));
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        context.Request.Headers.Host = host;

        Assert.Equal(expected, await visitors.MayLookAsync(context));

        context.Request.Headers.Authorization = $"Bearer {Newsroom.AdminToken}";
        Assert.True(await visitors.MayLookAsync(context));
    }

    [Fact]
    public async Task Nothing_can_be_done_there_but_looking()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        await SendAsync(newsroom, MailSample.Batch(MailSample.Recipient("ann")));
        var before = Snapshot();

        foreach (var address in new[] { "/_outbox", "/_outbox/", $"/_outbox/mail/{Ann}", $"/_outbox/mail/{Ann}/html", $"/_outbox/mail/{Ann}/source" })
        {
            Assert.Equal(200, await StatusAsync(newsroom.Reader, address));
            foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete })
            {
                using var answer = await newsroom.Editor.SendAsync(new HttpRequestMessage(method, address), Stop);
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            }
        }

        Assert.Equal(before, Snapshot());

        List<(string, DateTime)> Snapshot() =>
            [.. Directory.EnumerateFiles(Folder(newsroom), "*", SearchOption.AllDirectories).Select(file => (file, File.GetLastWriteTimeUtc(file))).Order()];
    }

    [Fact]
    public async Task The_sites_own_files_never_take_its_place()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        foreach (var file in new[] { "_outbox/index.html", "_outbox/mail/x.eml", "_outbox/other" })
        {
            var path = Path.Combine(newsroom.DataFolder, "site", file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "the site's", Stop);
        }

        foreach (var _ in Enumerable.Range(0, 2))
        {
            Assert.NotNull((await PageAsync(newsroom, "/_outbox")).QuerySelector(".empty"));
            Assert.NotNull((await PageAsync(newsroom, "/_outbox/")).QuerySelector(".empty"));
            Assert.Equal(404, await StatusAsync(newsroom.Reader, "/_outbox/mail/x.eml"));
            Assert.Equal(404, await StatusAsync(newsroom.Reader, "/_outbox/other"));
        }
    }

    [Fact]
    public async Task A_publication_on_Azure_has_no_outbox()
    {
        var folder = Directory.CreateTempSubdirectory("pressroom-");
        try
        {
            var builder = LocalHostBuilder.Create(
                [
                    "--urls=http://127.0.0.1:0", "--AzureWebJobsStorage=UseDevelopmentStorage=true", $"--Pressroom:AdminToken={Newsroom.AdminToken}",
                    $"--Pressroom:SigningKey={new string('k', 40)}", $"--Pressroom:DataFolder={folder.FullName}",
                ],
                folder.FullName);
            var settings = Settings.Read(builder.Configuration);
            builder.Services.AddSingleton(settings);
            builder.Services.AddSingleton<IQueueStore>(new MemoryQueues(TimeProvider.System));
            builder.Services.AddSingleton<ITableStore>(new MemoryTables());
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddSingleton(new Secrets(Newsroom.AdminToken, settings.Access.SigningKey!, false));
            builder.Services.AddSingleton<Tokens>();
            builder.AddTriggers([]);
            await using var app = builder.Build();
            app.MapTriggers();
            app.MapOutbox();
            await app.StartAsync(Stop);
            await new OutboxTransport(MailTransports.OutboxFolder(folder.FullName), MailSample.From, TimeProvider.System)
                .SendAsync(MailSample.Batch(MailSample.Recipient("ann")), MailSample.NoReport, Stop);

            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Newsroom.AdminToken);
            Assert.Equal(404, await StatusAsync(client, "/_outbox"));
            Assert.Equal(404, await StatusAsync(client, $"/_outbox/mail/{Ann}"));
            await app.StopAsync(Stop);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Folder(Newsroom newsroom) => MailTransports.OutboxFolder(newsroom.DataFolder);

    private static async Task SendAsync(Newsroom newsroom, MailBatch batch) => Assert.IsType<MailOutcome.Accepted>(
        await new OutboxTransport(Folder(newsroom), MailSample.From, new FakeTimeProvider(MailSample.Now)).SendAsync(batch, MailSample.NoReport, Stop));

    private static async Task<(OutboxChannel Channel, SentPost Post)> AnnounceAsync(Newsroom newsroom, Announcement announcement)
    {
        var channel = OutboxChannel.Create(Sample.Settings("outbox", null), Folder(newsroom), new FakeTimeProvider(MailSample.Now));
        var payload = channel.Compose(announcement).Payload;
        var sent = Assert.IsType<SendOutcome.Sent>(await channel.SendAsync(new Attempt(announcement.ArticleId, payload, null, 1, MailSample.Now, null), Stop));
        return (channel, new SentPost(announcement.ArticleId, sent.RemoteId, null, payload, MailSample.Now));
    }

    private static void Touch(Newsroom newsroom, string file, int minutes) =>
        File.SetLastWriteTimeUtc(Path.Combine(Folder(newsroom), file), MailSample.Now.UtcDateTime.AddMinutes(minutes));

    private static void TouchAnnouncements(Newsroom newsroom, int minutes)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder(newsroom), "announcements")))
        {
            File.SetLastWriteTimeUtc(file, MailSample.Now.UtcDateTime.AddMinutes(minutes));
        }
    }

    private static async Task<IDocument> PageAsync(Newsroom newsroom, string address)
    {
        using var answer = await newsroom.Reader.GetAsync(address, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        return new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task<int> StatusAsync(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address, Stop);
        return (int)answer.StatusCode;
    }
}
