using System.Text.Json;
using System.Text.Json.Serialization;
using Pressroom.Articles;
using Pressroom.Storage;
using Pressroom.Telemetry;

namespace Pressroom.Newsletters.Subscribers;

/// <summary>Takes a request to subscribe. What it does is the same for every address, known or not; the rest happens behind a queue.</summary>
/// <remarks>Table <c>signups</c>: partition <c>signups</c>, row = a version 7 UUID. The message carries that id alone, so that no queue and no
/// poison message ever holds an address. The row goes when the request is answered.</remarks>
public sealed class Subscribe(ITableStore tables, IQueueStore queues, TimeProvider time)
{
    private const string Table = "signups";
    private const string Partition = "signups";

    /// <summary>Takes the request: durable when the task completes.</summary>
    /// <param name="address">Who is to be asked for a confirmation.</param>
    /// <param name="language">The language that is wanted.</param>
    /// <param name="sections">The slugs of the sections that are wanted; empty for all.</param>
    /// <param name="source">How it was asked: <c>form</c> or <c>api</c>.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task RunAsync(EmailAddress address, Language language, IReadOnlyList<string> sections, string source, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var id = NewId(now);
        var intent = await Intent.HoldAsync(queues, AnswerSignup.Queue, new SignupMessage(id).ToJson(), cancellation);
        var columns = new Columns
        {
            { "address", address.Value },
            { "language", language.Tag },
            { "sections", sections.Count == 0 ? null : string.Join(' ', sections) },
            { "source", source },
            { "at", now },
        };
        await tables.CommitAsync(Table, Partition, [new TableOperation.Insert(id, columns)], cancellation);
        await intent.ReleaseAsync();
    }

    internal async Task<Signup?> FindAsync(string id, CancellationToken cancellation) =>
        await tables.GetAsync(Table, Partition, id, cancellation) is { } row ? Read(row) : null;

    /// <summary>The requests of an address that are not answered yet. A scan of all such requests; there are few at a time.</summary>
    internal async Task<IReadOnlyList<Signup>> FindOfAsync(EmailAddress address, CancellationToken cancellation)
    {
        var found = new List<Signup>();
        await foreach (var row in tables.AllAsync(Table, Partition, RowRange.All, cancellation))
        {
            if (Read(row) is var signup && signup.Address.Normalized == address.Normalized)
            {
                found.Add(signup);
            }
        }

        return found;
    }

    /// <summary>Forgets the requests from before a time: nobody could be mailed an answer. Their messages will find nothing to do.</summary>
    internal Task ForgetOldAsync(DateTimeOffset before, CancellationToken cancellation) =>
        tables.DeleteAllAsync(Table, Partition, new RowRange("", NewId(before)), cancellation);

    internal Task ForgetAsync(Signup signup) =>
        tables.CommitAsync(Table, Partition, [new TableOperation.Delete(signup.Id, signup.ETag)], CancellationToken.None);

    private static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");

    private static Signup Read(TableRow row) => new(
        row.Row,
        EmailAddress.Stored(row.Columns.Text("address")),
        Language.Parse(row.Columns.Text("language")),
        row.Columns.TextOrNull("sections")?.Split(' ') ?? [],
        row.Columns.Text("source"),
        row.Columns.Time("at"),
        row.ETag);
}

/// <summary>A request to subscribe that is not answered yet.</summary>
internal sealed record Signup(
    string Id, EmailAddress Address, Language Language, IReadOnlyList<string> Sections, string Source, DateTimeOffset At, ETag ETag);

/// <summary>The message that somebody asked to subscribe. It holds no address.</summary>
public sealed record SignupMessage(string Signup, int Attempt = 0) : TracedMessage
{
    /// <summary>The message's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SignupJson.Default.SignupMessage);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SignupMessage))]
internal sealed partial class SignupJson : JsonSerializerContext;
