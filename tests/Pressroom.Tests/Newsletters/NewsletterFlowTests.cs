using System.Net;
using System.Text.RegularExpressions;
using MimeKit;
using Pressroom.Tests.Flows;

namespace Pressroom.Tests.Newsletters;

/// <summary>A fresh install: a reader subscribes by the form, confirms by the mail in the outbox folder, gets the newsletter there, and leaves by one click.</summary>
public sealed class NewsletterFlowTests
{
    private const string Email = "reader@example.net";

    [Fact]
    public async Task A_reader_subscribes_gets_an_article_and_leaves()
    {
        await using var newsroom = await Newsroom.OpenAsync();
        using var form = Form(("email", Email), ("language", "en"));
        using var answer = await newsroom.Reader.PostAsync("/api/subscribers", form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Contains("check your mail", await newsroom.ReadAsync(answer.Headers.Location!.PathAndQuery), StringComparison.Ordinal);

        var confirmation = await MailAsync(newsroom, mail => mail.Subject!.StartsWith("Confirm", StringComparison.Ordinal));
        var confirm = new Uri(Regex.Match(confirmation.TextBody!, "http\\S+confirm\\?token=\\S+").Value).PathAndQuery;
        Assert.Contains("method=\"post\"", await newsroom.ReadAsync(confirm), StringComparison.Ordinal);
        using (var nothing = Form())
        using (var confirmed = await newsroom.Reader.PostAsync(confirm, nothing, TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.OK, confirmed.StatusCode);
        }

        await newsroom.PublishAsync("To everybody", new { newsletter = true, language = "en" });
        var mail = await MailAsync(newsroom, mail => mail.Subject == "To everybody");
        Assert.Equal("List-Unsubscribe=One-Click", mail.Headers["List-Unsubscribe-Post"]);
        var leave = new Uri(mail.Headers["List-Unsubscribe"]!.Trim('<', '>')).PathAndQuery;
        Assert.Contains("Unsubscribe", await newsroom.ReadAsync(leave), StringComparison.Ordinal);
        using (var oneClick = Form(("List-Unsubscribe", "One-Click")))
        using (var left = await newsroom.Reader.PostAsync(leave, oneClick, TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        }

        Assert.Equal("unsubscribed", (string?)(await newsroom.GetAsync("/api/subscribers"))["items"]![0]!["state"]);
        await Newsroom.EventuallyAsync(
            async () => (string?)(await newsroom.GetAsync("/api/newsletters"))["items"]![0]!["status"] == "sent", "the issue is sent");
        Assert.DoesNotContain(newsroom.Log.Lines, line => line.Contains(Email, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(newsroom.Log.Errors);
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static async Task<MimeMessage> MailAsync(Newsroom newsroom, Func<MimeMessage, bool> isIt)
    {
        MimeMessage? found = null;
        await Newsroom.EventuallyAsync(
            async () =>
            {
                var folder = Path.Combine(newsroom.DataFolder, "outbox");
                foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml") : [])
                {
                    var mail = await MimeMessage.LoadAsync(file, TestContext.Current.CancellationToken);
                    found = isIt(mail) ? mail : found;
                }

                return found is not null;
            },
            "the mail is in the outbox");
        return found!;
    }
}
