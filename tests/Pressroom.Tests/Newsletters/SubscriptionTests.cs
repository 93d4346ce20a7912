using Pressroom.Newsletters;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Tests.Newsletters;

public sealed class SubscriptionTests
{
    private const string Email = "amina@example.net";

    [Fact]
    public async Task Nobody_is_subscribed_before_the_mailed_link_is_posted()
    {
        await using var desk = NewsletterDesk.Open();
        var reply = await SubscribeAsync(desk, new { email = Email, language = "ar", sections = new[] { "Politique étrangère" } });
        Assert.Equal(202, reply.Status);
        await desk.PumpAsync();

        var pending = await desk.FindAsync(Email);
        Assert.Equal(SubscriberState.Pending, pending!.State);
        Assert.Equal(["politique-étrangère"], pending.Sections);
        var mail = Assert.Single(desk.Transport.Mails);
        Assert.Equal("confirmation", mail.Batch.Kind);
        Assert.Equal("auto-generated", mail.Batch.Content.Headers["Auto-Submitted"]);
        Assert.Contains("أكّد اشتراكك", mail.Batch.Content.Subject, StringComparison.Ordinal);

        var token = desk.TokenFor(Email, "confirm");
        var page = await desk.ReaderAsync((functions, request) => functions.ShowConfirmation(request, default), NewsletterDesk.Query("token=" + token));
        Assert.Equal(200, page.Status);
        Assert.Contains("<html lang=\"ar\" dir=\"rtl\">", page.Body, StringComparison.Ordinal);
        Assert.Contains($"action=\"https://api.example.org/api/subscribers/confirm?token={token}\"", page.Body, StringComparison.Ordinal);
        Assert.Contains("href=\"https://example.org/", page.Body, StringComparison.Ordinal);
        Assert.Equal(SubscriberState.Pending, (await desk.FindAsync(Email))!.State);

        var done = await desk.ReaderAsync((functions, request) => functions.Confirm(request, default), NewsletterDesk.Query("token=" + token));
        Assert.Equal(200, done.Status);
        var confirmed = await desk.FindAsync(Email);
        Assert.Equal(SubscriberState.Confirmed, confirmed!.State);
        Assert.Equal(desk.Time.GetUtcNow(), confirmed.ConfirmedAt);
        Assert.Equal("api", confirmed.ConsentSource);

        // A second click is answered like the first, and moves nothing.
        desk.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await desk.ReaderAsync((functions, request) => functions.Confirm(request, default), NewsletterDesk.Query("token=" + token))).Status);
        Assert.Equal(confirmed.ConfirmedAt, (await desk.FindAsync(Email))!.ConfirmedAt);
    }

    [Fact]
    public async Task The_answer_is_the_same_whether_an_address_is_known_or_not()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(1, name: "known");
        var suppressed = (await desk.SeedAsync(1, name: "suppressed"))[0];
        await desk.Subscribers.ChangeAsync(suppressed.Id, known => known.Suppressed(Suppression.Complaint, desk.Time.GetUtcNow()), TestContext.Current.CancellationToken);

        foreach (var form in new[] { false, true })
        {
            var replies = new List<Reply>();
            foreach (var email in new[] { "known0@example.net", "suppressed0@example.net", "stranger@example.net" })
            {
                replies.Add(form
                    ? await desk.ReaderAsync((functions, request) => functions.Subscribe(request, default), NewsletterDesk.Form(("email", email), ("language", "en")))
                    : await SubscribeAsync(desk, new { email }));
            }

            Assert.Single(replies.Distinct());
            Assert.Equal(form ? 303 : 202, replies[0].Status);
            await desk.PumpAsync();
        }

        // The complaint is honoured, whoever asks; the one who is subscribed is told so, and stays as is.
        Assert.Equal(["known0@example.net", "stranger@example.net"], desk.Transport.Addresses.Order());
        Assert.Contains("déjà", desk.Transport.Mails.First(mail => mail.Recipient.Address.Value == "known0@example.net").Batch.Content.Text, StringComparison.Ordinal);
        Assert.Equal(SubscriberState.Confirmed, (await desk.FindAsync("known0@example.net"))!.State);
    }

    [Fact]
    public async Task A_form_leads_to_a_page_in_the_readers_language()
    {
        await using var desk = NewsletterDesk.Open();
        var reply = await desk.ReaderAsync((functions, request) => functions.Subscribe(request, default), NewsletterDesk.Form(("email", Email), ("language", "ar")));
        Assert.Equal(303, reply.Status);
        Assert.Equal("https://api.example.org/api/subscribers/check-mail?language=ar", reply.Location);

        var page = await desk.ReaderAsync((functions, request) => functions.ShowCheckMail(request, default), NewsletterDesk.Query("language=ar"));
        Assert.Equal(200, page.Status);
        Assert.Contains("تفقّد بريدك", page.Body, StringComparison.Ordinal);
        Assert.Contains("<meta name=\"referrer\" content=\"no-referrer\">", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_address_is_mailed_once_in_ten_minutes_and_three_times_in_an_hour()
    {
        await using var desk = NewsletterDesk.Open();
        var mails = new List<int>();
        for (var minutes = 0; minutes < 60; minutes += 5)
        {
            await SubscribeAsync(desk, new { email = minutes % 2 == 0 ? Email : Email.ToUpperInvariant() });
            await desk.PumpAsync();
            mails.Add(desk.Transport.Mails.Count);
            desk.Time.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Equal([1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3], mails);
        await SubscribeAsync(desk, new { email = Email });
        await desk.PumpAsync();
        Assert.Equal(4, desk.Transport.Mails.Count);
    }

    [Fact]
    public async Task A_provider_that_is_down_delays_the_mail_and_does_not_lose_it()
    {
        await using var desk = NewsletterDesk.Open();
        desk.Transport.OnCall = (call, _, _) => Task.FromResult<MailOutcome?>(call < 4 ? new MailOutcome.TryLater(TimeSpan.FromMinutes(1), "Busy.") : null);
        await SubscribeAsync(desk, new { email = Email });
        await desk.PumpAsync(TimeSpan.FromMinutes(30));
        Assert.Single(desk.Transport.Mails);
        Assert.Equal(4, desk.Transport.Calls.Count);
    }

    [Fact]
    public async Task Killed_at_any_write_an_accepted_request_is_answered()
    {
        var writes = 0;
        for (var fatal = 1; fatal <= writes || writes == 0; fatal++)
        {
            await using var desk = NewsletterDesk.Open();
            await SubscribeAsync(desk, new { email = Email });
            var seen = 0;
            desk.OnWrite = () =>
            {
                if (++seen == fatal)
                {
                    throw new Killed();
                }
            };
            try
            {
                await desk.PumpAsync();
                Assert.NotEqual(0, writes);
            }
            catch (Killed)
            {
                writes = Math.Max(writes, fatal + 1);
                await desk.RestartAsync();
                await desk.PumpAsync();
            }

            Assert.InRange(desk.Transport.Mails.Count, 1, 2);
            Assert.Equal(SubscriberState.Pending, (await desk.FindAsync(Email))!.State);
        }

        Assert.True(writes > 2);
    }

    [Fact]
    public async Task Who_never_confirms_is_forgotten_after_thirty_days()
    {
        await using var desk = NewsletterDesk.Open();
        await desk.SeedAsync(1);
        await SubscribeAsync(desk, new { email = Email });
        await desk.PumpAsync();
        desk.Time.Advance(TimeSpan.FromDays(29));
        await desk.Get<ForgetSubscribers>().RunAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await desk.FindAsync(Email));
        desk.Time.Advance(TimeSpan.FromDays(2));
        await desk.Get<ForgetSubscribers>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(await desk.FindAsync(Email));
        Assert.NotNull(await desk.FindAsync("reader0@example.net"));
    }

    [Fact]
    public async Task The_address_of_who_bounced_before_confirming_is_forgotten_after_thirty_days_and_stays_suppressed()
    {
        await using var desk = NewsletterDesk.Open();
        await SubscribeAsync(desk, new { email = Email });
        await desk.PumpAsync();
        var id = (await desk.FindAsync(Email))!.Id;
        await desk.Subscribers.ChangeAsync(id, asked => asked.Suppressed(Suppression.Bounce, desk.Time.GetUtcNow()), TestContext.Current.CancellationToken);
        desk.Time.Advance(TimeSpan.FromDays(29));
        await desk.Get<ForgetSubscribers>().RunAsync(TestContext.Current.CancellationToken);
        Assert.NotNull((await desk.FindAsync(Email))!.Address);
        desk.Time.Advance(TimeSpan.FromDays(2));
        await desk.Get<ForgetSubscribers>().RunAsync(TestContext.Current.CancellationToken);
        await CheckForgottenAsync();

        // Asked for again, it gets one mail, and is forgotten as what it was.
        await SubscribeAsync(desk, new { email = Email });
        await SubscribeAsync(desk, new { email = Email });
        await desk.PumpAsync();
        Assert.Equal(2, desk.Transport.Mails.Count);
        desk.Time.Advance(TimeSpan.FromDays(31));
        await desk.Get<ForgetSubscribers>().RunAsync(TestContext.Current.CancellationToken);
        await CheckForgottenAsync();

        async Task CheckForgottenAsync()
        {
            var left = (await desk.FindAsync(Email))!;
            Assert.Null(left.Address);
            Assert.Equal((SubscriberState.Suppressed, Suppression.Bounce), (left.State, left.Suppression));
        }
    }

    [Fact]
    public async Task A_request_that_could_never_be_answered_is_forgotten_after_thirty_days()
    {
        await using var desk = NewsletterDesk.Open();
        await SubscribeAsync(desk, new { email = Email });
        await desk.LoseMessagesAsync();
        Assert.True(EmailAddress.TryParse(Email, out var address));
        desk.Time.Advance(TimeSpan.FromDays(29));
        await desk.Get<ForgetSubscribers>().RunAsync(TestContext.Current.CancellationToken);
        var waiting = Assert.Single(await desk.Get<Subscribe>().FindOfAsync(address, TestContext.Current.CancellationToken));
        desk.Time.Advance(TimeSpan.FromDays(2));
        await desk.Get<ForgetSubscribers>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await desk.Get<Subscribe>().FindOfAsync(address, TestContext.Current.CancellationToken));

        // Its message may be replayed by somebody.
        await desk.RunAsync(AnswerSignup.Queue, new SignupMessage(waiting.Id).ToJson());
        Assert.Empty(desk.Transport.Calls);
        Assert.Null(await desk.FindAsync(Email));
    }

    [Theory]
    [InlineData("not-an-address")]
    [InlineData("a@b")]
    [InlineData("a@example.net\r\nBcc: x@example.net")]
    [InlineData("\"a b\"@example.net")]
    public async Task What_is_no_address_is_refused(string email)
    {
        await using var desk = NewsletterDesk.Open();
        Assert.Equal(400, (await SubscribeAsync(desk, new { email })).Status);
        Assert.Equal(400, (await desk.ReaderAsync((functions, request) => functions.Subscribe(request, default), NewsletterDesk.Form(("email", email)))).Status);
        await desk.PumpAsync();
        Assert.Empty(desk.Transport.Calls);
    }

    [Fact]
    public async Task Hostile_bodies_get_an_error_of_the_caller()
    {
        await using var desk = NewsletterDesk.Open();
        var many = string.Join('&', Enumerable.Range(0, 1_000).Select(i => $"f{i}=x"));
        foreach (var body in new[]
        {
            NewsletterDesk.Body("application/json", "{"),
            NewsletterDesk.Body("application/json", "[]"),
            NewsletterDesk.Body("application/json", "{\"email\":1}"),
            NewsletterDesk.Body("application/json", "{\"email\":\"a@example.net\",\"state\":\"confirmed\"}"),
            NewsletterDesk.Body("application/json", "{\"email\":\"\\ud800@example.net\"}"),
            NewsletterDesk.Body("application/json", "{\"email\":\"" + new string('a', 10_000) + "\"}"),
            NewsletterDesk.Body("text/plain", Email),
            NewsletterDesk.Body("application/x-www-form-urlencoded", many),
            NewsletterDesk.Body("application/x-www-form-urlencoded", "email=" + new string('a', 10_000)),
            NewsletterDesk.Body("application/x-www-form-urlencoded", new string('a', 20_000)),
            NewsletterDesk.Body("application/x-www-form-urlencoded", [0xFF, 0xFE, 0x00, (byte)'=']),
            NewsletterDesk.Body("multipart/form-data", "x"),
            NewsletterDesk.Body("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na@example.net"),
            NewsletterDesk.Body("multipart/form-data; boundary=" + new string('x', 1_000), "--x"),
        })
        {
            var reply = await desk.ReaderAsync((functions, request) => functions.Subscribe(request, default), body);
            Assert.InRange(reply.Status, 400, 499);
        }

        await desk.PumpAsync();
        Assert.Empty(desk.Transport.Calls);
    }

    [Fact]
    public async Task A_form_that_fills_in_what_nobody_sees_is_answered_and_dropped()
    {
        await using var desk = NewsletterDesk.Open();
        var reply = await desk.ReaderAsync((functions, request) => functions.Subscribe(request, default), NewsletterDesk.Form(("email", Email), ("website", "https://spam.example")));
        Assert.Equal(303, reply.Status);
        await desk.PumpAsync();
        Assert.Empty(desk.Transport.Calls);
    }

    [Fact]
    public async Task Forged_expired_and_foreign_links_do_nothing()
    {
        await using var desk = NewsletterDesk.Open();
        var subscriber = (await desk.SeedAsync(1))[0];
        await SubscribeAsync(desk, new { email = Email });
        await desk.PumpAsync();
        var confirm = desk.TokenFor(Email, "confirm");
        var unsubscribe = desk.Get<SubscriberLinks>().Unsubscribe(subscriber.Id, desk.Time.GetUtcNow()).Split('=')[1];

        foreach (var bad in new[] { "", "x", confirm[..^2], confirm[..20] + "AAAA" + confirm[24..], unsubscribe })
        {
            Assert.Equal(400, (await ConfirmAsync(desk, bad)).Status);
        }

        foreach (var bad in new[] { "", "x", unsubscribe[..^2], unsubscribe[..20] + "AAAA" + unsubscribe[24..], confirm })
        {
            Assert.Equal(400, (await PostUnsubscribeAsync(desk, bad, ("List-Unsubscribe", "One-Click"))).Status);
        }

        Assert.Equal(SubscriberState.Pending, (await desk.FindAsync(Email))!.State);
        Assert.Equal(SubscriberState.Confirmed, (await desk.Subscribers.FindAsync(subscriber.Id, TestContext.Current.CancellationToken))!.Subscriber.State);
        desk.Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal(400, (await ConfirmAsync(desk, confirm)).Status);
    }

    [Fact]
    public async Task An_old_confirmation_link_does_not_bring_back_who_has_left()
    {
        await using var desk = NewsletterDesk.Open();
        await SubscribeAsync(desk, new { email = Email });
        await desk.PumpAsync();
        var first = desk.TokenFor(Email, "confirm");
        Assert.Equal(200, (await ConfirmAsync(desk, first)).Status);
        var id = (await desk.FindAsync(Email))!.Id;
        var leave = desk.Get<SubscriberLinks>().Unsubscribe(id, desk.Time.GetUtcNow()).Split('=')[1];
        Assert.Equal(200, (await PostUnsubscribeAsync(desk, leave, ("action", "unsubscribe"))).Status);

        Assert.Equal(400, (await ConfirmAsync(desk, first)).Status);
        Assert.Equal(SubscriberState.Unsubscribed, (await desk.FindAsync(Email))!.State);

        // Asking again works, with a new link.
        desk.Time.Advance(TimeSpan.FromHours(1));
        await SubscribeAsync(desk, new { email = Email });
        await desk.PumpAsync();
        Assert.Equal(400, (await ConfirmAsync(desk, first)).Status);
        Assert.Equal(200, (await ConfirmAsync(desk, desk.TokenFor(Email, "confirm"))).Status);
        Assert.Equal(SubscriberState.Confirmed, (await desk.FindAsync(Email))!.State);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n")]
    public async Task One_click_of_a_mail_program_unsubscribes_at_once_and_a_get_does_not(string type, string body)
    {
        await using var desk = NewsletterDesk.Open();
        var subscriber = (await desk.SeedAsync(1))[0];
        var token = desk.Get<SubscriberLinks>().Unsubscribe(subscriber.Id, desk.Time.GetUtcNow()).Split('=')[1];

        var page = await desk.ReaderAsync((functions, request) => functions.ShowSubscription(request, default), NewsletterDesk.Query("token=" + token));
        Assert.Equal(200, page.Status);
        Assert.Contains("Se désabonner", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("example.net", page.Body, StringComparison.Ordinal);
        Assert.Equal(SubscriberState.Confirmed, (await desk.FindAsync("reader0@example.net"))!.State);

        var reply = await desk.ReaderAsync(
            (functions, request) => functions.ChangeSubscription(request, default), NewsletterDesk.Query("token=" + token) + NewsletterDesk.Body(type, body));
        Assert.Equal(200, reply.Status);
        Assert.Equal("", reply.Location);
        Assert.Equal(SubscriberState.Unsubscribed, (await desk.FindAsync("reader0@example.net"))!.State);
    }

    [Fact]
    public async Task A_subscriber_changes_language_and_sections_by_the_same_link()
    {
        await using var desk = NewsletterDesk.Open();
        var subscriber = (await desk.SeedAsync(1))[0];
        var token = desk.Get<SubscriberLinks>().Unsubscribe(subscriber.Id, desk.Time.GetUtcNow()).Split('=')[1];
        var saved = await PostUnsubscribeAsync(desk, token, ("action", "save"), ("language", "en"), ("sections", "sport"), ("sections", "culture"));
        Assert.Equal(200, saved.Status);
        Assert.Contains("Your wishes are kept", saved.Body, StringComparison.Ordinal);
        var changed = (await desk.FindAsync("reader0@example.net"))!;
        Assert.Equal(("en", "sport culture", SubscriberState.Confirmed), (changed.Language.Tag, string.Join(' ', changed.Sections), changed.State));
        Assert.Equal(400, (await PostUnsubscribeAsync(desk, token, ("action", "save"), ("language", "klingon"))).Status);
    }

    [Fact]
    public async Task Erasing_leaves_no_address_and_keeps_the_wish_to_be_left_alone()
    {
        await using var desk = NewsletterDesk.Open();
        var all = await desk.SeedAsync(2);
        var complained = all[1].Id;
        await desk.Subscribers.ChangeAsync(complained, known => known.Suppressed(Suppression.Complaint, desk.Time.GetUtcNow()), TestContext.Current.CancellationToken);
        foreach (var subscriber in all)
        {
            Assert.Equal(204, (await desk.AdminAsync((functions, request) => functions.Delete(request, subscriber.Id.Value, default))).Status);
            Assert.Equal(404, (await desk.AdminAsync((functions, request) => functions.Delete(request, subscriber.Id.Value, default))).Status);
        }

        Assert.Null(await desk.FindAsync("reader0@example.net"));
        var tombstone = await desk.FindAsync("reader1@example.net");
        Assert.Equal((null, SubscriberState.Suppressed), ((object?)tombstone!.Address, tombstone.State));
        Assert.Empty((await desk.AdminAsync((functions, request) => functions.List(request, default))).Json["items"]!.AsArray());
    }

    private static Task<Reply> SubscribeAsync(NewsletterDesk desk, object body) =>
        desk.ReaderAsync((functions, request) => functions.Subscribe(request, default), NewsletterDesk.Json(body));

    private static Task<Reply> ConfirmAsync(NewsletterDesk desk, string token) =>
        desk.ReaderAsync((functions, request) => functions.Confirm(request, default), NewsletterDesk.Query("token=" + token));

    private static Task<Reply> PostUnsubscribeAsync(NewsletterDesk desk, string token, params (string Name, string Value)[] fields) =>
        desk.ReaderAsync((functions, request) => functions.ChangeSubscription(request, default), NewsletterDesk.Query("token=" + token) + NewsletterDesk.Form(fields));
}
