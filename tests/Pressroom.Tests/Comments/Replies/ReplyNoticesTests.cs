using Pressroom.Articles;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Storage;
using Pressroom.Tests.Newsletters;
using Pressroom.Tests.Site;

namespace Pressroom.Tests.Comments.Replies;

public sealed class ReplyNoticesTests : IAsyncLifetime
{
    private ReplyDesk desk = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => desk = await ReplyDesk.OpenAsync();

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task Nobody_is_told_before_the_mailed_link_is_posted()
    {
        var first = await desk.CommentAsync(desk.Harbour, watcher: ReplyDesk.Ada);
        await desk.PumpAsync();
        var question = Assert.Single(desk.Transport.Mails);
        Assert.Equal(("confirmation", ReplyDesk.Ada), (question.Batch.Kind, question.Recipient.Address.Value));

        var page = await desk.GetAsync(desk.LinkTo(ReplyDesk.Ada));
        Assert.Equal(200, page.Status);
        Assert.Contains($"action=\"{desk.LinkTo(ReplyDesk.Ada)}\"", page.Body, StringComparison.Ordinal);
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();
        Assert.Empty(desk.Told);

        var done = await desk.PostAsync(desk.LinkTo(ReplyDesk.Ada));
        Assert.Equal(200, done.Status);
        Assert.Contains("Vous serez averti des réponses", done.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await desk.PostAsync(desk.LinkTo(ReplyDesk.Ada))).Status);
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();
        Assert.Equal([ReplyDesk.Ada], desk.Told);
    }

    [Fact]
    public async Task A_notice_says_who_wrote_what_where_and_how_to_stop_it()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        var reply = await desk.CommentAsync(desk.Harbour, first, name: "Émile <b>", html: "<p>Je <em>pense</em> que non.</p>");
        await desk.PumpAsync();

        var (batch, recipient) = desk.Transport.Mails.Last();
        Assert.Equal($"reply-{reply}-{await desk.PersonAsync(ReplyDesk.Ada)}", batch.Id);
        Assert.Equal("Une réponse à votre commentaire sur « \u2068Le port <rouvre>\u2069 »", batch.Content.Subject);
        Assert.Equal("<-unsubscribeUrl->", batch.Content.Headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", batch.Content.Headers["List-Unsubscribe-Post"]);
        Assert.Equal("Le Rivage <replies.example.org>", batch.Content.Headers["List-Id"]);
        Assert.Contains("<bdi>Émile &lt;b&gt;</bdi>", batch.Content.Html, StringComparison.Ordinal);
        Assert.Contains("Je <em>pense</em> que non.", batch.Content.Html, StringComparison.Ordinal);
        Assert.Contains("\u2068Émile <b>\u2069 a écrit", batch.Content.Text, StringComparison.Ordinal);
        foreach (var part in new[] { batch.Content.Html, batch.Content.Text })
        {
            Assert.Contains($"https://example.org/2026/11/port/#comment-{reply}", part, StringComparison.Ordinal);
            Assert.All(recipient.Values.Keys, placeholder => Assert.Contains(placeholder, part, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Everybody_up_the_thread_is_told_once_and_nobody_of_an_own_reply()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        var second = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Basim, first);
        var third = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada, second);
        await desk.PumpAsync();
        Assert.Equal([ReplyDesk.Ada, ReplyDesk.Basim], desk.Told);

        await desk.CommentAsync(desk.Harbour, third, author: "carol@mail.example");
        await desk.PumpAsync();
        Assert.Equal([ReplyDesk.Ada, ReplyDesk.Basim, ReplyDesk.Ada, ReplyDesk.Basim], desk.Told);

        await desk.CommentAsync(desk.Harbour, null, author: "carol@mail.example");
        await desk.CommentAsync(desk.Library, null, author: "carol@mail.example");
        await desk.PumpAsync();
        Assert.Equal(4, desk.Told.Count);
    }

    [Fact]
    public async Task Approved_twice_a_reply_is_told_once()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        var reply = await desk.CommentAsync(desk.Harbour, first);
        await desk.Notices.ApprovedAsync(desk.Harbour.Id, reply, first, null, Stop);
        await desk.PumpAsync();
        await desk.Notices.ApprovedAsync(desk.Harbour.Id, reply, first, null, Stop);
        await desk.PumpAsync();

        Assert.Single(desk.Told);
    }

    [Fact]
    public async Task A_reply_or_article_that_is_gone_by_then_is_not_told_of()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        var reply = await desk.CommentAsync(desk.Harbour, first);
        var row = await desk.Tables.GetAsync("comments", desk.Harbour.Id.Value, $"approved-{reply}", Stop);
        await desk.Tables.CommitAsync("comments", desk.Harbour.Id.Value, [new TableOperation.Delete(row!.Row, row.ETag)], Stop);
        await desk.PumpAsync();

        await desk.CommentAsync(desk.Harbour, first);
        await desk.CommitAsync(desk.Harbour with { Revision = 2, Status = ArticleStatus.Draft });
        await desk.PumpAsync();

        Assert.Empty(desk.Told);
    }

    [Fact]
    public async Task One_click_stops_all_notices_and_a_look_none()
    {
        var (harbour, library) = (await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada), await desk.WatchedAsync(desk.Library, ReplyDesk.Ada));
        await desk.CommentAsync(desk.Harbour, harbour);
        await desk.PumpAsync();
        var link = desk.LinkTo(ReplyDesk.Ada, "-unsubscribeUrl-");
        Assert.Contains("<button", (await desk.GetAsync(link)).Body, StringComparison.Ordinal);
        await desk.CommentAsync(desk.Harbour, harbour);
        await desk.PumpAsync();
        Assert.Equal(2, desk.Told.Count);

        Assert.Equal(200, (await desk.PostAsync(link, "List-Unsubscribe=One-Click")).Status);
        Assert.Equal(200, (await desk.PostAsync(link, "List-Unsubscribe=One-Click")).Status);
        await desk.CommentAsync(desk.Harbour, harbour);
        await desk.CommentAsync(desk.Library, library);
        await desk.PumpAsync();

        Assert.Equal(2, desk.Told.Count);
        Assert.DoesNotContain("<button", (await desk.GetAsync(link)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_article_can_be_stopped_alone()
    {
        var (harbour, library) = (await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada), await desk.WatchedAsync(desk.Library, ReplyDesk.Ada));
        await desk.CommentAsync(desk.Harbour, harbour);
        await desk.PumpAsync();
        var link = desk.LinkTo(ReplyDesk.Ada, "-stopUrl-");
        Assert.Contains("<button", (await desk.GetAsync(link)).Body, StringComparison.Ordinal);

        Assert.Contains("Ces avis sont arrêtés", (await desk.PostAsync(link, "action=stop")).Body, StringComparison.Ordinal);
        await desk.CommentAsync(desk.Harbour, harbour);
        await desk.Notices.AskedAsync(desk.Harbour.Id, harbour, ReplyDesk.Address(ReplyDesk.Ada), Language.Parse("fr"), Stop);
        await desk.CommentAsync(desk.Harbour, harbour);
        await desk.CommentAsync(desk.Library, library);
        await desk.PumpAsync();

        Assert.Equal(2, desk.Told.Count);
        Assert.Contains("library", desk.Transport.Mails.Last().Batch.Content.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<button", (await desk.GetAsync(link)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_stopped_all_is_asked_again_before_anything_is_sent()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        var oldLink = desk.LinkTo(ReplyDesk.Ada);
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();
        await desk.PostAsync(desk.LinkTo(ReplyDesk.Ada, "-unsubscribeUrl-"));
        Assert.Equal(400, (await desk.PostAsync(oldLink)).Status);

        desk.Time.Advance(TimeSpan.FromMinutes(20));
        var second = await desk.CommentAsync(desk.Harbour, watcher: ReplyDesk.Ada);
        await desk.CommentAsync(desk.Harbour, second);
        await desk.PumpAsync();
        Assert.Single(desk.Told);
        Assert.Equal(400, (await desk.PostAsync(oldLink)).Status);

        Assert.Equal(200, (await desk.PostAsync(desk.LinkTo(ReplyDesk.Ada))).Status);
        await desk.CommentAsync(desk.Harbour, second);
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();
        Assert.Equal(2, desk.Told.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not a token at all")]
    public async Task A_token_that_is_none_does_nothing(string token)
    {
        var url = Samples.Site.Api("comments/notices?token=" + Uri.EscapeDataString(token));

        Assert.Equal(400, (await desk.GetAsync(url)).Status);
        Assert.Equal(400, (await desk.PostAsync(url)).Status);
    }

    [Fact]
    public async Task A_link_to_confirm_counts_for_seven_days()
    {
        await desk.CommentAsync(desk.Harbour, watcher: ReplyDesk.Ada);
        await desk.PumpAsync();
        desk.Time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));

        Assert.Equal(400, (await desk.PostAsync(desk.LinkTo(ReplyDesk.Ada))).Status);
    }

    [Fact]
    public async Task Many_comments_bring_one_question_in_ten_minutes_and_three_in_an_hour()
    {
        for (var minute = 0; minute < 60; minute++)
        {
            await desk.CommentAsync(desk.Harbour, watcher: ReplyDesk.Ada);
            await desk.PumpAsync();
            desk.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(3, desk.Transport.Mails.Count);
    }

    [Theory]
    [InlineData(Suppression.Bounce)]
    [InlineData(Suppression.Complaint)]
    public async Task A_suppressed_address_gets_neither_question_nor_notice(Suppression why)
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        foreach (var email in new[] { ReplyDesk.Ada, ReplyDesk.Basim })
        {
            var subscriber = new Subscriber
            {
                Id = await desk.PersonAsync(email),
                Address = ReplyDesk.Address(email),
                State = SubscriberState.Suppressed,
                Suppression = why,
                Language = Language.Parse("fr"),
            };
            Assert.NotNull(await desk.Get<SubscriberStore>().WriteAsync(subscriber, null, Stop));
        }

        await desk.CommentAsync(desk.Harbour, first);
        await desk.CommentAsync(desk.Harbour, watcher: ReplyDesk.Basim);
        await desk.PumpAsync();

        Assert.Single(desk.Transport.Mails);
    }

    [Fact]
    public async Task An_address_that_the_provider_refuses_for_good_is_told_nothing_more()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        desk.Transport.OnCall = (_, batch, _) => Task.FromResult<MailOutcome?>(new MailOutcome.Accepted(null, [batch.Recipients[0].Id]));
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();
        var calls = desk.Transport.Calls.Count;

        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();

        Assert.Equal(calls, desk.Transport.Calls.Count);
    }

    [Theory]
    [InlineData(MailEventKind.Bounced)]
    [InlineData(MailEventKind.Complained)]
    public async Task An_address_whose_mail_came_back_is_told_nothing_more_though_it_never_subscribed(MailEventKind kind)
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();
        var (count, sent) = (desk.Transport.Mails.Count, desk.Transport.Mails.Last());

        var came = new MailEvent("1", kind, desk.Time.GetUtcNow(), sent.Batch.Id, sent.Recipient.Id, null, null, null, IsMachine: false, Suppresses: true);
        await desk.Get<CountEvents>().RunAsync([came], Stop);
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();

        Assert.Equal(count, desk.Transport.Mails.Count);
    }

    [Fact]
    public async Task A_provider_that_is_down_delays_a_notice_and_does_not_lose_it()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        desk.Transport.OnCall = (call, _, _) => Task.FromResult<MailOutcome?>(call < 5 ? new MailOutcome.TryLater(TimeSpan.FromMinutes(1), "Busy.") : null);
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync(TimeSpan.FromMinutes(30));

        Assert.Equal([ReplyDesk.Ada], desk.Told);
        Assert.Equal(5, desk.Transport.Calls.Count);
    }

    [Fact]
    public async Task A_mail_that_a_provider_does_not_take_for_hours_goes_to_poison()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        desk.Transport.OnCall = (_, _, _) => Task.FromResult<MailOutcome?>(new MailOutcome.TryLater(null, "Busy."));
        await desk.CommentAsync(desk.Harbour, first);
        await Assert.ThrowsAsync<InvalidOperationException>(() => desk.PumpAsync(TimeSpan.FromDays(1))); // to poison, where it can be replayed

        Assert.Equal(1 + 11, desk.Transport.Calls.Count);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task What_may_have_gone_out_is_repeated_only_where_that_reaches_nobody_twice(bool repeatsSafely, int told)
    {
        await using var other = await ReplyDesk.OpenAsync(new RecordingTransport { RepeatsSafely = repeatsSafely });
        var first = await other.WatchedAsync(other.Harbour, ReplyDesk.Ada);
        var before = other.Transport.Calls.Count;
        other.Transport.OnCall = (call, _, _) => call == before + 1 ? throw new Killed() : Task.FromResult<MailOutcome?>(null);
        var reply = await other.CommentAsync(other.Harbour, first);
        await Assert.ThrowsAsync<Killed>(() => other.PumpAsync());

        await other.Notices.ApprovedAsync(other.Harbour.Id, reply, first, null, Stop);
        await other.PumpAsync(TimeSpan.FromMinutes(11));

        Assert.Equal(told, other.Told.Count);
    }

    [Fact]
    public async Task What_is_held_of_a_person_can_be_seen_and_erased()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        await desk.WatchedAsync(desk.Library, ReplyDesk.Ada);
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();
        var (address, person) = (ReplyDesk.Address(ReplyDesk.Ada), await desk.PersonAsync(ReplyDesk.Ada));

        var export = await desk.Notices.ExportAsync(address, Stop);
        Assert.Equal(ReplyDesk.Ada, export!.Address.Value);
        Assert.NotNull(export.ConfirmedAt);
        Assert.Equal([desk.Harbour.Id, desk.Library.Id], export.Comments.Select(item => item.Article).OrderBy(id => id.Value));

        await desk.Notices.EraseAsync(address, Stop);
        await desk.Notices.EraseAsync(address, Stop);

        Assert.Null(await desk.Notices.ExportAsync(address, Stop));
        Assert.Empty(await RowsAsync("replypeople", person.Value));
        Assert.Empty(await RowsAsync("replywatches", desk.Harbour.Id.Value));
        Assert.Empty(await RowsAsync("replywatches", desk.Library.Id.Value));
        Assert.Equal(200, (await desk.PostAsync(desk.LinkTo(ReplyDesk.Ada, "-unsubscribeUrl-"))).Status);
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();
        Assert.Single(desk.Told);
    }

    [Fact]
    public async Task Erasing_one_leaves_the_others()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        await desk.WatchedAsync(desk.Harbour, ReplyDesk.Basim, first);

        await desk.Notices.EraseAsync(ReplyDesk.Address(ReplyDesk.Basim), Stop);
        await desk.PumpAsync();
        await desk.CommentAsync(desk.Harbour, first);
        await desk.PumpAsync();

        Assert.Equal([ReplyDesk.Ada, ReplyDesk.Ada], desk.Told);
    }

    [Fact]
    public async Task Who_does_not_confirm_in_thirty_days_is_forgotten_and_who_did_is_kept()
    {
        await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        await desk.CommentAsync(desk.Harbour, watcher: ReplyDesk.Basim);
        await desk.PumpAsync();
        desk.Time.Advance(TimeSpan.FromDays(28));
        await desk.Notices.ForgetAsync(Stop);
        Assert.NotNull(await desk.Notices.ExportAsync(ReplyDesk.Address(ReplyDesk.Basim), Stop));

        desk.Time.Advance(TimeSpan.FromDays(3));
        await desk.Notices.ForgetAsync(Stop);

        Assert.Null(await desk.Notices.ExportAsync(ReplyDesk.Address(ReplyDesk.Basim), Stop));
        Assert.NotNull(await desk.Notices.ExportAsync(ReplyDesk.Address(ReplyDesk.Ada), Stop));
        Assert.Empty(await RowsAsync("replypeople", "due"));
    }

    [Fact]
    public async Task Addresses_are_in_one_table_and_in_no_log()
    {
        var first = await desk.WatchedAsync(desk.Harbour, ReplyDesk.Ada);
        desk.Transport.OnCall = (_, _, _) => Task.FromResult<MailOutcome?>(new MailOutcome.TryLater(null, "Busy."));
        await desk.CommentAsync(desk.Harbour, first);
        await Assert.ThrowsAsync<InvalidOperationException>(() => desk.PumpAsync(TimeSpan.FromDays(1)));

        var held = string.Join('\n', (await RowsAsync("replywatches", desk.Harbour.Id.Value)).Select(row => row.Row + string.Join(' ', row.Columns.Select(column => column.Value))));
        Assert.NotEmpty(held);
        Assert.DoesNotContain("ada", held, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(desk.Log.Lines, line => line.Contains(ReplyDesk.Ada, StringComparison.Ordinal));
    }

    private Task<IReadOnlyList<TableRow>> RowsAsync(string table, string partition) => desk.Tables.QueryAsync(table, partition, RowRange.All, 100, Stop);
}
