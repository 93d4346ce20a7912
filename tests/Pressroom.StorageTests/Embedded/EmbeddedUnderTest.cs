using Microsoft.Extensions.Time.Testing;
using Pressroom.Storage.Embedded;

namespace Pressroom.StorageTests.Embedded;

/// <summary>An engine in a folder of its own, with a clock that stands still, so that its upkeep does too.</summary>
public sealed class EmbeddedUnderTest : IAsyncDisposable
{
    private readonly Lock opening = new();
    private EmbeddedStorage? storage;

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "pressroom-tests", Guid.NewGuid().ToString("n"));

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.Zero));

    public EmbeddedStorage Storage
    {
        get
        {
            lock (opening)
            {
                return storage ??= EmbeddedStorage.Open(Folder, Time);
            }
        }
    }

    public async Task<EmbeddedStorage> ReopenAsync()
    {
        await CloseAsync();
        return Storage;
    }

    public async Task CloseAsync()
    {
        if (storage is { } open)
        {
            storage = null;
            await open.DisposeAsync();
        }
    }

    /// <summary>Takes a copy of the database as it is on the disk now, as if the machine lost power and all blob files were still in its memory.</summary>
    public EmbeddedUnderTest AfterLosingPower()
    {
        var after = new EmbeddedUnderTest();
        Directory.CreateDirectory(after.Folder);
        foreach (var file in new DirectoryInfo(Folder).GetFiles("pressroom.db*").Where(file => !file.Name.EndsWith("-shm", StringComparison.Ordinal)))
        {
            file.CopyTo(Path.Combine(after.Folder, file.Name));
        }

        return after;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
