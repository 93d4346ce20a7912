using Microsoft.Extensions.Time.Testing;
using Pressroom.Backup;
using Pressroom.Media;
using Pressroom.Site;
using Pressroom.Storage;
using Pressroom.Storage.Embedded;
using Pressroom.Tests.LocalHost;
using Pressroom.Tests.Newsletters;

namespace Pressroom.Tests.Media;

/// <summary>The pictures on the embedded engine, in a folder of their own.</summary>
internal sealed class MediaDesk : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-media-");
    private readonly MediaSettings settings;
    private EmbeddedStorage storage;

    private MediaDesk(MediaSettings settings)
    {
        this.settings = settings;
        storage = Start();
    }

    public static SiteSettings Site { get; } = new(
        new Uri("https://example.org"), new Uri("https://example.org/api"), "Le Rivage", Articles.Language.Parse("fr"), TimeZoneInfo.Utc);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));

    /// <summary>Called before every write; may throw <see cref="Killed"/>.</summary>
    public Action OnWrite { get; set; } = () => { };

    public PictureStore Pictures { get; private set; } = null!;

    public UploadPicture Upload { get; private set; } = null!;

    public DeletePicture Delete { get; private set; } = null!;

    public SweepPictures Sweep { get; private set; } = null!;

    public ImportStore Imports { get; private set; } = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static MediaDesk Open(int mostPixels = 50_000_000) => new(new MediaSettings(20 * 1024 * 1024, mostPixels));

    /// <summary>The process is gone, and another opens the same data.</summary>
    public async Task RestartAsync()
    {
        await storage.DisposeAsync();
        OnWrite = () => { };
        storage = Start();
    }

    /// <summary>Uploads a file that must be taken.</summary>
    public async Task<Picture> UploadAsync(byte[] file, string? alt = "The harbour at dawn")
    {
        var stored = Assert.IsType<UploadOutcome.Stored>(await Upload.RunAsync(file, null, alt, Stop));
        return stored.Picture.Picture;
    }

    /// <summary>A picture's files as readers get them.</summary>
    public async Task<IReadOnlyList<(PictureFile File, BlobContent Content)>> FilesAsync(Picture picture)
    {
        var files = new List<(PictureFile, BlobContent)>();
        foreach (var file in picture.Files)
        {
            var blob = await storage.Blobs.ReadAsync(new BlobPath(SiteFiles.Container, file.Path), Stop);
            Assert.True(blob is not null, $"There is no {file.Path}.");
            files.Add((file, blob.Content));
        }

        return files;
    }

    /// <summary>A file that is none of ours.</summary>
    public async Task PutAsync(string name) => Assert.NotNull(
        await storage.Blobs.WriteAsync(new BlobPath(SiteFiles.Container, name), new BlobContent("x"u8.ToArray(), "text/plain"), BlobCondition.IfAbsent, Stop));

    public async Task<IReadOnlyList<string>> AllNamesAsync() => await storage.Blobs.ListAsync(SiteFiles.Container, "media/", Stop).ToListAsync(Stop);

    /// <summary>Works until the given write, at which the process is gone; and another opens the same data.</summary>
    /// <returns>1 where it was killed, 0 where it came to its end.</returns>
    public async Task<int> UntilKilledAsync(int fatal, Func<Task> work)
    {
        var writes = 0;
        OnWrite = () =>
        {
            if (Interlocked.Increment(ref writes) >= fatal)
            {
                throw new Killed();
            }
        };
        try
        {
            await work();
            return 0;
        }
        catch (Killed)
        {
            return 1;
        }
        finally
        {
            await RestartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private EmbeddedStorage Start()
    {
        var opened = EmbeddedStorage.Open(folder.FullName, Time);
        var files = new SiteFiles(new WatchedBlobs(opened.Blobs, () => OnWrite()));
        Pictures = new PictureStore(new WatchedTables(opened.Tables, () => OnWrite()));
        Upload = new UploadPicture(Pictures, files, new UploadPlaces(), settings, Time);
        Delete = new DeletePicture(Pictures, files);
        Imports = new ImportStore(opened.Tables, opened.Blobs);
        Sweep = new SweepPictures(Pictures, files, Imports, Time);
        return opened;
    }

    private sealed class WatchedBlobs(IBlobStore blobs, Action onWrite) : IBlobStore
    {
        public Task<Blob?> ReadAsync(BlobPath path, CancellationToken cancellation) => blobs.ReadAsync(path, cancellation);

        public Task<BlobProperties?> FindAsync(BlobPath path, CancellationToken cancellation) => blobs.FindAsync(path, cancellation);

        public Task<ETag?> WriteAsync(BlobPath path, BlobContent content, BlobCondition condition, CancellationToken cancellation)
        {
            onWrite();
            return blobs.WriteAsync(path, content, condition, cancellation);
        }

        public Task DeleteAsync(BlobPath path, CancellationToken cancellation)
        {
            onWrite();
            return blobs.DeleteAsync(path, cancellation);
        }

        public Task<bool> DeleteAsync(BlobPath path, ETag version, CancellationToken cancellation)
        {
            onWrite();
            return blobs.DeleteAsync(path, version, cancellation);
        }

        public IAsyncEnumerable<string> ListAsync(string container, string prefix, CancellationToken cancellation) => blobs.ListAsync(container, prefix, cancellation);
    }
}
