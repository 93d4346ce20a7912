using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Articles;
using Pressroom.Comments.Replies;
using Pressroom.Deliveries;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Site.Pages;
using Pressroom.Telemetry;

namespace Pressroom.Functions.Comments;

/// <summary>What readers do by the links in mails about replies to their comments: confirm, and stop. No GET changes anything.</summary>
[Topic(Topic.Comments)]
public sealed class ReplyFunctions(
    Gate gate, ManageReplyNotices manage, SendReplyNotice send, ReplyNotices notices, ReplyLinks links, PoisonStore poison, PageRenderer pages, SiteSettings site)
{
    /// <summary>GET /comments/notices?token=: shows the button.</summary>
    [Function("ShowReplyNotices")]
    [Describes("What the links in mails about answers show")]
    [MailedLink]
    [Shows(200, "The button that confirms or stops, or that it is done.")]
    public Task<IResult> Show(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "comments/notices")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () =>
            {
                var token = request.Query["token"].ToString();
                return await manage.LookAsync(token, cancellation) is { } link ? Page(link, request, token) : Expired(request);
            },
            cancellation);

    /// <summary>POST /comments/notices?token=: confirms or stops, by the button or by a mail program's one click (RFC 8058: no cookie, no redirect).</summary>
    [Function("ChangeReplyNotices")]
    [Unlimited]
    [Describes("Confirm or stop mails about answers", Notes = "Mail programs post here by one click (RFC 8058).")]
    [MailedLink]
    [Shows(200, "It is done.")]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "comments/notices")] HttpRequest request, CancellationToken cancellation)
    {
        var token = request.Query["token"].ToString();
        return await manage.RunAsync(token, cancellation) is { } link ? Page(link, request, token) : Expired(request);
    }

    /// <summary>A mail about replies is due.</summary>
    [Function("SendReplyNotice")]
    public Task Send([QueueTrigger(SendReplyNotice.Queue)] ReplyMail message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(SendReplyNotice.Queue, message, () => send.RunAsync(message, cancellation));

    /// <summary>A mail about replies failed every time.</summary>
    [Function("KeepPoisonReplyMail")]
    public Task KeepPoison([QueueTrigger(SendReplyNotice.Queue + "-poison")] string text, CancellationToken cancellation) =>
        poison.KeepAsync(SendReplyNotice.Queue, text, cancellation);

    /// <summary>Each night: forgets who did not confirm.</summary>
    [Function("ForgetReplyPeople")]
    public Task Forget([TimerTrigger("0 53 3 * * *")] TimerInfo timer, CancellationToken cancellation) => notices.ForgetAsync(cancellation);

    private Answer Page(NoticeLink link, HttpRequest request, string token)
    {
        var (open, done) = link.Act switch
        {
            NoticeAct.Confirm => ("notice_reply_confirm", "notice_reply_confirmed"),
            NoticeAct.StopArticle => ("notice_reply_stop_article", "notice_reply_stopped_article"),
            _ => ("notice_reply_stop_all", "notice_reply_stopped_all"),
        };
        var language = link.Language ?? ReaderLanguage.Of(request, site);
        return link.IsDone
            ? Page(200, done, language, null)
            : Page(200, open, language, new NoticeForm(links.Address(token), link.Act == NoticeAct.Confirm ? "confirm" : "stop"));
    }

    private Answer Expired(HttpRequest request) => Page(400, "notice_reply_expired", ReaderLanguage.Of(request, site), null);

    private Answer Page(int status, string name, Language language, NoticeForm? form) =>
        new(status, pages.Notice(name, language, form), "text/html; charset=utf-8");
}
