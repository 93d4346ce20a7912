using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Pressroom.Articles;
using Pressroom.Newsletters.Mail;
using Pressroom.Tests.Announcements;

namespace Pressroom.Tests.Newsletters.Mail;

public sealed class SendGridTransportTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(MailSample.Now);
    private readonly Impatient impatient = new() { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false } };
    private readonly HttpClient http;
    private FakeSendGrid sendGrid = null!;

    public SendGridTransportTests() => http = new HttpClient(impatient);

    public async ValueTask InitializeAsync() => sendGrid = await FakeSendGrid.StartAsync();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await sendGrid.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_is_one_call_with_a_personalization_for_each_recipient()
    {
        var outcome = await SendAsync(MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob")));

        var accepted = Assert.IsType<MailOutcome.Accepted>(outcome);
        Assert.Equal("14c5d75ce93", accepted.ProviderMessageId);
        Assert.Empty(accepted.Rejected);
        const string Expected = """
            {
              "from": { "email": "news@example.org", "name": "The Example" },
              "subject": "Harbour reopens",
              "personalizations": [
                {
                  "to": [{ "email": "ann@readers.example" }],
                  "headers": { "List-Unsubscribe": "<https://news.example/api/unsubscribe?token=ann>" },
                  "substitutions": { "-unsubscribeUrl-": "https://news.example/api/unsubscribe?token=ann" },
                  "custom_args": { "batch": "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b-0007", "recipient": "ann" }
                },
                {
                  "to": [{ "email": "bob@readers.example" }],
                  "headers": { "List-Unsubscribe": "<https://news.example/api/unsubscribe?token=bob>" },
                  "substitutions": { "-unsubscribeUrl-": "https://news.example/api/unsubscribe?token=bob" },
                  "custom_args": { "batch": "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b-0007", "recipient": "bob" }
                }
              ],
              "content": [
                { "type": "text/plain", "value": "The first ferry left at dawn.\n\nUnsubscribe: -unsubscribeUrl-\n" },
                { "type": "text/html", "value": "<!DOCTYPE html><html lang=\"en\"><head><title>Harbour reopens</title></head><body><p><a href=\"https://news.example/harbour/\">The first ferry</a> left at dawn.</p><p><a clicktracking=\"off\" href=\"-unsubscribeUrl-\">Unsubscribe</a></p></body></html>" }
              ],
              "headers": { "List-Id": "The Example <news.example.org>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Content-Language": "en" },
              "categories": ["newsletter"],
              "tracking_settings": {
                "click_tracking": { "enable": true, "enable_text": false },
                "open_tracking": { "enable": true },
                "subscription_tracking": { "enable": false },
                "ganalytics": { "enable": false }
              }
            }
            """;
        AssertJson(Expected, Assert.Single(sendGrid.Calls));
    }

    [Fact]
    public async Task Each_recipient_gets_own_links_whole_in_text_html_and_header()
    {
        var content = MailSample.Newsletter with { Subject = "Harbour for -name-" };
        var batch = MailSample.Batch(
            Named(MailSample.Recipient("ann", unsubscribeUrl: "https://news.example/u?a=1&b=2"), "Ann & \"co\""),
            Named(MailSample.Recipient("bob", unsubscribeUrl: "https://news.example/u?a=3"), "Bob"));

        await SendAsync(batch with { Content = content });

        var (ann, bob) = (sendGrid.Delivered.First(), sendGrid.Delivered.Last());
        Assert.Equal(("ann@readers.example", "Harbour for Ann & \"co\""), (ann.To, ann.Subject));
        Assert.EndsWith("Unsubscribe: https://news.example/u?a=1&b=2\n", ann.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"https://news.example/u?a=1&amp;b=2\">Unsubscribe", ann.Html, StringComparison.Ordinal);
        Assert.Equal("<https://news.example/u?a=1&b=2>", ann.Headers["List-Unsubscribe"]);
        Assert.Equal("Harbour for Bob", bob.Subject);
        Assert.EndsWith("Unsubscribe: https://news.example/u?a=3\n", bob.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"https://news.example/u?a=3\">Unsubscribe", bob.Html, StringComparison.Ordinal);
        Assert.Equal("<https://news.example/u?a=3>", bob.Headers["List-Unsubscribe"]);

        static MailRecipient Named(MailRecipient recipient, string name) =>
            recipient with { Values = new Dictionary<string, string>(recipient.Values) { ["-name-"] = name } };
    }

    [Fact]
    public async Task A_thousand_recipients_are_one_call_and_one_more_is_a_bug()
    {
        var thousand = Enumerable.Range(0, 1000).Select(n => MailSample.Recipient($"r{n}")).ToList();

        Assert.IsType<MailOutcome.Accepted>(await SendAsync(MailSample.Batch(thousand)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => SendAsync(MailSample.Batch([.. thousand, MailSample.Recipient("one-more")])));

        Assert.Single(sendGrid.Calls);
        Assert.Equal(thousand.Select(one => (one.Address.Value, one.Id)), sendGrid.Delivered.Select(mail => (mail.To, mail.CustomArgs["recipient"])));
    }

    [Fact]
    public async Task No_recipients_are_no_call()
    {
        Assert.IsType<MailOutcome.Accepted>(await SendAsync(MailSample.Batch()));
        Assert.Empty(sendGrid.Calls);
    }

    [Fact]
    public async Task A_notice_is_not_counted_and_says_that_a_machine_wrote_it()
    {
        var ann = MailSample.Recipient("ann") with { Values = new Dictionary<string, string> { ["-confirmUrl-"] = "https://news.example/confirm?token=1" } };

        await SendAsync(MailSample.Batch(ann) with { Kind = "confirmation", Content = MailSample.Notice });

        var call = JsonNode.Parse(Assert.Single(sendGrid.Calls))!;
        var tracking = call["tracking_settings"]!;
        Assert.Equal((false, false), ((bool)tracking["click_tracking"]!["enable"]!, (bool)tracking["open_tracking"]!["enable"]!));
        Assert.Equal("confirmation", (string)call["categories"]![0]!);
        Assert.Equal("auto-generated", Assert.Single(sendGrid.Delivered).Headers["Auto-Submitted"]);
        Assert.DoesNotContain("clicktracking", Assert.Single(sendGrid.Delivered).Html, StringComparison.Ordinal);
        Assert.Null(call["personalizations"]![0]!["headers"]);
    }

    [Fact]
    public async Task Arabic_arrives_and_headers_are_encoded_for_the_wire()
    {
        var content = MailSample.Newsletter with
        {
            FromName = "صحيفة المثال",
            Subject = "إعادة فتح الميناء",
            Language = Language.Parse("ar"),
            Headers = new Dictionary<string, string>(MailSample.Newsletter.Headers)
            {
                ["List-Id"] = "صحيفة المثال اليومية التي لها اسم طويل جدا لا ينتهي <news.example.org>",
            },
        };

        Assert.IsType<MailOutcome.Accepted>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann")) with { Content = content }));

        var mail = Assert.Single(sendGrid.Delivered);
        Assert.Equal(content.Subject, mail.Subject);
        Assert.Equal("ar", mail.Headers["Content-Language"]);
        Assert.EndsWith(" <news.example.org>", mail.Headers["List-Id"], StringComparison.Ordinal);
        Assert.Equal(content.Headers["List-Id"], MimeKit.Utils.Rfc2047.DecodeText(Encoding.ASCII.GetBytes(mail.Headers["List-Id"])));
        Assert.Equal(content.FromName, (string)JsonNode.Parse(Assert.Single(sendGrid.Calls))!["from"]!["name"]!);
    }

    [Fact]
    public async Task Nothing_begins_a_header_of_its_own()
    {
        var content = MailSample.Newsletter with
        {
            FromName = "The\r\nBcc: x@example.net",
            Subject = "Harbour\r\nBcc: x@example.net",
            Headers = new Dictionary<string, string>(MailSample.Newsletter.Headers) { ["List-Help"] = "<https://x.example>\nBcc: x@example.net" },
        };

        var ann = MailSample.Recipient("ann", unsubscribeUrl: "https://x.example/\r\nBcc: x@example.net");

        Assert.IsType<MailOutcome.Accepted>(await SendAsync(MailSample.Batch(ann) with { Content = content }));

        var call = JsonNode.Parse(Assert.Single(sendGrid.Calls))!;
        Assert.Equal(("The Bcc: x@example.net", "Harbour Bcc: x@example.net"), ((string)call["from"]!["name"]!, (string)call["subject"]!));
        Assert.All(Assert.Single(sendGrid.Delivered).Headers.Values, value => Assert.DoesNotContain(value, char.IsControl));
        var evil = content with { Headers = new Dictionary<string, string> { ["Bcc"] = "x@example.net" } };
        await Assert.ThrowsAsync<ArgumentException>(() => SendAsync(MailSample.Batch(ann) with { Content = evil }));
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public async Task An_invalid_address_is_reported_and_the_others_get_the_mail_once(bool namesOneError, int calls)
    {
        sendGrid.Invalid.UnionWith(["bob@readers.example", "dan@readers.example"]);
        sendGrid.NamesOneError = namesOneError;

        var outcome = await SendAsync(MailSample.Batch(new[] { "ann", "bob", "cat", "dan", "eve" }.Select(id => MailSample.Recipient(id)).ToList()));

        var accepted = Assert.IsType<MailOutcome.Accepted>(outcome);
        Assert.Equal("14c5d75ce93", accepted.ProviderMessageId);
        Assert.Equal(["bob", "dan"], accepted.Rejected);
        Assert.Equal(calls, sendGrid.Calls.Count);
        Assert.Equal(
            [("ann", "ann@readers.example"), ("cat", "cat@readers.example"), ("eve", "eve@readers.example")],
            sendGrid.Delivered.Select(mail => (mail.CustomArgs["recipient"], mail.To)));
    }

    [Fact]
    public async Task An_invalid_address_alone_is_reported_and_nobody_gets_anything()
    {
        sendGrid.Invalid.Add("ann@readers.example");

        var accepted = Assert.IsType<MailOutcome.Accepted>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"))));

        Assert.Equal((null, "ann"), (accepted.ProviderMessageId, Assert.Single(accepted.Rejected)));
        Assert.Empty(sendGrid.Delivered);
    }

    [Fact]
    public async Task What_comes_after_an_invalid_address_counts()
    {
        sendGrid.FailNext(400, FakeSendGrid.Errors(("Does not contain a valid address.", "personalizations.1.to.0.email")));
        sendGrid.DropNext();

        Assert.IsType<MailOutcome.Unknown>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob"))));
        Assert.Equal("ann@readers.example", Assert.Single(sendGrid.Delivered).To);
    }

    [Fact]
    public async Task Addresses_that_are_all_wrong_at_once_are_a_fault_of_ours()
    {
        sendGrid.Invalid.UnionWith(["ann@readers.example", "bob@readers.example"]);

        Assert.IsType<MailOutcome.Refused>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob"))));
        Assert.Single(sendGrid.Calls);
    }

    [Fact]
    public async Task One_bad_address_after_the_other_comes_to_an_end()
    {
        var recipients = Enumerable.Range(0, 100).Select(n => MailSample.Recipient($"r{n}")).ToList();
        sendGrid.Invalid.UnionWith(recipients.Select(one => one.Address.Value));
        sendGrid.NamesOneError = true;

        Assert.IsType<MailOutcome.Refused>(await SendAsync(MailSample.Batch(recipients)));
        Assert.Equal(50, sendGrid.Calls.Count);
    }

    [Theory]
    [InlineData(400, "Invalid type. Expected: object, given: string.", "personalizations.0.to.0")]
    [InlineData(400, "Does not contain a valid address.", "personalizations.7.to")]
    [InlineData(400, "Does not contain a valid address.", "from.email")]
    [InlineData(400, "Does not contain a valid address.", "personalizations.0.cc")]
    [InlineData(400, "Bad Request", null)]
    [InlineData(401, "The provided authorization grant is invalid, expired, or revoked", null)]
    [InlineData(403, "The from address does not match a verified Sender Identity.", "from")]
    [InlineData(404, "not found", null)]
    [InlineData(405, "method not allowed", null)]
    [InlineData(413, "too large", null)]
    public async Task What_is_wrong_for_good_is_refused_with_the_reason(int status, string message, string? field)
    {
        sendGrid.FailNext(status, FakeSendGrid.Errors((message, field)));

        var refused = Assert.IsType<MailOutcome.Refused>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob"))));

        Assert.EndsWith($" It says{(field is null ? "" : $" of {field}")}: {message}", refused.Reason, StringComparison.Ordinal);
        Assert.Single(sendGrid.Calls);
        Assert.Empty(sendGrid.Delivered);
    }

    [Fact]
    public async Task A_bad_address_beside_another_fault_is_no_reason_to_send()
    {
        var errors = FakeSendGrid.Errors(("Does not contain a valid address.", "personalizations.0.to"), ("The subject is required.", "subject"));
        sendGrid.FailNext(400, errors);

        Assert.IsType<MailOutcome.Refused>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob"))));
        Assert.Empty(sendGrid.Delivered);
    }

    [Fact]
    public async Task A_reason_has_neither_address_nor_key()
    {
        var error = ($"We found the first duplicate instance of [ann@readers.example] with {FakeSendGrid.ApiKey}", "personalizations");
        sendGrid.FailNext(400, FakeSendGrid.Errors(error));

        var refused = Assert.IsType<MailOutcome.Refused>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob"))));

        Assert.Equal("SendGrid refused the mail (400). It says of personalizations: We found the first duplicate instance of […] with …", refused.Reason);
    }

    [Theory]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("[]")]
    [InlineData("{\"errors\":{}}")]
    [InlineData("{\"errors\":[null,7]}")]
    [InlineData("{\"errors\":[{\"message\":7,\"field\":{}}]}")]
    [InlineData("{\"errors\":[{\"message\":\"\\ud800\"}]}")]
    public async Task An_answer_that_nobody_can_read_is_refused_all_the_same(string body)
    {
        sendGrid.FailNext(400, body);

        var refused = Assert.IsType<MailOutcome.Refused>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"))));

        Assert.StartsWith("SendGrid refused the mail (400).", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        var outcome = await SendAsync(MailSample.Batch(MailSample.Recipient("ann")), key: "SG.wrong");

        Assert.StartsWith("SendGrid does not accept the API key.", Assert.IsType<MailOutcome.Refused>(outcome).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, "Retry-After", "17", 17)]
    [InlineData(429, "Retry-After", "Tue, 24 Nov 2026 07:02:00 GMT", 120)]
    [InlineData(429, "X-RateLimit-Reset", "1795503690", 90)]
    [InlineData(429, "X-RateLimit-Reset", "1795503500", null)]
    [InlineData(429, "X-RateLimit-Reset", "99999999999999", null)]
    [InlineData(429, "X-RateLimit-Reset", "soon", null)]
    [InlineData(429, "X-Other", "1", null)]
    [InlineData(408, "X-Other", "1", null)]
    [InlineData(500, "X-Other", "1", null)]
    [InlineData(502, "X-Other", "1", null)]
    [InlineData(503, "Retry-After", "30", 30)]
    public async Task What_may_go_better_later_is_tried_later(int status, string header, string value, int? seconds)
    {
        sendGrid.FailNext(status, FakeSendGrid.Errors(("too many requests", null)), (header, value));

        var later = Assert.IsType<MailOutcome.TryLater>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"))));

        Assert.Equal(seconds is { } after ? TimeSpan.FromSeconds(after) : null, later.After);
        Assert.Single(sendGrid.Calls);
        Assert.Empty(sendGrid.Delivered);
    }

    [Fact]
    public void The_clock_of_these_tests_is_that_of_the_headers() => Assert.Equal(1795503600, MailSample.Now.ToUnixTimeSeconds());

    [Theory]
    [InlineData(200)]
    [InlineData(504)]
    public async Task An_answer_that_does_not_say_what_was_done_is_unknown(int status)
    {
        sendGrid.FailNext(status);

        Assert.IsType<MailOutcome.Unknown>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"))));
        Assert.Single(sendGrid.Calls);
    }

    [Fact]
    public async Task A_refused_connection_is_tried_later()
    {
        var nobody = FakeService.NobodyThere(out var taken);
        using (taken)
        {
            var outcome = await SendAsync(MailSample.Batch(MailSample.Recipient("ann")), nobody);

            Assert.Equal("SendGrid could not be reached.", Assert.IsType<MailOutcome.TryLater>(outcome).Reason);
        }
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("drop")]
    [InlineData("cut")]
    public async Task A_call_without_a_whole_answer_is_unknown_and_not_repeated(string fault)
    {
        (fault switch { "hang" => (Action)sendGrid.HangNext, "drop" => sendGrid.DropNext, _ => sendGrid.CutNext })();
        impatient.GivesUp = () => fault == "hang" && sendGrid.Delivered.Count == 2;

        Assert.IsType<MailOutcome.Unknown>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann"), MailSample.Recipient("bob"))));

        Assert.Single(sendGrid.Calls);
        Assert.Equal(2, sendGrid.Delivered.Count);
    }

    [Fact]
    public async Task Who_cancels_gets_no_outcome()
    {
        sendGrid.HangNext();
        using var cancellation = new CancellationTokenSource();
        var sending = SendAsync(MailSample.Batch(MailSample.Recipient("ann")), cancellation: cancellation.Token);
        SpinWait.SpinUntil(() => !sendGrid.Delivered.IsEmpty, TimeSpan.FromMinutes(5));

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task The_base_address_may_have_a_path()
    {
        await using var behindAPath = await FakeSendGrid.StartAsync("/mail/provider");

        foreach (var path in new[] { "/mail/provider", "/mail/provider/" })
        {
            Assert.IsType<MailOutcome.Accepted>(await SendAsync(MailSample.Batch(MailSample.Recipient("ann")), new Uri(behindAPath.BaseUrl, path)));
        }
    }

    [Theory]
    [InlineData(20_000_001, 'x', "20 MB")]
    [InlineData(15_500_000, '\n', "30 MB")]
    public async Task A_mail_that_is_too_large_is_refused_without_a_call(int length, char letter, string limit)
    {
        var content = MailSample.Newsletter with { Text = new string(letter, length) };

        var outcome = await SendAsync(MailSample.Batch(MailSample.Recipient("ann")) with { Content = content });

        Assert.Contains(limit, Assert.IsType<MailOutcome.Refused>(outcome).Reason, StringComparison.Ordinal);
        Assert.Empty(sendGrid.Calls);
    }

    [Theory]
    [InlineData(9_984, true)]
    [InlineData(9_985, false)]
    public async Task A_recipients_links_have_10000_bytes(int length, bool fits)
    {
        var outcome = await SendAsync(MailSample.Batch(MailSample.Recipient("ann", unsubscribeUrl: "https://".PadRight(length, 'x'))));

        Assert.Equal(fits, outcome is MailOutcome.Accepted);
        Assert.Equal(fits ? 1 : 0, sendGrid.Calls.Count);
    }

    private Task<MailOutcome> SendAsync(MailBatch batch, Uri? baseUrl = null, string key = FakeSendGrid.ApiKey, CancellationToken? cancellation = null) =>
        new SendGridTransport(new SendGridSettings(key, baseUrl ?? sendGrid.BaseUrl), MailSample.From, http, time)
            .SendAsync(batch, MailSample.NoReport, cancellation ?? TestContext.Current.CancellationToken);

    // The client's time-out, without waiting for it: it is up when the server has acted.
    private sealed class Impatient : DelegatingHandler
    {
        public Func<bool> GivesUp { get; set; } = () => false;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var timeUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var sending = base.SendAsync(request, timeUp.Token);
            while (!sending.IsCompleted && !GivesUp())
            {
                await Task.WhenAny(sending, Task.Delay(5, CancellationToken.None));
            }

            if (!sending.IsCompleted)
            {
                await timeUp.CancelAsync();
            }

            return await sending;
        }
    }

    private static void AssertJson(string expected, string actual) =>
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)),
            $"Expected:\n{JsonNode.Parse(expected)}\n\nActual:\n{JsonNode.Parse(actual)}");
}
