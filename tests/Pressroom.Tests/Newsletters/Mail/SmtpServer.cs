using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Pressroom.Tests.Newsletters.Mail;

/// <summary>A mail server of RFC 5321: it keeps to the order of commands, and refuses, closes and falls silent where a test wants it to.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    /// <summary>An answer that is none: the connection breaks.</summary>
    public const string? Drop = null;

    /// <summary>An answer that does not come.</summary>
    public const string Silence = "";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly Task accepting;
    private readonly ConcurrentBag<Task> sessions = [];

    public SmtpServer()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Greeting { get; set; } = "220 mail.example ESMTP";

    public IReadOnlyList<string> Extensions { get; set; } = ["PIPELINING", "SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES"];

    /// <summary>With it, STARTTLS is offered.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>With it, AUTH PLAIN is offered, and mail is taken only after it.</summary>
    public (string Name, string Password)? User { get; set; }

    public string SignInFailure { get; set; } = "535 5.7.8 Bad credentials";

    public Func<int, string?> OnMail { get; set; } = _ => "250 2.1.0 OK";

    public Func<string, string?> OnRecipient { get; set; } = _ => "250 2.1.5 OK";

    public Func<string?> OnData { get; set; } = () => "354 Go on";

    /// <summary>What is said once the content is there. The mail is kept when it is 250, a break or silence.</summary>
    public Func<ReceivedMail, string?> OnContent { get; set; } = _ => "250 2.0.0 Queued";

    public ConcurrentQueue<ReceivedMail> Mails { get; } = new();

    public ConcurrentQueue<string> Commands { get; } = new();

    private int connections;

    public int Connections => connections;

    public static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.example", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(sessions);
        closing.Dispose();
        Certificate?.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(closing.Token);
                Interlocked.Increment(ref connections);
                sessions.Add(Task.Run(() => ServeAsync(client)));
            }
        }
        catch (Exception closed) when (closed is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await new Session(this, client.GetStream(), closing.Token).RunAsync();
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    private sealed class Session(SmtpServer server, Stream stream, CancellationToken closing)
    {
        private Stream stream = stream;
        private bool isSecure;
        private string? user;
        private string? from;
        private List<string> to = [];
        private int mails;
        private bool isOver;

        public async Task RunAsync()
        {
            await SayAsync(server.Greeting);
            while (!isOver && await LineAsync() is { } line)
            {
                var verb = line.Split([' ', ':'], 2)[0].ToUpperInvariant();
                server.Commands.Enqueue(verb == "AUTH" ? verb : line);
                await (verb switch
                {
                    "EHLO" => SayAsync(Hello()),
                    "STARTTLS" when server.Certificate is not null && !isSecure => SecureAsync(server.Certificate),
                    "AUTH" when server.User is not null && user is null => SignInAsync(line),
                    "MAIL" when server.User is not null && user is null => SayAsync("530 5.7.0 Authentication required"),
                    "MAIL" when from is null => MailAsync(line),
                    "RCPT" when from is not null => RecipientAsync(line),
                    "DATA" when to.Count > 0 => DataAsync(),
                    "RSET" => ResetAsync(),
                    "NOOP" => SayAsync("250 2.0.0 OK"),
                    "QUIT" => QuitAsync(),
                    _ => SayAsync("503 5.5.1 Bad sequence of commands"),
                });
            }
        }

        private string Hello()
        {
            List<string> lines = ["mail.example", .. server.Extensions];
            if (server.Certificate is not null && !isSecure)
            {
                lines.Add("STARTTLS");
            }

            if (server.User is not null)
            {
                lines.Add("AUTH PLAIN");
            }

            return string.Join("\r\n", lines.Select((line, n) => $"250{(n == lines.Count - 1 ? ' ' : '-')}{line}"));
        }

        private async Task SecureAsync(X509Certificate2 certificate)
        {
            await SayAsync("220 2.0.0 Go on");
            var secure = new SslStream(stream);
            try
            {
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, closing);
            }
            catch (System.Security.Authentication.AuthenticationException)
            {
                isOver = true;
                return;
            }

            (stream, isSecure) = (secure, true);
        }

        private async Task SignInAsync(string line)
        {
            var parts = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Split('\0');
            if ((parts[1], parts[2]) == server.User)
            {
                user = parts[1];
                await SayAsync("235 2.7.0 Welcome");
            }
            else
            {
                await SayAsync(server.SignInFailure);
            }
        }

        private async Task MailAsync(string line)
        {
            var answer = server.OnMail(mails);
            if (answer is ['2', ..])
            {
                from = Path(line);
            }

            await SayAsync(answer);
        }

        private async Task RecipientAsync(string line)
        {
            var answer = server.OnRecipient(Path(line));
            if (answer is ['2', ..])
            {
                to.Add(Path(line));
            }

            await SayAsync(answer);
        }

        private async Task DataAsync()
        {
            var invitation = server.OnData();
            await SayAsync(invitation);
            if (invitation is not ['3', ..])
            {
                return;
            }

            var content = new StringBuilder();
            while (await LineAsync() is { } line && line != ".")
            {
                content.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            }

            var mail = new ReceivedMail(from!, to, content.ToString(), isSecure, user);
            var answer = server.OnContent(mail);
            if (answer is Drop or Silence or ['2', ..])
            {
                server.Mails.Enqueue(mail);
                mails++;
            }

            (from, to) = (null, []);
            await SayAsync(answer);
        }

        private async Task ResetAsync()
        {
            (from, to) = (null, []);
            await SayAsync("250 2.0.0 OK");
        }

        private async Task QuitAsync()
        {
            await SayAsync("221 2.0.0 Bye");
            isOver = true;
        }

        private static string Path(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];

        private async Task SayAsync(string? answer)
        {
            switch (answer)
            {
                case Drop:
                    isOver = true;
                    break;
                case Silence:
                    await Task.Delay(Timeout.Infinite, closing);
                    break;
                default:
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"), closing);
                    isOver = answer.StartsWith("421", StringComparison.Ordinal);
                    break;
            }
        }

        private async Task<string?> LineAsync()
        {
            var line = new List<byte>();
            var one = new byte[1];
            while (await stream.ReadAsync(one, closing) > 0)
            {
                if (one[0] == '\n')
                {
                    return line is [.., (byte)'\r']
                        ? Encoding.UTF8.GetString([.. line[..^1]])
                        : throw new IOException("A line ended without a carriage return.");
                }

                line.Add(one[0]);
            }

            return null;
        }
    }
}

/// <summary>A mail as it came.</summary>
internal sealed record ReceivedMail(string From, IReadOnlyList<string> To, string Content, bool IsSecure, string? User);
