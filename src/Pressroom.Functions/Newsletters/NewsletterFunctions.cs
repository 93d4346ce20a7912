using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Access;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Newsletters;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Mail;
using Pressroom.Newsletters.Subscribers;
using Pressroom.Telemetry;

namespace Pressroom.Functions.Newsletters;

/// <summary>The editors' calls for issues of the newsletter, and what sends them.</summary>
[Topic(Topic.Newsletters)]
public sealed class NewsletterFunctions(
    Gate gate, NewsletterStore newsletters, SendLetter letters, ControlNewsletter control, CountEvents events, StartNewsletter start, SendNewsletter send,
    SendDigests digests, ForgetIssues forget, SiteSettings site)
{
    private const int MostBytes = 2 * 1024 * 1024;
    private const int MostBodyBytes = 256 * 1024;

    /// <summary>GET /newsletters: newest first.</summary>
    [Function("ListNewsletters")]
    [Describes(Role.Editor, "List issues, the newest first")]
    [Paged]
    [Answers<NewsletterListAnswer>(200, "A page of them.")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "newsletters")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitToPageAsync(
            request,
            Role.Editor,
            async paging =>
            {
                var (found, cursor) = await newsletters.ListAsync(paging.After, paging.Limit, cancellation);
                var items = new List<NewsletterAnswer>();
                foreach (var issue in found)
                {
                    items.Add(await ShowAsync(issue, cancellation));
                }

                return Answer.Of(200, new NewsletterListAnswer(items, Paging.Cursor(cursor)), NewsletterJson.Default.NewsletterListAnswer);
            },
            cancellation);

    /// <summary>POST /newsletters <c>{subject, body, language?, sections?}</c>: 201, on its way to the audience; with <c>testTo</c> 200, sent to that
    /// one address alone.</summary>
    [Function("SendLetter")]
    [Describes(Role.Editor, "Send a letter to subscribers, or a test of it to one address")]
    [Once]
    [Takes<LetterFields>(MostBytes)]
    [Answers<LetterTestAnswer>(200, "With `testTo`: how that ended.")]
    [Answers<NewsletterAnswer>(201, "It is on its way.", HasLocation = true)]
    public Task<IResult> Send([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "newsletters")] HttpRequest request, CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Editor,
            MostBytes,
            async (_, fields, seed) =>
            {
                var (letter, testTo) = Read(fields);
                if (fields.Errors.Any)
                {
                    return Problems.Invalid(fields.Errors);
                }

                try
                {
                    if (testTo is { } address)
                    {
                        return Answer.Of(200, LetterTestAnswer.Of(await letters.TestAsync(seed, letter, address, cancellation)), NewsletterJson.Default.LetterTestAnswer);
                    }

                    var issue = await letters.StartAsync(seed, letter, cancellation);
                    return Answer.Of(StatusCodes.Status201Created, await ShowAsync(issue, cancellation), NewsletterJson.Default.NewsletterAnswer) with
                    {
                        Location = site.Api($"newsletters/{issue.Id}"),
                    };
                }
                catch (FormatException pathological)
                {
                    return Problems.Invalid("body", pathological.Message);
                }
            },
            cancellation);

    /// <summary>GET /newsletters/{id}: the issue with its figures and batches; <c>limit</c> and <c>cursor</c> page the batches.</summary>
    [Function("GetNewsletter")]
    [Describes(Role.Editor, "See how far an issue is", Notes = "`limit` and `cursor` page its batches.")]
    [Paged]
    [Answers<NewsletterAnswer>(200, "The issue with its figures and batches.")]
    [Refuses("not-found")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "newsletters/{id}")] HttpRequest request, string id, CancellationToken cancellation) =>
        gate.AdmitToPageAsync(
            request,
            Role.Editor,
            async paging =>
            {
                if (!NewsletterId.TryParse(id, out var newsletter) || await newsletters.FindAsync(newsletter, cancellation) is not { Newsletter: var issue })
                {
                    return Problems.NotFound("newsletter");
                }

                var batches = await newsletters.BatchesAsync(newsletter, paging.After, paging.Limit + 1, cancellation);
                var (shown, cursor) = paging.Cut(batches.Select(stored => NewsletterBatchAnswer.Of(stored.Batch)).ToList(), batch => batch.Id);
                var answer = await ShowAsync(issue, cancellation) with
                {
                    Figures = await events.FiguresAsync(newsletter, cancellation),
                    Batches = new NewsletterBatchListAnswer(shown, cursor),
                };
                return Answer.Of(200, answer, NewsletterJson.Default.NewsletterAnswer);
            },
            cancellation);

    /// <summary>POST /newsletters/{id}/pause: no further batch begins.</summary>
    [Function("PauseNewsletter")]
    [Describes(Role.Editor, "Pause an issue: no further batch begins")]
    [Once]
    [Answers<NewsletterAnswer>(200, "It is paused.")]
    [Refuses("not-found", "not-under-way")]
    public Task<IResult> Pause(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "newsletters/{id}/pause")] HttpRequest request, string id, CancellationToken cancellation) =>
        ControlAsync(request, id, control.PauseAsync, state => state is NewsletterState.Paused, cancellation);

    /// <summary>POST /newsletters/{id}/resume: goes on.</summary>
    [Function("ResumeNewsletter")]
    [Describes(Role.Editor, "Let an issue go on")]
    [Once]
    [Answers<NewsletterAnswer>(200, "It goes on.")]
    [Refuses("not-found", "not-under-way")]
    public Task<IResult> Resume(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "newsletters/{id}/resume")] HttpRequest request, string id, CancellationToken cancellation) =>
        ControlAsync(request, id, control.ResumeAsync, state => state is NewsletterState.Starting or NewsletterState.Sending, cancellation);

    /// <summary>POST /newsletters/{id}/cancel: no further batch begins, for good.</summary>
    [Function("CancelNewsletter")]
    [Describes(Role.Editor, "Cancel an issue: no further batch begins, for good")]
    [Once]
    [Answers<NewsletterAnswer>(200, "It is cancelled.")]
    [Refuses("not-found", "not-under-way")]
    public Task<IResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "newsletters/{id}/cancel")] HttpRequest request, string id, CancellationToken cancellation) =>
        ControlAsync(request, id, control.CancelAsync, state => state is NewsletterState.Cancelled, cancellation);

    /// <summary>POST /newsletters/{id}/batches/{batch}/retry: sends a failed or unknown batch again, on the caller's word.</summary>
    [Function("RetryBatch")]
    [Describes(Role.Editor, "Send a failed or unknown batch again, on your word")]
    [Once]
    [Answers<NewsletterBatchAnswer>(202, "It is queued again.")]
    [Refuses("not-found", "not-under-way", "not-settled")]
    public Task<IResult> Retry(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "newsletters/{id}/batches/{batch}/retry")] HttpRequest request,
        string id,
        string batch,
        CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Editor,
            async _ =>
            {
                if (!NewsletterId.TryParse(id, out var newsletter) || !BatchName.TryParse(batch, out var name))
                {
                    return Problems.NotFound("batch");
                }

                return await control.RetryAsync(newsletter, name, cancellation) switch
                {
                    RetryOutcome.Queued => await newsletters.FindBatchAsync(newsletter, name, cancellation) is { } stored
                        ? Answer.Of(StatusCodes.Status202Accepted, NewsletterBatchAnswer.Of(stored.Batch), NewsletterJson.Default.NewsletterBatchAnswer)
                        : Problems.NotFound("batch"),
                    RetryOutcome.NotUnderWay => NotUnderWay(),
                    RetryOutcome.NothingToRetry => Problems.NotSettled("batch"),
                    _ => Problems.NotFound("batch"),
                };
            },
            cancellation);

    /// <summary>An issue is to be started or resumed.</summary>
    [Function("StartNewsletter")]
    public Task Start([QueueTrigger(StartNewsletter.Queue)] StartNewsletterMessage message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(StartNewsletter.Queue, message, () => start.RunAsync(message, cancellation));

    /// <summary>A batch is next.</summary>
    [Function("SendNewsletter")]
    public Task SendBatch([QueueTrigger(SendNewsletter.Queue)] SendNewsletterMessage message, CancellationToken cancellation) =>
        Traces.ConsumeAsync(SendNewsletter.Queue, message, () => send.RunAsync(message, cancellation));

    /// <summary>Every ten minutes: issues that stand still go on.</summary>
    [Function("WatchNewsletters")]
    public Task Watch([TimerTrigger("30 */10 * * * *")] TimerInfo timer, CancellationToken cancellation) => start.WatchAsync(cancellation);

    /// <summary>Every hour: the digests that are due.</summary>
    [Function("SendDigests")]
    public Task SendDigests([TimerTrigger("0 1 * * * *")] TimerInfo timer, CancellationToken cancellation) => digests.RunAsync(cancellation);

    /// <summary>Every night: what grows with the audience of issues that are three months old.</summary>
    [Function("ForgetIssues")]
    public Task Forget([TimerTrigger("0 33 3 * * *")] TimerInfo timer, CancellationToken cancellation) => forget.RunAsync(cancellation);

    private Task<IResult> ControlAsync(
        HttpRequest request,
        string id,
        Func<NewsletterId, CancellationToken, Task<Newsletter?>> change,
        Func<NewsletterState, bool> isDone,
        CancellationToken cancellation) =>
        gate.AdmitOnceAsync(
            request,
            Role.Editor,
            async _ => NewsletterId.TryParse(id, out var newsletter) && await change(newsletter, cancellation) is { } issue
                ? isDone(issue.State)
                    ? Answer.Of(200, await ShowAsync(issue, cancellation), NewsletterJson.Default.NewsletterAnswer)
                    : NotUnderWay()
                : Problems.NotFound("newsletter"),
            cancellation);

    private static Answer NotUnderWay() => Problems.Conflict("not-under-way", "The issue is over, paused or not begun: that cannot be done now.");

    // Of an issue under way the batches tell how far it is; of one that has ended its own row.
    private async Task<NewsletterAnswer> ShowAsync(Newsletter issue, CancellationToken cancellation)
    {
        var tally = issue.State is NewsletterState.Sent or NewsletterState.Starting ? issue.Tally : await newsletters.TallyAsync(issue.Id, cancellation);
        return new NewsletterAnswer(
            issue.Id.Value,
            Word(issue.Kind),
            issue.Subject,
            Word(issue.State),
            issue.Audience.Language?.Tag,
            issue.Audience.Sections,
            issue.Total,
            tally.Sent,
            tally.Failed,
            tally.Unknown,
            tally.Left,
            issue.CreatedAt,
            issue.FinishedAt,
            issue.Reason,
            issue.Kind == NewsletterKind.Article ? issue.Id.Value[^32..] : null,
            null,
            null);
    }

    internal static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static (Letter Letter, EmailAddress? TestTo) Read(Fields fields)
    {
        var subject = fields.RequiredLine("subject", 200);
        var body = fields.Text("body") ?? "";
        if (string.IsNullOrWhiteSpace(body))
        {
            fields.Reject("body", "It must not be empty.");
        }
        else if (Encoding.UTF8.GetByteCount(body) > MostBodyBytes)
        {
            fields.Reject("body", "It has more than 262,144 bytes.");
        }

        var language = fields.Language("language");
        var sections = Topics.Slugs(fields.Lines("sections", SubscriberRules.MostSections, 100));
        EmailAddress? testTo = null;
        if (fields.Line("testTo", 300) is { } to)
        {
            if (EmailAddress.TryParse(to, out var address))
            {
                testTo = address;
            }
            else
            {
                fields.Reject("testTo", "It is no e-mail address.");
            }
        }

        fields.RejectUnknown();
        return (new Letter(subject, body, language, sections), testTo);
    }
}

