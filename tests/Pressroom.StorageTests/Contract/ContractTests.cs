using Pressroom.Storage;
using Pressroom.Storage.Azure;
using Pressroom.StorageTests.Embedded;

namespace Pressroom.StorageTests.Contract;

/// <summary>One of the two engines, as the contract suites see it.</summary>
public interface IEngine : IAsyncDisposable
{
    Task<Stores> OpenAsync();

    /// <summary>Lets time go by for the engine: by moving its clock, or by waiting.</summary>
    Task PassAsync(TimeSpan time);
}

public sealed record Stores(IBlobStore Blobs, ITableStore Tables, IQueueStore Queues);

public sealed class EmbeddedEngine : IEngine
{
    private readonly EmbeddedUnderTest engine = new();

    public Task<Stores> OpenAsync() => Task.FromResult(new Stores(engine.Storage.Blobs, engine.Storage.Tables, engine.Storage.Queues));

    public Task PassAsync(TimeSpan time)
    {
        engine.Time.Advance(time);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}

public sealed class AzureEngine(Azurite azurite) : IEngine
{
    public async Task<Stores> OpenAsync()
    {
        var storage = AzureStorage.Connect(SettingsFor(await azurite.ConnectionStringAsync()), TimeProvider.System);
        return new Stores(storage.Blobs, storage.Tables, storage.Queues);
    }

    // The emulator drops fractions of a second.
    public Task PassAsync(TimeSpan time) => Task.Delay(time + TimeSpan.FromSeconds(1));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static StorageSettings SettingsFor(string connectionString) => new(connectionString, null, null, null, null, null, "");
}

/// <summary>What the contract suites share: an open engine and names that no other test uses.</summary>
public abstract class ContractTests(IEngine engine) : IAsyncLifetime
{
    private readonly string unique = Guid.NewGuid().ToString("n")[..16];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected Stores Stores { get; private set; } = null!;

    protected string Container => "c" + unique;

    protected string Table => "T" + unique;

    protected string Queue => "q" + unique;

    public async ValueTask InitializeAsync() => Stores = await engine.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task PassAsync(TimeSpan time) => engine.PassAsync(time);

    protected static async Task<List<T>> AllOf<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (var item in items)
        {
            all.Add(item);
        }

        return all;
    }
}
