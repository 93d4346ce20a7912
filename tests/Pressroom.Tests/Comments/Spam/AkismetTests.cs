using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Comments.Spam;
using Pressroom.Tests.Announcements;

namespace Pressroom.Tests.Comments.Spam;

public sealed class AkismetTests : IAsyncLifetime
{
    private const string Key = "k3y0f0ur5";
    private readonly SpamDesk desk = new();
    private ServiceAnswer verdict = new(200, "false");
    private FakeService service = null!;
    private Akismet akismet = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(call => call.Form["api_key"] != Key ? new ServiceAnswer(200, "invalid") : call.Path switch
        {
            "/1.1/comment-check" => verdict,
            "/1.1/submit-spam" or "/1.1/submit-ham" => new ServiceAnswer(200, "Thanks for making the web a better place."),
            "/1.1/verify-key" => new ServiceAnswer(200, "valid"),
            _ => new ServiceAnswer(404),
        });
        akismet = WithKey(Key);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task It_is_asked_with_all_that_it_documents()
    {
        await FindAsync();

        var call = Assert.Single(service.Calls);
        Assert.Equal(("POST", "/1.1/comment-check", "", "Pressroom/1.0"), (call.Method, call.Path, call.Query, call.Headers["User-Agent"]));
        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["api_key"] = Key,
                ["blog"] = "https://news.example/",
                ["blog_charset"] = "UTF-8",
                ["blog_lang"] = "en, fr",
                ["comment_author"] = "Hélène",
                ["comment_author_email"] = "anna@mail.example",
                ["comment_content"] = "C'est vrai & juste.",
                ["comment_date_gmt"] = "2026-11-24T09:00:00Z",
                ["comment_type"] = "comment",
                ["permalink"] = "https://news.example/2026/11/harbour/",
                ["user_agent"] = "Mozilla/5.0",
                ["user_ip"] = "203.0.113.7",
            },
            new SortedDictionary<string, string>(call.Form.ToDictionary(), StringComparer.Ordinal));
        Assert.True(akismet.IsRemote);
    }

    [Fact]
    public async Task Its_verdicts_become_points()
    {
        Assert.Equal(-1, (await FindAsync()).Points);
        verdict = new ServiceAnswer(200, "true");
        Assert.Equal(SpamScore.SpamFrom, (await FindAsync()).Points);
        verdict = new ServiceAnswer(200, "true", [("X-akismet-pro-tip", "discard")]);
        Assert.Equal(SpamScore.SpamFrom + 1, (await FindAsync()).Points);
    }

    [Theory]
    [InlineData(200, "invalid", "Akismet does not take the key or the site's address.")]
    [InlineData(200, "", "Akismet's answer was none that it documents.")]
    [InlineData(200, "TRUE-ish <html>", "Akismet's answer was none that it documents.")]
    [InlineData(429, "", "Akismet wants fewer calls than the plan allows.")]
    [InlineData(500, "true", "Akismet did not judge it (status 500).")]
    [InlineData(302, "", "Akismet did not judge it (status 302).")]
    [InlineData(403, "k3y0f0ur5", "Akismet did not judge it (status 403).")]
    public async Task An_answer_that_is_no_verdict_leaves_it_to_a_person(int status, string body, string reason)
    {
        service.FailNext("POST", status, body);

        Assert.Equal(new SpamFinding("akismet", 0, reason, Doubt: true), await FindAsync());
    }

    [Theory]
    [InlineData("X-akismet-alert-code", "10003", "Akismet did not judge it (alert 10003).")]
    [InlineData("X-akismet-debug-help", "Empty \"blog\" value", "Akismet did not understand the question.")]
    public async Task Its_headers_say_why_there_is_no_verdict(string header, string value, string reason)
    {
        service.FailNext("POST", 200, "", (header, value));

        Assert.Equal(new SpamFinding("akismet", 0, reason, Doubt: true), await FindAsync());
    }

    [Fact]
    public async Task Silence_a_cut_answer_and_nobody_there_leave_it_to_a_person()
    {
        service.HangNext("POST");
        var silence = await FindAsync();
        service.CutNext("POST");
        var cut = await FindAsync();
        var nobody = FakeService.NobodyThere(out var taken);
        using (taken)
        {
            akismet = WithKey(Key, nobody);
            var gone = await FindAsync();

            Assert.Equal([true, true, true], new[] { silence, cut, gone }.Select(finding => finding.Doubt));
            Assert.Equal([0, 0, 0], new[] { silence, cut, gone }.Select(finding => finding.Points));
        }
    }

    [Fact]
    public async Task After_ten_seconds_nobody_waits_any_more()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        using var end = new ManualResetEventSlim();
        await using var slow = await FakeService.StartAsync(_ =>
        {
            asked.TrySetResult();
            end.Wait(Stop);
            return new ServiceAnswer(200, "true");
        });
        akismet = new Akismet(new AkismetSettings(Key, slow.BaseUrl), SpamDesk.Site, slow.Outbound, time, NullLogger<Akismet>.Instance);
        var finding = FindAsync();
        await asked.Task.WaitAsync(Stop);

        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(new SpamFinding("akismet", 0, "Akismet did not answer. No answer came in time.", Doubt: true), await finding);
        end.Set();
    }

    [Fact]
    public async Task Where_nobody_knows_any_more_where_it_came_from_it_is_not_asked()
    {
        var comment = desk.Case("Good piece.") with { RemoteAddress = null };

        Assert.True(Assert.Single(await akismet.JudgeAsync(comment, Stop)).Doubt);
        Assert.False(await akismet.TeachAsync(comment, isSpam: true, Stop));
        Assert.Empty(service.Calls);
    }

    [Theory]
    [InlineData(true, "/1.1/submit-spam")]
    [InlineData(false, "/1.1/submit-ham")]
    public async Task Moderators_decisions_are_passed_on_once(bool isSpam, string path)
    {
        var comment = desk.Case("Good piece.");
        Assert.True(await akismet.TeachAsync(comment, isSpam, Stop));
        var call = Assert.Single(service.Calls);
        Assert.Equal((path, "Good piece."), (call.Path, call.Form["comment_content"]));

        service.FailNext("POST", 500);
        Assert.False(await akismet.TeachAsync(comment, isSpam, Stop));
        Assert.Equal(2, service.Calls.Count);
    }

    [Fact]
    public async Task A_key_is_good_wrong_or_not_known_to_be_either()
    {
        Assert.True(await akismet.IsKeyValidAsync(Stop));
        Assert.False(await WithKey("other").IsKeyValidAsync(Stop));
        service.FailNext("POST", 503);
        Assert.Null(await akismet.IsKeyValidAsync(Stop));
    }

    private Akismet WithKey(string key, Uri? baseUrl = null) =>
        new(new AkismetSettings(key, baseUrl ?? service.BaseUrl), SpamDesk.Site, service.Outbound, TimeProvider.System, NullLogger<Akismet>.Instance);

    private async Task<SpamFinding> FindAsync() =>
        Assert.Single(await akismet.JudgeAsync(desk.Case("C'est vrai & juste.", name: "Hélène", articleLanguage: "fr"), Stop));
}
