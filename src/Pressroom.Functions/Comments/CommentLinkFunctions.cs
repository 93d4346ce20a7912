using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Articles;
using Pressroom.Comments;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Functions.Newsletters;
using Pressroom.Site.Pages;

namespace Pressroom.Functions.Comments;

/// <summary>What the links in mails about comments lead to. No GET changes anything.</summary>
[Topic(Topic.Comments)]
public sealed class CommentLinkFunctions(
    Gate gate, CommentLinks links, ListComments comments, ModerateComment moderate, ConfirmCommenter confirm, PageRenderer pages, SiteSettings site)
{
    private const string Moderator = "a moderation link";

    /// <summary>GET /moderate?token=: shows the comment as it is now, and the buttons.</summary>
    [Function("ShowModeration")]
    [Describes("What the link in a moderator’s mail shows")]
    [MailedLink]
    [Query("action", "The decision to suggest.", "approve")]
    [Shows(200, "The comment as it is now, and the buttons.")]
    public Task<IResult> Show([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "moderate")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () =>
            {
                var token = request.Query["token"].ToString();
                return links.ReadModerate(token) is { } id && await comments.FindAsync(id, cancellation) is { } found
                    ? Page(found, token, request.Query["action"].ToString(), isDone: false)
                    : Expired(site.Language);
            },
            cancellation);

    /// <summary>POST /moderate?token= with <c>action</c>: approve, reject, spam or undo; shows what was done.</summary>
    [Function("Moderate")]
    [Describes("Decide on a comment by a mailed link")]
    [MailedLink]
    [TakesForm<ModerateForm>(SmallForm.MostBytes)]
    [Shows(200, "It is done.")]
    public Task<IResult> Moderate([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "moderate")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () =>
            {
                var token = request.Query["token"].ToString();
                if (links.ReadModerate(token) is not { } id)
                {
                    return Expired(site.Language);
                }

                var (form, refusal) = await SmallForm.ReadAsync(request, cancellation);
                if (form is null)
                {
                    return refusal!;
                }

                var action = form.Value("action");
                if (action != "undo" && ModerationPage.Choices.All(choice => choice.Word != action))
                {
                    return Problems.Invalid("action", "It must be one of: approve, reject, spam, undo.");
                }

                var changed = action == "undo"
                    ? await moderate.UndoAsync(id, Moderator, cancellation)
                    : await moderate.DecideAsync(id, ModerationPage.Choices.First(choice => choice.Word == action).Status, Moderator, cancellation);
                return changed is null ? Expired(site.Language) : Page(await comments.WithAllAsync(changed, cancellation), token, null, isDone: true);
            },
            cancellation);

    /// <summary>GET /comments/confirm?token=: shows the button.</summary>
    [Function("ShowCommenterConfirmation")]
    [Describes("What the link in a commenter’s mail shows")]
    [MailedLink]
    [Query("language", "The language of the page.", "en")]
    [Shows(200, "The button that confirms, or that it is done.")]
    public Task<IResult> ShowConfirmation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "comments/confirm")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () =>
            {
                var token = request.Query["token"].ToString();
                var language = ReaderLanguage.Of(request, site);
                return await confirm.LookAsync(token, cancellation) switch
                {
                    null => Expired(language),
                    true => Answer.Html(200, pages.Notice("notice_comment_confirmed", language)),
                    false => Answer.Html(200, pages.Notice("notice_comment_confirm", language, new NoticeForm(links.ConfirmAddress(token, language), "confirm"))),
                };
            },
            cancellation);

    /// <summary>POST /comments/confirm?token=: confirms.</summary>
    [Function("ConfirmCommenter")]
    [Describes("Confirm a commenter’s address")]
    [MailedLink]
    [Query("language", "The language of the page.", "en")]
    [Shows(200, "It is confirmed.")]
    public Task<IResult> Confirm(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/confirm")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () => await confirm.RunAsync(request.Query["token"].ToString(), cancellation)
                ? Answer.Html(200, pages.Notice("notice_comment_confirmed", ReaderLanguage.Of(request, site)))
                : Expired(ReaderLanguage.Of(request, site)),
            cancellation);

    private Answer Page(ModeratedComment found, string token, string? suggested, bool isDone) => Answer.Html(200, pages.Moderation(
        new ModerationPage(found.Comment, found.Article?.Title ?? "", found.ArticleUrl, links.ModerateAddress(token), suggested, isDone)));

    private Answer Expired(Language language) => Answer.Html(StatusCodes.Status400BadRequest, pages.Notice("notice_comment_expired", language));
}
