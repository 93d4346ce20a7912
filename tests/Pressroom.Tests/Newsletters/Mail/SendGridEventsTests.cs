using System.Text;
using Pressroom.Newsletters.Mail;

namespace Pressroom.Tests.Newsletters.Mail;

public sealed class SendGridEventsTests
{
    [Fact]
    public void An_event_carries_the_batch_the_recipient_and_why()
    {
        var events = Read("""
            [{"email":"ann@readers.example","timestamp":1795503600,"smtp-id":"<14c5d75ce93.dfd.64b469@ismtpd-555>","event":"bounce","category":["newsletter"],
              "sg_event_id":"6g4ZI7SA-xmRDv57GoPIPw==","sg_message_id":"14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0","status":"5.1.1","type":"bounce",
              "reason":"550 5.1.1 <ann@readers.example>: no such user, ann%40readers.example","bounce_classification":"Invalid Address",
              "batch":"0193-7","recipient":"ann","tls":1,"new":{"field":[true]}}]
            """);

        Assert.Equal(
            new MailEvent(
                "6g4ZI7SA-xmRDv57GoPIPw==", MailEventKind.Bounced, DateTimeOffset.FromUnixTimeSeconds(1795503600), "0193-7", "ann", "14c5d75ce93",
                "550 5.1.1 <…>: no such user, …", "Invalid Address", IsMachine: false, Suppresses: true),
            Assert.Single(events));
    }

    [Theory]
    [InlineData("\"event\":\"processed\"", MailEventKind.Processed, false)]
    [InlineData("\"event\":\"delivered\",\"response\":\"250 OK\"", MailEventKind.Delivered, false)]
    [InlineData("\"event\":\"deferred\",\"response\":\"450 4.2.0 later\"", MailEventKind.Deferred, false)]
    [InlineData("\"event\":\"bounce\"", MailEventKind.Bounced, true)]
    [InlineData("\"event\":\"bounce\",\"type\":\"bounce\"", MailEventKind.Bounced, true)]
    [InlineData("\"event\":\"bounce\",\"type\":\"blocked\"", MailEventKind.Blocked, false)]
    [InlineData("\"event\":\"bounce\",\"type\":\"expired\"", MailEventKind.Blocked, false)]
    [InlineData("\"event\":\"dropped\",\"reason\":\"Bounced Address\"", MailEventKind.Dropped, true)]
    [InlineData("\"event\":\"dropped\",\"reason\":\"Unsubscribed Address\"", MailEventKind.Dropped, true)]
    [InlineData("\"event\":\"dropped\",\"reason\":\"Spam Reporting Address\"", MailEventKind.Dropped, true)]
    [InlineData("\"event\":\"dropped\",\"reason\":\"Invalid\"", MailEventKind.Dropped, true)]
    [InlineData("\"event\":\"dropped\",\"reason\":\"Invalid SMTPAPI header\"", MailEventKind.Dropped, false)]
    [InlineData("\"event\":\"dropped\",\"reason\":\"Spam Content\"", MailEventKind.Dropped, false)]
    [InlineData("\"event\":\"dropped\",\"reason\":\"Recipient List over Package Quota\"", MailEventKind.Dropped, false)]
    [InlineData("\"event\":\"dropped\"", MailEventKind.Dropped, false)]
    [InlineData("\"event\":\"open\"", MailEventKind.Opened, false)]
    [InlineData("\"event\":\"click\",\"url\":\"https://news.example/\"", MailEventKind.Clicked, false)]
    [InlineData("\"event\":\"spamreport\"", MailEventKind.Complained, true)]
    [InlineData("\"event\":\"unsubscribe\"", MailEventKind.Unsubscribed, true)]
    [InlineData("\"event\":\"group_unsubscribe\",\"asm_group_id\":7", MailEventKind.Unsubscribed, true)]
    public void What_happened_decides_whether_the_address_gets_further_mail(string fields, MailEventKind kind, bool suppresses)
    {
        var read = Assert.Single(Read($$"""[{"sg_event_id":"1","timestamp":1795503600,{{fields}}}]"""));

        Assert.Equal((kind, suppresses), (read.Kind, read.Suppresses));
    }

    [Fact]
    public void An_open_by_a_machine_says_so()
    {
        var events = Read("""
            [{"sg_event_id":"1","timestamp":1,"event":"open","sg_machine_open":true},{"sg_event_id":"2","timestamp":1,"event":"open","sg_machine_open":false}]
            """);

        Assert.Equal([true, false], events.Select(one => one.IsMachine));
    }

    [Fact]
    public void A_mail_that_is_not_from_here_has_no_batch()
    {
        var read = Assert.Single(Read("""[{"sg_event_id":"1","timestamp":"1795503600","event":"delivered","batch":null,"recipient":["x"]}]"""));

        Assert.Equal((null, null, 1795503600L), (read.BatchId, read.RecipientId, read.At.ToUnixTimeSeconds()));
    }

    [Fact]
    public void What_cannot_be_read_is_passed_over_and_the_rest_counts()
    {
        var events = Read("""
            [null, 7, "delivered", [], {}, {"event":"delivered"}, {"event":"delivered","sg_event_id":"no time"}, {"event":"delivered","sg_event_id":"","timestamp":1},
             {"event":"delivered","sg_event_id":"late","timestamp":1e300}, {"event":"delivered","sg_event_id":"early","timestamp":-1},
             {"event":"account_status_change","sg_event_id":"x","timestamp":1}, {"event":{"a":1},"sg_event_id":"x","timestamp":1},
             {"event":"delivered","sg_event_id":"\ud800","timestamp":1}, {"event":"delivered","sg_event_id":7,"timestamp":1.9},
             {"event":"bounce","sg_event_id":"good","timestamp":2,"reason":"\udfff"}]
            """);

        Assert.Equal([("7", 1L), ("good", 2L)], events.Select(one => (one.Id, one.At.ToUnixTimeSeconds())));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_passed_over()
    {
        byte[] body =
        [
            .. "[{\"event\":\"delivered\",\"timestamp\":1,\"sg_event_id\":\""u8, 0xff,
            .. "\"},{\"event\":\"delivered\",\"timestamp\":1,\"sg_event_id\":\"2\"}]"u8,
        ];

        Assert.Equal("2", Assert.Single(SendGridEvents.ReadOrNull(body)!).Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[")]
    [InlineData("[{\"event\":\"delivered\"")]
    [InlineData("[]]")]
    [InlineData("event=delivered")]
    public void What_is_no_array_is_no_call_of_SendGrid(string body) => Assert.Null(SendGridEvents.ReadOrNull(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void A_nest_of_arrays_is_no_call_of_SendGrid() => Assert.Null(SendGridEvents.ReadOrNull(Encoding.UTF8.GetBytes(new string('[', 100_000))));

    [Fact]
    public void More_events_than_a_call_can_hold_are_not_read()
    {
        Assert.Empty(Read("[" + string.Join(',', Enumerable.Repeat("0", SendGridEvents.MostEvents)) + "]"));
        Assert.Null(SendGridEvents.ReadOrNull(Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("0", SendGridEvents.MostEvents + 1)) + "]")));
    }

    [Fact]
    public void A_reason_is_short()
    {
        var reason = Assert.Single(Read($$"""[{"sg_event_id":"1","timestamp":1,"event":"bounce","reason":"{{new string('x', 298)}}😀😀"}]""")).Reason!;

        Assert.Equal(new string('x', 298) + "…", reason);
    }

    private static IReadOnlyList<MailEvent> Read(string json) => SendGridEvents.ReadOrNull(Encoding.UTF8.GetBytes(json))!;
}
