using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Pressroom.Announcements;

/// <summary>Calls another party over HTTP, and tells apart what surely did not arrive from what may have.</summary>
/// <remarks>The client must not follow redirects. Nothing of an address or a header is in any reason: some addresses are secrets.</remarks>
public sealed class Outbound(HttpClient http, TimeProvider time)
{
    private const int MostAnswerBytes = 1024 * 1024;

    /// <summary>Sends the request and reads the whole answer, of at most 1 MiB.</summary>
    public async Task<CallOutcome> CallAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException failure) when (NeverArrived(failure))
        {
            return new CallOutcome.NotSent(failure.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => "The server's name could not be resolved.",
                HttpRequestError.SecureConnectionError => "No secure connection could be made.",
                _ => "The server could not be reached.",
            });
        }
        catch (HttpRequestException)
        {
            return new CallOutcome.Lost("The connection broke before an answer came.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new CallOutcome.Lost("No answer came in time.");
        }

        using (response)
        {
            var body = await ReadAsync(response, cancellation);
            return new CallOutcome.Answered(response.StatusCode, response.Headers, body ?? "", body is null, RetryAfter(response.Headers));
        }
    }

    private static bool NeverArrived(HttpRequestException failure) => failure.HttpRequestError
        is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    // Null when the answer was cut, too long, or did not end in time: its status is known, its content is not.
    private static async Task<string?> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(30));
            await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
            using var bytes = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, limit.Token) is > 0 and var read)
            {
                bytes.Write(buffer, 0, read);
                if (bytes.Length > MostAnswerBytes)
                {
                    return null;
                }
            }

            return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException || (cut is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseHeaders headers) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => headers.TryGetValues("Retry-After", out var values)
            && double.TryParse(values.First(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0
            ? TimeSpan.FromSeconds(seconds)
            : null,
    };
}

/// <summary>How a call ended.</summary>
public abstract record CallOutcome
{
    /// <summary>An answer came. <paramref name="IsCut"/> when its body did not come whole; then <paramref name="Body"/> is empty.</summary>
    public sealed record Answered(HttpStatusCode Status, HttpResponseHeaders Headers, string Body, bool IsCut, TimeSpan? RetryAfter) : CallOutcome
    {
        /// <summary>2xx.</summary>
        public bool IsSuccess => (int)Status is >= 200 and < 300;

        /// <summary>429 and 5xx: the same request may succeed later.</summary>
        public bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)Status >= 500;
    }

    /// <summary>The request surely did not arrive.</summary>
    public sealed record NotSent(string Reason) : CallOutcome;

    /// <summary>The request may have arrived and been acted on.</summary>
    public sealed record Lost(string Reason) : CallOutcome;
}
