using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Pressroom.Newsletters.Mail;

/// <summary>Sends through an SMTP server (RFC 5321), one mail after the other over one connection.</summary>
/// <remarks>A mail that breaks off before its content has begun surely did not arrive; one that breaks off later may have. A server that
/// closes after some mails is connected to again. A password goes over TLS, or to this machine.</remarks>
internal sealed partial class SmtpTransport(SmtpSettings settings, EmailAddress from, TimeProvider time) : IMailTransport
{
    private readonly MimeComposer composer = new(from, time);
    private readonly MailboxAddress sender = MimeComposer.Mailbox(from);

    public int MostRecipients => 100;

    public bool RepeatsSafely => false;

    /// <summary>How long the server may take over an answer.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Judges the server's certificate in the system's place.</summary>
    internal RemoteCertificateValidationCallback? CertificateCheck { get; init; }

    public async Task<MailOutcome> SendAsync(MailBatch batch, Func<MailProgress, Task> report, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Recipients.Count, MostRecipients);
        using var client = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
        client.ServerCertificateValidationCallback = CertificateCheck;
        var rejected = new List<string>();
        var overThisConnection = 0;
        var knowsUtf8 = false;
        for (var done = 0; done < batch.Recipients.Count;)
        {
            // A domain has a form in ASCII, the part before it has none (RFC 6531). A mail that can do without the extension does: it could
            // not be handed on to servers that lack it. Once given up, it comes back with a new connection only.
            var needsUtf8 = !batch.Recipients[done].Address.Value.All(char.IsAscii);
            if (needsUtf8 && knowsUtf8 && !client.Capabilities.HasFlag(SmtpCapabilities.UTF8))
            {
                await LeaveAsync(client);
            }

            if (!client.IsConnected)
            {
                overThisConnection = 0;
                if (await ConnectAsync(client, cancellation) is { } failure)
                {
                    return failure;
                }

                knowsUtf8 = client.Capabilities.HasFlag(SmtpCapabilities.UTF8);
            }

            if (!needsUtf8)
            {
                client.Capabilities &= ~SmtpCapabilities.UTF8;
            }

            await report(new MailProgress(done, IsSending: true));
            var step = needsUtf8 && !knowsUtf8 ? new Step.Rejected() : await SendAsync(client, batch, batch.Recipients[done], cancellation);
            switch (step)
            {
                case Step.Taken or Step.Rejected:
                    if (step is Step.Rejected)
                    {
                        rejected.Add(batch.Recipients[done].Id);
                    }

                    overThisConnection++;
                    done++;
                    await report(new MailProgress(done, IsSending: false));
                    break;

                case Step.Closed when overThisConnection > 0:
                    await report(new MailProgress(done, IsSending: false));
                    await LeaveAsync(client);
                    break;

                case Step.Closed:
                    await report(new MailProgress(done, IsSending: false));
                    return new MailOutcome.TryLater(null, "The mail server closed the connection.");

                case Step.Ended { Outcome: var outcome }:
                    if (outcome is not MailOutcome.Unknown)
                    {
                        await report(new MailProgress(done, IsSending: false));
                        await LeaveAsync(client);
                    }

                    return outcome;
            }
        }

