using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pressroom.Newsletters.Mail;

namespace Pressroom.Tests.Flows;

/// <summary>SendGrid as far as a killed host sees it: it takes a call at some moment between its coming and its answer, remembers who was
/// in it, and can tell of it by signed events.</summary>
internal sealed class MailSink : IAsyncDisposable
{
    private const int SlownessMilliseconds = 120;

    private readonly WebApplication server;
    private readonly ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ConcurrentQueue<SentMail> accepted = new();
    private int begun;

    private MailSink(WebApplication server) => this.server = server;

    /// <summary>How many calls have come, taken or not.</summary>
    public int Begun => Volatile.Read(ref begun);

    /// <summary>Every mail that was taken.</summary>
    public IReadOnlyCollection<SentMail> Accepted => accepted;

    public static async Task<MailSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var sink = new MailSink(builder.Build());
        sink.server.Run(sink.AnswerAsync);
        await sink.server.StartAsync(TestContext.Current.CancellationToken);
        return sink;
    }

    public IEnumerable<(string Name, string Value)> Settings() =>
    [
        ("SendGrid__ApiKey", "SG.key"), ("SendGrid__BaseUrl", server.Urls.Single()), ("Mail__From", "desk@news.example"),
        ("SendGrid__EventWebhookPublicKey", Convert.ToBase64String(signer.ExportSubjectPublicKeyInfo())),
    ];

    /// <summary>Events of the kind for each of the mails, in no order, as SendGrid posts them.</summary>
    public HttpContent Events(string kind, IEnumerable<SentMail> mails)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var events = mails.Select(mail => new
        {
            email = mail.Address,
            timestamp = now,
            @event = kind,
            sg_event_id = $"{kind}-{mail.Batch}-{mail.Recipient}",
            batch = mail.Batch,
            recipient = mail.Recipient,
        }).ToArray();
        Random.Shared.Shuffle(events);
        var body = JsonSerializer.SerializeToUtf8Bytes(events);
        var timestamp = now.ToString(CultureInfo.InvariantCulture);
        var signature = signer.SignData([.. Encoding.ASCII.GetBytes(timestamp), .. body], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        content.Headers.Add(EventSignature.SignatureHeader, Convert.ToBase64String(signature));
        content.Headers.Add(EventSignature.TimestampHeader, timestamp);
        return content;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        signer.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            using var mail = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            Interlocked.Increment(ref begun);
            await Task.Delay(Random.Shared.Next(SlownessMilliseconds), context.RequestAborted);
            foreach (var one in mail.RootElement.GetProperty("personalizations").EnumerateArray())
            {
                var ids = one.GetProperty("custom_args");
                accepted.Enqueue(new SentMail(
                    ids.GetProperty("batch").GetString()!, ids.GetProperty("recipient").GetString()!, one.GetProperty("to")[0].GetProperty("email").GetString()!));
            }

            await Task.Delay(Random.Shared.Next(SlownessMilliseconds), context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.Headers["X-Message-Id"] = "14c5d75ce93";
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or JsonException)
        {
            // Killed while it spoke.
        }
    }

    /// <summary>A mail that was taken. <paramref name="Batch"/> begins with its issue's id and a full stop.</summary>
    internal sealed record SentMail(string Batch, string Recipient, string Address);
}
