using System.Reflection;
using Pressroom.Comments;
using Pressroom.Comments.Replies;
using Pressroom.Functions.Comments;
using Pressroom.Functions.Newsletters;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Tests.Newsletters;

public sealed class PrivacyTests
{
    // Whatever holds an address, and why it may.
    private static readonly Type[] MayHoldAddresses =
    [
        typeof(EmailAddress), typeof(Subscriber), typeof(Signup), typeof(MailRecipient), typeof(MailSettings),
        typeof(Commenter), typeof(Submission), typeof(CommentRequest), typeof(ReplyPerson), typeof(ReplyExport),
    ];

    [Fact]
    public void No_type_has_an_address_but_those_of_subscribers_commenters_and_mail()
    {
        var holders = new[] { typeof(EmailAddress).Assembly, typeof(NewsletterFunctions).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.FullName!.Contains('<', StringComparison.Ordinal))
            .Where(type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Any(property => property.PropertyType is var held && (held == typeof(EmailAddress) || Nullable.GetUnderlyingType(held) == typeof(EmailAddress)
                    || held == typeof(IReadOnlyList<EmailAddress>))));
        Assert.Subset(MayHoldAddresses.ToHashSet(), holders.ToHashSet());
    }

    [Fact]
    public void No_answer_and_no_message_has_a_field_for_an_address_but_those_to_administrators_moderators_and_whoever_typed_it()
    {
        var withEmail = new[] { typeof(EmailAddress).Assembly, typeof(NewsletterFunctions).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Answer", StringComparison.Ordinal) || type.Name.EndsWith("Message", StringComparison.Ordinal) || type.Name.EndsWith("View", StringComparison.Ordinal))
            .Where(type => type.GetProperties().Any(property => property.Name.Contains("mail", StringComparison.OrdinalIgnoreCase) && property.PropertyType == typeof(string)))
            .Select(type => type.Name);
        Assert.Equal(["CommentFormView", "ModeratedCommentAnswer", "SubscriberAnswer"], withEmail.Order());
    }

    [Fact]
    public async Task No_address_and_no_token_is_logged_or_waits_in_a_queue()
    {
        await using var desk = NewsletterDesk.Open(new RecordingTransport { MostRecipients = 2 });
        desk.Transport.OnCall = (call, batch, _) => Task.FromResult<MailOutcome?>(call switch
        {
            1 => new MailOutcome.TryLater(null, "Busy."),
            3 => new MailOutcome.Refused("No."),
            4 => new MailOutcome.Unknown("Broken."),
            5 => new MailOutcome.Accepted("m", [batch.Recipients[0].Id]),
            6 => throw new Killed(),
            _ => null,
        });
        await desk.ReaderAsync((functions, request) => functions.Subscribe(request, default), NewsletterDesk.Json(new { email = "secret@example.net" }));
        await desk.PumpAsync(TimeSpan.FromMinutes(10));
        var token = desk.TokenFor("secret@example.net", "confirm");
        await desk.ReaderAsync((functions, request) => functions.Confirm(request, default), NewsletterDesk.Query("token=" + token));
        await desk.SeedAsync(11);
        var issue = await desk.StartLetterAsync();
        try
        {
            await desk.PumpAsync(TimeSpan.FromMinutes(10));
        }
        catch (Killed)
        {
            await desk.RestartAsync();
            await desk.PumpAsync(TimeSpan.FromMinutes(10));
        }

        var shown = await desk.EditorAsync((functions, request) => functions.Get(request, issue.Id.Value, default));
        var log = string.Join('\n', desk.Log.Lines);
        Assert.Contains(issue.Id.Value, log, StringComparison.Ordinal);
        foreach (var text in new[] { log, shown.Body, new SignupMessage("x").ToJson(), new SendNewsletterMessage(issue.Id.Value, 0, 0).ToJson() })
        {
            Assert.DoesNotContain("@", text, StringComparison.Ordinal);
            Assert.DoesNotContain("example.net", text, StringComparison.Ordinal);
            Assert.DoesNotContain("token", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(token, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_address_hides_itself_from_whoever_formats_it()
    {
        Assert.True(EmailAddress.TryParse("secret@example.net", out var address));
        var subscriber = new Subscriber
        {
            Id = SubscriberId.Parse("0123456789abcdef0123456789abcdef"),
            Address = address,
            State = SubscriberState.Confirmed,
            Language = Pressroom.Articles.Language.Parse("fr"),
        };
        Assert.DoesNotContain("secret", $"{subscriber} {new MailRecipient("x", address, new Dictionary<string, string>())}", StringComparison.Ordinal);
    }
}
