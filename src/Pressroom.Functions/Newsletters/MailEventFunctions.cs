using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Pressroom.Functions.Description;
using Pressroom.Functions.Http;
using Pressroom.Newsletters.Issues;
using Pressroom.Newsletters.Mail;

namespace Pressroom.Functions.Newsletters;

/// <summary>What mail providers call.</summary>
[Topic(Topic.Webhooks)]
public sealed class MailEventFunctions(ReceiveEvents receive)
{
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>POST /webhooks/sendgrid: 204 when the events are counted; SendGrid repeats what it gets no 2xx for.</summary>
    [Function("ReceiveSendGridEvents")]
    [Unlimited]
    [Describes("Take SendGrid’s events", Notes = "SendGrid signs them with the key of its settings, and repeats what it gets no 2xx for.")]
    [TakesMany<MailEventFields>(MostBytes)]
    [Header(EventSignature.SignatureHeader, "SendGrid’s signature of the timestamp and the body.", "MEUCIQDw4Jpt")]
    [Header(EventSignature.TimestampHeader, "When it was signed.", "1795512600")]
    [Answers(204, "They are counted.")]
    public async Task<IResult> Receive([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhooks/sendgrid")] HttpRequest request, CancellationToken cancellation)
    {
        var (body, refusal) = await JsonBody.ReadAsync(request, MostBytes, cancellation);
        if (body is null)
        {
            return refusal!;
        }

        var signature = request.Headers[EventSignature.SignatureHeader].FirstOrDefault();
        var timestamp = request.Headers[EventSignature.TimestampHeader].FirstOrDefault();
        return await receive.RunAsync(signature, timestamp, body.Value, cancellation) switch
        {
            ReceiveOutcome.Counted => new Answer(StatusCodes.Status204NoContent),
            ReceiveOutcome.NoEvents => Problems.InvalidJson("It must be an array of events."),
            _ => Problems.Invalid(EventSignature.SignatureHeader, "It is not SendGrid's signature of this body."),
        };
    }
}
