using System.Text;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Tests.Newsletters;

public sealed class ImportTests
{
    private const string Header = "email,language,sections,consentDate\n";

    [Fact]
    public async Task Good_lines_are_kept_and_bad_ones_named_by_number()
    {
        await using var desk = NewsletterDesk.Open();
        var reply = await ImportAsync(desk, Header
            + "good1@example.net,ar,Sport;Culture,2026-01-02\r\n" // 2
            + "\"good2@example.net\",\"fr\",\"\",\"2026-01-02T10:00:00+01:00\"\n" // 3
            + "no-address,fr,,2026-01-02\n" // 4
            + "x@example.net,klingon,,2026-01-02\n" // 5
            + "x@example.net,fr,,\n" // 6
            + "x@example.net,fr,,2099-01-01\n" // 7
            + "x@example.net,fr\n" // 8
            + "x@example.net,\"f\"r,,2026-01-02\n" // 9
            + "\n" // 10
            + "good3@example.net,,,2026-01-02\n"); // 11

        Assert.Equal(200, reply.Status);
        Assert.Equal((9, 3, 6), ((int)reply.Json["read"]!, (int)reply.Json["added"]!, (int)reply.Json["bad"]!));
        Assert.Equal([4, 5, 6, 7, 8, 9], reply.Json["errors"]!.AsArray().Select(error => (int)error!["line"]!));
        Assert.All(reply.Json["errors"]!.AsArray(), error => Assert.DoesNotContain("example.net", (string)error!["reason"]!, StringComparison.Ordinal));
        var good = await desk.FindAsync("good1@example.net");
        Assert.Equal(("ar", "sport culture", "import", SubscriberState.Confirmed), (good!.Language.Tag, string.Join(' ', good.Sections), good.ConsentSource, good.State));
        Assert.Equal("fr", (await desk.FindAsync("good3@example.net"))!.Language.Tag);
    }

    [Fact]
    public async Task The_same_import_again_changes_nothing_and_brings_nobody_back()
    {
        await using var desk = NewsletterDesk.Open();
        var csv = Header + string.Concat(Enumerable.Range(0, 300).Select(i => $"reader{i}@example.net,fr,,2026-01-02\n"));
        Assert.Equal(300, (int)(await ImportAsync(desk, csv)).Json["added"]!);
        var left = (await desk.FindAsync("reader0@example.net"))!;
        await desk.Subscribers.ChangeAsync(left.Id, known => known.Unsubscribed(desk.Time.GetUtcNow()), TestContext.Current.CancellationToken);
        var complained = (await desk.FindAsync("reader1@example.net"))!;
        await desk.Subscribers.ChangeAsync(complained.Id, known => known.Suppressed(Suppression.Complaint, desk.Time.GetUtcNow()), TestContext.Current.CancellationToken);
        Assert.Equal(204, (await desk.AdminAsync((functions, request) => functions.Delete(request, complained.Id.Value, default))).Status);
        var before = await ExportAsync(desk);

        desk.Time.Advance(TimeSpan.FromDays(1));
        var again = await ImportAsync(desk, csv.ToUpperInvariant().Replace("EMAIL,LANGUAGE,SECTIONS,CONSENTDATE", "consentDate,email", StringComparison.Ordinal)
            .Replace(",FR,,2026-01-02", "", StringComparison.Ordinal).Replace("READER", "2026-01-02,reader", StringComparison.Ordinal));
        Assert.Equal((0, 298, 2, 0), ((int)again.Json["added"]!, (int)again.Json["unchanged"]!, (int)again.Json["kept"]!, (int)again.Json["bad"]!));
        Assert.Equal(before, await ExportAsync(desk));
        Assert.Equal(SubscriberState.Suppressed, (await desk.FindAsync("reader1@example.net"))!.State);
    }

    [Fact]
    public async Task An_import_confirms_who_has_only_asked_but_not_who_has_left_since()
    {
        await using var desk = NewsletterDesk.Open();
        foreach (var email in new[] { "asks@example.net", "returns@example.net" })
        {
            await ImportAsync(desk, Header + $"{email},fr,,2026-01-02\n");
        }

        await desk.Subscribers.ChangeAsync((await desk.FindAsync("returns@example.net"))!.Id, known => known.Unsubscribed(desk.Time.GetUtcNow()), TestContext.Current.CancellationToken);
        await desk.Subscribers.EraseAsync((await desk.FindAsync("asks@example.net"))!.Id, TestContext.Current.CancellationToken);
        foreach (var email in new[] { "asks@example.net", "returns@example.net" })
        {
            await desk.ReaderAsync((functions, request) => functions.Subscribe(request, default), NewsletterDesk.Json(new { email }));
        }

        await desk.PumpAsync();
        Assert.Equal(SubscriberState.Pending, (await desk.FindAsync("returns@example.net"))!.State);
        await ImportAsync(desk, Header + "asks@example.net,fr,,2026-01-02\nreturns@example.net,fr,,2026-01-02\n");
        Assert.Equal(SubscriberState.Confirmed, (await desk.FindAsync("asks@example.net"))!.State);
        Assert.Equal(SubscriberState.Pending, (await desk.FindAsync("returns@example.net"))!.State);
    }