internal sealed record NewsletterAnswer(
    string Id,
    [Field("What it was made from.", Words = ["article", "digest", "letter"])] string Kind,
    string Subject,
    [Field("How it stands.", Words = ["starting", "sending", "paused", "cancelled", "sent"])] string Status,
    [Field("The language of its audience; all where it is not said.")] string? Language,
    [Field("The sections that its audience wants one of; all where there is none.")] IReadOnlyList<string> Sections,
    [Field("How many it is for, once they are counted.")] int? Total,
    int Sent,
    [Field("How many surely got nothing.")] int Failed,
    [Field("How many may have got it.")] int Unknown,
    [Field("How many have unsubscribed meanwhile.")] int Left,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt,
    [Field("Why it stands so.")] string? Reason,
    [Field("The id of the article that it was made from.")] string? Article,
    [Field("What the provider tells of it, until ninety days after its end.")] NewsletterFigures? Figures,
    [Field("A page of its batches.")] NewsletterBatchListAnswer? Batches) : IExample<NewsletterAnswer>
{
    public static NewsletterAnswer Example { get; } = new(
        Samples.NewsletterId,
        "letter",
        "A word from the desk",
        "sending",
        "en",
        ["city"],
        2_000,
        1_000,
        0,
        0,
        2,
        Samples.Morning,
        null,
        null,
        null,
        new NewsletterFigures(990, 3, 0, 1, 420, 61),
        new NewsletterBatchListAnswer([NewsletterBatchAnswer.Example], Samples.Cursor));
}

