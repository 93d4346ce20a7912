using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace Pressroom.Storage.Azure;

/// <summary>The storage of one Azure Storage account. Containers, tables and queues are made when something is first put in them.</summary>
/// <remarks>The SDK sends a request again when the answer is a passing error or does not come. Where the first try did reach Azure,
/// the second may be told that its condition is not met; the stores find out and answer what the first try would have been told.</remarks>
public sealed class AzureStorage
{
    internal AzureStorage(BlobServiceClient blobs, TableServiceClient tables, QueueServiceClient queues, TimeProvider time)
    {
        Blobs = new AzureBlobs(blobs);
        Tables = new AzureTables(tables);
        Queues = new AzureQueues(queues, time);
    }

    /// <summary>The blobs.</summary>
    public IBlobStore Blobs { get; }

    /// <summary>The tables.</summary>
    public ITableStore Tables { get; }

    /// <summary>The queues. Messages are base64 and never expire.</summary>
    public IQueueStore Queues { get; }

    /// <summary>Prepares to talk to the account of the settings: by connection string, or as a managed identity (the user-assigned
    /// one of <see cref="StorageSettings.ClientId"/>, else whatever Azure.Identity's default credential finds). Sends nothing yet.</summary>
    /// <exception cref="SettingException">The settings do not say where a service is.</exception>
    public static AzureStorage Connect(StorageSettings settings, TimeProvider time) => Connect(settings, time, transport: null);

    internal static AzureStorage Connect(StorageSettings settings, TimeProvider time, HttpPipelineTransport? transport)
    {
        var forBlobs = With(new BlobClientOptions(), transport);
        var forTables = With(new TableClientOptions(), transport);
        var forQueues = With(new QueueClientOptions(), transport);
        if (settings.ConnectionString is { } connection)
        {
            return new AzureStorage(
                new BlobServiceClient(connection, forBlobs),
                new TableServiceClient(connection, forTables),
                new QueueServiceClient(connection, forQueues),
                time);
        }

        TokenCredential identity = settings.ClientId is { } clientId
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential();
        return new AzureStorage(
            new BlobServiceClient(ServiceUri(settings, "blob", settings.BlobServiceUri), identity, forBlobs),
            new TableServiceClient(ServiceUri(settings, "table", settings.TableServiceUri), identity, forTables),
            new QueueServiceClient(ServiceUri(settings, "queue", settings.QueueServiceUri), identity, forQueues),
            time);
    }

    private static Uri ServiceUri(StorageSettings settings, string service, string? given)
    {
        if (given is null && settings.AccountName is null)
        {
            throw new SettingException($"AzureWebJobsStorage__{service}ServiceUri is missing, and so is AzureWebJobsStorage__accountName.");
        }

        var address = given ?? $"https://{settings.AccountName}.{service}.core.windows.net";
        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? uri
            : throw new SettingException($"AzureWebJobsStorage__{(given is null ? "accountName" : service + "ServiceUri")} gives no address: {address}.");
    }

    private static T With<T>(T options, HttpPipelineTransport? transport)
        where T : ClientOptions
    {
        options.AddPolicy(new Resending.Policy(), HttpPipelinePosition.PerRetry);
        if (transport is not null)
        {
            options.Transport = transport;
        }

        return options;
    }
}