        await LeaveAsync(client);
        return new MailOutcome.Accepted(null, rejected);
    }

    /// <summary>TLS from the start on port 465; elsewhere STARTTLS wherever it is offered.</summary>
    internal static SecureSocketOptions Security(int port) =>
        port == 465 ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTlsWhenAvailable;

    /// <summary>Whether a password may be sent to the host.</summary>
    internal static bool MayHavePassword(string host, bool isSecure) =>
        isSecure || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    // Null when the server is ready for mail.
    private async Task<MailOutcome?> ConnectAsync(SmtpClient client, CancellationToken cancellation)
    {
        try
        {
            await client.ConnectAsync(settings.Host, settings.Port, Security(settings.Port), cancellation);
            if (settings.Username is { } username)
            {
                if (!MayHavePassword(settings.Host, client.IsSecure))
                {
                    await LeaveAsync(client);
                    return new MailOutcome.Refused("The mail server offers no TLS, and the password is not sent without.");
                }

                await client.AuthenticateAsync(Encoding.UTF8, new NetworkCredential(username, settings.Password ?? ""), cancellation);
            }

            return null;
        }
        catch (SslHandshakeException)
        {
            return new MailOutcome.TryLater(null, "No secure connection to the mail server could be made.");
        }
        catch (AuthenticationException failure)
        {
            await LeaveAsync(client);
            return failure.InnerException is SmtpCommandException { StatusCode: var status } && (int)status is >= 400 and < 500
                ? new MailOutcome.TryLater(null, $"The mail server cannot sign anybody in now ({Code(status)}).")
                : new MailOutcome.Refused("The mail server does not accept the user name and password.");
        }
        catch (NotSupportedException)
        {
            await LeaveAsync(client);
            return new MailOutcome.Refused("The mail server has no way of signing in that is known here.");
        }
        catch (SmtpCommandException refusal)
        {
            return new MailOutcome.TryLater(null, $"The mail server does not want to talk ({Code(refusal.StatusCode)}).");
        }
        catch (Exception broken) when (IsBroken(broken, cancellation))
        {
            return new MailOutcome.TryLater(null, "The mail server could not be reached.");
        }
    }

    private async Task<Step> SendAsync(SmtpClient client, MailBatch batch, MailRecipient recipient, CancellationToken cancellation)
    {
        using var message = composer.Compose(batch, recipient);
        var content = new ContentBegun();
        try
        {
            await client.SendAsync(FormatOptions.Default, message, sender, [MimeComposer.Mailbox(recipient.Address)], cancellation, content);
            return new Step.Taken();
        }
        catch (SmtpCommandException refusal)
        {
            return Judge(refusal);
        }
        catch (ServiceNotAuthenticatedException)
        {
            return new Step.Ended(new MailOutcome.Refused("The mail server wants a user name and password."));
        }
        catch (Exception broken) when (IsBroken(broken, cancellation))
        {
            return content.HasBegun
                ? new Step.Ended(new MailOutcome.Unknown("The connection broke before the mail server confirmed the mail."))
                : new Step.Closed();
        }
    }

    private static bool IsBroken(Exception exception, CancellationToken cancellation) =>
        exception is IOException or SocketException or TimeoutException or ProtocolException or ServiceNotConnectedException
        || (exception is OperationCanceledException && !cancellation.IsCancellationRequested);

    private static Step Judge(SmtpCommandException refusal)
    {
        var match = EnhancedCode().Match(refusal.Message);
        var enhanced = match.Success ? match.Value.Trim() : null;
        var told = enhanced is null ? Code(refusal.StatusCode) : $"{Code(refusal.StatusCode)} {enhanced}";
        return (int)refusal.StatusCode switch
        {
            421 => new Step.Closed(),
            >= 400 and < 500 => new Step.Ended(new MailOutcome.TryLater(null, $"The mail server wants the mail later ({told}).")),
            >= 500 when IsAboutAddress(refusal, enhanced) => new Step.Rejected(),
            >= 500 => new Step.Ended(new MailOutcome.Refused($"The mail server refused the mail ({told}).")),
            _ => new Step.Ended(new MailOutcome.Unknown($"The mail server's answer ({told}) is none that SMTP knows here.")),
        };
    }

    // Classes of RFC 3463: 1 is addressing (7 and 8 of it the sender's), 2 the mailbox, 4 the way there; the others are the mail's, the
    // server's or a policy's. A server that gives no class says with 550 to 553 that it is the mailbox, or that it relays for nobody.
    private static bool IsAboutAddress(SmtpCommandException refusal, string? enhanced)
    {
        if (enhanced is not null and not "5.0.0")
        {
            return enhanced.Split('.') is [_, "1" or "2", _] and not [_, "1", "7" or "8"]
                || (refusal.ErrorCode == SmtpErrorCode.RecipientNotAccepted && enhanced.StartsWith("5.4.", StringComparison.Ordinal));
        }

        return refusal.ErrorCode == SmtpErrorCode.RecipientNotAccepted && (int)refusal.StatusCode is (>= 550 and <= 553) or 556
            && !refusal.Message.Contains("relay", StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"^\s*[245]\.[0-9]{1,3}\.[0-9]{1,3}(?=\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedCode();

    private static string Code(SmtpStatusCode status) => ((int)status).ToString(CultureInfo.InvariantCulture);

    // What was sent is sent; how the server takes the farewell is nobody's concern, and is not waited for long.
    private static async Task LeaveAsync(SmtpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception broken) when (broken is CommandException or OperationCanceledException || IsBroken(broken, limit.Token))
        {
            await client.DisconnectAsync(quit: false, CancellationToken.None);
        }
    }

    /// <summary>Notes that the server has asked for the content and the first of it was written. Its end cannot have been sent before.</summary>
    private sealed class ContentBegun : ITransferProgress
    {
        public bool HasBegun { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => HasBegun = true;

        public void Report(long bytesTransferred) => HasBegun = true;
    }

    private abstract record Step
    {
        public sealed record Taken : Step;

        public sealed record Rejected : Step;

        // The server went away, or said that it will, before it had the content.
        public sealed record Closed : Step;

        public sealed record Ended(MailOutcome Outcome) : Step;
    }
}
