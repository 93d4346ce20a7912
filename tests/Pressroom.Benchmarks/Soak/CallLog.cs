using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Pressroom.Benchmarks.Soak;

/// <summary>Every call of the soak: how long it took, and whether its answer was one that may come.</summary>
internal sealed class CallLog
{
    private const int MostTold = 20;

    private readonly ConcurrentDictionary<string, Kind> kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> errors = new();

    public int Errors => errors.Count;

    public int Count => kinds.Values.Sum(kind => kind.Count);

    /// <summary>Sends a call and reads its answer to the end; null where that failed or was not expected, which is an error.</summary>
    public async Task<Reply?> SendAsync(string kind, HttpClient client, HttpRequestMessage request, Func<HttpStatusCode, bool> isExpected)
    {
        using var sent = request;
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await client.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            kinds.GetOrAdd(kind, _ => new Kind()).Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (isExpected(answer.StatusCode))
            {
                return new Reply(answer.StatusCode, body, answer.Headers.ETag?.ToString());
            }

            Fail(kind, $"{request.Method} {request.RequestUri!.OriginalString.Split('?')[0]} was answered by {(int)answer.StatusCode} {body[..Math.Min(body.Length, 300)]}");
        }
        catch (Exception broken) when (broken is HttpRequestException or OperationCanceledException or IOException)
        {
            Fail(kind, $"{request.Method} {request.RequestUri!.OriginalString.Split('?')[0]} had no answer: {broken.Message}");
        }

        return null;
    }

    public Task<Reply?> SendAsync(string kind, HttpClient client, HttpRequestMessage request, HttpStatusCode expected) =>
        SendAsync(kind, client, request, status => status == expected);

    public void Fail(string kind, string what)
    {
        kinds.GetOrAdd(kind, _ => new Kind()).Fail();
        errors.Enqueue($"{kind}: {what}");
    }

    public void Print(TextWriter console, TimeSpan duration)
    {
        console.WriteLine();
        console.WriteLine("| call | calls | a second | p50 ms | p99 ms | errors |");
        console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var (name, kind) in kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            var latencies = kind.Latencies(duration);
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {kind.Count:N0} | {latencies.PerSecond:0.0} | {latencies.Percentile(50):0.0} | {latencies.Percentile(99):0.0} | {kind.Errors} |"));
        }

        foreach (var error in errors.Take(MostTold))
        {
            console.WriteLine(error);
        }
    }

    private sealed class Kind
    {
        private readonly Lock gate = new();
        private readonly List<double> times = [];

        public int Errors { get; private set; }

        public int Count => times.Count;

        public void Add(double milliseconds)
        {
            lock (gate)
            {
                times.Add(milliseconds);
            }
        }

        public void Fail()
        {
            lock (gate)
            {
                Errors++;
            }
        }

        public Latencies Latencies(TimeSpan duration) => new(times.Count / duration.TotalSeconds, times.Count == 0 ? [double.NaN] : [.. times.Order()]);
    }
}

/// <summary>An answer that was expected.</summary>
internal sealed record Reply(HttpStatusCode Status, string Body, string? ETag);