internal sealed record NewsletterListAnswer(IReadOnlyList<NewsletterAnswer> Items, string? Cursor) : IExample<NewsletterListAnswer>
{
    public static NewsletterListAnswer Example { get; } = new([NewsletterAnswer.Example with { Figures = null, Batches = null }], Samples.Cursor);
}

internal sealed record NewsletterBatchAnswer(
    string Id,
    [Field("How it stands.", Words = ["queued", "sending", "sent", "failed", "unknown"])] string State,
    int Recipients,
    int Sent,
    int Failed,
    int Unknown,
    int Left,
    int Attempts,
    [Field("Why it stands so.")] string? Reason,
    DateTimeOffset UpdatedAt) : IExample<NewsletterBatchAnswer>
{
    public static NewsletterBatchAnswer Example { get; } = new(Samples.BatchId, "sent", 1_000, 998, 0, 0, 2, 1, null, Samples.Morning);

    public static NewsletterBatchAnswer Of(NewsletterBatch batch)
    {
        var tally = batch.Tally;
        return new NewsletterBatchAnswer(
            batch.Name.ToString(), NewsletterFunctions.Word(batch.State), batch.Marks.Count, tally.Sent, tally.Failed, tally.Unknown, tally.Left, batch.Attempts,
            batch.Reason, batch.UpdatedAt);
    }
}

