using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using Moq;
using Pressroom.Storage;
using Pressroom.Storage.Azure;

namespace Pressroom.StorageTests.Azure;

/// <summary>Answers that Azurite does not give.</summary>
public sealed class AzureAnswerTests
{
    private static readonly StorageSettings NoSettings = new(null, null, null, null, null, null, "");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(429, "TooManyRequests")]
    [InlineData(503, "ServerBusy")]
    [InlineData(409, "TableBeingDeleted")]
    [InlineData(403, "AuthorizationPermissionMismatch")]
    public async Task An_outage_is_thrown_and_not_taken_for_a_condition(int status, string code)
    {
        var table = new Mock<TableClient>();
        table.Setup(t => t.AddEntityAsync(It.IsAny<TableEntity>(), It.IsAny<CancellationToken>())).ThrowsAsync(new RequestFailedException(status, code, code, null));
        table.Setup(t => t.SubmitTransactionAsync(It.IsAny<IEnumerable<TableTransactionAction>>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new TableTransactionFailedException(new RequestFailedException(status, code, code, null)));

        var insert = new TableOperation.Insert("a", []);
        Assert.Equal(status, (await Assert.ThrowsAsync<RequestFailedException>(
            () => TablesWith(table).CommitAsync("Rows", "p", [insert], Cancellation))).Status);
        Assert.Equal(status, (await Assert.ThrowsAsync<TableTransactionFailedException>(
            () => TablesWith(table).CommitAsync("Rows", "p", [insert, new TableOperation.Insert("b", [])], Cancellation))).Status);
    }

    [Fact]
    public async Task A_refused_batch_that_names_no_operation_is_thrown()
    {
        var table = new Mock<TableClient>();
        table.Setup(t => t.SubmitTransactionAsync(It.IsAny<IEnumerable<TableTransactionAction>>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new TableTransactionFailedException(new RequestFailedException(412, "no number", "UpdateConditionNotSatisfied", null)));

        await Assert.ThrowsAsync<TableTransactionFailedException>(
            () => TablesWith(table).CommitAsync("Rows", "p", [new TableOperation.Insert("a", []), new TableOperation.Insert("b", [])], Cancellation));
    }

    [Theory]
    [InlineData("LeaseIdMissing", 412)]
    [InlineData("BlobImmutableDueToPolicy", 409)]
    public async Task A_blob_that_may_not_be_changed_is_no_failed_condition(string code, int status)
    {
        var blob = new Mock<BlobClient>();
        blob.Setup(b => b.UploadAsync(It.IsAny<BinaryData>(), It.IsAny<BlobUploadOptions>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new RequestFailedException(status, code, code, null));
        var container = new Mock<BlobContainerClient>();
        container.Setup(c => c.GetBlobClient("a")).Returns(blob.Object);

        var thrown = await Assert.ThrowsAsync<RequestFailedException>(
            () => BlobsWith("articles", container).WriteAsync(new BlobPath("articles", "a"), Content(), BlobCondition.IfAbsent, Cancellation));

        Assert.Equal(code, thrown.ErrorCode);
    }

    [Fact]
    public async Task An_account_that_forbids_public_containers_gets_a_private_one_for_the_site()
    {
        var blob = new Mock<BlobClient>();
        blob.SetupSequence(b => b.UploadAsync(It.IsAny<BinaryData>(), It.IsAny<BlobUploadOptions>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new RequestFailedException(404, "none", "ContainerNotFound", null))
            .ReturnsAsync(Response.FromValue(BlobsModelFactory.BlobContentInfo(new global::Azure.ETag("\"1\""), default, null, null, null, null, 0), Mock.Of<Response>()));
        var container = new Mock<BlobContainerClient>();
        container.Setup(c => c.GetBlobClient("index.html")).Returns(blob.Object);
        container.Setup(c => c.CreateIfNotExistsAsync(PublicAccessType.Blob, It.IsAny<IDictionary<string, string>>(), null, It.IsAny<CancellationToken>()))
            .ThrowsAsync(new RequestFailedException(409, "forbidden", "PublicAccessNotPermitted", null));

        var written = await BlobsWith("$web", container).WriteAsync(new BlobPath("$web", "index.html"), Content(), BlobCondition.None, Cancellation);

        Assert.Equal(new Pressroom.Storage.ETag("\"1\""), written);
        container.Verify(c => c.CreateIfNotExistsAsync(PublicAccessType.None, It.IsAny<IDictionary<string, string>>(), null, It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task Fractions_of_a_second_are_rounded_up()
    {
        var queue = new Mock<QueueClient>();
        queue.Setup(q => q.SendMessageAsync(It.IsAny<string>(), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(-1), It.IsAny<CancellationToken>()))
            .ReturnsAsync(Response.FromValue(global::Azure.Storage.Queues.Models.QueuesModelFactory.SendReceipt("1", default, default, "r", default), Mock.Of<Response>()));
        var service = new Mock<QueueServiceClient>();
        service.Setup(s => s.GetQueueClient("queue")).Returns(queue.Object);
        var queues = new AzureStorage(Mock.Of<BlobServiceClient>(), Mock.Of<TableServiceClient>(), service.Object, TimeProvider.System).Queues;

        Assert.Equal(new Receipt("queue", "1", "r"), await queues.HoldAsync("queue", "a", TimeSpan.FromSeconds(1.2), Cancellation));
    }

    [Fact]
    public void Settings_that_do_not_say_where_a_service_is_are_refused_by_their_key()
    {
        _ = AzureStorage.Connect(NoSettings with { AccountName = "pressroomsite", QueueServiceUri = "https://queues.example/", ClientId = "1234" }, TimeProvider.System);

        Assert.Contains("AzureWebJobsStorage__tableServiceUri", Refused(NoSettings with { BlobServiceUri = "https://blobs.example/" }), StringComparison.Ordinal);
        Assert.Contains("AzureWebJobsStorage__queueServiceUri", Refused(NoSettings with { AccountName = "a", QueueServiceUri = "no address" }), StringComparison.Ordinal);
        Assert.Contains("AzureWebJobsStorage__accountName", Refused(NoSettings with { AccountName = "a b" }), StringComparison.Ordinal);

        static string Refused(StorageSettings settings) => Assert.Throws<SettingException>(() => AzureStorage.Connect(settings, TimeProvider.System)).Message;
    }

    private static ITableStore TablesWith(Mock<TableClient> table)
    {
        var service = new Mock<TableServiceClient>();
        service.Setup(s => s.GetTableClient("Rows")).Returns(table.Object);
        return new AzureStorage(Mock.Of<BlobServiceClient>(), service.Object, Mock.Of<QueueServiceClient>(), TimeProvider.System).Tables;
    }

    private static IBlobStore BlobsWith(string name, Mock<BlobContainerClient> container)
    {
        var service = new Mock<BlobServiceClient>();
        service.Setup(s => s.GetBlobContainerClient(name)).Returns(container.Object);
        return new AzureStorage(service.Object, Mock.Of<TableServiceClient>(), Mock.Of<QueueServiceClient>(), TimeProvider.System).Blobs;
    }

    private static BlobContent Content() => new("1"u8.ToArray(), "text/html");
}
