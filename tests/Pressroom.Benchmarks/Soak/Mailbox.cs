using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Pressroom.Benchmarks.Soak;

/// <summary>A mail endpoint like SendGrid's that takes its time with a batch, and keeps the links that readers follow.</summary>
internal sealed partial class Mailbox(TimeSpan timeForBatch)
{
    // Of each batch so many leave.
    private const int LeavingOfBatch = 10;

    private readonly ConcurrentDictionary<(string Subject, string Address), int> letters = new();
    private int confirmations;

    public ConcurrentQueue<string> ToConfirm { get; } = new();

    public ConcurrentQueue<string> ToLeave { get; } = new();

    /// <summary>How many mails asked to confirm.</summary>
    public int Confirmations => confirmations;

    /// <summary>How many copies of issues came, and how many of them to somebody who had that issue.</summary>
    public (int Sent, int Twice) Letters => (letters.Values.Sum(), letters.Values.Count(copies => copies > 1));

    public async Task AnswerAsync(HttpContext context)
    {
        var mail = (await JsonNode.ParseAsync(context.Request.Body))!;
        var people = mail["personalizations"]!.AsArray();
        switch ((string)mail["categories"]![0]!)
        {
            case "confirmation":
                Interlocked.Increment(ref confirmations);
                ToConfirm.Enqueue(ConfirmLink().Match(people[0]!.ToJsonString(Plain)).Value);
                break;
            case "newsletter":
                await Task.Delay(timeForBatch);
                KeepLetters((string)mail["subject"]!, people);
                break;
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers["X-Message-Id"] = "14c5d75ce93";
    }

    private void KeepLetters(string subject, JsonArray people)
    {
        foreach (var person in people)
        {
            letters.AddOrUpdate((subject, (string)person!["to"]![0]!["email"]!), 1, (_, copies) => copies + 1);
        }

        foreach (var person in people.Take(LeavingOfBatch))
        {
            ToLeave.Enqueue(LeaveLink().Match(person!.ToJsonString(Plain)).Value);
        }
    }

    private static readonly System.Text.Json.JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [GeneratedRegex("""http://[^"<>\\\s]+/subscribers/confirm\?token=[\w.%~-]+""", RegexOptions.CultureInvariant)]
    private static partial Regex ConfirmLink();

    [GeneratedRegex("""http://[^"<>\\\s]+/subscribers/unsubscribe\?token=[\w.%~-]+""", RegexOptions.CultureInvariant)]
    private static partial Regex LeaveLink();
}