internal sealed record NewsletterBatchListAnswer(IReadOnlyList<NewsletterBatchAnswer> Items, string? Cursor);

internal sealed record LetterTestAnswer(
    [Field("How it ended.", Words = ["sent", "failed", "unknown"])] string Status,
    [Field("Why it ended so.")] string? Reason) : IExample<LetterTestAnswer>
{
    public static LetterTestAnswer Example { get; } = new("sent", null);

    public static LetterTestAnswer Of(MailOutcome outcome) => outcome switch
    {
        MailOutcome.Accepted { Rejected.Count: 0 } => new LetterTestAnswer("sent", null),
        MailOutcome.Accepted => new LetterTestAnswer("failed", "The address was refused."),
        MailOutcome.Refused refused => new LetterTestAnswer("failed", refused.Reason),
        MailOutcome.TryLater later => new LetterTestAnswer("failed", later.Reason),
        MailOutcome.Unknown unknown => new LetterTestAnswer("unknown", unknown.Reason),
        _ => new LetterTestAnswer("unknown", null),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewsletterAnswer))]
[JsonSerializable(typeof(NewsletterListAnswer))]
[JsonSerializable(typeof(NewsletterBatchAnswer))]
[JsonSerializable(typeof(LetterTestAnswer))]
internal sealed partial class NewsletterJson : JsonSerializerContext
{
    static NewsletterJson() => Default = new NewsletterJson(new JsonSerializerOptions(s_defaultOptions)
    {
        // Answers are JSON for programs, and people read them in their own script.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
