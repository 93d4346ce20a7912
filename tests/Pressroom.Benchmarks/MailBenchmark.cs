using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Pressroom.Benchmarks;

/// <summary>An article mailed to few and to many subscribers, through a mail endpoint in this process: from the answer to the publish call until
/// the endpoint has the last recipient.</summary>
internal static class MailBenchmark
{
    public static async Task RunAsync(FigureTable table, int few, int many)
    {
        await using var endpoint = await MailEndpoint.StartAsync();
        await using var host = await HostProcess.StartAsync(settings: MailTo(endpoint.Url));
        await ImportAsync(host, 0, few);

        // The runtime compiles what is hot a second time; a process that stays up has that behind it.
        await MailAsync(host, endpoint, few);
        var times = new List<TimeSpan>();
        while (times.Count < 3)
        {
            times.Add(await MailAsync(host, endpoint, few));
        }

        var toFew = times.Order().ElementAt(1);
        table.Note($"newsletter to {few:N0} subscribers, median of 3", few / toFew.TotalSeconds, "recipients a second");

        var importing = await ImportAsync(host, few, many);
        table.Note($"CSV import of {many - few:N0} subscribers", (many - few) / importing.TotalSeconds, "lines a second");
        table.Note("… peak memory until then (resident)", host.PeakMegabytes ?? double.NaN, "MB");
        var toMany = await MailAsync(host, endpoint, many);
        table.AtLeast($"newsletter to {many:N0} subscribers", many / toMany.TotalSeconds, 10_000, "recipients a second");
        table.AgainstPeer(many / toMany.TotalSeconds, "Ghost 6, to 2,000 in 1.6 s", 2_000 / 1.6, "recipients a second");
        table.AtMost("… peak memory of the process", host.PeakMegabytes ?? double.NaN, 300, "MB");
        table.AtMost($"… time for a recipient, against {few:N0} subscribers", toMany.TotalSeconds / many / (toFew.TotalSeconds / few), 1.2, "times");
    }

    /// <summary>The settings of a host that mails through an endpoint like SendGrid's.</summary>
    internal static (string Name, string Value)[] MailTo(string url) =>
        [("SendGrid__ApiKey", "SG.benchmark"), ("SendGrid__BaseUrl", url), ("Mail__From", "desk@news.example"), ("Mail__PostalAddress", "1 Quay, Harbour")];

    /// <summary>Brings subscribers along; how long that took.</summary>
    /// <exception cref="InvalidOperationException">Not all were new.</exception>
    internal static async Task<TimeSpan> ImportAsync(HostProcess host, int from, int before)
    {
        var csv = new StringBuilder("email,language,sections,consentDate\n");
        for (var number = from; number < before; number++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"reader.number.{number}@mail-{number % 50}.example.net,en,,2025-03-0{1 + (number % 9)}\n");
        }

        using var content = new StringContent(csv.ToString(), Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));
        var watch = Stopwatch.StartNew();
        using var answer = await host.Editor.PostAsync(new Uri("/api/subscribers/import", UriKind.Relative), content);
        var report = await ReadAsync(answer);
        return (int)report["added"]! == before - from ? watch.Elapsed : throw new InvalidOperationException($"Not all were added: {report}");
    }

    private static async Task<TimeSpan> MailAsync(HostProcess host, MailEndpoint endpoint, int recipients)
    {
        var all = endpoint.Await(recipients);
        var article = JsonSerializer.SerializeToNode(Article.Sample(Random.Shared.Next(1_000_000, int.MaxValue), archived: false))!.AsObject();
        article["newsletter"] = true;
        using var answer = await host.Editor.PostAsync(new Uri("/api/articles", UriKind.Relative), JsonContent.Create(article));
        await ReadAsync(answer);
        var watch = Stopwatch.StartNew();
        await all;
        var elapsed = watch.Elapsed;

        // The ledger must say the same before the next begins.
        while ((await IssueAsync(host)) is var issue && (string)issue["status"]! != "sent")
        {
            await Task.Delay(20);
        }

        return (int)(await IssueAsync(host))["sent"]! == recipients ? elapsed : throw new InvalidOperationException("The ledger disagrees.");
    }

    private static async Task<JsonNode> IssueAsync(HostProcess host)
    {
        using var answer = await host.Editor.GetAsync(new Uri("/api/newsletters?limit=1", UriKind.Relative));
        return (await ReadAsync(answer))["items"]![0]!;
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{answer.StatusCode} {text}");
    }

    /// <summary>Takes mail as SendGrid does, as fast as it comes, and counts the recipients.</summary>
    private sealed class MailEndpoint : IAsyncDisposable
    {
        private LocalEndpoint? endpoint;
        private TaskCompletionSource done = new();
        private int left;

        public string Url => endpoint!.Url;

        public static async Task<MailEndpoint> StartAsync()
        {
            var mail = new MailEndpoint();
            mail.endpoint = await LocalEndpoint.StartAsync(mail.AnswerAsync);
            return mail;
        }

        /// <summary>Ends when so many more have come.</summary>
        public Task Await(int recipients)
        {
            done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref left, recipients);
            return done.Task;
        }

        public ValueTask DisposeAsync() => endpoint!.DisposeAsync();

        private async Task AnswerAsync(HttpContext context)
        {
            var body = await ReadAsync(context.Request.BodyReader);
            var count = Recipients(body.Buffer);
            context.Request.BodyReader.AdvanceTo(body.Buffer.End);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.Headers["X-Message-Id"] = "14c5d75ce93";
            if (Interlocked.Add(ref left, -count) <= 0)
            {
                done.TrySetResult();
            }
        }

        private static async Task<ReadResult> ReadAsync(PipeReader reader)
        {
            var result = await reader.ReadAsync();
            while (!result.IsCompleted)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                result = await reader.ReadAsync();
            }

            return result;
        }

        // Each personalization has one "to"; the mail's own texts have no such characters unescaped.
        private static int Recipients(ReadOnlySequence<byte> body)
        {
            var reader = new SequenceReader<byte>(body);
            var count = 0;
            while (reader.TryReadTo(out ReadOnlySequence<byte> _, "\"to\":["u8))
            {
                count++;
            }

            return count;
        }
    }
}
