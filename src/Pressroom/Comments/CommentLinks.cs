using System.Globalization;
using Pressroom.Access;
using Pressroom.Articles;
using Pressroom.Comments.Spam;
using Pressroom.Newsletters.Subscribers;

namespace Pressroom.Comments;

/// <summary>The signed tokens of comments: of the form, of the moderators' mails, and of the mail that asks to confirm an address.</summary>
public sealed class CommentLinks(SignedLinks links, SiteSettings site, TimeProvider time)
{
    /// <summary>How long a moderation link counts.</summary>
    public static readonly TimeSpan ModerateWithin = TimeSpan.FromDays(14);

    /// <summary>How long a link to confirm an address counts.</summary>
    public static readonly TimeSpan ConfirmWithin = TimeSpan.FromDays(7);

    private const string FormPurpose = "comment form";
    private const string ModeratePurpose = "moderate comment";
    private const string ConfirmPurpose = "confirm commenter";
    private static readonly TimeSpan FastestTyping = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FormWithin = TimeSpan.FromHours(24);

    /// <summary>The token of a form that is opened now.</summary>
    public string FormToken(ArticleId article)
    {
        var now = time.GetUtcNow();
        return links.Sign(FormPurpose, string.Create(CultureInfo.InvariantCulture, $"{article}.{now.ToUnixTimeMilliseconds()}"), now + FormWithin);
    }

    /// <summary>What a form's token says: it fits from three seconds after the form was opened, for a day.</summary>
    public FormToken ReadForm(string? token, ArticleId article)
    {
        if (string.IsNullOrEmpty(token))
        {
            return Spam.FormToken.Missing;
        }

        return links.Read(FormPurpose, token)?.Split('.') is [var opened, var at]
            && opened == article.Value
            && DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(at, CultureInfo.InvariantCulture)) + FastestTyping <= time.GetUtcNow()
                ? Spam.FormToken.Fits
                : Spam.FormToken.Wrong;
    }

    /// <summary>The token by which whoever has the mail decides on a comment.</summary>
    public string ModerateToken(Comment comment, DateTimeOffset from) => links.Sign(ModeratePurpose, $"{comment.Article}.{comment.Id}", from + ModerateWithin);

    /// <summary>The address of the moderation page.</summary>
    public string ModerateAddress(string token) => site.Api($"moderate?token={token}");

    /// <summary>Which comment may be decided on; null for a token that does not count.</summary>
    public CommentId? ReadModerate(string? token) => links.Read(ModeratePurpose, token)?.Split('.') is [_, var id] ? CommentId.Parse(id) : null;

    /// <summary>The address of the page that confirms a commenter's address, in a language.</summary>
    public string Confirm(SubscriberId person, DateTimeOffset from, Language language) =>
        ConfirmAddress(links.Sign(ConfirmPurpose, person.Value, from + ConfirmWithin), language);

    /// <summary>The address of the confirming page for a token that was read.</summary>
    public string ConfirmAddress(string token, Language language) => site.Api($"comments/confirm?token={token}&language={language}");

    /// <summary>Whose address is confirmed; null for a token that does not count.</summary>
    public SubscriberId? ReadConfirm(string? token) => links.Read(ConfirmPurpose, token) is { } person ? SubscriberId.Parse(person) : null;
}
