using Microsoft.Extensions.Time.Testing;
using Pressroom.Access;
using Pressroom.Storage.Embedded;

namespace Pressroom.Tests.Access;

/// <summary>How long keys are kept.</summary>
public sealed class IdempotencyTests : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pressroom-keys-");
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private readonly EmbeddedStorage storage;

    public IdempotencyTests() => storage = EmbeddedStorage.Open(folder.FullName, time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_older_than_a_day_are_forgotten_whoever_used_them_and_whether_or_not_they_are_still_let_in()
    {
        var keys = new Idempotency(storage.Tables, time);
        foreach (var caller in new[] { "admin", "0123456789abcdef", "person-7f00" })
        {
            await BeginAsync(caller, "old");
        }

        time.Advance(TimeSpan.FromHours(23));
        await BeginAsync("admin", "young");
        await keys.ForgetOldAsync(Stop);
        Assert.Equal(4, await CountAsync());
        time.Advance(TimeSpan.FromHours(2));
        await keys.ForgetOldAsync(Stop);
        Assert.Equal(1, await CountAsync());

        async Task BeginAsync(string caller, string key) =>
            Assert.IsType<IdempotentWork.ToDo>(await keys.BeginAsync(new Caller(caller, caller, [Role.Editor]), key, "POST /articles"u8.ToArray(), Stop));
    }

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task<int> CountAsync() => (await storage.Tables.ScanAsync("idempotency", null, 100, Stop)).Count;
}
