using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Pressroom.Storage;
using Pressroom.Storage.Azure;
using Pressroom.StorageTests.Contract;

namespace Pressroom.StorageTests.Azure;

/// <summary>A network between us and Azurite that loses answers: what was asked is done, and we do not hear of it.</summary>
public sealed class LostAnswerTests(Azurite azurite) : IAsyncLifetime
{
    private readonly LossyNetwork network = new();
    private readonly string unique = Guid.NewGuid().ToString("n")[..16];
    private AzureStorage storage = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Table => "T" + unique;

    public async ValueTask InitializeAsync()
    {
        var settings = AzureEngine.SettingsFor(await azurite.ConnectionStringAsync());
        storage = AzureStorage.Connect(settings, TimeProvider.System, new HttpClientTransport(new HttpClient(network)));
        await storage.Tables.CommitAsync(Table, "p", [new TableOperation.Insert("first", Text("1"))], Cancellation);
        await storage.Blobs.WriteAsync(Path("first"), Bytes("1"), BlobCondition.None, Cancellation);
        await storage.Queues.SendAsync("q" + unique, "first", TimeSpan.Zero, Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        network.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_insert_whose_answer_was_lost_is_known_to_be_done()
    {
        network.LoseNextAnswer();
        var result = await storage.Tables.CommitAsync(Table, "p", [new TableOperation.Insert("a", Text("mine"))], Cancellation);

        Assert.True(network.HasLost);
        Assert.True(result.Committed);
        Assert.Equal((await storage.Tables.GetAsync(Table, "p", "a", Cancellation))!.ETag, result.ETags[0]);
    }

    [Fact]
    public async Task A_batch_whose_answer_was_lost_is_known_to_be_done()
    {
        var first = (await storage.Tables.GetAsync(Table, "p", "first", Cancellation))!.ETag;
        await storage.Tables.CommitAsync(Table, "p", [new TableOperation.Insert("old", Text("1"))], Cancellation);
        var old = (await storage.Tables.GetAsync(Table, "p", "old", Cancellation))!.ETag;
        network.LoseNextAnswer();

        var result = await storage.Tables.CommitAsync(
            Table,
            "p",
            [new TableOperation.Replace("first", Text("2"), first), new TableOperation.Insert("revision", Text("2")), new TableOperation.Delete("old", old)],
            Cancellation);

        Assert.True(network.HasLost);
        Assert.True(result.Committed);
        Assert.Equal(
            [(await storage.Tables.GetAsync(Table, "p", "first", Cancellation))!.ETag, (await storage.Tables.GetAsync(Table, "p", "revision", Cancellation))!.ETag, null],
            result.ETags);
    }

    [Fact]
    public async Task A_refusal_whose_answer_was_lost_is_still_a_refusal()
    {
        network.LoseNextAnswer();
        var insert = await storage.Tables.CommitAsync(Table, "p", [new TableOperation.Insert("first", Text("2"))], Cancellation);
        network.LoseNextAnswer();
        var batch = await storage.Tables.CommitAsync(
            Table, "p", [new TableOperation.Upsert("b", Text("2")), new TableOperation.Insert("first", Text("2"))], Cancellation);
        network.LoseNextAnswer();
        var blob = await storage.Blobs.WriteAsync(Path("first"), Bytes("2"), BlobCondition.IfAbsent, Cancellation);

        Assert.Equal(0, insert.FailedOperation);
        Assert.Equal(1, batch.FailedOperation);
        Assert.Null(blob);
    }

    [Fact]
    public async Task A_blob_whose_answer_was_lost_is_known_to_be_written()
    {
        network.LoseNextAnswer();
        var created = await storage.Blobs.WriteAsync(Path("a"), Bytes("1"), BlobCondition.IfAbsent, Cancellation);
        Assert.True(network.HasLost);
        Assert.Equal((await storage.Blobs.ReadAsync(Path("a"), Cancellation))!.ETag, created);

        network.LoseNextAnswer();
        var replaced = await storage.Blobs.WriteAsync(Path("a"), Bytes("2"), BlobCondition.IfMatch(created), Cancellation);
        Assert.True(network.HasLost);
        Assert.Equal((await storage.Blobs.ReadAsync(Path("a"), Cancellation))!.ETag, replaced);
    }

    [Fact]
    public async Task The_same_blob_written_by_somebody_else_is_no_success_of_ours()
    {
        Assert.Null(await storage.Blobs.WriteAsync(Path("first"), Bytes("1"), BlobCondition.IfAbsent, Cancellation));
    }

    [Fact]
    public async Task A_message_whose_answer_was_lost_is_sent_at_least_once()
    {
        network.LoseNextAnswer();
        await storage.Queues.SendAsync("q" + unique, "second", TimeSpan.Zero, Cancellation);

        Assert.True(network.HasLost);
        var received = await storage.Queues.ReceiveAsync("q" + unique, 32, TimeSpan.FromMinutes(1), Cancellation);
        Assert.Contains("second", received.Select(m => m.Text));
    }

    [Fact]
    public async Task What_is_deleted_under_us_is_made_again()
    {
        var connection = await azurite.ConnectionStringAsync();
        await new BlobContainerClient(connection, "c" + unique).DeleteAsync(cancellationToken: Cancellation);
        await new TableClient(connection, Table).DeleteAsync(Cancellation);
        await new QueueClient(connection, "q" + unique).DeleteAsync(Cancellation);

        Assert.NotNull(await storage.Blobs.WriteAsync(Path("a"), Bytes("1"), BlobCondition.IfAbsent, Cancellation));
        Assert.True((await storage.Tables.CommitAsync(Table, "p", [new TableOperation.Insert("a", []), new TableOperation.Insert("b", [])], Cancellation)).Committed);
        await storage.Queues.SendAsync("q" + unique, "a", TimeSpan.Zero, Cancellation);
        Assert.Equal("a", Assert.Single(await storage.Queues.ReceiveAsync("q" + unique, 32, TimeSpan.FromMinutes(1), Cancellation)).Text);
    }

    [Fact]
    public async Task A_message_that_somebody_typed_in_is_received_as_it_is()
    {
        await new QueueClient(await azurite.ConnectionStringAsync(), "q" + unique).SendMessageAsync("not base64!", Cancellation);

        var received = await storage.Queues.ReceiveAsync("q" + unique, 32, TimeSpan.FromMinutes(1), Cancellation);

        Assert.Contains("not base64!", received.Select(m => m.Text));
    }

    [Fact]
    public async Task Messages_never_expire()
    {
        var client = new QueueClient(await azurite.ConnectionStringAsync(), "q" + unique);

        var message = (await client.PeekMessageAsync(Cancellation)).Value;

        Assert.Equal(9999, message.ExpiresOn!.Value.Year);
        Assert.Equal("first", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(message.MessageText)));
    }

    private BlobPath Path(string name) => new("c" + unique, name);

    private static BlobContent Bytes(string text) => new(System.Text.Encoding.UTF8.GetBytes(text), "text/plain") { Metadata = new Dictionary<string, string> { ["by"] = "us" } };

    private static Columns Text(string text) => new() { { "Text", text }, { "Bytes", new byte[] { 1, 2 } }, { "At", DateTimeOffset.UnixEpoch } };

    private sealed class LossyNetwork : DelegatingHandler
    {
        private bool loses;

        public LossyNetwork()
            : base(new HttpClientHandler())
        {
        }

        public bool HasLost { get; private set; }

        public void LoseNextAnswer() => (loses, HasLost) = (true, false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (!loses)
            {
                return answer;
            }

            answer.Dispose();
            (loses, HasLost) = (false, true);
            throw new HttpRequestException("The connection was reset.");
        }
    }
}
