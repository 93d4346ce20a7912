using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Articles;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Site.Pages;
using Pressroom.Telemetry;

namespace Pressroom.Functions.Newsletters;

/// <summary>What readers do: subscribe, confirm, change, unsubscribe. No GET changes anything, and no answer tells who is subscribed.</summary>
[Topic(Topic.Subscribers)]
public sealed class SubscriptionFunctions(
    Gate gate, Subscribe subscribe, AnswerSignup answer, ConfirmSubscription confirm, ManageSubscription manage, SubscriberLinks links, PageRenderer pages,
    SiteSettings site)
{
    private const int MostBytes = 4096;
    private const string OneClick = "One-Click";

    /// <summary>POST /subscribers <c>{email, language?, sections?}</c> as JSON: 202; as a form: 303 to a page. The same for every address.</summary>
    [Function("Subscribe")]
    [Describes(
        "Ask to subscribe",
        Notes = "The answer is the same for every address, and for every repeat, so it takes no `Idempotency-Key`; a mail asks to confirm.")]
    [Takes<SubscribeFields>(MostBytes)]
    [TakesForm<SubscribeForm>(SmallForm.MostBytes)]
    [Answers<SignupAnswer>(202, "To JSON: a mail is on its way.")]
    [Answers(303, "To a form: the page that says so.", HasLocation = true)]
    [Shows(400, "To a form: the address is none.")]
    public Task<IResult> Subscribe([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "subscribers")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            () => SmallForm.IsFormType(request) ? SubscribeByFormAsync(request, cancellation) : SubscribeByJsonAsync(request, cancellation),
            cancellation);

    /// <summary>GET /subscribers/check-mail: where the form leads.</summary>
    [Function("ShowCheckMail")]
    [Describes("The page that a form leads to")]
    [Query("language", "The language of the page.", "en")]
    [Shows(200, "It asks to look for the mail.")]
    public Task<IResult> ShowCheckMail(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "subscribers/check-mail")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(request, () => Task.FromResult(Page(200, "notice_check_mail", ReaderLanguage.Of(request, site))), cancellation);

    /// <summary>GET /subscribers/confirm?token=: shows the button.</summary>
    [Function("ShowConfirmation")]
    [Describes("What the link in the mail shows")]
    [MailedLink]
    [Shows(200, "The button that confirms, or that it is done.")]
    public Task<IResult> ShowConfirmation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "subscribers/confirm")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () =>
            {
                var token = request.Query["token"].ToString();
                return await confirm.LookAsync(token, cancellation) switch
                {
                    null => Expired(request),
                    { IsConfirmed: true } done => Page(200, "notice_confirmed", done.Language),
                    var pending => Page(200, "notice_confirm", pending.Language, new NoticeForm(links.ConfirmAddress(token), "confirm")),
                };
            },
            cancellation);

    /// <summary>POST /subscribers/confirm?token=: confirms.</summary>
    [Function("ConfirmSubscription")]
    [Describes("Confirm a subscription")]
    [MailedLink]
    [Shows(200, "It is confirmed.")]
    public Task<IResult> Confirm(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "subscribers/confirm")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () => await confirm.RunAsync(request.Query["token"].ToString(), cancellation) is { } done
                ? Page(200, "notice_confirmed", done.Language)
                : Expired(request),
            cancellation);

    /// <summary>GET /subscribers/unsubscribe?token=: shows the subscription's settings, and the button that ends it.</summary>
    [Function("ShowSubscription")]
    [Describes("What the link below every newsletter shows")]
    [MailedLink]
    [Shows(200, "The settings, and the button that unsubscribes; or that it is done.")]
    public Task<IResult> ShowSubscription(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "subscribers/unsubscribe")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitAnybodyAsync(
            request,
            async () =>
            {
                var token = request.Query["token"].ToString();
                return await manage.LookAsync(token, cancellation) switch
                {
                    null => Expired(request),
                    { IsActive: false } left => Page(200, "notice_unsubscribed", left.Language ?? ReaderLanguage.Of(request, site)),
                    var preferences => Page(200, "notice_unsubscribe", preferences.Language!.Value, new NoticeForm(links.UnsubscribeAddress(token), "unsubscribe")
                    {
                        Language = preferences.Language,
                        Languages = [.. preferences.Languages.Append(preferences.Language.Value).Distinct()],
                        Sections = [.. preferences.Sections.Select(section => new NoticeChoice(section.Slug, section.Name, preferences.Chosen.Contains(section.Slug)))],
                    }),
                };
            },
            cancellation);

    /// <summary>POST /subscribers/unsubscribe?token=: ends the subscription, by the button or by a mail program's one click (RFC 8058: no cookie, no
    /// redirect); with <c>action=save</c> keeps what is wanted.</summary>
    [Function("ChangeSubscription")]
    [Unlimited]
    [Describes("Unsubscribe, or keep other wishes", Notes = "Mail programs post here by one click (RFC 8058).")]
    [MailedLink]
    [TakesForm<SubscriptionForm>(SmallForm.MostBytes)]
    [Shows(200, "It is done.")]
    public async Task<IResult> ChangeSubscription(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "subscribers/unsubscribe")] HttpRequest request, CancellationToken cancellation)
    {
        var token = request.Query["token"].ToString();
        var (form, refusal) = await SmallForm.ReadAsync(request, cancellation);
        if (form is null)
        {
            return refusal!;
        }

        if (form.Value("action") == "save" && form.Value("List-Unsubscribe") != OneClick)
        {
            var language = form.Language("language");
            return language is null ? Problems.Invalid("language", Fields.NoLanguage)
                : await manage.SaveAsync(token, language.Value, form.Slugs("sections"), cancellation) ? Page(200, "notice_saved", language.Value)
                : Expired(request);
        }

        var (done, known) = await manage.UnsubscribeAsync(token, cancellation);
        return done ? Page(200, "notice_unsubscribed", known ?? ReaderLanguage.Of(request, site)) : Expired(request);
    }

    /// <summary>Somebody asked to subscribe.</summary>
    [Function("AnswerSignup")]
    public Task AnswerSignup([QueueTrigger(Pressroom.Newsletters.Subscribers.AnswerSignup.Queue)] SignupMessage message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(Pressroom.Newsletters.Subscribers.AnswerSignup.Queue, message, () => answer.RunAsync(message, cancellation));

    private async Task<Answer> SubscribeByJsonAsync(HttpRequest request, CancellationToken cancellation)
    {
        var (body, refusal) = await JsonBody.ReadAsync(request, MostBytes, cancellation);
        if (body is null)
        {
            return refusal!;
        }

        if (Fields.Parse(body.Value, out var complaint) is not { } fields)
        {
            return Problems.InvalidJson(complaint);
        }

        var email = fields.RequiredLine("email", 300);
        var language = fields.Language("language");
        var sections = Topics.Slugs(fields.Lines("sections", SubscriberRules.MostSections, 100));
        fields.RejectUnknown();
        if (!EmailAddress.TryParse(email, out var address) && email.Length > 0)
        {
            fields.Reject("email", "It is no e-mail address.");
        }

        if (fields.Errors.Any)
        {
            return Problems.Invalid(fields.Errors);
        }

        await subscribe.RunAsync(address, language ?? ReaderLanguage.Of(request, site), sections, "api", cancellation);
        return Answer.Of(StatusCodes.Status202Accepted, new SignupAnswer("pending"), SubscriptionJson.Default.SignupAnswer);
    }

    private async Task<Answer> SubscribeByFormAsync(HttpRequest request, CancellationToken cancellation)
    {
        var (form, refusal) = await SmallForm.ReadAsync(request, cancellation);
        if (form is null)
        {
            return refusal!;
        }

        var language = form.Language("language") ?? ReaderLanguage.Of(request, site);
        if (!EmailAddress.TryParse(form.Value("email"), out var address))
        {
            return Page(400, "notice_bad_address", language);
        }

        // What nobody sees, only a machine fills in.
        if (form.Value("website") is null)
        {
            await subscribe.RunAsync(address, language, form.Slugs("sections"), "form", cancellation);
        }

        return new Answer(StatusCodes.Status303SeeOther) { Location = site.Api($"subscribers/check-mail?language={language.Tag}") };
    }

    private Answer Expired(HttpRequest request) => Page(400, "notice_expired", ReaderLanguage.Of(request, site));

    private Answer Page(int status, string name, Language language, NoticeForm? form = null) =>
        new(status, pages.Notice(name, language, form), "text/html; charset=utf-8");
}

internal sealed record SignupAnswer(string Status) : IExample<SignupAnswer>
{
    public static SignupAnswer Example { get; } = new("pending");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SignupAnswer))]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