    [Fact]
    public async Task An_export_is_safe_in_a_spreadsheet_and_can_be_imported_elsewhere()
    {
        await using var desk = NewsletterDesk.Open();
        await ImportAsync(desk, Header + "=cmd@example.net,fr,a;b,2026-01-02\n+x@example.net,fr,,2026-01-02\n-y@example.net,ar,,2026-01-02\nplain@example.net,en,,2026-01-02\n");
        await desk.Subscribers.ChangeAsync((await desk.FindAsync("plain@example.net"))!.Id, known => known.Suppressed(Suppression.Bounce, desk.Time.GetUtcNow()), TestContext.Current.CancellationToken);
        var csv = await ExportAsync(desk);
        Assert.Equal(5, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain(csv.Split("\r\n"), line => line.Length > 0 && line[0] is '=' or '+' or '-' or '@');

        await using var other = NewsletterDesk.Open();
        var reply = await ImportAsync(other, csv);
        Assert.Equal((4, 0), ((int)reply.Json["added"]!, (int)reply.Json["bad"]!));
        Assert.Equal(["a", "b"], (await other.FindAsync("=cmd@example.net"))!.Sections);
        Assert.Equal(SubscriberState.Suppressed, (await other.FindAsync("plain@example.net"))!.State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("a@example.net,fr,,2026-01-02\n")]
    [InlineData("email;consentDate\n")]
    [InlineData("\"email,consentDate\n")]
    public async Task A_file_without_its_header_is_refused(string csv)
    {
        await using var desk = NewsletterDesk.Open();
        Assert.Equal(400, (await ImportAsync(desk, csv)).Status);
    }

    [Fact]
    public async Task Hostile_files_neither_stop_the_import_nor_fill_the_memory()
    {
        await using var desk = NewsletterDesk.Open();
        var csv = Header
            + "a@example.net,\"never closed,,2026-01-02\n" + new string('x', 40_000) + "\n"
            + new string(',', 60_000) + "\n"
            + "\0\u0001,,,\n"
            + "good@example.net,fr,,2026-01-02\n";
        var reply = await ImportAsync(desk, csv);
        Assert.Equal(200, reply.Status);
        Assert.Equal(1, (int)reply.Json["added"]!);
        Assert.Equal(3, (int)reply.Json["bad"]!);

        var noUtf8 = await desk.AdminAsync((functions, request) => functions.Import(request, default), NewsletterDesk.Body("text/csv", [.. Encoding.UTF8.GetBytes(Header), 0xFF, 0xFE, 0xC0, 0x0A]));
        Assert.Equal(1, (int)noUtf8.Json["bad"]!);
    }

    [Fact]
    public async Task An_import_needs_its_type_its_length_and_an_administrator()
    {
        await using var desk = NewsletterDesk.Open();
        Assert.Equal(415, (await desk.AdminAsync((functions, request) => functions.Import(request, default), NewsletterDesk.Body("application/json", "[]"))).Status);
        Assert.Equal(400, (await desk.AdminAsync((functions, request) => functions.Import(request, default), NewsletterDesk.Body("text/csv", Header) + (request => request.ContentLength = null))).Status);
        Assert.Equal(413, (await desk.AdminAsync((functions, request) => functions.Import(request, default), NewsletterDesk.Body("text/csv", Header) + (request => request.ContentLength = 60_000_000))).Status);
        Assert.Equal(401, (await desk.AdminAsync((functions, request) => functions.Import(request, default), NewsletterDesk.Body("text/csv", Header) + (request => request.Headers.Authorization = ""))).Status);
        Assert.Equal(401, (await desk.AdminAsync((functions, request) => functions.Export(request, default), request => request.Headers.Authorization = "")).Status);
    }

    [Fact]
    public async Task The_list_pages_and_filters()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(30);
        await desk.SeedAsync(5, "ar", "arabe");
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await desk.AdminAsync((functions, request) => functions.List(request, default), NewsletterDesk.Query("limit=7" + (cursor is null ? "" : "&cursor=" + cursor)));
            Assert.Equal(200, page.Status);
            seen.AddRange(page.Json["items"]!.AsArray().Select(item => (string)item!["email"]!));
            cursor = (string?)page.Json["cursor"];
        }
        while (cursor is not null);

        Assert.Equal(35, seen.Distinct().Count());
        Assert.Equal(35, seen.Count);
        var arabic = await desk.AdminAsync((functions, request) => functions.List(request, default), NewsletterDesk.Query("language=ar&state=confirmed"));
        Assert.Equal(5, arabic.Json["items"]!.AsArray().Count);
        Assert.Equal(400, (await desk.AdminAsync((functions, request) => functions.List(request, default), NewsletterDesk.Query("state=gone"))).Status);
        Assert.Equal(400, (await desk.AdminAsync((functions, request) => functions.List(request, default), NewsletterDesk.Query("cursor=xxxx"))).Status);
    }

    private static Task<Reply> ImportAsync(NewsletterDesk desk, string csv) =>
        desk.AdminAsync((functions, request) => functions.Import(request, default), NewsletterDesk.Body("text/csv; charset=utf-8", csv));

    private static async Task<string> ExportAsync(NewsletterDesk desk)
    {
        var reply = await desk.AdminAsync((functions, request) => functions.Export(request, default));
        Assert.Equal(200, reply.Status);
        return reply.Body;
    }
}
